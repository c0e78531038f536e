"""The same polling in several processes, one a core: the work is the library's decoding."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess
from time import monotonic
from types import TracebackType
from typing import Final, Self

from automation.counters import Sample
from automation.model import TurnedDown
from automation.snmp.poller import NEVER, NOBODY, Polled, Poller, told_apart
from automation.snmp.target import Limits, Target

_PATIENCE: Final = 1.0
"""Seconds that processes have to end in: a cycle that nobody waits for any more is cut short."""
_GONE: Final = (EOFError, ConnectionError)
_DIED: Final = "the process that reads it has died"
_ENDINGS: Final = (signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True, slots=True)
class _Worker:
    """A process, our end of its pipe, and what it reads."""

    process: ForkProcess
    pipe: Connection
    devices: tuple[str, ...]


class Shards:
    """Polls with `count` processes; used like a `Poller`.

    The processes are forked: what they ask with, secrets among it, is theirs by inheritance and
    goes through no pipe. A signal to end is the business of this process alone, also where it was
    sent to all: they finish their cycle, and end when their pipe is closed.
    """

    def __init__(
        self,
        targets: Sequence[Target],
        limits: Limits,
        before: Mapping[str, Sample],
        count: int,
        extras_at: Mapping[str, float] = NEVER,
    ) -> None:
        """Start the processes; each takes every `count`th of `targets`."""
        self._order = {target.device: place for place, target in enumerate(targets)}
        self._workers: list[_Worker] = []
        self._dead: set[int] = set()
        try:
            for shard in range(count):
                self._start(targets[shard::count], limits, before, extras_at)
        except BaseException:
            self.close()
            raise

    def _start(
        self,
        targets: Sequence[Target],
        limits: Limits,
        before: Mapping[str, Sample],
        extras_at: Mapping[str, float],
    ) -> None:
        context = multiprocessing.get_context("fork")
        ours, theirs = context.Pipe()
        not_theirs = [*(one.pipe for one in self._workers), ours]
        process = context.Process(
            target=_work, args=(theirs, not_theirs, targets, limits, before, extras_at), daemon=True
        )
        with _held_back():  # until the process has said that it takes none
            process.start()
        theirs.close()
        devices = tuple(target.device for target in targets)
        self._workers.append(_Worker(process, ours, devices))

    @property
    def has_died(self) -> bool:
        """Whether a process has died: its devices are not read any more."""
        return bool(self._dead)

    def cycle(self, refused: Mapping[str, TurnedDown] = NOBODY) -> tuple[Polled, ...]:
        """Read every device once; return how each ended, in the order of the targets.

        `refused` is as a `Poller` takes it. What a process that has died had to read was not read;
        what the others read is there.
        """
        for place, worker in enumerate(self._workers):
            try:
                worker.pipe.send({one: refused[one] for one in worker.devices if one in refused})
            except _GONE:
                self._dead.add(place)
        found: list[Polled] = []
        for place, worker in enumerate(self._workers):
            found.extend(self._answer(place, worker))
        return told_apart(sorted(found, key=lambda one: self._order[one.device]))

    def _answer(self, place: int, worker: _Worker) -> Sequence[Polled]:
        """Return what a process has read."""
        if place not in self._dead:
            try:
                found: tuple[Polled, ...] = worker.pipe.recv()
            except (*_GONE, OSError):  # OSError: it died in the middle of its answer
                self._dead.add(place)
            else:
                return found
        return [Polled(device, error=_DIED) for device in worker.devices]

    def close(self) -> None:
        """End the processes; one that is in the middle of a cycle is not waited for."""
        for worker in self._workers:
            worker.pipe.close()  # whoever waits to be asked, or to be heard, ends by that
        ends = monotonic() + _PATIENCE
        for worker in self._workers:
            worker.process.join(max(0.0, ends - monotonic()))
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
        self._workers = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


@contextmanager
def _held_back() -> Iterator[None]:
    """Let signals to end wait."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDINGS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(
    pipe: Connection,
    not_ours: Sequence[Connection],
    targets: Sequence[Target],
    limits: Limits,
    before: Mapping[str, Sample],
    extras_at: Mapping[str, float],
) -> None:
    """Poll whenever told to, until whoever tells is gone."""
    for number in _ENDINGS:
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDINGS)
    for other in not_ours:
        other.close()  # held open here, it would hide from its owner that the parent is gone
    with Poller(targets, limits, before, extras_at) as poller:
        while (refused := _asked(pipe)) is not None and _is_heard(pipe, poller.cycle(refused)):
            pass


def _asked(pipe: Connection) -> Mapping[str, TurnedDown] | None:
    """Return who turned us down, from whoever wants a cycle; None where there is nobody."""
    try:
        refused: Mapping[str, TurnedDown] = pipe.recv()
    except _GONE:
        return None
    return refused


def _is_heard(pipe: Connection, found: tuple[Polled, ...]) -> bool:
    """Whether there was somebody who wanted to know."""
    try:
        pipe.send(found)
    except _GONE:
        return False
    return True
