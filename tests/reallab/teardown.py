"""Takes a lab down, whole or half built: everything that carries its mark, and nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tests.reallab.commands import run, wait_for
from tests.reallab.place import HOME, Place
from tests.reallab.processes import carrying, kill, living_in, namespaces

_SECONDS = 60.0


def tear_down(place: Place) -> None:
    """Remove every process, mount, namespace and file of the lab. Nothing there is no fault."""
    # All at once: a switch takes most of a second to close its ports, whoever waits
    wait_for(f"the processes of {place.mark} to end", lambda: _killed(place), _SECONDS)
    for mount in reversed(mounts(place)):
        run("umount", mount)
    names = namespaces(place.netns(""))
    if names:
        run("ip", "-batch", "-", stdin="".join(f"netns del {name}\n" for name in names))
    if place.folder.exists():
        shutil.rmtree(place.folder)
    with suppress(OSError):  # another lab stands there, or none ever did
        HOME.rmdir()


def traces(place: Place) -> tuple[str, ...]:
    """Return what is there of a lab, in words; nothing after a teardown."""
    return (*_traces(place),)


def mounts(place: Place) -> tuple[str, ...]:
    """Return the lab's mounts that this machine sees, in the order they were made."""
    lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
    points = (line.split()[4] for line in lines)
    return tuple(point for point in points if Path(point).is_relative_to(place.folder))


def processes(place: Place) -> tuple[int, ...]:
    """Return the lab's processes: those in its namespaces, and those it booted."""
    inside = living_in(namespaces(place.netns("")))
    return tuple(sorted({*inside, *carrying(place.environment)}))


def _killed(place: Place) -> bool:
    left = processes(place)
    kill(left)
    return not left


def _traces(place: Place) -> Iterator[str]:
    yield from (f"process {pid}" for pid in processes(place))
    yield from (f"network namespace {name}" for name in namespaces(place.netns("")))
    yield from (f"mount {point}" for point in mounts(place))
    if place.folder.exists():
        yield f"folder {place.folder}"
