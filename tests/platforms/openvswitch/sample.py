"""A white box of 52 ports for the cases, and the words for what every port must show."""

from __future__ import annotations

from automation.model import DeviceModel, DeviceRole
from tests.platforms.cases import Sample

SAMPLE = Sample(
    model=DeviceModel(
        name="whitebox-48",
        platform="openvswitch",
        access=tuple(f"swp{number}" for number in range(1, 49)),
        uplinks=tuple(f"swp{number}" for number in range(49, 53)),
    ),
    role=DeviceRole.ACCESS,
    vlan_one=(r"tag=[01]", r"trunks=(?:.*,)?[01](?:[,-].*)?"),
    trunk=r"vlan_mode=(?:trunk|native-untagged)",
    trunk_needs=(r"trunks=\d[\d,-]*",),
    shut=r"tag=999",
    access=r"tag=(?P<id>\d+)",
    one_line=r"port \S+",
    protections={"isolation": r"protected=true", "snooping": r"dhcp_guard=on"},
)
