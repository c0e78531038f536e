"""What should be: the vendor-neutral intent of a device, and the configuration it renders to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache

from automation.model.estate import Device, Policy, PortRoleSpec, Tier
from automation.model.routing import Routing
from automation.model.text import digest
from automation.model.words import PortRole


@dataclass(frozen=True, slots=True)
class Vlan:
    """A VLAN that must exist on the device; without a name the device's default stands."""

    id: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class PortIntent:
    """What one port should do; the only thing a port template sees besides device and policy.

    `role` picks the template. A reserved or suspended customer port has role `parked` here and
    keeps its description; an active one has its VLANs: at most one `untagged`, any `tagged`.
    `tier` is the fastest tier among its active subscriptions, or None.
    `vlans` is `untagged` and `tagged` together, sorted.
    """

    name: str
    role: PortRole
    description: str
    spec: PortRoleSpec
    enabled: bool
    untagged: int | None = None
    tagged: tuple[int, ...] = ()
    tier: Tier | None = None
    outlet: str | None = None

    @property
    def vlans(self) -> tuple[int, ...]:
        """Every VLAN id the port carries, sorted."""
        own = () if self.untagged is None else (self.untagged,)
        return tuple(sorted({*own, *self.tagged}))


@dataclass(frozen=True, slots=True)
class DeviceIntent:
    """Everything that rendering one device needs, as a value; equal intents, equal digests.

    `service_vlans` are the VLANs whose customers are protected (snooping, source guard);
    `tiers` are the speed tiers the catalogue knows. `routing` is None on what is no router.
    """

    device: Device
    policy: Policy
    vlans: tuple[Vlan, ...]
    service_vlans: tuple[int, ...]
    tiers: tuple[Tier, ...]
    ports: tuple[PortIntent, ...]
    routing: Routing | None = None

    def digest(self) -> str:
        """Return the digest that a plan and a verification keep of this intent."""
        return digest(json.dumps(self, default=_plain, sort_keys=True, separators=(",", ":")))


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind))


def _plain(value: object) -> object:
    """Return what JSON has no word for: a set sorted, a mapping as dict, a value by its fields."""
    if isinstance(value, frozenset):
        return sorted(str(inner) for inner in value)
    if isinstance(value, Mapping):
        return dict(value)
    names = _names(type(value))  # type: ignore[arg-type]  # mypy: a class may not be hashable
    return {name: getattr(value, name) for name in names}


@dataclass(frozen=True, slots=True)
class IntendedConfig:
    """The rendered configuration of a device, one text a feature, in the order of the platform.

    Secrets stand as `<secret:NAME>`. `templates` is the digest of the templates used. `trunks`
    are the ports that lead to other switches.
    """

    device: str
    features: Mapping[str, str]
    templates: str
    trunks: frozenset[str] = frozenset()
