"""One device, cycle after cycle: its clock, then its ports, and never two ports under one name."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import compress, count
from operator import gt, ne
from time import monotonic, time
from typing import Final
from zlib import crc32

from automation.counters import COUNTERS, Column, Extras, Labels, Layout, Sample
from automation.errors import BadAgent, DeviceError, Unreachable
from automation.snmp import oids
from automation.snmp.cells import Cells, Reading, known
from automation.snmp.chunks import WIDTH
from automation.snmp.discovery import (
    NOT_FOUND,
    STEPS,
    Found,
    discover,
    labels,
    same_names,
    tens,
)
from automation.snmp.door import Door
from automation.snmp.extras import ExtrasReader
from automation.snmp.guard import Leave
from automation.snmp.head import Head, Sighting
from automation.snmp.link import Link
from automation.snmp.pace import Pace
from automation.snmp.repair import Repair
from automation.snmp.target import Limits, Target

_SPREAD: Final = 0.2
"""How much sooner than due a device may have its labels read, as a part of the interval."""
_RESERVE: Final = 0.2
"""The part of a device's deadline that is kept for proving that its ports are still the same."""
_LATER: Final = 6000
"""Hundredths of a second in which descriptions are read after the counters of the same cycle."""
_NAMELESS: Final = "its name could not be read again"
_YOUNG: Final = 60_000
"""Hundredths of a second after a start in which extras are read with every cycle: neighbours show
one by one, and may be others than before."""


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
        self._limits = limits
        self._link = Link(target, limits, self.pace)
        self.door = Door(self._link, target, limits, known=before is not None)
        self._before = before
        self._layout = before.layout if before else None
        self._seen = Sighting.in_sample(before)
        self._is_doubtful = False
        """Whether the device began anew, or another one answered in its place."""
        self._unconfirmed: set[int] = set()
        """Rows whose names were walked, and no second answer has said the same yet."""
        self._labels = before.labels if before else None
        self._absent = known(before.absent) if before else {}
        self._rows = max(1, (limits.varbinds - 1) // WIDTH)
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

    async def find(self) -> None:
        """Look the device's name up again if it is time, and where another may answer by now.

        At another address all that was known of its ports is proved anew.
        """
        if self.alive and not self._is_doubtful and not self._due(time()):
            return
        self._is_doubtful = False
        if await self._link.moved():
            self._seen = None

    async def probe(self, leave: Leave | None) -> Head:
        """Return the agent's clock and what says whether its ports may have moved.

        `leave` is asked before anything signed is sent.

        Raises:
            DeviceError: nothing answers, or not as an agent does; or the login is turned down.
        """
        self._left = self._limits.deadline
        begun = monotonic()
        try:
            async with asyncio.timeout(self._left):
                return await self.door.probe(leave, self._limits.tries if self.alive else 1)
        except TimeoutError as error:
            raise self._too_late() from error
        finally:
            self._left -= monotonic() - begun

    def _too_late(self) -> Unreachable:
        return Unreachable(f"not done within the deadline of {self._limits.deadline:g} s")

    def _repair(self) -> Repair:
        return Repair(self._link)

    async def read(self, head: Head, at: float) -> Sample:
        """Return a sample of the device whose probe gave `head`; `at` is Unix time.

        Raises:
            DeviceError: nothing could be read, or not of one and the same set of ports.
        """
        self.door.let_in()
        self._until = until = asyncio.get_running_loop().time() + self._left
        sample = await self._steady(head, at)
        if sample is None:
            sample = await self._steady(await self._head_again(until), at)
        if sample is None:
            raise BadAgent("its ports moved while they were read, twice")
        self._absent = known(sample.absent)
        self._layout = sample.layout
        self._before = sample
        return sample

    async def _head_again(self, until: float) -> Head:
        try:
            async with asyncio.timeout_at(until):
                return await self.door.head(self._limits.tries)
        except TimeoutError as error:
            raise self._too_late() from error

    async def _steady(self, head: Head, at: float) -> Sample | None:
        """Read every port; None if numbers moved meanwhile, so that nothing can be believed."""
        try:
            async with asyncio.timeout_at(self._until):
                layout = await self._settled(head, at)
        except TimeoutError as error:
            raise self._too_late() from error
        reading = await self._cells(layout, head) if layout else None
        if reading and await self._holds(reading):
            columns = reading.columns()
            fresh = await self._labelled(reading, columns, at)
            if fresh:
                device, layout = self.target.device, reading.layout
                clocks, absent = reading.uptimes, reading.reasons
                return Sample(device, at, head.boots, layout, fresh, clocks, columns, absent)
        self._layout = None
        return None

    async def _settled(self, head: Head, at: float) -> Layout | None:
        """Return which port has which number, walked anew where it may have moved.

        None if a number has another name than the walk said.
        """
        layout, now, due = self._layout, Sighting.of(head, at), self._due(at)
        if (
            layout is None
            or self._seen is None
            or self._seen.is_other_than(now)
            or layout.changed != head.changed
        ):
            found = await discover(self._link, self.target, head.number, head.changed)
            layout = self._taken(found)
        elif layout.cut or (due and self.faults):
            steps = STEPS if due else STEPS[:1]
            found = await discover(self._link, self.target, head.number, head.changed, steps)
            layout = self._added(found, layout)
        self._is_doubtful = self._seen is not None and self._seen.is_other_than(now)
        self._seen = now
        if due:  # what was missing may have been for a moment
            self._absent = {}
            layout = replace(layout, narrow=frozenset()) if layout.narrow else layout
        self._layout = layout
        if self._labels is None:
            self._labels = await self._first_labels(layout, at)
        return layout if self._labels else None

    def _taken(self, found: Found) -> Layout:
        """Return the layout to go by after a walk of ports that may have moved."""
        self.faults, self.warning = found.faults, found.warning
        self._absent = {}
        self._unconfirmed = set(range(len(found.layout.ports)))
        if self._layout is None or not _alike(found.layout, self._layout):
            self._labels = None
        elif self._labels is not None:
            self._labels = replace(self._labels, at=0.0)
        return found.layout

    def _added(self, found: Found, layout: Layout) -> Layout:
        """Return the layout to go by after a walk in search of ports that were missing."""
        self.warning = found.warning
        if _alike(found.layout, layout):
            self.faults = found.faults
            return layout if layout.cut == found.layout.cut else replace(layout, cut=not layout.cut)
        if found.layout.cut and len(found.layout.ports) <= len(layout.ports):
            return layout
        return self._taken(found)

    async def _first_labels(self, layout: Layout, at: float) -> Labels | None:
        try:
            return await labels(self._repair(), layout, at, range(len(layout.ports)), None)
        except DeviceError as error:
            why = f"its descriptions and speeds could not be read: {error}"
            raise Unreachable(why) from error

    async def _cells(self, layout: Layout, head: Head) -> Reading:
        reading, pace = Reading.of(layout, head.uptime, self._absent), self.pace
        cells = Cells(self._link, self._repair(), reading, self._rows, slowly=pace.is_slow)
        await cells.read(self._until - max(self._limits.deadline * _RESERVE, pace.pause * 2))
        if reading.halved and reading.reasons.keys() <= self._absent.keys():
            self._rows = max(1, self._rows // 2)  # it was only too much for one answer
        return reading

    async def _holds(self, reading: Reading) -> bool:
        """Whether agent and numbers were the same throughout; give up what cannot be proved.

        That there is no time or no answer left is no sign that ports moved: what was proved before
        stands, and names need not be walked anew.

        Raises:
            Unreachable: nothing was read that could be proved.
        """
        why = reading.ended
        try:
            async with asyncio.timeout_at(self._until):
                if not await self._proved(reading):
                    return False
        except TimeoutError:
            why = str(self._too_late())
        except DeviceError as error:
            why = str(error)
        reading.give_up(reading.unproved, why or _NAMELESS)
        if why and len(reading.reasons) == len(reading.cells):
            raise Unreachable(why)
        return True

    async def _proved(self, reading: Reading) -> bool:
        """Prove what is not yet proved; False if ports moved.

        Names that were just walked are read a second time, whatever the agent says: all that is
        read goes by them.
        """
        layout = reading.layout
        if reading.unproved and layout.changed is not None and not reading.moved:
            found = await self._link.get((oids.UPTIME, oids.TABLE_CHANGED))
            clock = found.get(oids.UPTIME)
            if oids.is_clock(clock):
                reading.see(clock)
                reading.prove(found.get(oids.TABLE_CHANGED))
        if reading.restarted or reading.moved:
            return False
        reading.unproved |= self._unconfirmed
        for some in tens(sorted(reading.unproved)):
            same = await same_names(self._repair(), layout, some)
            if same is None:
                return False
            reading.unproved -= same
            self._unconfirmed -= same
        return True

    async def _labelled(
        self, reading: Reading, columns: Sequence[array[int]], at: float
    ) -> Labels | None:
        """Return descriptions and speeds: all of them when due, those of ports that changed.

        None if a port has another name than it is read by.
        """
        old, due = self._labels, self._due(at)
        rows = range(len(reading.layout.ports)) if due else self._changed(reading, columns)
        if old is None or not rows:
            return old
        try:
            async with asyncio.timeout_at(self._until):
                fresh = await labels(self._repair(), reading.layout, at, rows, old)
        except (TimeoutError, DeviceError):
            return old
        if fresh is None:
            return None
        for row in rows:  # begun anew after the counters were read: the next sample shall see it
            if 0 < fresh.discontinuities[row] - reading.uptimes[row] < _LATER:
                fresh.discontinuities[row] = old.discontinuities[row]
        self._labels = fresh if due else replace(fresh, at=old.at)
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

        It always is when the device has not long started, and sooner when they were not done in
        time. Their faults are their own: the sample stands.
        """
        is_young = any(uptime < _YOUNG for uptime in sample.uptimes[-1:])
        is_due = self._turn(sample.at - self._extras_at, self._limits.extras)
        if not any((self._extras.tries_again(), is_young, is_due)):
            return None
        self._extras_at = sample.at
        try:
            async with asyncio.timeout_at(self._until):
                return await self._extras.read(sample, self._repair())
        except TimeoutError:
            return self._extras.late(sample.at, str(self._too_late()))

    def no_extras(self, sample: Sample, why: str) -> Extras:
        """Return that light, power and neighbours could not be read, and why."""
        return self._extras.nothing(sample.at, why)

    def _changed(self, reading: Reading, columns: Sequence[array[int]]) -> Sequence[int]:
        """Return the rows whose port went up or down, or whose counters fell, since last time.

        A counter falls when it wraps or begins anew; which of them the discontinuity tells.
        """
        before = self._before
        if before is None or before.layout.ports != reading.layout.ports:
            return ()
        found: set[tuple[int, int]] = set()
        for column in (*COUNTERS, Column.LAST_CHANGE):
            differs = ne if column is Column.LAST_CHANGE else gt
            then, now = before.columns[column], columns[column]
            if then != now and any(map(differs, then, now)):
                found.update((column, row) for row in compress(count(), map(differs, then, now)))
        return sorted({row for _, row in found - reading.reasons.keys()})


def _missing(target: Target, before: Sample | None) -> dict[str, str]:
    """Return the ports that an earlier process did not find."""
    there = before.layout.ports if before else target.ports
    return dict.fromkeys((port for port in target.ports if port not in there), NOT_FOUND)


def _alike(one: Layout, other: Layout) -> bool:
    return (one.ports, one.if_names, one.indexes) == (other.ports, other.if_names, other.indexes)
