"""Rows and inventory become vendor-neutral intent, a value for each device."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from automation.model import (
    TRUNK_ROLES,
    Device,
    DeviceIntent,
    DeviceRole,
    Inventory,
    Policy,
    Port,
    PortIntent,
    PortRole,
    PortState,
    Standing,
    Subscription,
    Tier,
    Vlan,
)


def intents(
    inventory: Inventory,
    ports: Iterable[Port],
    subscriptions: Iterable[Subscription],
    today: date,
) -> dict[str, DeviceIntent]:
    """Return the intent of every device that has rows among `ports`.

    Only subscriptions that are active on `today` (start inclusive, end exclusive) count.
    """
    rows: dict[str, list[Port]] = defaultdict(list)
    for port in ports:
        rows[port.device].append(port)
    services: dict[str, list[Subscription]] = defaultdict(list)
    for subscription in subscriptions:
        if subscription.standing(today) is Standing.DELIVERED:
            services[subscription.outlet].append(subscription)
    return {
        name: device_intent(inventory, inventory.devices[name], own, services)
        for name, own in rows.items()
    }


def device_intent(
    inventory: Inventory,
    device: Device,
    rows: Sequence[Port],
    services: Mapping[str, Sequence[Subscription]],
) -> DeviceIntent:
    """Return the intent of one device from its rows and the services by outlet."""
    policy = inventory.policies[device.name]
    shared = _shared_vlans(inventory)
    edge = tuple(_edge_port(inventory, policy, row, services) for row in rows)
    own = {vlan for port in edge for vlan in port.vlans}
    below = device.role is not DeviceRole.ACCESS or any(row.role in TRUNK_ROLES for row in rows)
    pools = _pool_vlans(inventory) if below else set()
    carried = tuple(sorted((shared | own | pools) - {policy.parking_vlan, policy.native_vlan}))
    ports = (
        *(_trunk(port, policy, carried) for port in edge),
        *_uplinks(inventory, device, policy, carried),
    )
    names = policy.vlan_names
    every = sorted({*carried, policy.parking_vlan, policy.native_vlan})
    return DeviceIntent(
        device=device,
        policy=policy,
        vlans=tuple(Vlan(vlan, names.get(vlan, "")) for vlan in every),
        service_vlans=tuple(sorted(_guarded_vlans(inventory, edge))),
        tiers=tuple(inventory.catalogue.tiers[name] for name in sorted(inventory.catalogue.tiers)),
        ports=_in_model_order(device, ports),
    )


def _shared_vlans(inventory: Inventory) -> set[int]:
    """Return the VLANs that every device carries: N:1 service VLANs and those of port roles."""
    offers = (offer.vlan for offer in inventory.catalogue.offers.values())
    roles = (vlan for spec in inventory.roles.values() for vlan in (spec.vlan, *spec.tagged))
    return {vlan for vlan in (*offers, *roles) if vlan is not None}


def _pool_vlans(inventory: Inventory) -> set[int]:
    """Return the VLANs of all 1:1 pools: what has switches below carries whichever is in use."""
    pools = (offer.pool for offer in inventory.catalogue.offers.values() if offer.pool)
    return {vlan for low, high in pools for vlan in range(low, high + 1)}


def _guarded_vlans(inventory: Inventory, ports: Iterable[PortIntent]) -> set[int]:
    """Return the VLANs with DHCP snooping: N:1 service VLANs and those of guarded ports."""
    shared = {offer.vlan for offer in inventory.catalogue.offers.values() if offer.vlan is not None}
    return shared | {
        vlan for port in ports if port.spec.guarded and port.enabled for vlan in port.vlans
    }


def _edge_port(
    inventory: Inventory,
    policy: Policy,
    row: Port,
    services: Mapping[str, Sequence[Subscription]],
) -> PortIntent:
    delivered = services.get(row.outlet, ()) if row.outlet else ()
    if row.role is not PortRole.CUSTOMER and row.state is PortState.ACTIVE:
        return _plain(inventory, policy, row)
    if row.role is PortRole.CUSTOMER and row.state is PortState.ACTIVE and delivered:
        return _customer(inventory, row, delivered)
    return _closed(inventory, policy, row)


def _closed(inventory: Inventory, policy: Policy, row: Port) -> PortIntent:
    """Parked, reserved, suspended or idle: shut, in the parking VLAN, still described."""
    return PortIntent(
        name=row.name,
        role=PortRole.PARKED,
        description=_described(row),
        spec=inventory.roles[PortRole.PARKED],
        enabled=False,
        untagged=policy.parking_vlan,
        outlet=row.outlet,
    )


def _plain(inventory: Inventory, policy: Policy, row: Port) -> PortIntent:
    """Return a port whose VLANs come from its role."""
    if row.role is PortRole.PARKED:
        return _closed(inventory, policy, row)
    spec = inventory.roles[row.role]
    return PortIntent(
        name=row.name,
        role=row.role,
        description=_described(row),
        spec=spec,
        enabled=True,
        untagged=spec.vlan,
        tagged=spec.tagged,
        outlet=row.outlet,
    )


def _customer(inventory: Inventory, row: Port, delivered: Sequence[Subscription]) -> PortIntent:
    tiers = [inventory.catalogue.tiers[subscription.tier] for subscription in delivered]
    return PortIntent(
        name=row.name,
        role=PortRole.CUSTOMER,
        description=_described(row),
        spec=inventory.roles[PortRole.CUSTOMER],
        enabled=True,
        untagged=next((one.vlan for one in delivered if not one.tagged), None),
        tagged=tuple(sorted(one.vlan for one in delivered if one.tagged)),
        tier=max(tiers, key=_speed),
        outlet=row.outlet,
    )


def _speed(tier: Tier) -> tuple[int, int]:
    return tier.down, tier.up


def _described(row: Port) -> str:
    """Return state and outlet, never a person: no personal data on a device (GDPR art. 5)."""
    what = row.role if row.state is PortState.ACTIVE else row.state
    return f"{what} {row.outlet}" if row.outlet else str(what)


def _trunk(port: PortIntent, policy: Policy, carried: tuple[int, ...]) -> PortIntent:
    """Give a downlink or interconnect what the device carries; leave other ports as they are."""
    if port.role not in TRUNK_ROLES:
        return port
    return PortIntent(
        name=port.name,
        role=port.role,
        description=port.description,
        spec=port.spec,
        enabled=port.enabled,
        untagged=policy.native_vlan,
        tagged=carried,
        outlet=port.outlet,
    )


def _uplinks(
    inventory: Inventory, device: Device, policy: Policy, carried: tuple[int, ...]
) -> Iterable[PortIntent]:
    """Return the model's uplink range: those in use as uplinks, the rest parked."""
    for name in device.model.uplinks:
        used = name in device.uplinks
        role = PortRole.UPLINK if used else PortRole.PARKED
        yield PortIntent(
            name=name,
            role=role,
            description=str(role),
            spec=inventory.roles[role],
            enabled=used,
            untagged=policy.native_vlan if used else policy.parking_vlan,
            tagged=carried if used else (),
        )


def _in_model_order(device: Device, ports: Iterable[PortIntent]) -> tuple[PortIntent, ...]:
    order = {
        name: index for index, name in enumerate((*device.model.access, *device.model.uplinks))
    }
    return tuple(sorted(ports, key=lambda port: order[port.name]))
