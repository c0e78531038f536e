"""Who is touched when: estates one after the other, each in waves that grow. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from automation.model import Change


@dataclass(frozen=True, slots=True)
class Wave:
    """Devices of one estate that may be under way together; `number` counts from 1."""

    estate: str
    number: int
    of: int
    changes: tuple[Change, ...]

    @property
    def canary(self) -> bool:
        """Whether it is the estate's first wave."""
        return self.number == 1


def waves(
    changes: Sequence[Change], sizes: Sequence[int], estates: Sequence[str]
) -> Iterator[Wave]:
    """Yield the waves of each estate in order; the last size repeats.

    Only changes with something to do take a place: a canary that has nothing to do proves
    nothing. Estates that `estates` does not name come after those it does, by name.
    """
    named = {estate: at for at, estate in enumerate(estates)}
    every = sorted(
        {change.estate for change in changes}, key=lambda name: (named.get(name, len(named)), name)
    )
    for estate in every:
        own = [change for change in changes if change.estate == estate and change.pending]
        parts = list(_cut(own, sizes))
        for number, part in enumerate(parts, 1):
            yield Wave(estate, number, len(parts), part)


def _cut(changes: Sequence[Change], sizes: Sequence[int]) -> Iterator[tuple[Change, ...]]:
    at = number = 0
    while at < len(changes):
        size = sizes[min(number, len(sizes) - 1)]
        yield tuple(changes[at : at + size])
        at, number = at + size, number + 1
