"""What is full and what is idle: ports in use, ports in vain, ports that wait for a customer.

A port is full when its busier direction once carried most of its speed, for one whole interval.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import isnan
from typing import Final

from automation.counters.daily import Daily, Day
from automation.model import Port, PortState

FULL: Final = 0.8
"""The part of its speed from which on a port is full: what is left is no room for another peak."""
_OCTET: Final = 8
_BUSIEST: Final = ((Daily.IN_USE, Daily.IN_PEAK), (Daily.OUT_USE, Daily.OUT_PEAK))
Place = tuple[str, str]
"""Device and port."""


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


@dataclass(frozen=True, slots=True)
class Load:
    """How full some ports are; `share` is that of `fullest`, None where none is known."""

    total: int
    full: int
    unknown: int
    fullest: Place | None
    share: float | None


def lit(days: Iterable[Day]) -> dict[Place, bool]:
    """Return by (device, port) whether its link was up on any of `days`; only ports seen."""
    found: dict[Place, bool] = {}
    for day in days:
        for row, port in enumerate(day.ports):
            if day.columns[Daily.SECONDS][row]:
                key = (day.device, port)
                found[key] = found.get(key, False) or day.columns[Daily.UP][row] > 0
    return found


def shares(days: Iterable[Day], speeds: Mapping[Place, int]) -> dict[Place, float]:
    """Return what part of its speed each port carried in the busiest interval of `days`.

    That is of the speed that it had in that interval: a link that has slowed down since (a CPE that
    sleeps, an agent that says 10 Mbit/s of a link that is down) was not full. `speeds` are those of
    now, in bit/s: a port that was made faster is not full any more. Only ports of which that is
    known.
    """
    found: dict[Place, float] = {}
    for day in days:
        for use, peak in _BUSIEST:
            for port, share, octets in zip(
                day.ports, day.columns[use], day.columns[peak], strict=True
            ):
                if not isnan(share):
                    place = (day.device, port)
                    speed = speeds.get(place, 0)
                    now = min(share, octets * _OCTET / speed) if speed else share
                    found[place] = max(now, found.get(place, 0.0))
    return found


def load(places: Collection[Place], shares: Mapping[Place, float]) -> Load:
    """Return how full the ports at `places` are."""
    known = {place: shares[place] for place in places if place in shares}
    fullest = max(known, key=lambda place: (known[place], place), default=None)
    return Load(
        total=len(places),
        full=sum(share >= FULL for share in known.values()),
        unknown=len(places) - len(known),
        fullest=fullest,
        share=known[fullest] if fullest else None,
    )


def use(port: Port, seen: Mapping[Place, bool]) -> Use:
    """Return how `port` is used; `seen` is what `lit` returned."""
    up = seen.get((port.device, port.name))
    if up is None:
        return Use.UNKNOWN
    if port.state not in (PortState.ACTIVE, PortState.SUSPENDED):
        return Use.READY
    return Use.ACTIVE if up else Use.IDLE


def capacity(
    ports: Iterable[Port],
    seen: Mapping[Place, bool],
    groups: Mapping[Place, Sequence[str]],
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
