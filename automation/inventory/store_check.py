"""The store against the inventory: rows that no longer fit what `inventory/` says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from automation import platforms as installed
from automation.errors import Fault
from automation.inventory.document import names
from automation.inventory.ports_csv.row import TRUNKS, outlet_fault, state_fault
from automation.model import (
    Catalogue,
    Device,
    Inventory,
    Platform,
    Port,
    PortRole,
    PortState,
    Subscription,
)


def check_store(
    inventory: Inventory,
    ports: Iterable[Port],
    subscriptions: Iterable[Subscription],
    platforms: Mapping[str, Platform] | None = None,
) -> tuple[Fault, ...]:
    """Return every fault in the store; `where` is `device port outlet`, as far as they are known.

    `platforms` are those whose roles count; without it, all that are installed.
    """
    known = installed.every() if platforms is None else platforms
    ports = tuple(ports)
    services: dict[str, list[Subscription]] = defaultdict(list)
    for one in subscriptions:
        services[one.outlet].append(one)
    found: list[Fault] = []
    taken: dict[tuple[str, int], str] = {}
    for port in ports:
        own = services.pop(port.outlet, []) if port.outlet else []
        where = " ".join(part for part in (port.device, port.name, port.outlet) if part)
        said = (
            *_port_faults(inventory, port, own, known),
            *_deliveries(inventory.catalogue, own),
            *_taken_vlans(inventory.catalogue, port, own, taken),
        )
        found.extend(Fault(where, what) for what in said)
    for outlet, own in services.items():
        lost = ", ".join(one.service for one in own)
        found.append(Fault(outlet, f"no port has this outlet; it has {lost}"))
    found.extend(_absent(inventory, ports))
    return tuple(found)


def _port_faults(
    inventory: Inventory,
    port: Port,
    subscriptions: Sequence[Subscription],
    platforms: Mapping[str, Platform],
) -> Iterator[str]:
    """Yield what is wrong with one row."""
    device = inventory.devices.get(port.device)
    if device is None:
        hint = f"if it is gone for good: portvakt port forget {port.device}"
        yield f"unknown device; expected one that stands in hosts.yaml; {hint}"
    else:
        yield from _place_faults(device, port, platforms)
    if port.outlet and (why := outlet_fault(port.outlet)):
        yield f"outlet: {why}"
    if port.outlet and port.role in TRUNKS:
        yield f"role {port.role} with an outlet; expected none"
    if subscriptions and port.role is not PortRole.CUSTOMER:
        yield f"role {port.role} with a service; expected role customer"
    if subscriptions and port.state in (PortState.PARKED, PortState.RESERVED):
        yield f"state {port.state} with a service; expected active or suspended"
    if not subscriptions and (why := state_fault(port.role, port.state)):
        yield why


def _place_faults(device: Device, port: Port, platforms: Mapping[str, Platform]) -> Iterator[str]:
    """Yield what the device's model and platform say against the row."""
    model = device.model
    if port.name in model.uplinks:
        yield f"an uplink of model {model.name}; expected an access port"
    elif port.name not in model.access:
        hint = f"if it is gone for good: portvakt port forget {port.device}"
        yield f"unknown port; model {model.name} has no {port.name}; {hint}"
    platform = platforms.get(device.platform)
    if platform is not None and port.role not in platform.roles:
        declared = names(platform.roles)
        yield f"platform {platform.name} does not declare role {port.role}; it has {declared}"


def _deliveries(catalogue: Catalogue, subscriptions: Sequence[Subscription]) -> Iterator[str]:
    """Yield what the catalogue says against the services of one port."""
    for one in subscriptions:
        yield from _delivery(catalogue, one)
    untagged = [one.service for one in subscriptions if not one.tagged]
    if len(untagged) > 1:
        yield f"{' and '.join(untagged)} are all untagged; expected at most one on a port"


def _delivery(catalogue: Catalogue, one: Subscription) -> Iterator[str]:
    """Yield what the catalogue says against one subscription."""
    service = catalogue.services.get(one.service)
    offer = catalogue.offers.get((one.service, one.provider))
    if one.tier not in catalogue.tiers:
        yield f"{one.service}: tier {one.tier} is not in services.yaml"
    if service is None or offer is None:
        yield f"{one.service} of {one.provider} is not offered in services.yaml"
        return
    if one.tagged is not service.tagged:
        have, want = ("tagged", "untagged") if one.tagged else ("untagged", "tagged")
        yield f"{one.service} is {have}; services.yaml says {want}"
    low, high = offer.pool or (offer.vlan, offer.vlan)
    if low is not None and high is not None and not low <= one.vlan <= high:
        expected = f"{low}" if low == high else f"{low}-{high}"
        yield f"{one.service} of {one.provider} has VLAN {one.vlan}; services.yaml says {expected}"


def _taken_vlans(
    catalogue: Catalogue,
    port: Port,
    subscriptions: Sequence[Subscription],
    taken: dict[tuple[str, int], str],
) -> Iterator[str]:
    """Yield each 1:1 VLAN that another port of the device has; note those of this port."""
    for one in subscriptions:
        offer = catalogue.offers.get((one.service, one.provider))
        if offer is None or offer.pool is None:
            continue
        other = taken.setdefault((port.device, one.vlan), port.name)
        if other != port.name:
            yield f"{one.service} has the 1:1 VLAN {one.vlan} of {other}; expected one of its own"


def _absent(inventory: Inventory, ports: Sequence[Port]) -> Iterator[Fault]:
    """Yield a fault for each access port without a row, or one for a device without any."""
    rows: dict[str, set[str]] = defaultdict(set)
    for port in ports:
        rows[port.device].add(port.name)
    for device in inventory.devices.values():
        absent = [name for name in device.model.access if name not in rows[device.name]]
        if len(absent) > 1 and len(absent) == len(device.model.access):
            what = f"none of its {len(absent)} access ports has a row; expected one each: import"
            yield Fault(device.name, what)
            continue
        what = "no row for this access port; expected one, if only as parked"
        yield from (Fault(f"{device.name} {name}", what) for name in absent)
