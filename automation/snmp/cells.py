"""The counters of one device: request by request, each with the clock it was read by."""

from __future__ import annotations

import asyncio
from array import array
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from gufo.snmp import ValueType

from automation.counters import COLUMNS, HIGH_CAPACITY, Column, Layout
from automation.errors import BadAgent, Unreachable
from automation.snmp import oids
from automation.snmp.chunks import WIDTH, Chunk, chunks
from automation.snmp.link import Link
from automation.snmp.repair import UNEXPLAINED, Repair
from automation.snmp.second import EXCEPTIONS

_LASTING: Final = frozenset({*EXCEPTIONS.values(), UNEXPLAINED})
"""Reasons that will be the same in the next cycle: the cell is not asked for again."""
_NO_COUNTER: Final = "the agent sends no counter but {value!r}"
_NOT_READ: Final = "not read: {why}"
_TOO_LATE: Final = "the device was not done within its deadline"

Cell = tuple[int, int]
"""(column, row)."""


@dataclass(slots=True)
class Reading:
    """What was read of a device so far: all cells row by row, and why some are missing.

    `clock` is the agent's clock when it was last seen, `restarted` that it once went back.
    `changed` is ifTableLastChange at the end of the reading. `halved` says that requests had to
    be cut because nothing came back.
    """

    layout: Layout
    cells: list[ValueType]
    uptimes: array[int]
    reasons: dict[Cell, str] = field(default_factory=dict)
    clock: int = 0
    restarted: bool = False
    changed: int | None = None
    halved: bool = False

    @classmethod
    def of(cls, layout: Layout, uptime: int, lacking: dict[Cell, str]) -> Reading:
        """Return a reading with nothing read; `lacking` is known to be missing."""
        rows = len(layout.ports)
        clocks = array("Q", [uptime]) * rows
        return cls(layout, [0] * (rows * WIDTH), clocks, dict(lacking), uptime)

    def columns(self) -> tuple[array[int], ...]:
        """Return the cells column by column; what is no counter becomes a missing cell."""
        try:
            return tuple(array("Q", self.cells[column::WIDTH]) for column in COLUMNS)  # type: ignore[arg-type]
        except (TypeError, OverflowError):
            self._clean()
        return tuple(array("Q", self.cells[column::WIDTH]) for column in COLUMNS)  # type: ignore[arg-type]

    def _clean(self) -> None:
        for slot, value in enumerate(self.cells):
            if not isinstance(value, int) or not 0 <= value < 1 << 64:
                row, column = divmod(slot, WIDTH)
                self.reasons[column, row] = _NO_COUNTER.format(value=value)
                self.cells[slot] = 0

    def give_up(self, left: Iterable[Chunk], why: str) -> None:
        """Say of every cell of the requests that are `left` that it was not read."""
        for chunk in left:
            for row in range(chunk.first, chunk.end):
                for column in COLUMNS:
                    self.reasons.setdefault((column, row), _NOT_READ.format(why=why))

    def lasting(self) -> dict[Cell, str]:
        """Return the cells that need not be asked for in the next cycle."""
        return {cell: why for cell, why in self.reasons.items() if why in _LASTING}


def lasting(reasons: dict[Cell, str]) -> dict[Cell, str]:
    """Return those of a sample's absent cells that need not be asked for."""
    return {cell: why for cell, why in reasons.items() if why in _LASTING}


def of_all_ports(lacking: Mapping[Cell, str], rows: int) -> dict[Cell, str]:
    """Return what is lacking of every port: the agent does not have that column at all."""
    counts = Counter(column for column, _ in lacking)
    return {cell: why for cell, why in lacking.items() if counts[cell[0]] == rows}


class Cells:
    """Reads the cells of one device, in one cycle."""

    def __init__(self, link: Link, repair: Repair, reading: Reading, rows: int) -> None:
        """Read into `reading`, `rows` ports a request."""
        self._link = link
        self._repair = repair
        self._reading = reading
        known = frozenset(reading.reasons)
        layout = reading.layout
        self._pieced: set[int] = set()
        """Rows whose values came in several messages."""
        self._left = deque(chunks(layout.indexes, layout.narrow, known, rows))

    async def read(self, until: float) -> None:
        """Read until it is done or the event loop's clock says `until`."""
        reading = self._reading
        try:
            async with asyncio.timeout_at(until):
                while self._left:
                    await self._read(self._left[0], last=len(self._left) == 1)
                await self._narrowed()
                await self._in_one_message()
        except TimeoutError:
            reading.give_up(self._left, _TOO_LATE)
        except Unreachable as error:
            reading.give_up(self._left, str(error))

    async def _read(self, chunk: Chunk, *, last: bool) -> None:
        """Read the first request that is left; cut it in two if nothing at all comes back."""
        watched = last and self._reading.layout.changed is not None
        names = (*chunk.names, oids.TABLE_CHANGED) if watched else chunk.names
        try:
            answer = await self._link.get(names)
        except (Unreachable, BadAgent) as error:
            if chunk.end - chunk.first == 1 or self._reading.halved:
                raise Unreachable(str(error)) from error
            answer = {}
        if not answer and chunk.end - chunk.first > 1:
            self._reading.halved = True
            self._left.popleft()
            self._left.extendleft(reversed(chunk.halves()))
            return
        values = list(map(answer.get, names))
        if None in values:
            values = list(map((await self._repair.filled(names, answer)).get, names))
            self._pieced.update(range(chunk.first, chunk.end))
        if watched:
            self._reading.changed = _whole(values.pop())
        self._keep(chunk, values)
        self._left.popleft()

    async def _in_one_message(self) -> None:
        """Read the rows that were pieced together anew: a counter and its clock belong together.

        What is still missing then stays as it was pieced together, some milliseconds apart.
        """
        reading = self._reading
        layout, rows = reading.layout, tuple(sorted(self._pieced))
        lacking = {
            (column, rows.index(row)) for column, row in reading.reasons if row in self._pieced
        }
        narrow = {(column, rows.index(row)) for column, row in layout.narrow if row in self._pieced}
        indexes = tuple(layout.indexes[row] for row in rows)
        for chunk in chunks(indexes, frozenset(narrow), frozenset(lacking), 1):
            answer = await self._link.get(chunk.names)
            values = list(map(answer.get, chunk.names))
            if None not in values:
                row = rows[chunk.first]
                places = tuple(row * WIDTH + place % WIDTH for place in chunk.places)
                self._keep(Chunk(chunk.names, row, row + 1, places), values)

    def _keep(self, chunk: Chunk, values: list[ValueType]) -> None:
        """Put the values of a request into their places."""
        reading, (clock, *found) = self._reading, values
        if isinstance(clock, int):
            reading.restarted |= clock < reading.clock
            reading.clock = clock
            for row in range(chunk.first, chunk.end):
                reading.uptimes[row] = clock
        if chunk.slots is None:
            reading.cells[chunk.first * WIDTH : chunk.end * WIDTH] = found
        else:
            for slot, value in zip(chunk.slots, found, strict=True):
                reading.cells[slot] = value
        if None in found:
            for slot, name, value in zip(chunk.places, chunk.names[1:], found, strict=True):
                if value is None:
                    row, column = divmod(slot, WIDTH)
                    reading.cells[slot] = 0
                    reading.reasons[column, row] = self._repair.reasons.get(name, UNEXPLAINED)

    async def _narrowed(self) -> None:
        """Take 32-bit counters where the agent has no 64-bit ones, and record the width."""
        layout = self._reading.layout
        wanted = {
            f"{oids.NARROW[Column(column)]}.{layout.indexes[row]}": (column, row)
            for (column, row), why in self._reading.reasons.items()
            if column in HIGH_CAPACITY and why in _LASTING and (column, row) not in layout.narrow
        }
        names = list(wanted)
        found: dict[str, ValueType] = {}
        for start in range(0, len(names), 4 * WIDTH):
            found |= await self._repair.get(names[start : start + 4 * WIDTH])
        for name, value in found.items():
            column, row = wanted[name]
            self._reading.cells[row * WIDTH + column] = value
            del self._reading.reasons[column, row]
            self._pieced.add(row)
        if found:
            narrow = layout.narrow | {wanted[name] for name in found}
            self._reading.layout = replace(layout, narrow=narrow)


def _whole(value: ValueType) -> int | None:
    return value if isinstance(value, int) else None
