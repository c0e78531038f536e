"""A router with eight interfaces for the cases, and FRR's words for what every port must show."""

from __future__ import annotations

from typing import Final

from automation.model import (
    DeviceModel,
    DeviceRole,
    Neighbour,
    RoutedInterface,
    Routing,
    System,
)
from tests.platforms.cases import Sample

ROUTING: Final = Routing(
    system="mkb",
    router_id="203.0.113.2",
    systems=(
        System("city", 65001, ("10.11.1.0/24", "10.12.1.0/24")),
        System("mkb", 65002, ("10.11.2.0/24", "10.12.2.0/24")),
        System("transit", 64496),
    ),
    interfaces=(
        RoutedInterface("lo", ("203.0.113.2/32",), 0),
        RoutedInterface("eth1", ("10.9.0.2/30",)),
        RoutedInterface("eth2", ("10.9.2.1/30",), 0),
        RoutedInterface("eth3", ("10.9.3.1/24", "10.9.4.1/24"), 1),
        RoutedInterface("eth4", ("10.9.5.1/24",), 0, passive=True),
        RoutedInterface("eth9", ("198.51.100.1/29",)),
    ),
    neighbours=(
        Neighbour("10.9.0.1", "city", 65001),
        Neighbour("198.51.100.2", "transit", 64496),
    ),
)

NEVER: Final = r"(?!)"

SAMPLE = Sample(
    model=DeviceModel(
        name="frr-core",
        platform="frr",
        access=tuple(f"eth{number}" for number in range(1, 9)),
        uplinks=("eth9", "eth10"),
    ),
    role=DeviceRole.CORE,
    vlan_one=(r".*\bvlan 1\b.*",),
    trunk=NEVER,
    trunk_needs=(),
    shut=r"shutdown",
    routing=ROUTING,
)
