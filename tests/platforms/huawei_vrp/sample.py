"""An S5700 for the cases, and VRP's words for what every port must show."""

from __future__ import annotations

from automation.model import DeviceModel, DeviceRole
from tests.platforms.cases import Sample

SAMPLE = Sample(
    model=DeviceModel(
        name="s5700-48",
        platform="huawei_vrp",
        access=tuple(f"GigabitEthernet0/0/{number}" for number in range(1, 49)),
        uplinks=tuple(f"XGigabitEthernet0/0/{number}" for number in range(1, 5)),
        traits=frozenset({"poe"}),
    ),
    role=DeviceRole.ACCESS,
    vlan_one=(
        r"port (?:hybrid|trunk) pvid vlan 1",
        r"port default vlan 1",
        r"port (?:hybrid (?:un)?tagged|trunk allow-pass) vlan (?:.* )?1(?: .*)?",
    ),
    # A hybrid port lets VLAN 1 in just as a trunk does until it is told not to.
    trunk=r"port link-type (?:trunk|hybrid)",
    trunk_needs=(
        r"undo port (?:trunk allow-pass|hybrid) vlan 1",
        r"port (?:trunk|hybrid) pvid vlan \d+",
        r"port (?:trunk allow-pass|hybrid tagged|hybrid untagged) vlan \d.*",
    ),
    shut=r"shutdown",
    access=r"port hybrid pvid vlan (?P<id>\d+)",
    protections={
        "isolation": r"port-isolate enable group \d+",
        "snooping": r"dhcp snooping enable",
        "dhcp rate": r"dhcp snooping check dhcp-rate \d+",
        "option 82": r"dhcp option82 rebuild enable",
        "circuit-id": r'dhcp option82 circuit-id format user-defined "\S+"',
        "remote-id": r'dhcp option82 remote-id format user-defined "\S+"',
        "source guard": r"ip source check user-bind enable",
        "arp inspection": r"arp anti-attack check user-bind enable",
        "storm control": r"(?:broadcast|multicast)-suppression packets \d+",
        "bpdu guard": r"stp edged-port enable",
        "mac limit": r"mac-limit maximum \d+",
        "lldp": r"undo lldp enable",
    },
)
