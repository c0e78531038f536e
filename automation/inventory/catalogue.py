"""`services.yaml` and `port_roles.yaml`: what is delivered, by whom, and what a port is for."""

from __future__ import annotations

from collections.abc import Mapping

from automation.errors import Fault
from automation.inventory.document import BAD, Document, names
from automation.inventory.models import entries
from automation.inventory.schema import (
    Name,
    OfferRow,
    PortRoleRow,
    ServiceRow,
    Text,
    TierRow,
    validate,
)
from automation.model import Catalogue, Offer, PortRole, PortRoleSpec, Service, StormLimit, Tier

_SECTIONS = ("providers", "tiers", "services")


def read_catalogue(document: Document, faults: list[Fault]) -> Catalogue:
    """Return the catalogue in `document`; what is faulty is left out and reported."""
    sections = {name: _section(document, name, faults) for name in _SECTIONS}
    for extra in entries(document, faults):
        if extra not in _SECTIONS:
            what = f"unknown key {extra}; expected {names(_SECTIONS)}"
            faults.append(document.fault(what, extra))
    services: dict[str, Service] = {}
    offers: dict[tuple[str, str], Offer] = {}
    for name, value in (sections["services"] or {}).items():
        row = validate(ServiceRow, value, document, ("services", name), faults)
        if row is None:
            continue
        services[name] = Service(name, row.tagged, row.welfare)
        offers.update(_offers(document, name, row, sections["providers"], faults))
    return Catalogue(
        providers=_providers(document, sections["providers"] or {}, faults),
        services=services,
        offers=offers,
        tiers=_tiers(document, sections["tiers"] or {}, faults),
    )


def _section(document: Document, name: str, faults: list[Fault]) -> dict[str, object] | None:
    """Return one section of the file; its names stand in CSV files and must be plain."""
    value = document.value.get(name)
    if not isinstance(value, dict):
        if value is not BAD:
            faults.append(document.fault(f"{name} is missing; expected a mapping by name", name))
        return None
    return {
        key: inner
        for key, inner in value.items()
        if validate(Name, key, document, (name, key), faults) is not None
    }


def _providers(
    document: Document, section: Mapping[str, object], faults: list[Fault]
) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in section.items():
        title = validate(Text, value, document, ("providers", name), faults)
        if title is not None:
            found[name] = title
    return found


def _tiers(
    document: Document, section: Mapping[str, object], faults: list[Fault]
) -> dict[str, Tier]:
    rows = {
        name: validate(TierRow, value, document, ("tiers", name), faults)
        for name, value in section.items()
    }
    return {name: Tier(name, row.down, row.up) for name, row in rows.items() if row}


def _offers(
    document: Document,
    service: str,
    row: ServiceRow,
    providers: Mapping[str, object] | None,
    faults: list[Fault],
) -> dict[tuple[str, str], Offer]:
    """Return the offers of one service by (service, provider)."""
    found: dict[tuple[str, str], Offer] = {}
    for provider, value in (row.offers or {}).items():
        path = ("services", service, "offers", provider)
        if providers is not None and provider not in providers:
            what = f"unknown provider {provider!r}; there are: {names(providers)}"
            faults.append(document.fault(what, *path))
        offer = validate(OfferRow, value, document, path, faults)
        if offer is None:
            continue
        if (offer.vlan is None) == (offer.pool is None):
            have = "neither vlan nor pool" if offer.vlan is None else "both vlan and pool"
            what = f"{have}; expected vlan (N:1) or pool (1:1)"
            faults.append(document.fault(what, *path))
            continue
        found[service, provider] = Offer(service, provider, offer.vlan, offer.pool)
    return found


def read_port_roles(document: Document, faults: list[Fault]) -> dict[PortRole, PortRoleSpec]:
    """Return the meaning of every port role; each role has to be written, if only as `{}`."""
    found: dict[PortRole, PortRoleSpec] = {}
    written = entries(document, faults)
    for name, value in written.items():
        row = validate(PortRoleRow, value, document, (name,), faults)
        if name not in set(PortRole):
            what = f"unknown port role {name!r}; there are: {names(PortRole)}"
            faults.append(document.fault(what, name))
        elif row is not None:
            role = PortRole(name)
            found[role] = _spec(role, row)
            faults.extend(_role_faults(document, found[role]))
    for role in PortRole:
        if role not in written:
            faults.append(document.fault(f"{role} is missing; write `{role}: {{}}` if it has none"))
    return found


def _spec(role: PortRole, row: PortRoleRow) -> PortRoleSpec:
    storm = StormLimit(row.storm.broadcast, row.storm.multicast) if row.storm else None
    return PortRoleSpec(
        name=role,
        vlan=row.vlan,
        tagged=row.tagged,
        isolated=row.isolated,
        guarded=row.guarded,
        poe=row.poe,
        mac_limit=row.mac_limit,
        dhcp_rate=row.dhcp_rate,
        storm=storm,
    )


def _role_faults(document: Document, spec: PortRoleSpec) -> list[Fault]:
    """Return what contradicts itself in one role."""
    found = []
    if spec.vlan in spec.tagged:
        what = f"{spec.name}: {spec.vlan} is both untagged and tagged; expected one of the two"
        found.append(document.fault(what, spec.name, "tagged"))
    decided = {PortRole.CUSTOMER: "subscriptions", PortRole.PARKED: "parking_vlan"}
    if spec.name in decided and (spec.vlan is not None or spec.tagged):
        key = "tagged" if spec.vlan is None else "vlan"
        what = f"{spec.name}: {key} has no effect; expected none, {decided[spec.name]} decides"
        found.append(document.fault(what, spec.name, key))
    return found
