"""Which devices a failed link cuts off: the inventory's links as a graph."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from automation.model import Device

End = tuple[str, str]
"""A device and a port of it."""


@dataclass(frozen=True, slots=True)
class Wire:
    """An uplink in use; without `upper` it ends at a device that is not in the inventory."""

    lower: End
    upper: End | None


@dataclass(frozen=True, slots=True)
class Cut:
    """Devices that nothing reaches any more, and the links whose failure did it."""

    devices: frozenset[str]
    failed: tuple[Wire, ...]


class Topology:
    """The links of a network, and what is behind each.

    A device is reached over any of its uplinks. What stands on top (no uplink, or an uplink to
    what is not in the inventory) is reached from outside. A device that nothing reaches even when
    all is well is never cut off: the inventory does not say how it is connected.
    """

    def __init__(self, devices: Iterable[Device]) -> None:
        """Read the links of `devices`."""
        self._wires: list[Wire] = []
        self._tops: set[str] = set()
        for device in devices:
            if not device.uplinks:
                self._tops.add(device.name)
            for port in device.uplinks:
                link = device.links.get(port)
                upper = None if link is None else (link.device, link.port)
                self._wires.append(Wire((device.name, port), upper))
        self._at: Mapping[End, Wire] = {
            end: wire for wire in self._wires for end in (wire.lower, wire.upper) if end
        }
        self._well = self._reached(frozenset())

    def wire(self, end: End) -> Wire | None:
        """Return the link that has an end there."""
        return self._at.get(end)

    def cuts(self, down: Collection[End]) -> tuple[Cut, ...]:
        """Return what is cut off while the ports `down` are down: one cut for what hangs together.

        A link has failed when either of its ends is down.
        """
        lost = self._well - self._reached(frozenset(down))
        return tuple(
            Cut(frozenset(group), self._broken(group, down)) for group in self._together(lost)
        )

    def _reached(self, down: frozenset[End]) -> set[str]:
        """Return the devices that are reached while the ports `down` are down."""
        below: dict[str, list[str]] = defaultdict(list)
        found = set(self._tops)
        for wire in self._wires:
            if wire.lower in down or wire.upper in down:
                continue
            if wire.upper is None:
                found.add(wire.lower[0])
            else:
                below[wire.upper[0]].append(wire.lower[0])
        wanted = list(found)
        while wanted:
            for name in below[wanted.pop()]:
                if name not in found:
                    found.add(name)
                    wanted.append(name)
        return found

    def _together(self, lost: set[str]) -> list[list[str]]:
        """Return `lost` in groups: those that are linked with each other."""
        beside: dict[str, set[str]] = defaultdict(set)
        for wire in self._wires:
            if wire.upper and wire.lower[0] in lost and wire.upper[0] in lost:
                beside[wire.lower[0]].add(wire.upper[0])
                beside[wire.upper[0]].add(wire.lower[0])
        groups = []
        left = set(lost)
        for name in sorted(lost):
            if name in left:
                groups.append(_group(name, beside, left))
        return groups

    def _broken(self, group: Collection[str], down: Collection[End]) -> tuple[Wire, ...]:
        """Return the failed links that lead out of a group."""
        return tuple(
            wire
            for wire in self._wires
            if wire.lower[0] in group
            and (wire.upper is None or wire.upper[0] not in group)
            and (wire.lower in down or wire.upper in down)
        )


def _group(start: str, beside: Mapping[str, set[str]], left: set[str]) -> list[str]:
    """Return all that hangs together with `start`, and take it out of `left`."""
    found, wanted = [], [start]
    left.discard(start)
    while wanted:
        name = wanted.pop()
        found.append(name)
        for other in beside.get(name, ()):
            if other in left:
                left.discard(other)
                wanted.append(other)
    return found
