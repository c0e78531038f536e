"""What a port lets through, told from its lines: the judge of the drift engine's safety."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from automation.lab import PortView, device_for
from automation.lab.fleet import PlatformName

IOS, VRP, EOS = "GigabitEthernet1/0/1", "GigabitEthernet0/0/1", "Ethernet1"


@dataclass(frozen=True)
class Case:
    """Lines entered in a port, and what it lets through then."""

    why: str
    platform: PlatformName
    port: str
    lines: tuple[str, ...]
    view: PortView
    before: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.platform}: {self.why}"


VLANS = {
    "cisco_ios": ("vlan 10,20,30",),
    "arista_eos": ("vlan 10,20,30",),
    "huawei_vrp": ("vlan batch 10 20 30",),
}
CASES = (
    Case(
        "out of the box it is open and negotiates",
        "cisco_ios",
        IOS,
        (),
        PortView(True, 1, negotiates=True),
    ),
    Case(
        "access",
        "cisco_ios",
        IOS,
        ("switchport access vlan 10", "switchport mode access"),
        PortView(True, 10),
    ),
    Case(
        "no access vlan is VLAN 1",
        "cisco_ios",
        IOS,
        ("switchport mode access", "switchport access vlan 10", "no switchport access vlan 10"),
        PortView(True, 1),
    ),
    Case(
        "trunk without a list is every VLAN",
        "cisco_ios",
        IOS,
        ("switchport mode trunk",),
        PortView(True, 1, every=True),
    ),
    Case(
        "trunk with a list",
        "cisco_ios",
        IOS,
        (
            "switchport trunk native vlan 10",
            "switchport trunk allowed vlan 10,20",
            "switchport mode trunk",
        ),
        PortView(True, 10, frozenset({20})),
    ),
    Case(
        "a native VLAN that is not allowed goes nowhere",
        "cisco_ios",
        IOS,
        (
            "switchport trunk native vlan 30",
            "switchport trunk allowed vlan 20",
            "switchport mode trunk",
        ),
        PortView(True, None, frozenset({20})),
    ),
    Case(
        "a VLAN that was deleted takes its ports along",
        "cisco_ios",
        IOS,
        ("switchport access vlan 10", "switchport mode access", "no vlan 10"),
        PortView(True, None),
    ),
    Case(
        "protections",
        "cisco_ios",
        IOS,
        (
            "switchport access vlan 10",
            "switchport mode access",
            "shutdown",
            "switchport protected",
            "switchport port-security maximum 5",
            "switchport port-security",
            "storm-control broadcast level 1.00",
            "spanning-tree bpduguard enable",
            "service-policy input UP",
            "ip verify source",
        ),
        PortView(
            False,
            10,
            isolated=True,
            snooped=True,
            source_guarded=True,
            bpdu_guarded=True,
            storm_limited=True,
            mac_limit=5,
            rate="UP",
        ),
        ("mls qos", "policy-map UP", "ip dhcp snooping vlan 10", "ip dhcp snooping"),
    ),
    Case(
        "out of the box it is open and negotiates",
        "huawei_vrp",
        VRP,
        (),
        PortView(True, 1, negotiates=True),
    ),
    Case(
        "hybrid carries VLAN 1 until it is taken away",
        "huawei_vrp",
        VRP,
        ("port link-type hybrid", "port hybrid tagged vlan 20"),
        PortView(True, 1, frozenset({20})),
    ),
    Case(
        "hybrid",
        "huawei_vrp",
        VRP,
        (
            "port link-type hybrid",
            "port hybrid pvid vlan 10",
            "undo port hybrid vlan 1",
            "port hybrid untagged vlan 10",
            "port hybrid tagged vlan 20",
        ),
        PortView(True, 10, frozenset({20})),
    ),
    Case(
        "a pvid that is not untagged goes nowhere",
        "huawei_vrp",
        VRP,
        ("port link-type hybrid", "port hybrid pvid vlan 30", "undo port hybrid vlan 1"),
        PortView(True, None),
    ),
    Case(
        "trunk",
        "huawei_vrp",
        VRP,
        (
            "port link-type trunk",
            "undo port trunk allow-pass vlan 1",
            "port trunk allow-pass vlan 10 20",
            "dhcp snooping trusted",
        ),
        PortView(True, None, frozenset({10, 20}), trusted=True),
        ("dhcp enable", "dhcp snooping enable"),
    ),
    Case(
        "trunk of every VLAN",
        "huawei_vrp",
        VRP,
        ("port link-type trunk", "port trunk allow-pass vlan all"),
        PortView(True, 1, frozenset({10, 20, 30}), every=True),
    ),
    Case(
        "protections",
        "huawei_vrp",
        VRP,
        (
            "shutdown",
            "port-isolate enable group 1",
            "dhcp snooping enable",
            "ip source check user-bind enable",
            "arp anti-attack check user-bind enable",
            "stp edged-port enable",
            "mac-limit maximum 5",
            "broadcast-suppression packets 100",
            "qos lr inbound cir 1000",
        ),
        PortView(
            False,
            1,
            negotiates=True,
            isolated=True,
            snooped=True,
            source_guarded=True,
            arp_guarded=True,
            bpdu_guarded=True,
            storm_limited=True,
            mac_limit=5,
            rate="cir 1000 cbs 125000",
        ),
        ("dhcp enable", "dhcp snooping enable", "stp bpdu-protection"),
    ),
    Case("out of the box it is open", "arista_eos", EOS, (), PortView(True, 1)),
    Case(
        "trunk without a list is every VLAN",
        "arista_eos",
        EOS,
        ("switchport mode trunk",),
        PortView(True, 1, every=True),
    ),
    Case(
        "trunk with a list",
        "arista_eos",
        EOS,
        (
            "switchport trunk native vlan 30",
            "switchport trunk allowed vlan 10,20",
            "switchport mode trunk",
            "spanning-tree bpduguard enable",
        ),
        PortView(True, None, frozenset({10, 20}), bpdu_guarded=True),
    ),
    Case(
        "parked", "arista_eos", EOS, ("switchport access vlan 30", "shutdown"), PortView(False, 30)
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_port_lets_through_what_its_lines_say(case: Case) -> None:
    switch = device_for(case.platform, ports=2)
    setting = [*VLANS[case.platform], *case.before, f"interface {case.port}"]
    refused = [said for said in switch.edit([*setting, *case.lines]) if "rror" in said]
    assert refused == []
    assert switch.exposure(case.port) == case.view


def test_a_port_that_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        device_for("cisco_ios").exposure("GigabitEthernet9/0/1")
