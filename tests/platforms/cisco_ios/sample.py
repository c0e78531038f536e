"""A Catalyst 2960-X for the cases, and IOS's words for what every port must show."""

from __future__ import annotations

from automation.model import DeviceModel, DeviceRole
from tests.platforms.cases import Sample

SAMPLE = Sample(
    model=DeviceModel(
        name="ws-c2960x-48",
        platform="cisco_ios",
        access=tuple(f"GigabitEthernet1/0/{number}" for number in range(1, 49)),
        uplinks=("TenGigabitEthernet1/0/1", "TenGigabitEthernet1/0/2"),
        traits=frozenset({"poe"}),
    ),
    role=DeviceRole.ACCESS,
    vlan_one=(r"switchport (?:access|trunk native) vlan 1",),
    trunk=r"switchport mode trunk",
    trunk_needs=(
        r"switchport trunk allowed vlan [\d,-]+",
        r"switchport trunk native vlan \d+",
        r"switchport nonegotiate",
    ),
    shut=r"shutdown",
    access=r"switchport access vlan (?P<id>\d+)",
    protections={
        "isolation": r"switchport protected",
        "snooping": r"ip dhcp snooping limit rate \d+",
        "circuit-id": r"ip dhcp snooping vlan \d+ information option format-type circuit-id "
        r"override string \S+",
        "source guard": r"ip verify source",
        "storm control": r"storm-control (?:broadcast|multicast) level \d+\.\d\d",
        "bpdu guard": r"spanning-tree bpduguard enable",
        "mac limit": r"switchport port-security",
        "cdp": r"no cdp enable",
        "lldp": r"no lldp (?:transmit|receive)",
        "dtp": r"switchport nonegotiate",
    },
)
