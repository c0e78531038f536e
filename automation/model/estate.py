"""The nouns that people write in `inventory/`: devices, models, catalogue, policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from automation.model.routing import Routing
from automation.model.words import DeviceRole, PortRole


@dataclass(frozen=True, slots=True)
class DeviceModel:
    """A make of switch and its ports; names are the device's own full names.

    `access` are the ports that the store holds a row for; `uplinks` are the model's uplink
    range, which no row may name. `traits` are what templates may ask of a model
    (`poe`, `trunk_encapsulation`).
    """

    name: str
    platform: str
    access: tuple[str, ...]
    uplinks: tuple[str, ...] = ()
    traits: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Link:
    """Where an uplink ends: the device above, and its port."""

    device: str
    port: str


@dataclass(frozen=True, slots=True)
class Device:
    """A host: a core, transport or access switch that Portvakt logs in to.

    `address` is an IP literal or a name, `port` the TCP port of its SSH server. `uplinks` are
    those of the model's uplink range that are in use; the rest of the range is parked.
    `credentials` names an entry of `portvakt.toml`; `jump` names another; `crypto` is
    `modern`, or `legacy` for switches that only speak SHA-1 key exchange. `snmp` names an entry
    under `[snmp]` of `portvakt.toml`, `snmp_port` is the UDP port of the agent. `links` says of
    uplinks where they end; one that is not in it ends at a device that is not in the inventory.
    `trap_addresses` are further IP literals that the device's traps come from.
    """

    name: str
    estate: str
    role: DeviceRole
    site: str
    platform: str
    model: DeviceModel
    address: str
    port: int = 22
    uplinks: tuple[str, ...] = ()
    credentials: str = "default"
    snmp: str = "default"
    snmp_port: int = 161
    jump: str | None = None
    crypto: str = "modern"
    links: Mapping[str, Link] = field(default_factory=dict)
    trap_addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tier:
    """A speed tier, in Mbit/s."""

    name: str
    down: int
    up: int


@dataclass(frozen=True, slots=True)
class Offer:
    """One provider's delivery of one service, and the VLAN model it uses.

    N:1 (`vlan`): one service VLAN shared by the provider's customers. 1:1 (`pool`): a VLAN a
    customer, taken from the inclusive range. Exactly one of the two is set. (BBF TR-101 2.5.1)
    """

    service: str
    provider: str
    vlan: int | None = None
    pool: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """What is delivered. `tagged` services leave the port with their VLAN tag; one untagged
    service may stand on a port. `welfare` services share ports with private ones and must
    survive whatever happens to them.
    """

    name: str
    tagged: bool
    welfare: bool = False


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Providers, services, offers and tiers, by name; offers by (service, provider)."""

    providers: Mapping[str, str]
    services: Mapping[str, Service]
    offers: Mapping[tuple[str, str], Offer]
    tiers: Mapping[str, Tier]

    def is_welfare(self, service: str) -> bool:
        """Whether somebody's safety may hang on it; one that nobody knows is taken for such."""
        known = self.services.get(service)
        return known is None or known.welfare


@dataclass(frozen=True, slots=True)
class StormLimit:
    """Storm control thresholds, in percent of the port's bandwidth."""

    broadcast: float
    multicast: float


@dataclass(frozen=True, slots=True)
class PortRoleSpec:
    """Vendor-neutral intent of a port role; VLAN fields are unused where services decide.

    `vlan` is untagged, `tagged` are tagged VLAN ids, `mac_limit` is MAC addresses,
    `dhcp_rate` is DHCP packets a second (0 = no limit).
    """

    name: PortRole
    vlan: int | None = None
    tagged: tuple[int, ...] = ()
    isolated: bool = False
    guarded: bool = False
    poe: bool = False
    mac_limit: int = 0
    dhcp_rate: int = 0
    storm: StormLimit | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """What every device of one (estate, role, site, device) shares, overlays merged in.

    `domain` is the DNS domain; addresses are IPv4 or IPv6 literals; `snmp_community`,
    `tacacs_key` and `local_user_secret` are *names* of secrets, never their values.
    `vlan_names` gives VLAN ids a name on the device; ids without one keep the
    device's default name.
    """

    domain: str
    parking_vlan: int
    native_vlan: int
    ntp_servers: tuple[str, ...]
    syslog_servers: tuple[str, ...]
    snmp_community: str
    snmp_managers: tuple[str, ...]
    snmp_location: str
    snmp_contact: str
    tacacs_servers: tuple[str, ...]
    tacacs_key: str
    local_user: str
    local_user_secret: str
    option82_remote_id: str
    vlan_names: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Inventory:
    """Everything `inventory/` says, checked; `policies` has one merged policy a device name.

    `groups` are the Nornir groups of a device, those it inherits from included. `routing` has
    an entry for each router.
    """

    devices: Mapping[str, Device]
    models: Mapping[str, DeviceModel]
    catalogue: Catalogue
    roles: Mapping[PortRole, PortRoleSpec]
    policies: Mapping[str, Policy]
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    routing: Mapping[str, Routing] = field(default_factory=dict)
