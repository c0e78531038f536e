"""A 52-port switch for the cases, and EOS's words for what every port must show."""

from __future__ import annotations

from automation.model import DeviceModel, DeviceRole
from tests.platforms.cases import Sample

SAMPLE = Sample(
    model=DeviceModel(
        name="dcs-7050-52",
        platform="arista_eos",
        access=tuple(f"Ethernet{number}" for number in range(1, 49)),
        uplinks=tuple(f"Ethernet{number}" for number in range(49, 53)),
    ),
    role=DeviceRole.TRANSPORT,
    vlan_one=(r"switchport (?:access|trunk native) vlan 1",),
    trunk=r"switchport mode trunk",
    trunk_needs=(r"switchport trunk allowed vlan [\d,-]+", r"switchport trunk native vlan \d+"),
    shut=r"shutdown",
    access=r"switchport access vlan (?P<id>\d+)",
)
