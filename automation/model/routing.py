"""What a router routes: its addresses, its OSPF areas, and the systems that it speaks BGP with."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_interface
from typing import Final

LOOPBACK: Final = "lo"
"""The interface that is no port: it is up as long as the router is."""
_LINK: Final = 30
"""The shortest prefix of a link between two routers: /30, or /31 (RFC 3021)."""


@dataclass(frozen=True, slots=True)
class System:
    """An autonomous system, its number (RFC 6793), and the IPv4 networks that it announces."""

    name: str
    asn: int
    prefixes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RoutedInterface:
    """An interface's IPv4 addresses with their prefix lengths, and its OSPF area, if it has one.

    `passive` announces its network without looking for neighbours there.
    """

    name: str
    addresses: tuple[str, ...]
    area: int | None = None
    passive: bool = False

    @property
    def point_to_point(self) -> bool:
        """Whether there is room for two routers only."""
        return all(ip_interface(one).network.prefixlen >= _LINK for one in self.addresses)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A router of another system, by its address on a link that both have."""

    address: str
    system: str
    asn: int


@dataclass(frozen=True, slots=True)
class Routing:
    """One router's part. `systems` are its own and those of its neighbours, sorted by name."""

    system: str
    router_id: str
    systems: tuple[System, ...]
    interfaces: tuple[RoutedInterface, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()

    @property
    def own(self) -> System:
        """The system that the router is part of."""
        return next(one for one in self.systems if one.name == self.system)

    @property
    def asn(self) -> int:
        """The number of the router's own system."""
        return self.own.asn

    @property
    def prefixes(self) -> tuple[str, ...]:
        """The networks that the router's own system announces."""
        return self.own.prefixes

    @property
    def inside(self) -> bool:
        """Whether any interface takes part in OSPF."""
        return any(one.area is not None for one in self.interfaces)
