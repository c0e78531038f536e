"""`routing.yaml`: which systems there are, what they announce, and how routers are addressed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import Any, Final

from automation.errors import Fault
from automation.inventory.document import BAD, Document, Key, names
from automation.inventory.models import entries
from automation.inventory.port_names import look_alike
from automation.inventory.schema import Name, RouterRow, SystemRow, validate
from automation.model import (
    LOOPBACK,
    Device,
    Neighbour,
    RoutedInterface,
    Routing,
    System,
)

_SECTIONS: Final = ("systems", "routers")


@dataclass(frozen=True, slots=True)
class _Known:
    """The hosts there are: those that are whole, all that are written, and those that route."""

    devices: Collection[str]
    declared: Collection[str]
    routers: Collection[str]


@dataclass(frozen=True, slots=True)
class _Router:
    """A router as it is written, and the device that it is."""

    device: Device
    row: RouterRow

    @property
    def name(self) -> str:
        return self.device.name

    def fault(self, document: Document, what: str, *path: Key) -> Fault:
        return document.fault(f"{self.name}: {what}", "routers", self.name, *path)


def read_routing(
    document: Document | None,
    devices: Mapping[str, Device],
    declared: Collection[str],
    routers: Collection[str],
    where: str,
    faults: list[Fault],
) -> dict[str, Routing]:
    """Return what each router routes, by its device's name.

    `declared` are the names of all hosts, faulty ones too; `routers` are the devices whose
    platform routes, each of which needs an entry. `where` is the file's name: it may be absent,
    as `document` None, if there are none.
    """
    if document is None:
        if routers:
            what = f"no such file; expected the routing of {names(sorted(routers))}"
            faults.append(Fault(where, what))
        return {}
    for name in entries(document, faults):
        if name not in _SECTIONS:
            what = f"unknown key {name}; expected {', '.join(_SECTIONS)}"
            faults.append(document.fault(what, name))
    systems = _systems(document, faults)
    written = _section(document, "routers", faults)
    for name in sorted(set(routers) - written.keys()):
        what = f"{name} is missing under routers; its platform routes"
        faults.append(document.fault(what, "routers"))
    known = _Known(devices, declared, routers)
    rows = [
        _Router(devices[name], row)
        for name, value in written.items()
        if (row := _row(document, name, value, known, faults)) and name in devices
    ]
    faults.extend(_router_faults(document, rows, systems))
    faults.extend(_shared(document, rows))
    return {one.name: _routing(one, systems) for one in rows if _whole(one, systems)}


def _section(document: Document, name: str, faults: list[Fault]) -> Mapping[str, object]:
    value = document.value.get(name)
    if value is None or value is BAD:
        return {}
    if not isinstance(value, dict):
        faults.append(document.fault(f"{name} is no mapping; expected {name} by name", name))
        return {}
    return {str(key): inner for key, inner in value.items()}


def _systems(document: Document, faults: list[Fault]) -> dict[str, System]:
    """Return the systems; a number or a network belongs to one of them."""
    found: dict[str, System] = {}
    for name, value in _section(document, "systems", faults).items():
        path = ("systems", name)
        named = validate(Name, name, document, path, faults)
        row = validate(SystemRow, value, document, path, faults)
        if row is None or named is None:
            continue
        for other in found.values():
            if other.asn == row.asn:
                what = f"asn {row.asn} is also that of {other.name}; expected one each"
                faults.append(document.fault(what, *path, "asn"))
        for index, prefix in enumerate(row.prefixes):
            if taken := _overlap(prefix, found.values()):
                what = f"{prefix} overlaps {taken}; expected each network in one system"
                faults.append(document.fault(what, *path, "prefixes", index))
        found[name] = System(name, row.asn, row.prefixes)
    return found


def _overlap(prefix: str, systems: Collection[System]) -> str:
    own = IPv4Network(prefix)
    return next(
        (
            f"{other} of {system.name}"
            for system in systems
            for other in system.prefixes
            if own.overlaps(IPv4Network(other))
        ),
        "",
    )


def _row(
    document: Document,
    name: str,
    value: object,
    known: _Known,
    faults: list[Fault],
) -> RouterRow | None:
    """Return a router as it is written, if it is one."""
    path = ("routers", name)
    if name not in known.declared:
        faults.append(document.fault(f"unknown device {name!r}; expected one in hosts.yaml", *path))
    elif name in known.devices and name not in known.routers:
        what = f"the platform of {name} does not route; expected a router"
        faults.append(document.fault(what, *path))
    return validate(RouterRow, value, document, path, faults)


def _router_faults(
    document: Document, rows: list[_Router], systems: Mapping[str, System]
) -> Iterator[Fault]:
    """Yield what is wrong with each router by itself, and with what it says of another one."""
    by_address = {
        str(IPv4Interface(address).ip): one for one in rows for _, address in _addresses(one.row)
    }
    for one in rows:
        if one.device.estate not in systems:
            what = f"its estate {one.device.estate} has no system; expected one under systems"
            yield one.fault(document, what)
        yield from _interface_faults(document, one)
        for address, system in one.row.neighbours.items():
            why = _neighbour_fault(one, address, system, systems, by_address.get(address))
            if why:
                yield one.fault(document, why, "neighbours", address)


def _interface_faults(document: Document, one: _Router) -> Iterator[Fault]:
    """Yield what is wrong with a router's interfaces."""
    model = one.device.model
    known = (LOOPBACK, *model.access, *model.uplinks)
    taken: dict[str, IPv4Network] = {}
    for name, row in one.row.interfaces.items():
        path = ("interfaces", name)
        if name not in known:
            hint = look_alike(name, known)
            what = f"model {model.name} has no {name!r}"
            what += f"; write {hint}" if hint else f"; expected one of {names(known)}"
            yield one.fault(document, what, *path)
        for index, address in enumerate(row.addresses):
            network = IPv4Interface(address).network
            for other, earlier in taken.items():
                if network.overlaps(earlier):
                    what = f"{address} overlaps {other}; expected a network of its own"
                    yield one.fault(document, what, *path, "addresses", index)
            taken[f"{address} of {name}"] = network


def _neighbour_fault(
    one: _Router,
    address: str,
    system: str,
    systems: Mapping[str, System],
    other: _Router | None,
) -> str:
    """Return why `address` is no neighbour of the system `system`, or ""."""
    if system not in systems:
        return f"unknown system {system!r}; there are: {names(systems)}"
    if system == one.device.estate:
        return f"{system} is its own system; expected another: inside an estate OSPF is spoken"
    link = next((row for row in one.row.interfaces.values() if _reaches(row, address)), None)
    if link is None:
        return f"{address} is on no link of this router; expected an address beside one of its own"
    if link.area is not None:
        return f"the link to {address} has an OSPF area; expected none: OSPF ends at the estate"
    if other is None:
        return ""
    if other.device.estate != system:
        return f"{address} is {other.name} of {other.device.estate}; expected {other.device.estate}"
    if not any(_ours(one, theirs) for theirs in other.row.neighbours):
        return f"{other.name} does not name this router as neighbour; expected both ends to"
    return ""


def _reaches(row: Any, address: str) -> bool:  # noqa: ANN401 - an InterfaceRow
    there = IPv4Address(address)
    own = [IPv4Interface(one) for one in row.addresses]
    return any(there in one.network and there != one.ip for one in own)


def _ours(one: _Router, address: str) -> bool:
    return any(str(IPv4Interface(own).ip) == address for _, own in _addresses(one.row))


def _addresses(row: RouterRow) -> Iterator[tuple[tuple[Key, ...], str]]:
    """Yield each address of a router and where it stands."""
    for name, link in row.interfaces.items():
        for index, address in enumerate(link.addresses):
            yield ("interfaces", name, "addresses", index), address


def _shared(document: Document, rows: list[_Router]) -> Iterator[Fault]:
    """Yield a fault for what two routers both take for their own."""
    ids: dict[str, str] = {}
    taken: dict[str, str] = {}
    for one in rows:
        other = ids.setdefault(one.row.router_id, one.name)
        if other != one.name:
            what = f"router_id {one.row.router_id} is also that of {other}; expected one each"
            yield one.fault(document, what, "router_id")
        for path, address in _addresses(one.row):
            plain = str(IPv4Interface(address).ip)
            other = taken.setdefault(plain, one.name)
            if other != one.name:
                what = f"{plain} is also an address of {other}; expected one each"
                yield one.fault(document, what, *path)


def _whole(one: _Router, systems: Mapping[str, System]) -> bool:
    return {one.device.estate, *one.row.neighbours.values()} <= systems.keys()


def _routing(one: _Router, systems: Mapping[str, System]) -> Routing:
    own = one.device.estate
    row = one.row
    return Routing(
        system=own,
        router_id=row.router_id,
        systems=tuple(systems[name] for name in sorted({own, *row.neighbours.values()})),
        interfaces=tuple(
            RoutedInterface(name, link.addresses, link.area, link.passive)
            for name, link in row.interfaces.items()
        ),
        neighbours=tuple(
            Neighbour(address, system, systems[system].asn)
            for address, system in row.neighbours.items()
        ),
    )
