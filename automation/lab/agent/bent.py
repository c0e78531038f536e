"""Objects as broken agents show them: in circles, again and again, without an end, half of them.

Each stands before a tree that is in order. The first three were met in the wild (gosnmp issue
401, puresnmp issue 94, snmp_exporter issue 208).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from automation.lab.agent import ber
from automation.lab.agent.ber import Oid
from automation.lab.agent.device import Device
from automation.lab.agent.tree import Objects, Row
from automation.lab.faults import Fault, FaultKind

_IF_TABLE: Final[Oid] = (1, 3, 6, 1, 2, 1, 2, 2, 1)
_IF_X_TABLE: Final[Oid] = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1)
_WIDE: Final = range(6, 14)
"""Columns of ifXTable with 64 bits: ifHCInOctets to ifHCOutBroadcastPkts."""
_TURN: Final = 16
"""Rows of a column that a walk sees before the agent goes wrong."""
_LAST_INDEX: Final = 2**31 - 1
"""The largest InterfaceIndex (RFC 2863)."""


class Unreadable(Exception):
    """A value that the agent cannot read: it answers with genErr."""


def bent(fault: Fault, straight: Objects[Device], indexes: Sequence[int]) -> Objects[Device]:
    """Return the objects as an agent with this fault shows them.

    `indexes` are the ifIndexes of the device's interfaces, its ports first.
    """
    match fault.kind:
        case FaultKind.LOOP:
            return Looping(straight, indexes)
        case FaultKind.REPEAT:
            return Repeating(straight, indexes)
        case FaultKind.ENDLESS:
            return Endless(straight, indexes)
        case FaultKind.NARROW:
            return Narrow(straight, indexes)
        case FaultKind.GEN_ERR:
            return Sick(straight, indexes, indexes[min(max(fault.line, 1), len(indexes)) - 1])
        case _:
            return straight


class Bent:
    """Objects that are found as they are, and walked from one to the next."""

    def __init__(self, straight: Objects[Device], indexes: Sequence[int]) -> None:
        """Stand before `straight`."""
        self._straight = straight
        self._indexes = sorted(indexes)

    def find(self, name: bytes) -> Row[Device] | None:
        """Return the row of this name."""
        return self._straight.find(name)

    def knows(self, name: bytes) -> bool:
        """Return whether `name` is an instance of an object that has rows here."""
        return self._straight.knows(name)

    def walk(self, name: bytes) -> Iterator[Row[Device]]:
        """Yield what comes behind `name`, one after the other."""
        while (row := self._after(ber.arcs(name), name)) is not None:
            yield row
            name = row.content

    def _after(self, arcs: Oid, name: bytes) -> Row[Device] | None:
        return next(self._straight.walk(name), None)

    def _turns(self, arcs: Oid) -> bool:
        """Whether `arcs` names the row of a column of IF-MIB at which the agent goes wrong."""
        return _in_a_column(arcs) and arcs[-1] == self._indexes[_TURN - 1]


class Looping(Bent):
    """In every column of IF-MIB the 16th row is followed by the first."""

    def _after(self, arcs: Oid, name: bytes) -> Row[Device] | None:
        if not self._turns(arcs):
            return super()._after(arcs, name)
        return self._straight.find(ber.oid_content((*arcs[:-1], self._indexes[0])))


class Repeating(Bent):
    """In every column of IF-MIB the 16th row is followed by itself."""

    def _after(self, arcs: Oid, name: bytes) -> Row[Device] | None:
        return self._straight.find(name) if self._turns(arcs) else super()._after(arcs, name)


class Endless(Bent):
    """In every column of IF-MIB the last row is followed by more of its kind, in good order."""

    def _after(self, arcs: Oid, name: bytes) -> Row[Device] | None:
        last = self._indexes[-1]
        if not _in_a_column(arcs) or not last <= arcs[-1] < _LAST_INDEX:
            return super()._after(arcs, name)
        row = self._straight.find(ber.oid_content((*arcs[:-1], last)))
        return row and Row(ber.oid((*arcs[:-1], arcs[-1] + 1)), row.read, row.key)


class Narrow(Bent):
    """The 64-bit counters of IF-MIB are not there."""

    def find(self, name: bytes) -> Row[Device] | None:
        """Return the row of this name, unless it is a 64-bit counter."""
        return None if _is_wide(ber.arcs(name)) else self._straight.find(name)

    def knows(self, name: bytes) -> bool:
        """Return whether `name` is an instance of an object that has rows here."""
        return not _is_wide(ber.arcs(name)) and self._straight.knows(name)

    def _after(self, arcs: Oid, name: bytes) -> Row[Device] | None:
        rows = self._straight.walk(name)
        return next((row for row in rows if not _is_wide(ber.arcs(row.content))), None)


class Sick(Bent):
    """One interface cannot be read: whoever asks for any of its values gets genErr."""

    def __init__(self, straight: Objects[Device], indexes: Sequence[int], sick: int) -> None:
        """Fail at the interface with the index `sick`."""
        super().__init__(straight, indexes)
        self._sick = sick

    def find(self, name: bytes) -> Row[Device] | None:
        """Return the row of this name; the rows of one interface fail when they are read."""
        return self._checked(self._straight.find(name))

    def _after(self, arcs: Oid, name: bytes) -> Row[Device] | None:
        return self._checked(super()._after(arcs, name))

    def _checked(self, row: Row[Device] | None) -> Row[Device] | None:
        if row is None:
            return None
        arcs = ber.arcs(row.content)
        fails = _in_a_column(arcs) and arcs[-1] == self._sick
        return Row(row.name, _fail, row.key) if fails else row


def _fail(device: Device, key: int, now: int) -> bytes:
    raise Unreadable


def _in_a_column(arcs: Oid) -> bool:
    """Whether `arcs` is a column of ifTable or ifXTable and an index."""
    return any(
        arcs[:-2] == table and len(arcs) == len(table) + 2 for table in (_IF_TABLE, _IF_X_TABLE)
    )


def _is_wide(arcs: Oid) -> bool:
    size = len(_IF_X_TABLE)
    return arcs[:size] == _IF_X_TABLE and len(arcs) > size and arcs[size] in _WIDE
