"""The end of a daemon: what a signal sets, and what its work looks at and waits for."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from types import FrameType
from typing import Final

_STDERR: Final = 2
_SAID: Final = b"ending: what is under way is finished and kept\n"


class Ending:
    """Whether the process was told to end.

    `threading.Event` has a lock, and a handler runs in the thread that may hold it: set in the
    middle of a wait, it would wait for itself. A `SimpleQueue` may be put to from there (its
    documentation calls that reentrant).
    """

    def __init__(self) -> None:
        self._is_set = False
        self._told: SimpleQueue[None] = SimpleQueue()

    def set(self) -> None:
        """Tell; from a signal handler, too."""
        self._is_set = True
        self._told.put(None)

    def is_set(self) -> bool:
        """Whether it was told."""
        return self._is_set

    def wait(self, seconds: float) -> bool:
        """Wait that long, or until told; return whether it was told."""
        if not self._is_set:
            try:
                self._told.get(timeout=max(0.0, seconds))
            except Empty:
                return self._is_set
        return self._is_set


@contextmanager
def told(end: Ending) -> Iterator[None]:
    """Set `end` when the process is told to end; what is under way is finished and kept."""

    def ended(number: int, frame: FrameType | None) -> None:
        is_first = not end.is_set()
        end.set()
        if is_first:
            with suppress(OSError):  # nobody reads it: no reason not to end well
                os.write(_STDERR, _SAID)  # a handler may not use the buffered stream

    before = {one: signal.signal(one, ended) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
