"""A day of a device: what every port carried, at most and in all, and how long it was up."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
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
    """The highest mean of one interval, in octets a second."""
    OUT_PEAK = 5
    ERRORS = 6
    DISCARDS = 7


_UP: Final = 1
_SUMS: Final = (
    (Daily.IN_OCTETS, (Column.IN_OCTETS,)),
    (Daily.OUT_OCTETS, (Column.OUT_OCTETS,)),
    (Daily.ERRORS, (Column.IN_ERRORS, Column.OUT_ERRORS)),
    (Daily.DISCARDS, (Column.IN_DISCARDS, Column.OUT_DISCARDS)),
)
_PEAKS: Final = ((Daily.IN_PEAK, Column.IN_OCTETS), (Daily.OUT_PEAK, Column.OUT_OCTETS))


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
        return cls(device, day, tuple(ports), tuple(array("d", [0.0]) * len(ports) for _ in Daily))


def with_rates(day: Day, rates: Rates, oper: Sequence[int]) -> Day:
    """Return `day` with one more interval; what is unknown adds nothing.

    `oper` are the ifOperStatus values at the interval's end, in the rows of `rates`.
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
    for kept, one in _PEAKS:
        columns[kept] = array("d", map(max, columns[kept], per_second[one]))
    watched = [
        time if octets == octets else 0.0  # NaN is the only number that is not itself
        for time, octets in zip(seconds, rates.columns[Column.IN_OCTETS], strict=True)
    ]
    columns[Daily.SECONDS] = array("d", map(add, columns[Daily.SECONDS], watched))
    up = (time if state == _UP else 0.0 for time, state in zip(watched, oper, strict=True))
    columns[Daily.UP] = array("d", map(add, columns[Daily.UP], up))
    return Day(day.device, day.day, day.ports, tuple(columns))


def _known(values: Iterable[float]) -> list[float]:
    """Return `values`, 0 where they are not known."""
    return [value if value == value else 0.0 for value in values]


def _moved(day: Day, ports: tuple[str, ...]) -> Day:
    """Return `day` with a row for each of `ports`; what a port that left carried is let go."""
    there = {port: row for row, port in enumerate(day.ports)}
    rows = [there.get(port) for port in ports]
    columns = (
        array("d", (0.0 if row is None else column[row] for row in rows)) for column in day.columns
    )
    return Day(day.device, day.day, ports, tuple(columns))
