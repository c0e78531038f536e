"""A day of a device: what every port carried, at most and in all, and how long it was up."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from math import isnan, nan
from operator import add, mul
from typing import Final

from automation.counters.sample import Column, Rates


class Daily(IntEnum):
    """What is kept of a port a day, in the order in which arrays stand."""

    SECONDS = 0
    """How long it was watched with known octet rates."""
    UP = 1
    """How long it was watched while its link was up."""
    IN_OCTETS = 2
    OUT_OCTETS = 3
    IN_PEAK = 4
    """The highest mean of one interval, in octets a second; NaN where none is known."""
    OUT_PEAK = 5
    ERRORS = 6
    DISCARDS = 7
    IN_USE = 8
    """The highest mean of one interval as a part of the speed in that interval; NaN as above."""
    OUT_USE = 9


_UP: Final = 1
_SUMS: Final = (
    (Daily.IN_OCTETS, (Column.IN_OCTETS,)),
    (Daily.OUT_OCTETS, (Column.OUT_OCTETS,)),
    (Daily.ERRORS, (Column.IN_ERRORS, Column.OUT_ERRORS)),
    (Daily.DISCARDS, (Column.IN_DISCARDS, Column.OUT_DISCARDS)),
)
_PEAKS: Final = (
    (Daily.IN_PEAK, Daily.IN_USE, Column.IN_OCTETS),
    (Daily.OUT_PEAK, Daily.OUT_USE, Column.OUT_OCTETS),
)
_HIGHEST: Final = frozenset({Daily.IN_PEAK, Daily.OUT_PEAK, Daily.IN_USE, Daily.OUT_USE})
"""What is not known before anything was seen; the others are sums, and begin at 0."""
_OCTET: Final = 8


@dataclass(frozen=True, slots=True)
class Day:
    """One device on one day (`2026-11-23`); `columns` has one array for each of `Daily`."""

    device: str
    day: str
    ports: tuple[str, ...]
    columns: tuple[array[float], ...]

    @classmethod
    def empty(cls, device: str, day: str, ports: Sequence[str]) -> Day:
        """Return a day on which nothing was seen."""
        columns = (array("d", [_begun(one)]) * len(ports) for one in Daily)
        return cls(device, day, tuple(ports), tuple(columns))


def with_rates(day: Day, rates: Rates, oper: Sequence[int], least: float) -> Day:
    """Return `day` with one more interval; what is unknown adds nothing.

    `oper` are the ifOperStatus values at the interval's end, in the rows of `rates`. An interval of
    less than `least` seconds adds to what was carried, and is no peak (`least_span`).
    """
    if day.ports != rates.ports:
        day = _moved(day, rates.ports)
    if rates.all_unknown:
        return day
    per_second = [_known(column) for column in rates.columns]
    seconds = _known(rates.seconds)
    columns = list(day.columns)
    for kept, counted in _SUMS:
        for one in counted:
            columns[kept] = array("d", map(add, columns[kept], map(mul, per_second[one], seconds)))
    long = [time >= least for time in rates.seconds]  # NaN is not
    for peak, use, one in _PEAKS:
        found = [
            rate if is_long else nan for rate, is_long in zip(rates.columns[one], long, strict=True)
        ]
        columns[peak] = _higher(columns[peak], found)
        columns[use] = _higher(columns[use], map(_use, found, rates.speeds))
    watched = [
        time if octets == octets else 0.0  # NaN is the only number that is not itself
        for time, octets in zip(seconds, rates.columns[Column.IN_OCTETS], strict=True)
    ]
    columns[Daily.SECONDS] = array("d", map(add, columns[Daily.SECONDS], watched))
    up = (time if state == _UP else 0.0 for time, state in zip(watched, oper, strict=True))
    columns[Daily.UP] = array("d", map(add, columns[Daily.UP], up))
    return Day(day.device, day.day, day.ports, tuple(columns))


def _begun(column: Daily) -> float:
    """Return what a column has of a port of which nothing was seen."""
    return nan if column in _HIGHEST else 0.0


def _higher(kept: Iterable[float], found: Iterable[float]) -> array[float]:
    """Return the higher of both, row by row, or the one that is known."""
    rows = zip(kept, found, strict=True)
    return array("d", (new if new > old or isnan(old) else old for old, new in rows))


def _use(octets: float, speed: int) -> float:
    """Return octets a second as a part of a speed in bit/s; NaN where one is not known."""
    return octets * _OCTET / speed if speed else nan


def _known(values: Iterable[float]) -> list[float]:
    """Return `values`, 0 where they are not known."""
    return [value if value == value else 0.0 for value in values]


def _moved(day: Day, ports: tuple[str, ...]) -> Day:
    """Return `day` with a row for each of `ports`; what a port that left carried is let go."""
    there = {port: row for row, port in enumerate(day.ports)}
    rows = [there.get(port) for port in ports]
    columns = (
        array("d", (_begun(one) if row is None else day.columns[one][row] for row in rows))
        for one in Daily
    )
    return Day(day.device, day.day, ports, tuple(columns))
