"""Which processes live in which network namespace, from /proc."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

NETNS: Final = Path("/run/netns")
_GONE: Final = (FileNotFoundError, ProcessLookupError, PermissionError)


def namespaces(prefix: str) -> tuple[str, ...]:
    """Return the named network namespaces that begin so, sorted."""
    if not NETNS.is_dir():
        return ()
    return tuple(sorted(path.name for path in NETNS.iterdir() if path.name.startswith(prefix)))


def living_in(names: Iterable[str]) -> tuple[int, ...]:
    """Return the processes, as this machine numbers them, in any of the named namespaces."""
    inodes = set()
    for name in names:
        with suppress(FileNotFoundError):
            inodes.add((NETNS / name).stat().st_ino)
    return tuple(pid for pid in _every() if _namespace(pid) in inodes)


def carrying(variable: str) -> tuple[int, ...]:
    """Return the processes that have `NAME=value` in the environment they were started with."""
    wanted = variable.encode()
    return tuple(pid for pid in _every() if wanted in _environment(pid).split(b"\0"))


def init_of(name: str) -> int | None:
    """Return the process that is number 1 of the PID namespace in a network namespace."""
    return next((pid for pid in living_in([name]) if _innermost(pid) == 1), None)


def kill(pids: Iterable[int]) -> None:
    """Kill processes that may be gone by now."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _every() -> Iterator[int]:
    own = os.getpid()
    found = (int(entry.name) for entry in os.scandir("/proc") if entry.name.isdecimal())
    return (pid for pid in found if pid != own)


def _namespace(pid: int) -> int:
    """Return the inode of a process's network namespace; 0 when the process is gone."""
    try:
        return Path(f"/proc/{pid}/ns/net").stat().st_ino
    except _GONE:
        return 0


def _environment(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes()
    except _GONE:
        return b""


def _innermost(pid: int) -> int:
    """Return a process's number in its own PID namespace, 0 where that is the machine's own."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace")
    except _GONE:
        return 0
    numbers = next((line for line in status.splitlines() if line.startswith("NSpid:")), "").split()
    return int(numbers[-1]) if len(numbers) > 2 else 0
