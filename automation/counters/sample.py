"""What one reading of a device holds, by column: an array a column, never an object a port.

A city is 35,040 ports and fifteen columns; half a million objects a cycle would cost more than
reading them. Row N of every array is port N of the layout.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from math import isnan
from typing import Final


class Column(IntEnum):
    """What is read of every port in every cycle, in the order in which arrays stand (RFC 2863)."""

    IN_OCTETS = 0
    OUT_OCTETS = 1
    IN_UNICAST = 2
    OUT_UNICAST = 3
    IN_MULTICAST = 4
    OUT_MULTICAST = 5
    IN_BROADCAST = 6
    OUT_BROADCAST = 7
    IN_ERRORS = 8
    OUT_ERRORS = 9
    IN_DISCARDS = 10
    OUT_DISCARDS = 11
    ADMIN = 12
    """ifAdminStatus: 1 up, 2 down, 3 testing."""
    OPER = 13
    """ifOperStatus: 1 up, 2 down, 3 testing, 4 unknown, 5 dormant, 6 not present, 7 lower down."""
    LAST_CHANGE = 14
    """ifLastChange: sysUpTime in hundredths of a second when the port took its present state."""

    @property
    def word(self) -> str:
        """The column's name in results: `in_octets`."""
        return self.name.lower()


COLUMNS: Final = tuple(Column)
COUNTERS: Final = COLUMNS[: Column.ADMIN]
"""The columns that count, and so have rates."""
HIGH_CAPACITY: Final = COLUMNS[: Column.IN_ERRORS]
"""The columns that agents keep at 64 bits; the others have 32 (RFC 2863, 3.1.6)."""

_UP: Final = 1
_WORTH: Final = 0.5
Absences = Mapping[tuple[int, int], str]
"""Why there is no value, by (column, row)."""


def least_span(interval: float) -> float:
    """Return the seconds from which on rates stand for what a port carries: half an `interval`.

    Agents answer from caches of seconds: over a few of them, the same octets are one time none and
    the next time twice as many. Such rates may be shown; no history and no peak is made of them.
    """
    return interval * _WORTH


@dataclass(frozen=True, slots=True)
class Layout:
    """Which port stands in which row, and how the agent numbers it.

    `ports` are the device's own full names, `if_names` its ifName texts, `indexes` its ifIndex
    numbers. `narrow` are the cells among `HIGH_CAPACITY` that the agent keeps at 32 bits only.
    `changed` is ifTableLastChange when the names were read, None where the agent has none. `cut`
    says that the walk of names seems to have ended too soon: there may be more ports.
    """

    ports: tuple[str, ...]
    if_names: tuple[str, ...]
    indexes: tuple[int, ...]
    narrow: frozenset[tuple[int, int]] = frozenset()
    changed: int | None = None
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Labels:
    """What is read less often: descriptions, speeds, and when counters last began anew.

    `speeds` are bit/s (ifHighSpeed; 0 where the agent does not know). `discontinuities` are
    ifCounterDiscontinuityTime in hundredths of a second. `at` is Unix time.
    """

    at: float
    aliases: tuple[str, ...]
    speeds: array[int]
    discontinuities: array[int]


@dataclass(frozen=True, slots=True)
class Sample:
    """One reading of one device.

    `at` is Unix time when it began. `boots` is snmpEngineBoots (RFC 3411), None where the agent
    does not say. `uptimes` has for each row the sysUpTime, in hundredths of a second, that came
    in the same message as the row. `columns` has one array for each of `COLUMNS`; a cell that
    stands in `absent` is 0 there and means nothing.
    """

    device: str
    at: float
    boots: int | None
    layout: Layout
    labels: Labels
    uptimes: array[int]
    columns: tuple[array[int], ...]
    absent: Absences = field(default_factory=dict)

    def up(self) -> dict[str, int]:
        """Return the ports whose link is up, each with its row."""
        states = enumerate(self.columns[Column.OPER])
        return {self.layout.ports[row]: row for row, state in states if state == _UP}


@dataclass(frozen=True, slots=True)
class Rates:
    """What a device carried between two samples, a second; octets, packets or errors.

    `columns` has one array for each of `COUNTERS`, NaN where the rate is unknown. Why stands in
    `all_unknown` for the whole device, in `rows` for a port, in `cells` for one value.
    `seconds` is for each row the time between its two readings, by the agent's own clock; `speeds`
    are the bit/s by which its rates were checked (0: not known), and are not kept with them.
    """

    device: str
    at: float
    ports: tuple[str, ...]
    seconds: array[float]
    columns: tuple[array[float], ...]
    all_unknown: str = ""
    rows: Mapping[int, str] = field(default_factory=dict)
    cells: Absences = field(default_factory=dict)
    speeds: array[int] = field(default_factory=lambda: array("Q"))

    @property
    def span(self) -> float:
        """The longest time between two readings of a port, in seconds; 0 where none is known."""
        return max((time for time in self.seconds if not isnan(time)), default=0.0)

    def reason(self, column: int, row: int) -> str | None:
        """Return why a rate is unknown; None for one that is known."""
        return self.all_unknown or self.rows.get(row) or self.cells.get((column, row))
