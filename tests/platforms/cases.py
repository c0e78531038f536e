"""One table of intents for all platforms, and what each platform's renderings must hold.

Everything here is invented: documentation addresses (RFC 5737), made-up outlets and providers.
A platform's own words stand in `tests/platforms/<os>/sample.py`, as its `SAMPLE`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module

from automation import platforms
from automation.model import (
    Cli,
    Device,
    DeviceIntent,
    DeviceModel,
    DeviceRole,
    Policy,
    PortIntent,
    PortRole,
    PortRoleSpec,
    Routing,
    StormLimit,
    Tier,
    Vlan,
)

PARKING, NATIVE = 999, 998
INTERNET, IPTV, VOICE, CARE = 1101, 1201, 1301, 1401
CARRIED = (310, 311, 312, 320, 330, 340, 1101, 1102, 1103, 1201, 1202, 1301, 1401, 2001, 2002)

POLICY = Policy(
    domain="net.example",
    parking_vlan=PARKING,
    native_vlan=NATIVE,
    ntp_servers=("203.0.113.1", "203.0.113.2"),
    syslog_servers=("203.0.113.10", "203.0.113.11"),
    snmp_community="snmp_read",
    snmp_managers=("203.0.113.20", "203.0.113.21"),
    snmp_location="Lindangen",
    snmp_contact="noc(at)net.example",
    tacacs_servers=("203.0.113.30", "203.0.113.31"),
    tacacs_key="tacacs",
    local_user="breakglass",
    local_user_secret="breakglass",
    option82_remote_id="hostname",
    vlan_names={
        310: "AP-MGMT",
        NATIVE: "NATIVE-UNUSED",
        PARKING: "PARKED",
        INTERNET: "INTERNET-NORDLYS",
        CARE: "CARE-TRYGGHET",
    },
)
TIERS = (Tier("t100", 100, 100), Tier("t1000", 1000, 1000), Tier("t250", 250, 50))

_SPECS = {
    PortRole.CUSTOMER: PortRoleSpec(
        PortRole.CUSTOMER,
        isolated=True,
        guarded=True,
        mac_limit=5,
        dhcp_rate=15,
        storm=StormLimit(1.0, 2.0),
    ),
    PortRole.WIFI_AP: PortRoleSpec(
        PortRole.WIFI_AP, vlan=310, tagged=(311, 312), poe=True, storm=StormLimit(2.0, 5.0)
    ),
    PortRole.IOT_GATEWAY: PortRoleSpec(
        PortRole.IOT_GATEWAY,
        vlan=320,
        isolated=True,
        poe=True,
        mac_limit=2,
        dhcp_rate=5,
        storm=StormLimit(0.5, 0.5),
    ),
    PortRole.INTERNAL: PortRoleSpec(PortRole.INTERNAL, vlan=330, storm=StormLimit(2.0, 5.0)),
    PortRole.COLO: PortRoleSpec(PortRole.COLO, vlan=340),
}


@dataclass(frozen=True, slots=True)
class PortCase:
    """One port's intent; `sample_port` gives it the name of a port of the platform."""

    name: str
    port: PortIntent

    @property
    def feature(self) -> str:
        """Return the feature that renders it."""
        return "uplinks" if self.port.role is PortRole.UPLINK else "ports"


@dataclass(frozen=True, slots=True)
class Sample:
    """A platform's device for the cases, and how its renderings show what they must hold.

    All are regular expressions for whole lines, indentation stripped. `vlan_one`: lines that
    put untagged traffic into VLAN 1. `trunk`: the line that makes a port a trunk, and
    `trunk_needs` what must then stand in the same block. `protections`: what each customer
    port has, by the issue's words. `shut` is the line that closes a port.
    """

    model: DeviceModel
    role: DeviceRole
    vlan_one: tuple[str, ...]
    trunk: str
    trunk_needs: tuple[str, ...]
    shut: str
    protections: Mapping[str, str] = field(default_factory=dict)
    access: str = ""
    """The line that puts a port into an untagged VLAN, with the VLAN's id as group `id`."""
    one_line: str = ""
    """Where a port is one line: its first words, which are the block's header."""
    routing: Routing | None = None
    """What the device routes, where it is a router."""


def _case(name: str, role: PortRole, description: str, **more: object) -> PortCase:
    spec = _SPECS.get(role, PortRoleSpec(role))
    port = PortIntent("", role, description, spec, enabled=role is not PortRole.PARKED)
    return PortCase(name, replace(port, **more))  # type: ignore[arg-type]


def _customer(name: str, outlet: str, **more: object) -> PortCase:
    return _case(name, PortRole.CUSTOMER, f"customer {outlet}", outlet=outlet, **more)


def _trunk(role: PortRole) -> PortCase:
    return _case(str(role), role, str(role), untagged=NATIVE, tagged=CARRIED)


CASES: tuple[PortCase, ...] = (
    _customer("customer", "MKB-1001", untagged=INTERNET, tier=TIERS[0]),
    _customer("customer_two", "MKB-1002", untagged=INTERNET, tagged=(IPTV,), tier=TIERS[2]),
    _customer("customer_welfare", "MKB-1003", untagged=2001, tagged=(IPTV, CARE), tier=TIERS[1]),
    _customer("customer_tagged_only", "MKB-1004", tagged=(VOICE, CARE), tier=TIERS[0]),
    _customer("customer_no_tier", "MKB-1005", untagged=INTERNET),
    _case("suspended", PortRole.PARKED, "suspended MKB-1006", untagged=PARKING, outlet="MKB-1006"),
    _case("reserved", PortRole.PARKED, "reserved MKB-1007", untagged=PARKING, outlet="MKB-1007"),
    _case("parked", PortRole.PARKED, "parked", untagged=PARKING),
    _case("wifi_ap", PortRole.WIFI_AP, "wifi_ap", untagged=310, tagged=(311, 312)),
    _case("iot_gateway", PortRole.IOT_GATEWAY, "iot_gateway", untagged=320),
    _case("internal", PortRole.INTERNAL, "internal", untagged=330),
    _case("colo", PortRole.COLO, "colo", untagged=340),
    _case("colo_trunk", PortRole.COLO, "colo", untagged=340, tagged=(1101, 1102)),
    _trunk(PortRole.UPLINK),
    _trunk(PortRole.DOWNLINK),
    _trunk(PortRole.INTERCONNECT),
)


def with_command_line() -> tuple[str, ...]:
    """Return the platforms that are spoken to line by line; the others take transactions."""
    every = platforms.every().items()
    return tuple(name for name, one in every if isinstance(one.control, Cli))


def switches() -> tuple[str, ...]:
    """Return the platforms that carry VLANs; a router's ports have addresses instead."""
    return tuple(name for name, one in platforms.every().items() if not one.routes)


def sample(platform: str) -> Sample:
    """Return what `tests/platforms/<platform>/sample.py` says."""
    found = import_module(f"tests.platforms.{platform}.sample").SAMPLE
    assert isinstance(found, Sample)
    return found


def cases(platform: str) -> tuple[PortCase, ...]:
    """Return the cases whose role the platform declares."""
    roles = platforms.get(platform).roles
    return tuple(case for case in CASES if case.port.role in roles)


def intent(platform: str, ports: Sequence[PortIntent] = ()) -> DeviceIntent:
    """Return the intent of the platform's sample device with these ports."""
    one = sample(platform)
    device = Device(
        name="mkb-acc-001" if one.role is DeviceRole.ACCESS else "mkb-tra-001",
        estate="mkb",
        role=one.role,
        site="lindangen",
        platform=platform,
        model=one.model,
        address="198.51.100.11",
        uplinks=one.model.uplinks[:1],
    )
    every = sorted({*CARRIED, PARKING, NATIVE})
    return DeviceIntent(
        device=device,
        policy=POLICY,
        vlans=tuple(Vlan(vlan, POLICY.vlan_names.get(vlan, "")) for vlan in every),
        service_vlans=(INTERNET, 1102, 1103, IPTV, 1202, VOICE, CARE, 2001, 2002),
        tiers=TIERS,
        ports=tuple(ports),
        routing=one.routing,
    )


def port_intent(platform: str, case: PortCase, index: int = 0) -> DeviceIntent:
    """Return the intent of a device that has nothing but this case's port."""
    model = sample(platform).model
    names = model.uplinks if case.feature == "uplinks" else model.access
    return intent(platform, [replace(case.port, name=names[index])])
