"""One device, cycle after cycle: its clock, then its ports, and never two ports under one name."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from time import monotonic
from typing import Final, Self
from zlib import crc32

from gufo.snmp import ValueType

from automation.counters import Column, Extras, Labels, Layout, Sample
from automation.errors import BadAgent, DeviceError, LoginFailed, Unreachable
from automation.snmp import oids, second
from automation.snmp.cells import Cells, Reading, lasting, of_all_ports
from automation.snmp.chunks import WIDTH
from automation.snmp.discovery import NO_INTERFACE, discover, labels, same_names
from automation.snmp.extras import ExtrasReader
from automation.snmp.guard import BackOff
from automation.snmp.link import Link
from automation.snmp.pace import Pace
from automation.snmp.repair import Repair
from automation.snmp.target import Limits, Target

_SPREAD: Final = 0.2
"""How much sooner than due a device may have its labels read, as a part of the interval."""
_YOUNG: Final = 60_000
"""Hundredths of a second after a start in which extras are read with every cycle: neighbours show
one by one, and may be others than before."""
_HEAD: Final = (oids.UPTIME, oids.BOOTS, oids.IF_NUMBER, oids.TABLE_CHANGED)


@dataclass(frozen=True, slots=True)
class Head:
    """What an agent says of itself before its ports: its clock, and what moves with its ports.

    `number` is ifNumber, 0 where the agent has none; `boots` and `changed` (ifTableLastChange)
    are None then.
    """

    uptime: int
    boots: int | None
    number: int
    changed: int | None

    @classmethod
    def of(cls, found: Mapping[str, ValueType]) -> Self:
        """Return the head in an answer; BadAgent where there is no clock in it."""
        uptime, boots, number, changed = (
            value if isinstance(value := found.get(name), int) else None for name in _HEAD
        )
        if uptime is None:
            raise BadAgent("the agent has no sysUpTime for us: its view hides the system group")
        return cls(uptime, boots, number or 0, changed)


class Reader:
    """Reads one device; keeps what does not change from cycle to cycle."""

    def __init__(
        self, target: Target, limits: Limits, before: Sample | None, extras_at: float
    ) -> None:
        """Read `target`; `before` is its last sample, so that names need not be walked anew.

        `extras_at` is the Unix time when its light, power and neighbours were last read.
        """
        self.target = target
        self.pace = Pace()
        self.alive = True
        """Whether the last cycle had an answer; a dead device is asked once, not twice."""
        self.faults: Mapping[str, str] = _missing(target, before)
        """Ports of the inventory that cannot be read at all, and why."""
        self.warning = ""
        self.back_off = BackOff()
        self._limits = limits
        self._link = Link(target, limits, self.pace)
        self._before = before
        self._layout = before.layout if before else None
        self._walk = False
        """Whether names are to be walked anew, since ports of the inventory are missing."""
        self._unproved = False
        """Whether names were walked, and no second answer has said the same yet."""
        self._labels = before.labels if before else None
        self._lacking = lasting(dict(before.absent)) if before else {}
        self._rows = max(1, (limits.varbinds - 1) // WIDTH)
        self._explained = ""
        self._left = self._until = 0.0
        """Seconds that the device has left in this cycle; when they end by the loop's clock."""
        self._extras = ExtrasReader(self._link, target)
        self._extras_at = extras_at

    @property
    def engine(self) -> bytes:
        """The engine id that a v3 agent gave; empty before it did, and for v2c."""
        return self._link.engine

    @property
    def last(self) -> float:
        """The Unix time of the last sample; 0 where there is none."""
        return self._before.at if self._before else 0.0

    @property
    def requests(self) -> int:
        """How many requests were sent so far."""
        return self.pace.sent

    async def probe(self) -> Head:
        """Return the agent's clock and what says whether its ports may have moved.

        Raises:
            DeviceError: nothing answers, or not as an agent does; or the login is turned down.
        """
        self._left = self._limits.deadline
        begun = monotonic()
        try:
            async with asyncio.timeout(self._left):
                return await self._probe()
        except TimeoutError as error:
            raise self._too_late() from error
        finally:
            self._left -= monotonic() - begun

    async def turned_down(self, error: LoginFailed) -> str:
        """Return why the login was turned down, and leave the device alone for a while."""
        why = str(error)
        if _was_said(error):
            why = f"{error}: {await self._explanation()}"
        self.back_off.refused(why)
        return why

    async def _probe(self) -> Head:
        try:
            return await self._head(self._limits.tries if self.alive else 1)
        except Unreachable as error:
            # The engine may be another one: the device was replaced. The old one's keys are
            # turned down by it, or not understood and left without an answer.
            if not (self.target.login.is_v3 and self._link.forget()):
                raise
            login = self.target.login
            if _was_said(error) and second.is_final(login, await self._explanation()):
                raise
            return await self._head(1)

    async def _head(self, tries: int) -> Head:
        await self._link.open(tries)
        found = await self._link.get(_HEAD, tries)
        return Head.of(await self._repair().filled(_HEAD, found))

    async def _explanation(self) -> str:
        """Return why the login is turned down; asked once, however long it stays so."""
        if not self._explained:
            self._explained = await second.reason(self.target, self._limits, oids.UPTIME)
        return self._explained

    def _too_late(self) -> Unreachable:
        return Unreachable(f"not done within the deadline of {self._limits.deadline:g} s")

    def _repair(self) -> Repair:
        return Repair(self._link, self.target, self._limits)

    async def read(self, head: Head, at: float) -> Sample:
        """Return a sample of the device whose probe gave `head`; `at` is Unix time.

        Raises:
            DeviceError: nothing could be read, or not of one and the same set of ports.
        """
        self._explained = ""
        self._doubt(at)
        self._until = until = asyncio.get_running_loop().time() + self._left
        reading = await self._steady(head, until)
        if reading is None:
            head = await self._head_again(until)
            reading = await self._steady(head, until)
        if reading is None:
            raise BadAgent("its ports moved while they were read, twice")
        fresh = await self._labelled(reading, at, until)
        self._lacking = reading.lasting()
        self._layout = reading.layout
        self._before = Sample(
            self.target.device,
            at,
            head.boots,
            reading.layout,
            fresh,
            reading.uptimes,
            reading.columns(),
            reading.reasons,
        )
        return self._before

    def _doubt(self, at: float) -> None:
        """See from time to time whether what is missing is still: it may have been for a moment."""
        due = self._due(at)
        self._walk = due and bool(self.faults)
        if self._layout is not None and due:
            self._lacking = of_all_ports(self._lacking, len(self._layout.ports))

    async def _head_again(self, until: float) -> Head:
        try:
            async with asyncio.timeout_at(until):
                return await self._head(self._limits.tries)
        except TimeoutError as error:
            raise self._too_late() from error

    async def _steady(self, head: Head, until: float) -> Reading | None:
        """Read every port; None if numbers moved meanwhile, so that nothing can be believed."""
        try:
            async with asyncio.timeout_at(until):
                layout = await self._settled(head)
        except TimeoutError as error:
            raise self._too_late() from error
        reading = await self._cells(layout, head, until)
        if await self._held(reading, until):
            return reading
        self._layout = None
        return None

    async def _settled(self, head: Head) -> Layout:
        """Return which port has which number, walked anew where it may have moved."""
        if self._layout is None or self._walk or self._may_have_moved(self._layout, head):
            self._walk = False
            found = await discover(self._link, self.target, head.number, head.changed)
            self._unproved = True
            if self._layout is None or not _alike(found.layout, self._layout):
                self._layout, self._labels, self._lacking = found.layout, None, {}
            else:
                self._layout = replace(self._layout, changed=head.changed)
            self.faults, self.warning = found.faults, found.warning
        return self._layout

    def _may_have_moved(self, layout: Layout, head: Head) -> bool:
        before = self._before
        if before is None or before.boots != head.boots or layout.changed != head.changed:
            return True
        return bool(before.uptimes) and head.uptime < before.uptimes[-1]

    async def _cells(self, layout: Layout, head: Head, until: float) -> Reading:
        reading = Reading.of(layout, head.uptime, self._lacking)
        await Cells(self._link, self._repair(), reading, self._rows).read(until)
        if reading.halved and reading.reasons.keys() == self._lacking.keys():
            self._rows = max(1, self._rows // 2)  # it was only too much for one answer
        return reading

    async def _held(self, reading: Reading, until: float) -> bool:
        """Whether agent and numbers were the same from the first request to the last.

        Names that were just walked are read a second time, whatever the agent says: all that is
        read goes by them.
        """
        if reading.restarted:
            return False
        is_still = reading.layout.changed is not None and reading.changed == reading.layout.changed
        if is_still and not self._unproved:
            return True
        try:
            async with asyncio.timeout_at(until):
                self._unproved = not await same_names(self._repair(), reading.layout)
        except (TimeoutError, DeviceError):
            return False
        return not self._unproved

    async def _labelled(self, reading: Reading, at: float, until: float) -> Labels:
        """Return descriptions and speeds: all of them when due, those of ports that changed."""
        layout, old = reading.layout, self._labels
        due = self._due(at)
        rows = range(len(layout.ports)) if due else self._changed(reading)
        if old is not None and not rows:
            return old
        try:
            async with asyncio.timeout_at(until):
                fresh = await labels(self._repair(), layout, at, rows, old)
        except (TimeoutError, DeviceError) as error:
            if old is None:
                raise Unreachable(
                    f"its descriptions and speeds could not be read: {error}"
                ) from error
            return old
        self._labels = fresh if due or old is None else replace(fresh, at=old.at)
        return self._labels

    def _due(self, at: float) -> bool:
        """Whether all labels are to be read."""
        return self._labels is None or self._turn(at - self._labels.at, self._limits.labels)

    def _turn(self, passed: float, interval: float) -> bool:
        """Whether an interval is over; devices take turns, not all in one cycle."""
        turn = crc32(self.target.device.encode()) % 1000 / 1000 * _SPREAD
        return passed > interval * (1 - turn)

    async def extras(self, sample: Sample) -> Extras | None:
        """Return light, power and neighbours of a device that was just read, if it is their turn.

        It always is when the device has not long started. Their faults are their own: the sample
        stands.
        """
        is_young = any(uptime < _YOUNG for uptime in sample.uptimes[-1:])
        if not is_young and not self._turn(sample.at - self._extras_at, self._limits.extras):
            return None
        self._extras_at = sample.at
        try:
            async with asyncio.timeout_at(self._until):
                return await self._extras.read(sample, self._repair())
        except TimeoutError:
            return None

    def _changed(self, reading: Reading) -> list[int]:
        """Return the rows whose port went up or down since the last sample."""
        if self._before is None or self._before.layout.ports != reading.layout.ports:
            return list(range(len(reading.layout.ports)))
        then = self._before.columns[Column.LAST_CHANGE]
        now = reading.columns()[Column.LAST_CHANGE]
        return [] if now == then else [row for row, one in enumerate(now) if one != then[row]]


def _was_said(error: Unreachable) -> bool:
    """Whether the agent itself said that it turns us down; the library says so, too, then."""
    return isinstance(error, LoginFailed) and error.__cause__ is not None


def _missing(target: Target, before: Sample | None) -> dict[str, str]:
    """Return the ports that an earlier process did not find."""
    there = before.layout.ports if before else target.ports
    return dict.fromkeys((port for port in target.ports if port not in there), NO_INTERFACE)


def _alike(one: Layout, other: Layout) -> bool:
    return (one.ports, one.if_names, one.indexes) == (other.ports, other.if_names, other.indexes)
