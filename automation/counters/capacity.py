"""What is full and what is idle: ports in use, ports in vain, ports that wait for a customer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from automation.counters.daily import Daily, Day
from automation.model import Port, PortState


class Use(StrEnum):
    """How a port is used; each port is exactly one of these."""

    ACTIVE = "active"
    """In service, and its link was up on at least one of the days looked at."""
    IDLE = "idle"
    """In service, and its link was never up on those days."""
    READY = "ready"
    """Dark but ready: out of service, on a switch that answers; a customer can be put on it."""
    UNKNOWN = "unknown"
    """Its switch was not read on those days, or not this port of it."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """How many ports of a group are used how; `total` is the sum."""

    group: str
    active: int = 0
    idle: int = 0
    ready: int = 0
    unknown: int = 0

    @property
    def total(self) -> int:
        """All ports of the group."""
        return self.active + self.idle + self.ready + self.unknown

    def plus(self, use: Use) -> Capacity:
        """Return this with one port more."""
        return replace(self, **{use.value: getattr(self, use.value) + 1})


def lit(days: Iterable[Day]) -> dict[tuple[str, str], bool]:
    """Return by (device, port) whether its link was up on any of `days`; only ports seen."""
    found: dict[tuple[str, str], bool] = {}
    for day in days:
        for row, port in enumerate(day.ports):
            if day.columns[Daily.SECONDS][row]:
                key = (day.device, port)
                found[key] = found.get(key, False) or day.columns[Daily.UP][row] > 0
    return found


def use(port: Port, seen: Mapping[tuple[str, str], bool]) -> Use:
    """Return how `port` is used; `seen` is what `lit` returned."""
    up = seen.get((port.device, port.name))
    if up is None:
        return Use.UNKNOWN
    if port.state not in (PortState.ACTIVE, PortState.SUSPENDED):
        return Use.READY
    return Use.ACTIVE if up else Use.IDLE


def capacity(
    ports: Iterable[Port],
    seen: Mapping[tuple[str, str], bool],
    groups: Mapping[tuple[str, str], Sequence[str]],
) -> tuple[Capacity, ...]:
    """Return the use of `ports`, group by group; `groups` are those of each (device, port).

    A port with two providers counts for both.
    """
    found: dict[str, Capacity] = {}
    for port in ports:
        used = use(port, seen)
        for group in groups.get((port.device, port.name), ()):
            found[group] = found.get(group, Capacity(group)).plus(used)
    return tuple(found[group] for group in sorted(found))
