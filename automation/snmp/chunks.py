"""Which objects one request asks for: whole ports, each with the agent's clock in front.

The clock has to come with the counters, in one message: a rate divides by it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from automation.counters import COLUMNS, Column
from automation.snmp import oids

WIDTH = len(COLUMNS)


@dataclass(frozen=True, slots=True)
class Chunk:
    """One request: the clock, then every object of rows `first` up to `end`.

    `slots` are the places of its values in the flat list of all cells, row by row; None for all
    cells of its rows in order. `names` are as in the request, the clock first.
    """

    names: tuple[str, ...]
    first: int
    end: int
    slots: tuple[int, ...] | None

    @property
    def places(self) -> Sequence[int]:
        """The places of its values, whichever way they are known."""
        return range(self.first * WIDTH, self.end * WIDTH) if self.slots is None else self.slots

    def halves(self) -> tuple[Chunk, Chunk]:
        """Return two requests for half of the rows each."""
        middle = (self.first + self.end) // 2
        cut = bisect_left(self.places, middle * WIDTH)
        clock, cells = self.names[:1], self.names[1:]
        slots = (None, None) if self.slots is None else (self.slots[:cut], self.slots[cut:])
        return (
            Chunk(clock + cells[:cut], self.first, middle, slots[0]),
            Chunk(clock + cells[cut:], middle, self.end, slots[1]),
        )


@lru_cache(maxsize=4096)
def chunks(
    indexes: tuple[int, ...],
    narrow: frozenset[tuple[int, int]],
    lacking: frozenset[tuple[int, int]],
    rows: int,
) -> tuple[Chunk, ...]:
    """Return the requests for the ports `indexes`, `rows` of them at a time.

    `narrow` cells are asked at 32 bits, `lacking` ones not at all; both are (column, row).
    Devices of one model share the result: forty thousand ports' names would be forty megabytes.
    """
    found = []
    for first in range(0, len(indexes), rows):
        end = min(first + rows, len(indexes))
        cells = [(column, row) for row in range(first, end) for column in COLUMNS]
        asked = [cell for cell in cells if cell not in lacking]
        names = (f"{_column(cell, narrow)}.{indexes[cell[1]]}" for cell in asked)
        slots = tuple(row * WIDTH + column for column, row in asked)
        found.append(
            Chunk((oids.UPTIME, *names), first, end, None if len(asked) == len(cells) else slots)
        )
    return tuple(found)


def _column(cell: tuple[Column, int], narrow: frozenset[tuple[int, int]]) -> str:
    return oids.NARROW[cell[0]] if cell in narrow else oids.COLUMNS[cell[0]]
