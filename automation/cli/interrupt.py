"""Ctrl-C and SIGTERM while devices are under way: nobody is left with half a stanza."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from types import FrameType
from typing import Final

_FIRST: Final = (
    "\nStopping: no new device is begun, and the stanza in hand is finished or undone.\n"
)
_AGAIN: Final = (
    "\nStill stopping: devices in hand are being read back, so that nothing stays half done. "
    "Each has a deadline.\nTo leave them as they are: kill -9 {pid}\n"
)
_STDERR: Final = 2


@contextmanager
def stopping(stop: Event) -> Iterator[None]:
    """Set `stop` at the first Ctrl-C or SIGTERM, explain at the next; only in the main thread."""

    def told(number: int, frame: FrameType | None) -> None:
        text = _AGAIN.format(pid=os.getpid()) if stop.is_set() else _FIRST
        stop.set()
        os.write(_STDERR, text.encode())  # a handler may not use the buffered stream

    before = {one: signal.signal(one, told) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
