"""Contenders take turns; a median is taken of each.

Taking turns spreads whatever else the machine does over all of them alike.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from tests.bench import cpu


@dataclass(frozen=True, slots=True)
class Sample:
    """What one round cost, in seconds, for each unit of work (a device, a whole city).

    `wall` is the clock, `cpu` the client's user and system time with all its children, `twin`
    the CPU of the twin.
    """

    wall: float
    cpu: float
    twin: float = 0.0

    def over(self, units: int) -> Sample:
        """Return the share of one of `units`."""
        return Sample(self.wall / units, self.cpu / units, self.twin / units)


class Contender(Protocol):
    """Something that does the work once and says what that cost."""

    @property
    def name(self) -> str:
        """What it is called in the tables."""

    def round(self, number: int) -> Sample:
        """Do the work once; `number` tells the rounds apart. Raises when it was not done."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The samples of one contender."""

    name: str
    samples: tuple[Sample, ...]

    @property
    def wall(self) -> float:
        """Median seconds by the clock."""
        return statistics.median(sample.wall for sample in self.samples)

    @property
    def cpu(self) -> float:
        """Median CPU-seconds of the client."""
        return statistics.median(sample.cpu for sample in self.samples)

    @property
    def twin(self) -> float:
        """Median CPU-seconds of the twin."""
        return statistics.median(sample.twin for sample in self.samples)

    @property
    def spread(self) -> float:
        """How far apart the wall times lie: (largest - smallest) / median."""
        walls = [sample.wall for sample in self.samples]
        return (max(walls) - min(walls)) / self.wall if self.wall else 0.0


def in_turns(contenders: Sequence[Contender], runs: int) -> Mapping[str, Measured]:
    """Let every contender do `runs` rounds, in turns, after one round that is not counted."""
    samples: dict[str, list[Sample]] = {one.name: [] for one in contenders}
    for number in range(runs + 1):
        for contender in contenders:
            sample = contender.round(number)
            if number:
                samples[contender.name].append(sample)
    return {name: Measured(name, tuple(own)) for name, own in samples.items()}


@dataclass(frozen=True, slots=True)
class Timed:
    """A contender that is a function in this very process; `units` is what one call does."""

    name: str
    work: Callable[[], object]
    units: int = 1

    def round(self, number: int) -> Sample:
        """Call the function, with what earlier ones left behind cleared away."""
        gc.collect()
        wall, used = time.perf_counter(), cpu.own()
        self.work()
        return Sample(time.perf_counter() - wall, cpu.own() - used).over(self.units)
