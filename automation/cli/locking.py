"""Lock files of a workspace: held by one process at a time, looked at by any."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from automation.errors import AlreadyRunning

_PATIENCE: Final = 1.0
"""Seconds that a lock is waited for: who looks whether it is held holds it for that moment."""


@contextmanager
def held(lock: Path, otherwise: str) -> Iterator[None]:
    """Hold a lock file.

    Raises:
        AlreadyRunning: another process holds it; `otherwise` is what is said then.
    """
    from filelock import FileLock, Timeout

    own = FileLock(lock)
    try:
        own.acquire(timeout=_PATIENCE)
    except Timeout:
        raise AlreadyRunning(otherwise) from None
    try:
        yield
    finally:
        own.release()


def is_held(lock: Path) -> bool:
    """Whether somebody holds a lock file."""
    from filelock import FileLock, Timeout

    try:
        with FileLock(lock, timeout=0):
            return False
    except Timeout:
        return True
