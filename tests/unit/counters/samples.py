"""Samples to count with: one port, one counter, everything else at rest."""

from __future__ import annotations

from array import array
from dataclasses import dataclass

from automation.counters import COLUMNS, Column, Labels, Layout, Sample

GIGABIT = 1_000_000_000


@dataclass(frozen=True)
class Seen:
    """What one reading of one port showed; `uptime` and `began` are hundredths of a second."""

    value: int = 0
    uptime: int = 100_000
    at: float = 1000.0
    boots: int | None = 7
    began: int = 0
    index: int = 10101
    port: str = "GigabitEthernet1/0/1"
    speed: int = GIGABIT
    narrow: bool = False
    absent: str = ""


def sample(*seen: Seen, column: Column = Column.IN_OCTETS) -> Sample:
    """Return a device's sample with one row for each of `seen`, which differ only by port."""
    rows = range(len(seen))
    columns = [array("Q", [0] * len(seen)) for _ in COLUMNS]
    columns[column] = array("Q", (one.value for one in seen))
    layout = Layout(
        tuple(one.port for one in seen),
        tuple(one.port for one in seen),
        tuple(one.index for one in seen),
        frozenset((int(column), row) for row in rows if seen[row].narrow),
    )
    labels = Labels(
        0.0,
        tuple("" for _ in seen),
        array("Q", (one.speed for one in seen)),
        array("Q", (one.began for one in seen)),
    )
    absent = {(int(column), row): seen[row].absent for row in rows if seen[row].absent}
    first = seen[0] if seen else Seen()
    uptimes = array("Q", (one.uptime for one in seen))
    return Sample("sw-1", first.at, first.boots, layout, labels, uptimes, tuple(columns), absent)
