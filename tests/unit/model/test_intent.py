"""Equal intents have equal digests; any difference shows."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import pytest

from automation.model import (
    Device,
    DeviceIntent,
    DeviceModel,
    DeviceRole,
    Policy,
    PortIntent,
    PortRole,
    PortRoleSpec,
    Tier,
    Vlan,
)

MODEL = DeviceModel("small-8", "os_a", ("Gi1", "Gi2"), ("Te1",), frozenset({"poe", "stack"}))
DEVICE = Device("sw-1", "mkb", DeviceRole.ACCESS, "varvet", "os_a", MODEL, "192.0.2.1")
PORT = PortIntent("Gi1", PortRole.CUSTOMER, "customer MKB-1", PortRoleSpec(PortRole.CUSTOMER), True)
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
    vlan_names={10: "CARE"},
)
INTENT = DeviceIntent(DEVICE, POLICY, (Vlan(10),), (10,), (Tier("t100", 100, 100),), (PORT,))


@pytest.mark.parametrize(
    ("untagged", "tagged", "vlans"),
    [
        (None, (), ()),
        (10, (), (10,)),
        (None, (30, 20), (20, 30)),
        (25, (30, 20), (20, 25, 30)),
        (20, (30, 20), (20, 30)),
    ],
)
def test_a_port_carries_its_untagged_and_its_tagged_vlans(
    untagged: int | None, tagged: tuple[int, ...], vlans: tuple[int, ...]
) -> None:
    assert replace(PORT, untagged=untagged, tagged=tagged).vlans == vlans


def test_equal_intents_have_equal_digests() -> None:
    traits = frozenset(["stack", "poe"])
    same = replace(INTENT, device=replace(DEVICE, model=replace(MODEL, traits=traits)))
    assert same.digest() == INTENT.digest()


@pytest.mark.parametrize(
    "other",
    [
        replace(INTENT, vlans=(Vlan(10, "CARE"),)),
        replace(INTENT, policy=replace(POLICY, vlan_names={10: "IPTV"})),
        replace(INTENT, ports=(replace(PORT, untagged=10),)),
        replace(INTENT, ports=()),
        replace(INTENT, device=replace(DEVICE, model=replace(MODEL, traits=frozenset({"poe"})))),
    ],
    ids=["a VLAN's name", "the policy", "a port's VLAN", "a port", "a model's trait"],
)
def test_another_intent_has_another_digest(other: DeviceIntent) -> None:
    assert other.digest() != INTENT.digest()


def test_a_mapping_is_its_content_whatever_holds_it() -> None:
    view = replace(INTENT, policy=replace(POLICY, vlan_names=MappingProxyType({10: "CARE"})))
    assert view.digest() == INTENT.digest()
