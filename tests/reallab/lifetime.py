"""A lab lives while somebody holds it: one holder at a time, and a warden for when he dies."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.reallab.commands import LabError

_ROOT: Final = Path(__file__).parents[2]
_KEEP: Final = b"k"
_POLL: Final = 0.05


@contextmanager
def held(mark: str, patience: float = 0.0) -> Iterator[None]:
    """Hold the lab of that mark; LabError if another process does, also after `patience` s.

    The lock is a name in the kernel (unix(7), abstract sockets): it ends with its process,
    however that ends, and leaves no file behind.
    """
    with socket.socket(socket.AF_UNIX) as lock:
        end = time.monotonic() + patience
        while not _bound(lock, mark):
            if time.monotonic() > end:
                raise LabError(
                    f"another process works with the lab {mark!r}; wait until it is done"
                )
            time.sleep(_POLL)
        yield


@contextmanager
def held_if_free(mark: str) -> Iterator[bool]:
    """Hold the lab of that mark unless somebody does; whether we hold it."""
    with socket.socket(socket.AF_UNIX) as lock:
        yield _bound(lock, mark)


def _bound(lock: socket.socket, mark: str) -> bool:
    try:
        lock.bind(f"\0portvakt-reallab-{mark}")
    except OSError:
        return False
    return True


@contextmanager
def watched(mark: str) -> Iterator[None]:
    """Have the lab torn down should this process be killed before the end of the block.

    The warden is a process of its own. It hears of our end by the end of a pipe, so neither
    SIGKILL nor a crash of the interpreter goes unheard.
    """
    warden = subprocess.Popen(  # noqa: S603 - ourselves
        [sys.executable, "-m", "tests.reallab", "warden", "--mark", mark],
        cwd=_ROOT,
        stdin=subprocess.PIPE,
        start_new_session=True,
    )
    assert warden.stdin is not None
    try:
        yield
    finally:
        warden.stdin.write(_KEEP)
        warden.stdin.close()
        warden.wait()


def owner_is_gone() -> bool:
    """Wait, as the warden, for the owner's word; whether it was killed before giving one."""
    return os.read(sys.stdin.fileno(), 1) != _KEEP
