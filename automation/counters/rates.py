"""Rates between two samples, or why there are none (RFC 2863, 3.1.5 to 3.1.7 and 4).

What makes counters hard is everything that is not counting: they wrap, a reboot begins them
anew, a line card takes new numbers, an agent answers twice from one cache. Each of these has a
rule here and a reason in words; none of them ever becomes a number.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from itertools import compress, count, repeat
from math import isnan, nan
from operator import gt, lt, mul, sub
from typing import Final

from automation.counters.sample import COUNTERS, HIGH_CAPACITY, Absences, Column, Rates, Sample

FIRST: Final = "first sample: a rate needs two"
REBOOT: Final = "the agent restarted in between"
CLOCK: Final = "its uptime moved {moved:.0f} s in {passed:.0f} s: restarted, or its clock is wrong"
DUPLICATE: Final = "the agent's clock stood still: the same sample twice"
LATE: Final = "its uptime went back: restarted, or a late sample"
CLOSE: Final = "less than {least:g} s after the last sample"
GAP: Final = "the last sample is older than a day"
NEW_PORT: Final = "the port was not in the last sample"
RENUMBERED: Final = "its ifIndex moved: the numbers are another interface's"
DISCONTINUITY: Final = "the agent began its counters anew (ifCounterDiscontinuityTime)"
BEFORE: Final = "not in the last sample: {why}"
WIDTH: Final = "the last sample has it from a counter of another width"
AMBIGUOUS: Final = "a 32-bit counter may have wrapped more than once at this speed"
WENT_BACK: Final = "a counter of the port went back, which is not certainly a wrap: reset"
TOO_FAST: Final = "faster than the port: {rate:.0f} of at most {most:.0f} a second"
NO_SPEED: Final = "the port's speed is not known, so the rate cannot be checked"

_TICKS: Final = 100.0
"""sysUpTime counts hundredths of a second (RFC 3418)."""
_TICKS_WRAP: Final = 1 << 32
_LEAST: Final = 1.0
_LONGEST: Final = 86_400.0
_WRAP_LONGEST: Final = 6 * 3600.0
"""How far the clock may have gone over its own wrap (every 497 days) to be believed."""
_CLOCK_SLACK: Final = 0.1
_CLOCK_LEAST: Final = 30.0
_SPEED_SLACK: Final = 1.05
"""Agents count in steps of their own and stamp them late: a full port may show a little more."""
_ROUNDING: Final = 500_000.0
"""ifHighSpeed is given in Mbit/s, plus or minus a half (RFC 2863)."""
_FRAME_BITS: Final = 672.0
"""The least a frame takes on the wire: 64 octets, preamble and gap (IEEE 802.3)."""
_OCTET_BITS: Final = 8.0
_OCTETS: Final = frozenset({Column.IN_OCTETS, Column.OUT_OCTETS})
_NARROW, _WIDE = 1 << 32, 1 << 64
_ERRORS_MOST: Final = 650_000_000.0 / _FRAME_BITS
"""The most errors or discards a second that are counted as a wrap. They have 32 bits at any speed,
packets only below 650 Mbit/s (RFC 2863, 3.1.6): more of them than of packets there, nobody expects.
"""
_ERRORS_WRAP: Final = _NARROW / _ERRORS_MOST
"""Seconds in which they could wrap unseen: 74 minutes."""


def rates(before: Sample | None, after: Sample) -> Rates:
    """Return the rates between `before` and `after`, two samples of one device.

    A row is paired with the row of the same port, whatever its number was. The time between them
    is the agent's own; the wall clock is only asked whether the agent's can be right.
    """
    why = FIRST if before is None else _all_unknown(before, after)
    if before is None or why:
        nothing = array("d", [nan]) * len(after.layout.ports)
        columns = (nothing,) * len(COUNTERS)
        return Rates(after.device, after.at, after.layout.ports, nothing, columns, why)
    return _Pair(before, after).rates()


def _all_unknown(before: Sample, after: Sample) -> str:
    if before.boots is not None and after.boots is not None and before.boots != after.boots:
        return REBOOT
    return GAP if after.at - before.at > _LONGEST else ""


class _Pair:
    """Two samples, row by row."""

    def __init__(self, before: Sample, after: Sample) -> None:
        self._before = before
        self._after = after
        self._size = len(after.layout.ports)
        same = before.layout.ports == after.layout.ports
        self._old = None if same else _old_rows(before, after)
        """The row of each port in `before`, -1 where there is none; None: the same rows."""
        self._narrow = after.layout.narrow
        self._rows: dict[int, str] = {}
        self._cells: dict[tuple[int, int], str] = {}
        self._is_long = False
        """Whether errors of any row may have wrapped unseen."""
        same_boots = before.boots is not None and before.boots == after.boots
        self._seconds = array("d", self._passed(same_boots))
        self._speeds = array("Q", map(max, after.labels.speeds, self._then(before.labels.speeds)))
        bounds = [_bound(speed) for speed in self._speeds]
        self._most = tuple(
            (array("d", (bound / bits for bound in bounds)), min(bounds, default=0.0) / bits)
            for bits in (_FRAME_BITS, _OCTET_BITS)
        )
        """For frames, then octets: the most each port can count in a second (0: not known)."""

    def rates(self) -> Rates:
        self._look_at_rows()
        scale = [1 / seconds for seconds in self._seconds]  # NaN where the row is unknown
        self._look_at_cells()
        found = [self._per_second(column, scale) for column in COUNTERS]
        least = [min(one, default=0.0) for one in found]
        if not min(least) >= 0:  # also where it is NaN
            self._look_at_falls(found)
        columns = tuple(map(self._checked, COUNTERS, found, least))
        cells = {at: why for at, why in self._cells.items() if at[1] not in self._rows}
        return Rates(
            self._after.device,
            self._after.at,
            self._after.layout.ports,
            self._seconds,
            columns,
            rows=self._rows,
            cells=cells,
            speeds=self._speeds,
        )

    def _look_at_cells(self) -> None:
        """Find the single values that are missing, or that two different counters gave."""
        then = dict(self._moved(self._before.absent))
        found = {**{at: BEFORE.format(why=why) for at, why in then.items()}, **self._after.absent}
        narrow = dict(self._moved(dict.fromkeys(self._before.layout.narrow, WIDTH)))
        wide_now = {at: WIDTH for at in narrow.keys() ^ self._after.layout.narrow}
        self._cells.update({at: why for at, why in (wide_now | found).items() if at[0] in COUNTERS})

    def _then(self, values: array[int]) -> array[int]:
        """Return `values` of `before` in the rows of `after`; 0 where the port was not there."""
        if self._old is None:
            return values
        return array("Q", (values[row] if row >= 0 else 0 for row in self._old))

    def _moved(self, cells: Absences) -> Iterator[tuple[tuple[int, int], str]]:
        """Yield cells of `before` by the rows of `after`."""
        if self._old is None:
            yield from cells.items()
            return
        now = {old: row for row, old in enumerate(self._old)}
        for (column, row), why in cells.items():
            if row in now:
                yield (column, now[row]), why

    def _passed(self, same_boots: bool) -> Iterator[float]:
        """Yield the seconds between the two readings of each row; what is odd is no wrap."""
        for then, now in zip(self._then(self._before.uptimes), self._after.uptimes, strict=True):
            passed = (now - then) / _TICKS
            if passed < 0 and same_boots:
                wrapped = passed + _TICKS_WRAP / _TICKS
                passed = wrapped if wrapped <= _WRAP_LONGEST else passed
            yield passed

    def _look_at_rows(self) -> None:
        """Find the rows that have no rates at all, and take their time away."""
        wall = self._after.at - self._before.at
        slack = max(_CLOCK_LEAST, wall * _CLOCK_SLACK)
        odd = {seconds: _odd(seconds, wall, slack) for seconds in set(self._seconds)}
        self._is_long = max(odd, default=0.0) >= _ERRORS_WRAP
        if any(odd.values()):
            found = ((row, odd[seconds]) for row, seconds in enumerate(self._seconds))
            self._rows.update({row: why for row, why in found if why})
        self._rows.update(dict.fromkeys(self._different(), DISCONTINUITY))
        self._rows.update(self._renumbered())
        for row in self._rows:
            self._seconds[row] = nan

    def _different(self) -> list[int]:
        """Return the rows whose counters began anew."""
        now = self._after.labels.discontinuities
        then = self._then(self._before.labels.discontinuities)
        read = self._then(self._before.uptimes)
        if now == then and max(now, default=0) < min(read, default=1):
            return []
        stamps = zip(now, then, read, self._after.uptimes, strict=True)
        return [row for row, one in enumerate(stamps) if _began_anew(*one)]

    def _renumbered(self) -> Iterator[tuple[int, str]]:
        """Yield the rows of ports that are new or have another number than before."""
        before, after = self._before.layout.indexes, self._after.layout.indexes
        if self._old is None and before == after:
            return
        for row, old in enumerate(self._old or range(self._size)):
            if old < 0:
                yield row, NEW_PORT
            elif before[old] != after[row]:
                yield row, RENUMBERED

    def _per_second(self, column: Column, scale: list[float]) -> array[float]:
        """Return by how much a column's counters moved a second, whatever that means."""
        now, then = self._after.columns[column], self._then(self._before.columns[column])
        return array("d", map(mul, map(sub, now, then), scale))

    def _look_at_falls(self, found: list[array[float]]) -> None:
        """Find the rows in which a counter went back and tells of a reset; they have no rates."""
        fallen: dict[int, list[Column]] = {}
        for column in COUNTERS:
            for row in _where(map(lt, found[column], repeat(0.0))):
                if (column, row) not in self._cells:
                    fallen.setdefault(row, []).append(column)
        for row, columns in fallen.items():
            if self._reset(row, columns):
                self._rows[row] = WENT_BACK
                self._seconds[row] = nan
                for column in COUNTERS:
                    found[column][row] = nan

    def _reset(self, row: int, fallen: list[Column]) -> bool:
        """Whether all counters of a port may have begun anew; if so, those that rose are wrong too.

        One certain wrap is none. Two at once, or what is no certain wrap, are one unless another
        counter speaks against it.
        """
        if len(fallen) == 1 and not self._doubt(fallen[0], row):
            return False
        return not any(self._went_on(column, row) for column in COUNTERS)

    def _went_on(self, column: Column, row: int) -> bool:
        """Whether a counter stands too high to have begun anew since the last sample."""
        then, now = self._values(column, row)
        most = self._most[column in _OCTETS][0][row]
        whole = (column, row) not in self._cells
        return whole and 0 < most * self._seconds[row] < then <= now

    def _values(self, column: Column, row: int) -> tuple[int, int]:
        """Return what a counter was and is."""
        old = row if self._old is None else self._old[row]
        return self._before.columns[column][old], self._after.columns[column][row]

    def _checked(self, column: Column, found: array[float], least: float) -> array[float]:
        """Return a column's rates: all at once, else what looks odd one by one."""
        most, least_most = self._most[column in _OCTETS]
        if not self._suspect(column) and least >= 0 and max(found) <= least_most:
            return found
        for one, row in self._cells:
            if one == column:
                found[row] = nan
        odd = {*_where(map(lt, found, repeat(0.0))), *_where(map(gt, found, most))}
        odd.update(row for one, row in self._narrow if one == column)
        if column not in HIGH_CAPACITY and self._is_long:
            odd.update(range(self._size))
        for row in odd:
            if not isnan(found[row]):
                found[row] = self._one(column, row)
        return found

    def _suspect(self, column: Column) -> bool:
        """Whether a column has cells that no glance at the least and the most can clear."""
        if self._cells or not self._size:
            return True
        return bool(self._narrow) if column in HIGH_CAPACITY else self._is_long

    def _one(self, column: Column, row: int) -> float:
        """Return one rate that the eye of `_checked` was caught by, or NaN and a reason."""
        why = self._doubt(column, row)
        if why:
            self._cells[column, row] = why
            return nan
        then, now = self._values(column, row)
        return (now - then) % self._turn(column, row) / self._seconds[row]

    def _turn(self, column: Column, row: int) -> int:
        """Return after how many a counter begins again at zero."""
        wide = column in HIGH_CAPACITY and (column, row) not in self._narrow
        return _WIDE if wide else _NARROW

    def _doubt(self, column: Column, row: int) -> str:
        """Return why what a counter did is no certain rate; "" for one that is certain."""
        then, now = self._values(column, row)
        turn, seconds = self._turn(column, row), self._seconds[row]
        most = self._most[column in _OCTETS][0][row]
        likely = most if column in HIGH_CAPACITY else min(most, _ERRORS_MOST)
        went, fell = (now - then) % turn, now < then
        if not went:
            return ""
        if not most:
            return NO_SPEED
        if went / seconds > most:
            return WENT_BACK if fell else TOO_FAST.format(rate=went / seconds, most=most)
        if (went + turn) / seconds <= likely:
            return AMBIGUOUS
        return WENT_BACK if fell and (went / seconds > likely or went > turn // 2) else ""


def _old_rows(before: Sample, after: Sample) -> list[int]:
    there = {port: row for row, port in enumerate(before.layout.ports)}
    return [there.get(port, -1) for port in after.layout.ports]


def _odd(seconds: float, wall: float, slack: float) -> str:
    """Return what is wrong with the time between two readings; "" for nothing."""
    if seconds == 0:
        return DUPLICATE
    if seconds < 0:
        return LATE
    if seconds < _LEAST:
        return CLOSE.format(least=_LEAST)
    if abs(seconds - wall) > slack:
        return CLOCK.format(moved=seconds, passed=wall)
    return ""


def _began_anew(now: int, then: int, read: int, uptime: int) -> bool:
    """Whether a port's counters began anew after the last sample's were `read`.

    `now` and `then` are ifCounterDiscontinuityTime, read after the counters: it may tell of what
    came after its own sample's, and where it is not read every time, of what came before the last
    one's. All are hundredths of a second of sysUpTime.
    """
    if now == then:
        return max(read, 1) <= now <= uptime
    return not then < now < read


def _bound(speed: float) -> float:
    """Return the most bits a second at an ifHighSpeed of `speed` bit/s; 0 when it is not known."""
    return max(speed * _SPEED_SLACK, speed + _ROUNDING) if speed else 0.0


def _where(caught: Iterable[object]) -> Iterator[int]:
    """Yield the rows in which a test held."""
    return compress(count(), caught)
