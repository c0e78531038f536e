"""The counters of one device: request by request, each with the clock it was read by."""

from __future__ import annotations

import asyncio
from array import array
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from gufo.snmp import ValueType

from automation.counters import COLUMNS, COUNTERS, HIGH_CAPACITY, Column, Layout
from automation.errors import BadAgent, Unreachable
from automation.snmp import oids
from automation.snmp.chunks import WIDTH, Chunk, chunks
from automation.snmp.link import Link
from automation.snmp.repair import LACKING, UNEXPLAINED, Repair
from automation.snmp.second import EXCEPTIONS

_NOT_THERE: Final = frozenset({EXCEPTIONS["NoSuchObject"], EXCEPTIONS["NoSuchInstance"], LACKING})
"""What an agent says that has no 64-bit counter."""
_LASTING: Final = _NOT_THERE.union(EXCEPTIONS.values())
"""Reasons that will most likely be the same in the next cycle: the cell is not asked for."""
_NO_COUNTER: Final = "the agent sends no counter but {value!r}"
_NOT_READ: Final = "not read: {why}"
_APART: Final = "read {seconds:.1f} s apart from the port's other counters and its clock"
_NOT_AT_32_BITS: Final = _NOT_READ.format(why="it has 32 bits, and was not asked for in time")
_PASSING: Final = tuple(text.partition("{")[0] for text in (_NO_COUNTER, _NOT_READ, _APART))
"""How reasons begin with which a cell is asked for in the next cycle like any other."""
_TOO_LATE: Final = "the device was not done within its deadline"
_NO_CLOCK: Final = "the agent sends no clock but {clock!r}"
_SECOND_READINGS: Final = 8
"""The most objects a cycle explains for one device."""
_SLACK: Final = 10
"""Hundredths of a second that a counter and its clock may lie apart: a rate divides by it."""

Cell = tuple[int, int]
"""(column, row)."""


@dataclass(slots=True)
class Reading:
    """What was read of a device so far: all cells row by row, and why some are missing.

    `clock` is the agent's clock when it was last seen, `restarted` that it once went back.
    `unproved` are rows that were read since the agent last said that its ports are as they were;
    `moved` is that it said that they are not. `halved` says that requests had to be cut because
    nothing came back, `ended` why the reading ended too soon.
    """

    layout: Layout
    cells: list[ValueType]
    uptimes: array[int]
    reasons: dict[Cell, str] = field(default_factory=dict)
    clock: int = 0
    restarted: bool = False
    unproved: set[int] = field(default_factory=set)
    moved: bool = False
    halved: bool = False
    ended: str = ""

    @classmethod
    def of(cls, layout: Layout, uptime: int, absent: Mapping[Cell, str]) -> Reading:
        """Return a reading with nothing read; `absent` was missing in the last one."""
        rows = len(layout.ports)
        clocks = array("Q", [uptime]) * rows
        return cls(layout, [0] * (rows * WIDTH), clocks, dict(absent), uptime)

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
                self.lose((column, row), _NO_COUNTER.format(value=value))

    def lose(self, cell: Cell, why: str) -> None:
        """Say of a cell that it has no value."""
        column, row = cell
        self.cells[row * WIDTH + column] = 0
        self.reasons[cell] = why

    def give_up(self, rows: Iterable[int], why: str) -> None:
        """Say of the cells of `rows` that they were not read."""
        for row in rows:
            for column in COLUMNS:
                if (column, row) not in self.reasons:
                    self.lose((column, row), _NOT_READ.format(why=why))

    def end(self, left: Iterable[Chunk], why: str) -> None:
        """Say that the reading ends, with requests `left`."""
        self.ended = why
        for chunk in left:
            self.give_up(range(chunk.first, chunk.end), why)

    def prove(self, changed: ValueType) -> None:
        """Take what the agent just said of when its ports last changed (ifTableLastChange)."""
        if changed == self.layout.changed:
            self.unproved.clear()
        elif changed is not None:
            self.moved = True

    def see(self, clock: int) -> None:
        """Take note of the agent's clock."""
        self.restarted |= clock < self.clock
        self.clock = clock


def known(absent: Mapping[Cell, str]) -> dict[Cell, str]:
    """Return those of a sample's absent cells that are not asked for with the others again.

    What the agent does not have is not asked for at all, until all is asked for anew; what it
    could not give is asked for port by port, after the others.
    """
    return {cell: why for cell, why in absent.items() if not why.startswith(_PASSING)}


class Cells:
    """Reads the cells of one device, in one cycle."""

    def __init__(
        self, link: Link, repair: Repair, reading: Reading, rows: int, *, slowly: bool
    ) -> None:
        """Read into `reading`, `rows` ports a request; `slowly` from a device that takes long."""
        self._link = link
        self._repair = repair
        self._reading = reading
        layout, absent = reading.layout, dict(reading.reasons)
        self._absent = absent
        self._pieced: set[int] = set()
        """Rows whose values came in several messages."""
        self._unexplained: dict[Cell, str] = {}
        """Cells that have no value, and under which names they were asked for."""
        self._sick = {row for (_, row), why in absent.items() if why not in _LASTING}
        """Rows of which some cells could not be read in the last cycle."""
        every = chunks(layout.indexes, layout.narrow, frozenset(absent), rows)
        self._left = deque(every)
        self._proofs = _proofs(every, slowly=slowly) if layout.changed is not None else frozenset()
        """Where requests end that also ask whether the ports are as they were."""

    async def read(self, until: float) -> None:
        """Read until it is done or the event loop's clock says `until`."""
        try:
            async with asyncio.timeout_at(until):
                while self._left:
                    await self._read(self._left[0])
                await self._narrowed()
                await self._in_one_message()
                await self._explain()
        except TimeoutError:
            self._reading.end(self._left, _TOO_LATE)
        except (Unreachable, BadAgent) as error:
            self._reading.end(self._left, str(error))

    async def _read(self, chunk: Chunk) -> None:
        """Read the first request that is left; cut it in two if nothing at all comes back."""
        single, proof = chunk.end - chunk.first == 1, chunk.end in self._proofs
        names = (*chunk.names, oids.TABLE_CHANGED) if proof else chunk.names
        try:
            answer = await self._link.get(names)
        except (Unreachable, BadAgent):
            if single or self._reading.halved:
                raise
            answer = {}
        if not answer and not single:
            self._reading.halved = True
            self._left.popleft()
            self._left.extendleft(reversed(chunk.halves()))
            return
        values = list(map(answer.get, names))
        if None in values:
            found = await self._repair.filled(names, answer)
            self._piece(chunk, found, again=bool(answer) or not single)
        else:
            changed = values.pop() if proof else None
            self._keep(chunk, values)
            if proof:
                self._reading.prove(changed)
        self._left.popleft()

    def _keep(self, chunk: Chunk, values: list[ValueType]) -> None:
        """Put the values of one message, the clock before them, into their places."""
        reading, (clock, *found) = self._reading, values
        if not oids.is_clock(clock):
            reading.give_up(range(chunk.first, chunk.end), _NO_CLOCK.format(clock=clock))
            return
        reading.see(clock)
        rows = range(chunk.first, chunk.end)
        reading.unproved.update(rows)
        for row in rows:
            reading.uptimes[row] = clock
        if chunk.slots is None:
            reading.cells[chunk.first * WIDTH : chunk.end * WIDTH] = found
        else:
            for slot, value in zip(chunk.slots, found, strict=True):
                reading.cells[slot] = value

    def _piece(self, chunk: Chunk, found: Mapping[str, ValueType], *, again: bool) -> None:
        """Put values of several messages into their places, row by row.

        Rows that are not of one message are read again, unless that is known to be in vain.
        """
        rows: dict[int, dict[Cell, str]] = {}
        for slot, name in zip(chunk.places, chunk.names[1:], strict=True):
            row, column = divmod(slot, WIDTH)
            rows.setdefault(row, {})[column, row] = name
        for row, names in rows.items():
            clocks = [self._repair.clocks[name] for name in names.values() if name in found]
            if clocks:
                self._reading.uptimes[row] = _middle(clocks)
            if again and len(set(clocks)) > 1:
                self._pieced.add(row)
            self._put(names, found)
        self._see(found)

    def _see(self, found: Iterable[str]) -> None:
        """Take note of the clocks that came with values."""
        clocks = [self._repair.clocks[name] for name in found]
        for clock in (min(clocks), max(clocks)) if clocks else ():
            self._reading.see(clock)

    def _put(self, names: Mapping[Cell, str], found: Mapping[str, ValueType]) -> None:
        """Put values into their places, those that were read when their row's clock was."""
        reading = self._reading
        for (column, row), name in names.items():
            value = found.get(name)
            if value is None:
                reading.lose((column, row), self._repair.reasons.get(name, UNEXPLAINED))
                self._unexplained[column, row] = name
                continue
            reading.unproved.add(row)
            reading.reasons.pop((column, row), None)
            reading.cells[row * WIDTH + column] = value
            apart = abs(self._repair.clocks[name] - reading.uptimes[row])
            if column in COUNTERS and apart > _SLACK:
                reading.lose((column, row), _APART.format(seconds=apart / 100))

    async def _narrowed(self) -> None:
        """Take 32-bit counters where the agent says that it has no 64-bit ones; note the width.

        It has to say so to both libraries: an error that passes must not halve a counter.
        """
        reading = self._reading
        cells = [
            cell
            for cell, why in reading.reasons.items()
            if cell[0] in HIGH_CAPACITY and why == LACKING and cell not in self._absent
        ]
        if not cells:
            return
        why = await self._repair.explained(self._unexplained[cells[0]])
        is_so = why in _NOT_THERE
        reading.reasons.update(dict.fromkeys(cells, _NOT_AT_32_BITS if is_so else why))
        if not is_so:
            return
        for start in range(0, len(cells), 4 * WIDTH):
            some = {
                (column, row): f"{oids.NARROW[Column(column)]}.{reading.layout.indexes[row]}"
                for column, row in cells[start : start + 4 * WIDTH]
            }
            found = await self._repair.get(list(some.values()))
            reading.reasons.update(dict.fromkeys(some, why))
            there = {cell: name for cell, name in some.items() if name in found}
            self._put(there, found)
            self._see(found)
            self._pieced.update(row for _, row in there)
            narrow = reading.layout.narrow.union(there)
            reading.layout = replace(reading.layout, narrow=narrow) if there else reading.layout

    async def _explain(self) -> None:
        """Find out why some cells have no value: last, since no value may be lost by it."""
        vague = (LACKING, UNEXPLAINED)
        lost = [cell for cell in self._unexplained if self._reading.reasons.get(cell) in vague]
        for cell in lost[:_SECOND_READINGS]:
            why = await self._repair.explained(self._unexplained[cell])
            self._reading.reasons[cell] = why

    async def _in_one_message(self) -> None:
        """Read anew, in one message each, rows that were pieced together, then sick ones.

        A counter and its clock belong together. What is still missing stays as it was.
        """
        for row in (*sorted(self._pieced), *sorted(self._sick - self._pieced)):
            reasons, layout = self._reading.reasons, self._reading.layout
            lacking = {(one, 0) for one in COLUMNS if reasons.get((one, row)) in _LASTING}
            narrow = {(one, 0) for one in COLUMNS if (one, row) in layout.narrow}
            (chunk,) = chunks((layout.indexes[row],), frozenset(narrow), frozenset(lacking), 1)
            answer = await self._link.get(chunk.names)
            values = list(map(answer.get, chunk.names))
            if None not in values:
                for column in set(COLUMNS).difference(one for one, _ in lacking):
                    reasons.pop((column, row), None)
                places = tuple(row * WIDTH + place for place in chunk.places)
                self._keep(Chunk(chunk.names, row, row + 1, places), values)


def _proofs(every: Sequence[Chunk], *, slowly: bool) -> frozenset[int]:
    """Return at the end of which requests an agent is asked whether its ports are as they were.

    If it falls silent, what came before stands. One object more can make an answer too long for
    one Ethernet frame: two in a cycle, unless the device will hardly be done in time.
    """
    picked = every if slowly else (*every[(len(every) - 1) // 2 :][:1], *every[-1:])
    return frozenset(chunk.end for chunk in picked)


def _middle(clocks: Sequence[int]) -> int:
    """Return the clock that most of `clocks` are near."""
    return max(clocks, key=lambda one: sum(abs(one - other) <= _SLACK for other in clocks))
