"""What routers say of themselves and of each other, against each other."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from automation.errors import Fault
from automation.inventory.document import Document, Key, names
from automation.inventory.port_names import look_alike
from automation.inventory.routing.rows import InterfaceRow, RouterRow
from automation.model import LOOPBACK, Device


@dataclass(frozen=True, slots=True)
class Router:
    """A router as it is written, and the device that it is."""

    device: Device
    row: RouterRow

    @property
    def name(self) -> str:
        """The device's name."""
        return self.device.name

    @property
    def addresses(self) -> Mapping[str, tuple[Key, ...]]:
        """The router's addresses without their lengths, and where each is written."""
        return {
            str(IPv4Interface(address).ip): ("interfaces", name, "addresses", index)
            for name, link in self.row.interfaces.items()
            for index, address in enumerate(link.addresses)
        }

    def link_to(self, address: str) -> InterfaceRow | None:
        """Return the interface that is on one network with `address`, but has not itself got it."""
        there = IPv4Address(address)
        for link in self.row.interfaces.values():
            own = (IPv4Interface(one) for one in link.addresses)
            if any(there in one.network and there != one.ip for one in own):
                return link
        return None

    def fault(self, document: Document, what: str, *path: Key) -> Fault:
        """Return a fault that points at `path` in the router's entry."""
        return document.fault(f"{self.name}: {what}", "routers", self.name, *path)


def router_faults(
    document: Document, routers: Sequence[Router], systems: Collection[str] | None
) -> Iterator[Fault]:
    """Yield what is wrong with routers that are without fault in themselves.

    `systems` are the names of all systems that are written; None: they cannot be read.
    """
    for one in routers:
        yield from _interface_faults(document, one)
        if systems is not None:
            yield from _system_faults(document, one, systems)
        for address, system in one.row.neighbours.items():
            if why := _neighbour_fault(one, address, system, routers):
                yield one.fault(document, why, "neighbours", address)
    yield from _shared(document, routers)


def _interface_faults(document: Document, one: Router) -> Iterator[Fault]:
    """Yield the interfaces that the model has not, and networks that meet on one router."""
    model = one.device.model
    known = (LOOPBACK, *model.access, *model.uplinks)
    taken: dict[str, IPv4Network] = {}
    for name, link in one.row.interfaces.items():
        if name not in known:
            hint = look_alike(name, known)
            more = f"write {hint}" if hint else f"expected one of {names(known)}"
            what = f"model {model.name} has no {name!r}; {more}"
            yield one.fault(document, what, "interfaces", name)
        for index, address in enumerate(link.addresses):
            network = IPv4Interface(address).network
            other = next((at for at, earlier in taken.items() if network.overlaps(earlier)), None)
            if other is not None:
                what = f"{address} overlaps {other}; expected a network of its own"
                yield one.fault(document, what, "interfaces", name, "addresses", index)
            taken[f"{address} of {name}"] = network


def _system_faults(document: Document, one: Router, systems: Collection[str]) -> Iterator[Fault]:
    """Yield the systems that a router is or speaks with, and that there are not."""
    if one.device.estate not in systems:
        what = f"its estate {one.device.estate} has no system; expected one under systems"
        yield one.fault(document, what)
    for address, system in one.row.neighbours.items():
        if system not in systems:
            what = f"unknown system {system!r}; there are: {names(systems)}"
            yield one.fault(document, what, "neighbours", address)


def _neighbour_fault(one: Router, address: str, system: str, routers: Sequence[Router]) -> str:
    """Return why `address` is no neighbour of the system `system`, or ""."""
    if system == one.device.estate:
        return f"{system} is its own system; expected another: inside an estate OSPF is spoken"
    link = one.link_to(address)
    if link is None:
        return f"{address} is on no link of this router; expected an address beside one of its own"
    if link.area is not None:
        return f"the link to {address} has an OSPF area; expected none: OSPF ends at the estate"
    other = next((router for router in routers if address in router.addresses), None)
    if other is None:
        return ""
    if other.device.estate != system:
        return f"{address} is {other.name} of {other.device.estate}; expected {other.device.estate}"
    if not one.addresses.keys() & other.row.neighbours.keys():
        return f"{other.name} does not name this router as neighbour; expected both ends to"
    return ""


def _shared(document: Document, routers: Sequence[Router]) -> Iterator[Fault]:
    """Yield what two routers both take for their own."""
    ids: dict[str, str] = {}
    taken: dict[str, str] = {}
    for one in routers:
        other = ids.setdefault(one.row.router_id, one.name)
        if other != one.name:
            what = f"router_id {one.row.router_id} is also that of {other}; expected one each"
            yield one.fault(document, what, "router_id")
        for address, path in one.addresses.items():
            other = taken.setdefault(address, one.name)
            if other != one.name:
                what = f"{address} is also an address of {other}; expected one each"
                yield one.fault(document, what, *path)
