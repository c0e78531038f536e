"""Where the poller's readings go beside the store: a page, a file, a push."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from time import time

from automation.cli.polling import if_kept, say
from automation.counters import held
from automation.errors import NotDelivered, StoreFailed
from automation.metrics import (
    Board,
    Cycle,
    Push,
    Reading,
    Server,
    Textfile,
    address,
    one,
    rest,
    total,
)
from automation.model import Device
from automation.playbook import Network
from automation.tasks.poll import DevicePoll, Polling


@dataclass(frozen=True, slots=True)
class Exits:
    """Where readings go; built first, so that a wrong option ends the command before a switch is
    asked. `page` is the host and the port to listen at.
    """

    textfile: Textfile | None
    push: Push | None
    page: tuple[str, int] | None

    @classmethod
    def of(cls, textfile: Path | None, push: str | None, listen: str | None = None) -> Exits:
        """Return what the options name.

        Raises:
            UsageError: one of them is not what it should be.
        """
        return cls(
            Textfile(textfile) if textfile else None,
            Push(push) if push else None,
            address(listen) if listen else None,
        )

    def deliver(self, cycle: Cycle) -> None:
        """Send `cycle` everywhere but to the page.

        Raises:
            NotDelivered: it did not get to one or more of them; the others have it.
        """
        now, faults = time(), []
        for exit_ in (self._file, self._pushed):
            try:
                exit_(cycle, now)
            except NotDelivered as fault:
                faults.append(str(fault))
        if faults:
            raise NotDelivered("\n".join(faults))

    def _file(self, cycle: Cycle, now: float) -> None:
        if self.textfile:
            self.textfile.write(total(cycle, now))

    def _pushed(self, cycle: Cycle, now: float) -> None:
        if self.push:
            fresh = (each for each in cycle.readings if not cycle.stale(each, now))
            devices = (one(each, stamped=True, named=True) for each in fresh)
            self.push.send(chain(devices, rest(cycle, now)))


class Showing:
    """Takes each cycle of a daemon and shows it; what cannot be delivered is said, not fatal."""

    def __init__(self, exits: Exits, board: Board) -> None:
        """Show on `board`, and at `exits`."""
        self._exits = exits
        self._board = board

    def show(self, found: Sequence[DevicePoll], seconds: float, stored: bool) -> None:
        """Show how the devices ended in a cycle that took `seconds`, and whether it is `stored`."""
        cycle = cycled(found, self._board.cycle.interval, seconds, stored)
        self._board.cycle = cycle
        try:
            self._exits.deliver(cycle)
        except NotDelivered as fault:
            say(str(fault))


@contextmanager
def showing(network: Network, devices: Sequence[Device], exits: Exits) -> Iterator[Showing]:
    """Serve what the store knows of `devices` until the first cycle is done, then each cycle.

    It starts a thread: whatever forks comes before it.
    """
    board = Board(stored(network, devices))
    if exits.page is None:
        yield Showing(exits, board)
        return
    with Server(board, exits.page) as server:
        host, port = server.place
        say(f"metrics at http://{f'[{host}]' if ':' in host else host}:{port}/metrics")
        yield Showing(exits, board)


def cycled(found: Sequence[DevicePoll], interval: int, seconds: float, is_stored: bool) -> Cycle:
    """Return a cycle that has just ended."""
    return Cycle(tuple(map(_reading, found)), interval, time(), seconds, is_stored)


def ended(polling: Polling, exits: Exits, cycle: Cycle) -> None:
    """Deliver `cycle`, the last of `polling`; on a full disk neither store nor file may have it.

    Raises:
        StoreFailed: the store does not have it; the message has all that went wrong.
        NotDelivered: the store has it, and it did not get to one or more of the exits.
    """
    faults: list[StoreFailed | NotDelivered] = []
    for end in (partial(if_kept, polling), partial(exits.deliver, cycle)):
        try:
            end()
        except (StoreFailed, NotDelivered) as fault:
            faults.append(fault)
    if faults:
        raise type(faults[0])("\n".join(map(str, faults)))


def stored(network: Network, devices: Sequence[Device]) -> Cycle:
    """Return what the store knows of `devices`; it does not know why a device was not read.

    For the end of the last cycle stands when a device was last read.
    """
    names = [device.name for device in devices]
    samples, extras = network.store.samples(names), network.store.extras(names)
    interval = network.workspace.settings.poll.interval
    readings = []
    for device in devices:
        sample = samples.get(device.name)
        still = held(extras.get(device.name), sample.at, interval) if sample else None
        readings.append(Reading(device, sample, extras=still))
    last = max((sample.at for sample in samples.values()), default=None)
    return Cycle(readings, interval, last)


def write_text(cycle: Cycle, timestamps: bool) -> None:
    """Write the text format to stdout, part by part."""
    for part in total(cycle, time(), stamped=timestamps):
        sys.stdout.write(part)


def _reading(poll: DevicePoll) -> Reading:
    polled = poll.polled
    return Reading(
        poll.device,
        polled.sample,
        poll.rates,
        polled.error,
        polled.seconds,
        polled.requests,
        len(polled.faults),
        poll.extras,
    )
