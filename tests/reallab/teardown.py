"""Takes a lab down, whole or half built: everything that carries its mark, and nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tests.reallab.commands import wait_for
from tests.reallab.place import HOME, Place
from tests.reallab.processes import carrying, kill, living_in, namespaces

_SECONDS = 60.0


def tear_down(place: Place) -> None:
    """Remove every process, mount, namespace and file of the lab. Nothing there is no fault.

    It goes round until nothing is there: a builder that was killed may have begun what adds to it.
    """
    wait_for(f"the lab {place.mark} to be gone", lambda: _is_gone(place), _SECONDS)
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


def _is_gone(place: Place) -> bool:
    """Take away what there is, once no process is left; whether nothing was left at the end."""
    # All at once: a switch takes most of a second to close its ports, whoever waits
    left = processes(place)
    kill(left)
    if left:
        return False
    _remove(place)
    return not traces(place)


def _remove(place: Place) -> None:
    names = namespaces(place.netns(""))
    if names:
        place.run("ip", "-batch", "-", stdin="".join(f"netns del {name}\n" for name in names))
    for mount in reversed(mounts(place)):
        # lazy: somebody's shell may stand on that disk, and is no reason to leave the lab
        place.run("umount", "--lazy", mount)
    if place.folder.exists():
        shutil.rmtree(place.folder)


def _traces(place: Place) -> Iterator[str]:
    yield from (f"process {pid}" for pid in processes(place))
    yield from (f"network namespace {name}" for name in namespaces(place.netns("")))
    yield from (f"mount {point}" for point in mounts(place))
    if place.folder.exists():
        yield f"folder {place.folder}"
