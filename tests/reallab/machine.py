"""Nodes as running machines: power on, power off, run something inside."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Final

from tests.reallab.boot import Access, script
from tests.reallab.commands import PATH, Done, LabError, attempt, run, wait_for
from tests.reallab.place import Place
from tests.reallab.processes import init_of, kill, living_in
from tests.reallab.topology import Node

DISK: Final = "24m"
"""The size of a node's disk, on which its /etc is. A configuration database takes 0.1 MB."""
PAGE: Final = 4096
"""Bytes by which a file on that disk grows: tmpfs has whole pages."""
_BOOT_SECONDS: Final = 60.0


def install(place: Place, node: Node, access: Access) -> None:
    """Give a node its disk and its boot script; nothing runs yet."""
    folder = place.node(node.name)
    (folder / "disk").mkdir(parents=True)
    place.run("mount", "-t", "tmpfs", "-o", f"size={DISK}", place.netns(node.name), folder / "disk")
    boot = folder / "boot.sh"
    boot.touch(mode=0o600)
    boot.write_text(script(node, folder, access), encoding="utf-8")


def power_on(place: Place, name: str) -> None:
    """Start a node; `wait_until_ready` waits for it."""
    folder = place.node(name)
    for said in ("ready", "failed"):
        (folder / said).unlink(missing_ok=True)
    inside = "unshare --mount --uts --pid --fork --kill-child --mount-proc bash"
    # setsid --fork: a node is nobody's child, and outlives the program that started it
    place.run(
        *("setsid", "--fork", "env", "-i", f"PATH={PATH}", place.environment),
        *("sh", "-c", 'exec "$@" </dev/null >>"$0" 2>&1', folder / "boot.log"),
        *("ip", "netns", "exec", place.netns(name), *inside.split(), folder / "boot.sh"),
    )


def wait_until_ready(place: Place, names: Iterable[str]) -> None:
    """Wait until nodes have booted; LabError, with its log, for one that fails."""
    for name in names:
        wait_for(f"{name} to boot", partial(_is_ready, place.node(name)), _BOOT_SECONDS)


def power_off(place: Place, name: str) -> None:
    """Pull the plug: kill a node's PID 1, and with it everything that ran there."""
    init = init_of(place.netns(name))
    if init is None:
        raise LabError(f"{name} is off already")
    kill([init])
    netns = place.netns(name)
    wait_for(f"{name} to be off", lambda: not living_in([netns]))


def is_on(place: Place, name: str) -> bool:
    """Whether a node runs."""
    return init_of(place.netns(name)) is not None


def inside(place: Place, name: str, *command: object, stdin: str = "") -> str:
    """Return what a command prints in a node, in all its namespaces; LabError if it fails.

    For the lab's own doings and for judging: what is tested goes over SSH.
    """
    return run(*_entering(place, name), *command, stdin=stdin)


def tried_inside(place: Place, name: str, *command: object, stdin: str = "") -> Done:
    """Run a command in a node, in all its namespaces."""
    return attempt(*_entering(place, name), *command, stdin=stdin)


def on_network(place: Place, name: str, *command: object) -> tuple[object, ...]:
    """Return the command as it is run on a node's network, with this machine's files."""
    return ("ip", "netns", "exec", place.netns(name), *command)


def _entering(place: Place, name: str) -> tuple[object, ...]:
    init = init_of(place.netns(name))
    if init is None:
        raise LabError(f"{name} is off")
    # -r and -w: without them files named by a path would be looked for in our own root
    return ("nsenter", "-t", init, "-n", "-m", "-u", "-p", "-r", "-w")


def _is_ready(folder: Path) -> bool:
    if (folder / "failed").exists():
        log = (folder / "boot.log").read_text(encoding="utf-8", errors="replace")
        raise LabError(f"{folder.name} did not boot: {log.strip()[-1500:]}")
    return (folder / "ready").exists()
