"""What an agent says of itself before its ports, and whether it is still the one that it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Final, Self

from gufo.snmp import ValueType

from automation.counters import Sample
from automation.errors import BadAgent
from automation.snmp import oids

HEAD: Final = (oids.UPTIME, oids.BOOTS, oids.IF_NUMBER, oids.TABLE_CHANGED)
_TICKS: Final = 100
_SLACK: Final = 30.0
_DRIFT: Final = 0.01
"""How far an agent's clock may be from ours: the time it takes to ask, and a bad crystal."""


@dataclass(frozen=True, slots=True)
class Head:
    """What an agent says of itself before its ports: its clock, and what moves with its ports.

    `number` is ifNumber, 0 where the agent has none; `boots` and `changed` (ifTableLastChange)
    are None then. `asked` is when, by the monotonic clock.
    """

    uptime: int
    boots: int | None
    number: int
    changed: int | None
    asked: float = field(default_factory=monotonic)

    @classmethod
    def of(cls, found: Mapping[str, ValueType]) -> Self:
        """Return the head in an answer; BadAgent where there is no clock in it."""
        uptime, boots, number, changed = (
            value if oids.is_clock(value := found.get(name)) else None for name in HEAD
        )
        if uptime is None:
            said = found.get(oids.UPTIME)
            if said is None:
                raise BadAgent("the agent has no sysUpTime for us: its view hides the system group")
            raise BadAgent(f"the agent's sysUpTime is no clock but {said!r}")
        return cls(uptime, boots, number or 0, changed)


@dataclass(frozen=True, slots=True)
class Sighting:
    """When an agent was last seen with its ports as they are known: `at` is Unix time."""

    boots: int | None
    uptime: int
    at: float

    @classmethod
    def in_sample(cls, sample: Sample | None) -> Self | None:
        """Return when the device of a sample was seen; None if it was not."""
        if sample is None or not sample.uptimes:
            return None
        return cls(sample.boots, sample.uptimes[0], sample.at)

    @classmethod
    def of(cls, head: Head, at: float) -> Self:
        """Return when the agent that gave `head` was seen, if it is Unix time `at` now."""
        return cls(head.boots, head.uptime, at - (monotonic() - head.asked))

    def is_other_than(self, now: Self) -> bool:
        """Whether the agent may have started since, or be another one.

        Not all say so by their boots, and an uptime beyond the old one may have begun anew: after a
        power cut, or in the switch that took the place of this one. It must have moved as our own
        clock did.
        """
        if self.boots != now.boots or now.uptime < self.uptime:
            return True
        passed = now.at - self.at
        moved = (now.uptime - self.uptime) / _TICKS
        return abs(moved - passed) > max(_SLACK, passed * _DRIFT)
