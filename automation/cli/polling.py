"""The poller as a daemon: one a workspace, a cycle in every interval, an end when told."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, time
from typing import Final

from automation.cli.ending import Ending
from automation.cli.locking import held
from automation.cli.text import counted, plain
from automation.counters import least_span
from automation.errors import PortvaktError, StoreFailed
from automation.tasks.poll import DevicePoll, Polling, interval_ends
from automation.workspace import Workspace

_WAITS: Final = (
    "what is read waits",
    "who turned us down waits to be kept",
    "who turned others down may be asked too often",
)
_LOST: Final = (
    "what was read last is not kept",
    "who turned us down may be asked again by the next run, and may lock our login",
)
Shown = Callable[[Sequence[DevicePoll], float, bool], None]


def alone(workspace: Workspace) -> AbstractContextManager[None]:
    """Hold the poller's lock: two would ask each switch twice, and spoil each other's rates.

    Raises:
        AlreadyRunning: another one holds it.
    """
    return held(workspace.poll_lock, f"another poll is under way in {workspace.root}")


@dataclass(frozen=True, slots=True)
class Turns:
    """When cycles begin: at once, then at the turn of every `interval`, `cycles` times (0: always).

    A turn that is nearer than half an interval to the cycle before is left out: rates over a few
    seconds are none to keep (`counters.least_span`).

    `mark` is a file whose time says when the last one began. A poller without a number of cycles
    that is started again waits for the next turn: whatever ends it, and however often, no switch
    is asked more than once in an interval.
    """

    interval: int
    cycles: int
    mark: Path

    def __call__(self, end: Ending) -> Iterator[None]:
        """Yield at each turn until `end`."""
        if not self.cycles:
            self._wait_if_begun(end)
        done = 0
        while not end.is_set():
            begun = time()
            self._begin()
            yield
            done += 1
            if done == self.cycles:
                return
            now = time()
            end.wait(self._next(begun, now) - now)

    def _next(self, begun: float, now: float) -> float:
        """Return the turn at which the next cycle begins, after one that has `begun`.

        A clock that was set back meanwhile does not say how long ago that was.
        """
        turn = interval_ends(now, self.interval)
        return turn if now < begun else max(self._after(begun), turn)

    def _after(self, begun: float) -> float:
        """Return the turn at which the cycle after one that has `begun` begins at the soonest."""
        return interval_ends(begun + least_span(self.interval), self.interval)

    def _wait_if_begun(self, end: Ending) -> None:
        """Wait for the turn after the last cycle, if it is yet to come."""
        try:
            last = self.mark.stat().st_mtime
        except FileNotFoundError:
            return
        now = time()
        if last <= now < self._after(last):
            left = self._after(last) - now
            say(f"the last cycle began {now - last:.0f} s ago; the next begins in {left:.0f} s")
            end.wait(left)

    def _begin(self) -> None:
        """Set the mark: the time of a file can be set on a disk that is full."""
        try:
            self.mark.touch()
        except OSError as error:
            say(f"{self.mark}: {error.strerror}; started again, the poller will not wait")


def every_interval(polling: Polling, turns: Iterable[None], verbose: bool, shown: Shown) -> None:
    """Poll at each of `turns`; a store that fails is said, and costs no cycle.

    `shown` gets how the devices ended in each cycle, the seconds that it took, and whether the
    store has it.

    Raises:
        PortvaktError: a polling process has died; what the others read is kept.
    """
    said: tuple[str, ...] = ("", "", "")
    for _ in turns:
        begun = monotonic()
        found = polling.cycle()
        shown(found, monotonic() - begun, not polling.fault)
        say(_line(found, monotonic() - begun))
        said = _say_faults(polling, said)
        for one in found if verbose else ():
            if why := one.polled.error or one.polled.warning:
                say(f"  {one.device.name}: {why}")
        if polling.has_died:
            raise PortvaktError("a polling process has died; started again, all devices are read")


def if_kept(polling: Polling) -> None:
    """Return if all that was read is kept, and who turned us down.

    Raises:
        StoreFailed: it is not.
    """
    found = zip((polling.fault, polling.refusals_fault), _LOST, strict=True)
    if why := [f"{fault}; {lost}" for fault, lost in found if fault]:
        raise StoreFailed("\n".join(why))


def say_unread(polling: Polling) -> None:
    """Say that nobody knew whom others had been turned down by, if that is so."""
    if polling.refusals_unread:
        say(f"{polling.refusals_unread}; {_WAITS[-1]}")


def _say_faults(polling: Polling, said: tuple[str, ...]) -> tuple[str, ...]:
    """Say what the store did not do, unless it was `said` before; return all that it did not do."""
    faults = (polling.fault, polling.refusals_fault, polling.refusals_unread)
    for fault, before, waits in zip(faults, said, _WAITS, strict=True):
        if fault and fault != before:
            say(f"{fault}; {waits}")
    if any(said) and not any(faults):
        say("the store is well again")
    return faults


def _line(found: Sequence[DevicePoll], seconds: float) -> str:
    """Return a cycle in one line."""
    samples = [one.polled.sample for one in found if one.polled.sample]
    ports = sum(len(sample.layout.ports) for sample in samples)
    bad = len(found) - len(samples)
    odd = sum(bool(one.polled.warning) for one in found)
    more = f"; {counted(odd, 'warning')}, told by -v and by poll once" if odd else ""
    return f"{len(found)} devices, {bad} not read, {ports} ports in {seconds:.1f} s{more}"


def say(text: str) -> None:
    """Say something of a cycle on stderr, at once."""
    sys.stderr.write(f"{plain(text)}\n")
    sys.stderr.flush()
