"""A network of one access and one transport switch, invented, to be varied one place at a time."""

from __future__ import annotations

import pytest

from automation.model import (
    Catalogue,
    Device,
    DeviceModel,
    DeviceRole,
    Inventory,
    Offer,
    Policy,
    PortRole,
    PortRoleSpec,
    Service,
    Tier,
)

POLICY = Policy(
    domain="net.example",
    parking_vlan=999,
    native_vlan=998,
    ntp_servers=("203.0.113.1",),
    syslog_servers=(),
    snmp_community="snmp_read",
    snmp_managers=(),
    snmp_location="",
    snmp_contact="",
    tacacs_servers=(),
    tacacs_key="tacacs",
    local_user="breakglass",
    local_user_secret="breakglass",
    option82_remote_id="hostname",
    vlan_names={100: "INTERNET", 999: "PARKED"},
)
CATALOGUE = Catalogue(
    providers={"nord": "Nord", "syd": "Syd"},
    services={
        "internet": Service("internet", tagged=False),
        "iptv": Service("iptv", tagged=True),
    },
    offers={
        ("internet", "nord"): Offer("internet", "nord", vlan=100),
        ("iptv", "nord"): Offer("iptv", "nord", vlan=200),
        ("internet", "syd"): Offer("internet", "syd", pool=(2000, 2003)),
    },
    tiers={"t1000": Tier("t1000", 1000, 1000), "t250": Tier("t250", 250, 50)},
)
SPECS = {
    PortRole.CUSTOMER: PortRoleSpec(PortRole.CUSTOMER, isolated=True, guarded=True),
    PortRole.WIFI_AP: PortRoleSpec(PortRole.WIFI_AP, vlan=310, tagged=(311, 312), poe=True),
    **{role: PortRoleSpec(role) for role in (PortRole.PARKED, PortRole.UPLINK, PortRole.DOWNLINK)},
}


def _device(name: str, role: DeviceRole, model: DeviceModel) -> Device:
    return Device(name, "mkb", role, "varvet", "os", model, "192.0.2.1", uplinks=model.uplinks[:1])


@pytest.fixture
def inventory() -> Inventory:
    """Return the network; `acc` is an access switch, `tra` a transport switch."""
    small = DeviceModel("small", "os", ("Gi1", "Gi2", "Gi10"), ("Te1", "Te2"))
    large = DeviceModel("large", "os", ("Et1", "Et2"), ("Et9",))
    devices = (
        _device("acc", DeviceRole.ACCESS, small),
        _device("tra", DeviceRole.TRANSPORT, large),
    )
    return Inventory(
        devices={device.name: device for device in devices},
        models={"small": small, "large": large},
        catalogue=CATALOGUE,
        roles=SPECS,
        policies={device.name: POLICY for device in devices},
    )
