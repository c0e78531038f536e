"""The same polling in several processes, one a core: the work is the library's decoding."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess
from types import TracebackType
from typing import Final, Self

from automation.counters import Sample
from automation.errors import PortvaktError
from automation.snmp.poller import NEVER, Polled, Poller, told_apart
from automation.snmp.target import Limits, Target

_CYCLE: Final = True
_END: Final = False


class Shards:
    """Polls with `count` processes; used like a `Poller`.

    The processes are forked: what they ask with, secrets among it, is theirs by inheritance and
    goes through no pipe.
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
        self._workers: list[tuple[ForkProcess, Connection]] = []
        context = multiprocessing.get_context("fork")
        for shard in range(count):
            ours, theirs = context.Pipe()
            not_theirs = [pipe for _, pipe in self._workers] + [ours]
            process = context.Process(
                target=_work,
                args=(theirs, not_theirs, targets[shard::count], limits, before, extras_at),
                daemon=True,
            )
            process.start()
            theirs.close()
            self._workers.append((process, ours))

    def cycle(self) -> tuple[Polled, ...]:
        """Read every device once; return how each ended, in the order of the targets.

        Raises:
            PortvaktError: one of the processes has died.
        """
        found: list[Polled] = []
        try:
            for _, pipe in self._workers:
                pipe.send(_CYCLE)
            for _, pipe in self._workers:
                found.extend(pipe.recv())
        except (EOFError, OSError) as error:
            raise PortvaktError("a polling process has died; its devices are not read") from error
        return told_apart(sorted(found, key=lambda one: self._order[one.device]))

    def close(self) -> None:
        """End the processes."""
        for process, pipe in self._workers:
            if process.is_alive():
                pipe.send(_END)
            process.join()
            pipe.close()
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


def _work(
    pipe: Connection,
    not_ours: Sequence[Connection],
    targets: Sequence[Target],
    limits: Limits,
    before: Mapping[str, Sample],
    extras_at: Mapping[str, float],
) -> None:
    """Poll when told to, until told to end or until whoever tells is gone."""
    for other in not_ours:
        other.close()  # held open here, it would hide from its owner that the parent is gone
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is told, and tells us
    with Poller(targets, limits, before, extras_at) as poller:
        try:
            while pipe.recv() is _CYCLE:
                pipe.send(poller.cycle())
        except EOFError:
            return
