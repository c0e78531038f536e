"""What no longer fits: the rows of the store against the inventory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from automation.inventory import check_store
from automation.model import (
    Inventory,
    Platform,
    Port,
    PortRole,
    PortState,
    Subscription,
    SubscriptionState,
)

PARKED = [
    *(Port("sw-1", f"Gig1/0/{n}", PortRole.PARKED, PortState.PARKED) for n in range(1, 5)),
    *(Port("sw-2", f"Gig1/0/{n}", PortRole.PARKED, PortState.PARKED) for n in range(1, 5)),
    *(Port("sw-3", f"Eth{n}", PortRole.PARKED, PortState.PARKED) for n in range(1, 3)),
]
CUSTOMER = Port("sw-1", "Gig1/0/1", PortRole.CUSTOMER, PortState.ACTIVE, "A-1")
INTERNET = Subscription(
    "A-1", "internet", "nordlys", 1101, False, "t100", SubscriptionState.ACTIVE, date(2026, 1, 1)
)
POOLED = replace(INTERNET, provider="hamnen", vlan=2001)
IPTV = replace(INTERNET, service="iptv", vlan=1201, tagged=True)
HERE = "sw-1 Gig1/0/1 A-1"


def _with(*ports: Port) -> list[Port]:
    places = {(port.device, port.name) for port in ports}
    return [*(port for port in PARKED if (port.device, port.name) not in places), *ports]


GOOD: list[tuple[list[Port], list[Subscription]]] = [
    (PARKED, []),
    (_with(CUSTOMER), [INTERNET, IPTV]),
    (_with(CUSTOMER), [POOLED]),
    (_with(replace(CUSTOMER, state=PortState.SUSPENDED)), [INTERNET]),
    (_with(replace(CUSTOMER, state=PortState.RESERVED)), []),
]


@pytest.mark.parametrize(("ports", "subscriptions"), GOOD)
def test_what_fits_has_no_fault(
    ports: list[Port],
    subscriptions: list[Subscription],
    inventory: Inventory,
    platforms: dict[str, Platform],
) -> None:
    assert check_store(inventory, ports, subscriptions, platforms) == ()


def _customer(**changed: object) -> list[Port]:
    return _with(replace(CUSTOMER, **changed))  # type: ignore[arg-type]


FAULTS: list[tuple[str, Sequence[Port], Sequence[Subscription], list[str]]] = [
    (
        "an unknown device",
        [*PARKED, replace(CUSTOMER, device="sw-9")],
        [INTERNET],
        [
            "sw-9 Gig1/0/1 A-1: unknown device; expected one that stands in hosts.yaml; "
            "if it is gone for good: portvakt port forget sw-9"
        ],
    ),
    (
        "a port that the model does not have",
        [*PARKED, replace(CUSTOMER, name="Gig1/0/5")],
        [INTERNET],
        [
            "sw-1 Gig1/0/5 A-1: unknown port; model m4 has no Gig1/0/5; "
            "if it is gone for good: portvakt port forget sw-1"
        ],
    ),
    (
        "an uplink",
        [*PARKED, replace(CUSTOMER, name="Ten1/0/1")],
        [INTERNET],
        ["sw-1 Ten1/0/1 A-1: an uplink of model m4; expected an access port"],
    ),
    (
        "an access port without a row",
        PARKED[1:],
        [],
        ["sw-1 Gig1/0/1: no row for this access port; expected one, if only as parked"],
    ),
    (
        "a device without rows",
        PARKED[:8],
        [],
        ["sw-3: none of its 2 access ports has a row; expected one each: import"],
    ),
    (
        "a role that the platform does not declare",
        _with(Port("sw-3", "Eth1", PortRole.WIFI_AP, PortState.ACTIVE)),
        [],
        [
            "sw-3 Eth1: platform os_b does not declare role wifi_ap; "
            "it has customer, downlink, parked"
        ],
    ),
    (
        "a subscription whose outlet has no port",
        PARKED,
        [INTERNET, IPTV],
        ["A-1: no port has this outlet; it has internet, iptv"],
    ),
    (
        "an offer that is gone",
        _with(CUSTOMER),
        [replace(INTERNET, provider="gone")],
        [f"{HERE}: internet of gone is not offered in services.yaml"],
    ),
    (
        "a tier that is gone",
        _with(CUSTOMER),
        [replace(INTERNET, tier="t10")],
        [f"{HERE}: internet: tier t10 is not in services.yaml"],
    ),
    (
        "a VLAN that the offer no longer has",
        _with(CUSTOMER),
        [replace(INTERNET, vlan=1109)],
        [f"{HERE}: internet of nordlys has VLAN 1109; services.yaml says 1101"],
    ),
    (
        "a VLAN outside the pool",
        _with(CUSTOMER),
        [replace(POOLED, vlan=2003)],
        [f"{HERE}: internet of hamnen has VLAN 2003; services.yaml says 2001-2002"],
    ),
    (
        "a tag that the service no longer has",
        _with(CUSTOMER),
        [replace(INTERNET, tagged=True), replace(IPTV, tagged=False)],
        [
            f"{HERE}: internet is tagged; services.yaml says untagged",
            f"{HERE}: iptv is untagged; services.yaml says tagged",
        ],
    ),
    (
        "two untagged services",
        _with(CUSTOMER),
        [INTERNET, replace(INTERNET, service="radio", vlan=1301)],
        [f"{HERE}: internet and radio are all untagged; expected at most one on a port"],
    ),
    (
        "one 1:1 VLAN on two ports of a device",
        _with(CUSTOMER, replace(CUSTOMER, name="Gig1/0/2", outlet="A-2")),
        [POOLED, replace(POOLED, outlet="A-2")],
        ["sw-1 Gig1/0/2 A-2: internet has the 1:1 VLAN 2001 of Gig1/0/1; expected one of its own"],
    ),
    (
        "a service on a port of another role",
        _customer(role=PortRole.INTERNAL),
        [INTERNET],
        [f"{HERE}: role internal with a service; expected role customer"],
    ),
    (
        "a service on a reserved port",
        _customer(state=PortState.RESERVED),
        [INTERNET],
        [f"{HERE}: state reserved with a service; expected active or suspended"],
    ),
    (
        "an active customer port without service",
        _with(CUSTOMER),
        [],
        [f"{HERE}: an active customer port without service; expected an outlet and a service"],
    ),
    (
        "an outlet on a trunk",
        _customer(role=PortRole.DOWNLINK),
        [],
        [f"{HERE}: role downlink with an outlet; expected none"],
    ),
    (
        "an outlet that no device may see",
        _customer(outlet="A?1", state=PortState.RESERVED),
        [],
        [
            "sw-1 Gig1/0/1 A?1: outlet: 'A?1' has '?'; "
            "allowed: letters, digits, ._:/#()+- and inner spaces"
        ],
    ),
]


@pytest.mark.parametrize(("title", "ports", "subscriptions", "faults"), FAULTS)
def test_fault(
    title: str,
    ports: Sequence[Port],
    subscriptions: Sequence[Subscription],
    faults: list[str],
    inventory: Inventory,
    platforms: dict[str, Platform],
) -> None:
    found = check_store(inventory, ports, subscriptions, platforms)
    assert [str(fault) for fault in found] == faults, title
