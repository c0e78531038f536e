"""The objects of an agent in lexicographic order (RFC 3416, section 4.2): what is it, what is next.

A `Tree` is built once for all devices of a shape and says how a value is read, not what it is.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from automation.lab.agent import ber
from automation.lab.agent.ber import Oid

T = TypeVar("T")
Read = Callable[[T, int, int], bytes]
"""(device, key of the row, now in hundredths of a second) -> the value with tag and length."""


@dataclass(frozen=True, slots=True)
class Row(Generic[T]):
    """One instance of an object: its name with tag and length, and how its value is read."""

    name: bytes
    read: Read[T]
    key: int

    @property
    def content(self) -> bytes:
        """The content octets of its name."""
        start, stop = ber.expect(self.name, 0, len(self.name), ber.OID)
        return self.name[start:stop]


@dataclass(frozen=True, slots=True)
class Instance(Generic[T]):
    """One instance as a table of objects has it, before it is put in order."""

    object: Oid
    index: Oid
    read: Read[T]
    key: int = 0

    @property
    def oid(self) -> Oid:
        """The instance's name."""
        return self.object + self.index


class Objects(Protocol[T]):
    """What an agent answers from: a tree, several behind each other, or a bent one."""

    def find(self, name: bytes) -> Row[T] | None:
        """Return the row of this name, given by its content octets."""

    def knows(self, name: bytes) -> bool:
        """Return whether `name` is an instance of an object that has rows here."""

    def walk(self, name: bytes) -> Iterator[Row[T]]:
        """Yield every row behind `name`."""


class Tree(Generic[T]):
    """Rows in lexicographic order, found by the content octets of their names."""

    def __init__(self, instances: Iterable[Instance[T]]) -> None:
        """Put the instances in order; ValueError when two have one name."""
        ordered = sorted(instances, key=lambda instance: instance.oid)
        self._oids = [instance.oid for instance in ordered]
        self.rows = tuple(
            Row(ber.oid(instance.oid), instance.read, instance.key) for instance in ordered
        )
        self._objects = frozenset(instance.object for instance in ordered)
        self._places = {ber.oid_content(oid): at for at, oid in enumerate(self._oids)}
        if len(self._places) != len(ordered):
            raise ValueError("two instances of one name")

    def find(self, name: bytes) -> Row[T] | None:
        """Return the row of this name, given by its content octets."""
        at = self._places.get(name)
        return None if at is None else self.rows[at]

    def walk(self, name: bytes) -> Iterator[Row[T]]:
        """Yield every row behind `name`, which may be an instance, an object or neither.

        Raises:
            Malformed: `name` is no object identifier.
        """
        at = self._places.get(name)
        place = bisect_right(self._oids, ber.arcs(name)) if at is None else at + 1
        for at in range(place, len(self.rows)):
            yield self.rows[at]

    def knows(self, name: bytes) -> bool:
        """Return whether `name` is an instance of an object that has rows here."""
        arcs = ber.arcs(name)
        return any(arcs[:size] in self._objects for size in range(len(arcs) + 1))
