"""From `routing.yaml` to what each router routes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Final

from automation.errors import Fault
from automation.inventory.document import BAD, Document
from automation.inventory.models import entries
from automation.inventory.routing.checking import Router, router_faults
from automation.inventory.routing.rows import RouterRow, SystemRow
from automation.inventory.schema import Name, validate
from automation.model import Device, Neighbour, RoutedInterface, Routing, System

_SECTIONS: Final = ("systems", "routers")


@dataclass(frozen=True, slots=True)
class Hosts:
    """The hosts that a router may be.

    `devices` are those without fault, `declared` the names of all that are written (None: not
    all can be read), `routers` those whose platform routes: each of them needs an entry.
    """

    devices: Mapping[str, Device]
    declared: Collection[str] | None
    routers: Collection[str]


def read_routing(document: Document, hosts: Hosts, faults: list[Fault]) -> dict[str, Routing]:
    """Return what each router routes, by its device's name."""
    for name in entries(document, faults):
        if name not in _SECTIONS:
            what = f"unknown key {name}; expected {', '.join(_SECTIONS)}"
            faults.append(document.fault(what, name))
    written = _section(document, "systems", faults)
    systems = _systems(document, written or {}, faults)
    routers = _routers(document, hosts, faults)
    faults.extend(router_faults(document, routers, written))
    return {
        one.name: _routing(one, systems)
        for one in routers
        if {one.device.estate, *one.row.neighbours.values()} <= systems.keys()
    }


def _section(document: Document, name: str, faults: list[Fault]) -> Mapping[str, object] | None:
    """Return the entries of a section; None where nobody can say what it should have held."""
    value = document.value.get(name)
    if value is None:
        return {}
    if isinstance(value, dict):
        return {str(key): inner for key, inner in value.items()}
    if value is not BAD:
        faults.append(document.fault(f"{name} is no mapping; expected {name} by name", name))
    return None


def _systems(
    document: Document, written: Mapping[str, object], faults: list[Fault]
) -> dict[str, System]:
    """Return the systems; a number or a network belongs to one of them."""
    found: dict[str, System] = {}
    for name, value in written.items():
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
    """Return the first network of `systems` that `prefix` overlaps, and whose it is, or ""."""
    own = IPv4Network(prefix)
    taken = (
        f"{other} of {system.name}"
        for system in systems
        for other in system.prefixes
        if own.overlaps(IPv4Network(other))
    )
    return next(taken, "")


def _routers(document: Document, hosts: Hosts, faults: list[Fault]) -> list[Router]:
    """Return the routers whose entries are without fault in themselves."""
    written = _section(document, "routers", faults)
    if written is None:
        return []
    for name in sorted(set(hosts.routers) - written.keys()):
        what = f"{name} is missing under routers; its platform routes"
        faults.append(document.fault(what, "routers"))
    found: list[Router] = []
    for name, value in written.items():
        path = ("routers", name)
        if hosts.declared is not None and name not in hosts.declared:
            what = f"unknown device {name!r}; expected one in hosts.yaml"
            faults.append(document.fault(what, *path))
        elif name in hosts.devices and name not in hosts.routers:
            what = f"the platform of {name} does not route; expected a router"
            faults.append(document.fault(what, *path))
        row = validate(RouterRow, value, document, path, faults)
        if row is not None and name in hosts.routers:
            found.append(Router(hosts.devices[name], row))
    return found


def _routing(one: Router, systems: Mapping[str, System]) -> Routing:
    own, row = one.device.estate, one.row
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
