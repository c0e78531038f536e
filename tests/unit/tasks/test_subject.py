"""What may be our way in, so that a change of it has to be proved by a new login."""

from __future__ import annotations

from dataclasses import replace

import pytest

from automation.model import PortRole, Stanza
from automation.render import Templates
from automation.tasks.subject import Subject, Toolset
from tests.platforms.cases import cases, port_intent

OVS, IOS, PORT = "openvswitch", "cisco_ios", "port swp1"


def subject(platform: str, role: str = "parked") -> Subject:
    """Return a switch whose one port has `role`."""
    case = next(one for one in cases(platform) if one.name == role)
    made = port_intent(platform, case)
    return Subject(made.device, made, "", Toolset.of(Templates(platform, {}, "t"), {}), ())


def changed(was: str, feature: str = "ports") -> Stanza:
    """Return a change of the port, on which `was` stands now."""
    return Stanza(feature, "", (f"{PORT} tag=7",), "", (was,), subject=PORT)


@pytest.mark.parametrize("platform", [OVS, IOS])
@pytest.mark.parametrize(
    ("role", "proves"),
    [("parked", False), ("customer", False), ("downlink", True), ("interconnect", True)],
)
def test_a_port_to_another_switch_is_proved(platform: str, role: str, proves: bool) -> None:
    one = subject(platform, role)
    (port,) = one.intent.ports
    assert port.role is PortRole(role)
    header = one.platform.grammar.port_header.format(name=port.name)
    made = Stanza("ports", header, ("x",), header, ("y tag=7",), subject=header)
    assert one.proves([made]) == proves
    assert not one.proves([replace(made, subject="another")])
    assert not one.proves([])


@pytest.mark.parametrize(
    ("was", "proves"),
    [
        (PORT, True),
        (f"{PORT} vlan_mode=trunk trunks=10,20", True),
        ('port "a port" trunks=10,20', True),
        (f"{PORT} vlan_mode=trunk trunks=10,20 protected=true", False),
        (f"{PORT} vlan_mode=access tag=10", False),
        (f"{PORT} vlan_mode=native-untagged tag=10 trunks=10,20", False),
        ("hostname sw", False),
    ],
)
def test_so_is_one_that_led_there_until_now(was: str, proves: bool) -> None:
    assert subject(OVS).proves([changed(was)]) == proves


def test_so_is_every_uplink_and_what_we_log_in_by() -> None:
    was = f"{PORT} vlan_mode=access tag=10"
    assert subject(OVS).proves([changed(was, "uplinks")])
    assert subject(IOS).proves([changed(was, "aaa")])
    assert not subject(IOS).proves([changed(f"{PORT} trunks=1")])
