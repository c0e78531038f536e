"""The poller as a daemon: one a workspace, a cycle in every interval, an end when told."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Event
from time import monotonic, time
from types import FrameType

from filelock import FileLock, Timeout

from automation.cli.text import plain
from automation.errors import AlreadyRunning
from automation.tasks.poll import DevicePoll, Polling, interval_ends
from automation.workspace import Workspace

Shown = Callable[[Sequence[DevicePoll], float], None]


@contextmanager
def alone(workspace: Workspace) -> Iterator[None]:
    """Hold the poller's lock: two would ask each switch twice, and spoil each other's rates.

    Raises:
        AlreadyRunning: another one holds it.
    """
    lock = FileLock(workspace.poll_lock)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise AlreadyRunning(f"another poll is under way in {workspace.root}") from None
    try:
        yield
    finally:
        lock.release()


def every_interval(
    polling: Polling, interval: int, cycles: int, verbose: bool, shown: Shown
) -> None:
    """Poll at once, then at the turn of every interval, until a signal or `cycles` are over.

    `shown` gets how the devices ended in each cycle, and the seconds that it took.
    """
    stop = Event()
    done = 0
    with told(stop):
        while not stop.is_set():
            begun = monotonic()
            found = polling.cycle()
            done += 1
            shown(found, monotonic() - begun)
            say(_line(found, monotonic() - begun))
            for one in found if verbose else ():
                if one.polled.error:
                    say(f"  {one.device.name}: {one.polled.error}")
            if done == cycles:
                return
            stop.wait(interval_ends(time(), interval) - time())


def _line(found: Sequence[DevicePoll], seconds: float) -> str:
    """Return a cycle in one line."""
    samples = [one.polled.sample for one in found if one.polled.sample]
    ports = sum(len(sample.layout.ports) for sample in samples)
    bad = len(found) - len(samples)
    return f"{len(found)} devices, {bad} not read, {ports} ports in {seconds:.1f} s"


def say(text: str) -> None:
    """Say something of a cycle on stderr, at once."""
    sys.stderr.write(f"{plain(text)}\n")
    sys.stderr.flush()


@contextmanager
def told(stop: Event) -> Iterator[None]:
    """Set `stop` when the process is told to end; what is under way is finished and kept."""

    def end(number: int, frame: FrameType | None) -> None:
        stop.set()

    before = {one: signal.signal(one, end) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
