"""One VLAN id, one use: services, pools, port roles, parking and native VLAN kept apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from automation.errors import Fault
from automation.inventory.document import Document, Key
from automation.inventory.policy import Merged
from automation.model import Catalogue, PortRole, PortRoleSpec


@dataclass(frozen=True, slots=True)
class Use:
    """VLAN ids `low` to `high`, what they are for, and where that is written.

    Uses of the same `kind` may share ids when the kind is `role`: two port roles may be in one
    network, two services may not.
    """

    low: int
    high: int
    kind: str
    what: str
    document: Document
    path: tuple[Key, ...]

    def collides(self, other: Use) -> bool:
        """Whether both claim an id that only one of them may have."""
        apart = self.high < other.low or other.high < self.low
        return not apart and not (self.kind == other.kind == "role")


def catalogue_uses(document: Document, catalogue: Catalogue) -> Iterator[Use]:
    """Yield the VLANs of every offer."""
    for offer in catalogue.offers.values():
        path = ("services", offer.service, "offers", offer.provider)
        what = f"service {offer.service} of {offer.provider}"
        if offer.vlan is not None:
            yield Use(offer.vlan, offer.vlan, "service", what, document, path)
        if offer.pool is not None:
            yield Use(*offer.pool, "service", f"the pool of {what}", document, path)


def role_uses(document: Document, specs: Iterable[PortRoleSpec]) -> Iterator[Use]:
    """Yield the VLANs of every port role."""
    for spec in specs:
        if spec.name in (PortRole.CUSTOMER, PortRole.PARKED):
            continue
        for key, ids in (("vlan", (spec.vlan,)), ("tagged", spec.tagged)):
            for vlan in ids:
                if vlan is not None:
                    what = f"port role {spec.name}"
                    yield Use(vlan, vlan, "role", what, document, (spec.name, key))


def policy_uses(document: Document, merged: Merged) -> Iterator[Use]:
    """Yield the parking and the native VLAN of one merged policy."""
    for key in ("parking_vlan", "native_vlan"):
        vlan = getattr(merged.policy, key)
        yield Use(vlan, vlan, key, key, document, merged.origin[key])


def overlaps(shared: list[Use], policies: Iterable[tuple[Use, ...]]) -> Iterator[Fault]:
    """Yield a fault for each pair of uses that claim one id, at the later of the two."""
    for index, use in enumerate(shared):
        yield from _against(use, shared[:index])
    for own in policies:
        for index, use in enumerate(own):
            yield from _against(use, [*shared, *own[:index]])


def _against(use: Use, others: Iterable[Use]) -> Iterator[Fault]:
    for other in others:
        if use.collides(other):
            first, last = max(use.low, other.low), min(use.high, other.high)
            ids = f"VLAN {first}" if first == last else f"VLANs {first} to {last}"
            there = f"{other.document.where}:{other.document.line(*other.path)}"
            what = f"{use.what}: {ids} overlaps {other.what} ({there}); expected ids of its own"
            yield use.document.fault(what, *use.path)


def same_names(document: Document, policies: Iterable[Merged]) -> Iterator[Fault]:
    """Yield a fault for each VLAN name that stands for two ids on a device."""
    for merged in policies:
        first: dict[str, int] = {}
        for vlan, name in merged.policy.vlan_names.items():
            other = first.setdefault(name, vlan)
            if other != vlan:
                what = f"VLAN {vlan} is named {name} like VLAN {other}; expected a name of its own"
                yield document.fault(what, *merged.origin[f"vlan_names.{vlan}"])
