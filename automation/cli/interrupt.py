"""Ctrl-C, SIGTERM and SIGHUP while devices are under way: nobody is left with half a stanza."""

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
_STDOUT: Final = 1
_STDERR: Final = 2


@contextmanager
def stopping(stop: Event) -> Iterator[None]:
    """Set `stop` at the first signal to end, explain at the next; only in the main thread.

    SIGHUP is one of them: who loses his SSH session must not lose a run mid-stanza.
    """

    def told(number: int, frame: FrameType | None) -> None:
        text = _AGAIN.format(pid=os.getpid()) if stop.is_set() else _FIRST
        stop.set()
        if number == signal.SIGHUP:
            _let_terminal_go()
        os.write(_STDERR, text.encode())  # a handler may not use the buffered stream

    before = {one: signal.signal(one, told) for one in _heard()}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _heard() -> tuple[signal.Signals, ...]:
    """Return the signals that stop a run: not a hangup that the caller ignores, as nohup does."""
    ending = (signal.SIGINT, signal.SIGTERM)
    ignored = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    return ending if ignored else (*ending, signal.SIGHUP)


def _let_terminal_go() -> None:
    """Write nowhere what would go to the terminal: it is gone, and writing there is an error."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (_STDOUT, _STDERR):
        if _is_dead(stream):
            os.dup2(nowhere, stream)
    os.close(nowhere)


def _is_dead(stream: int) -> bool:
    """Whether `stream` is a terminal that has hung up; one that lives takes a write of nothing."""
    try:
        os.write(stream, b"")
    except OSError:
        return True
    return False
