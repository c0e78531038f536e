"""Rows and services become what each port should do, and what the device must carry."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from automation.model import (
    DeviceIntent,
    Inventory,
    Port,
    PortIntent,
    PortRole,
    PortState,
    Subscription,
    SubscriptionState,
    Vlan,
)
from automation.render import intents

TODAY = date(2026, 11, 23)
CUSTOMER = Port("acc", "Gi1", PortRole.CUSTOMER, PortState.ACTIVE, outlet="MKB-1")
INTERNET = Subscription(
    "MKB-1", "internet", "nord", 100, False, "t250", SubscriptionState.ACTIVE, date(2026, 1, 1)
)
IPTV = replace(INTERNET, service="iptv", vlan=200, tagged=True, tier="t1000")
OWN = replace(INTERNET, provider="syd", vlan=2002)
SHARED = (100, 200, 310, 311, 312)


def _intent(inventory: Inventory, ports: list[Port], *services: Subscription) -> DeviceIntent:
    (made,) = intents(inventory, ports, services, TODAY).values()
    return made


def _port(intent: DeviceIntent, name: str) -> PortIntent:
    return next(port for port in intent.ports if port.name == name)


@pytest.mark.parametrize(
    ("port", "services", "role", "vlans", "description"),
    [
        (CUSTOMER, (INTERNET,), PortRole.CUSTOMER, (100, ()), "customer MKB-1"),
        (CUSTOMER, (IPTV, INTERNET), PortRole.CUSTOMER, (100, (200,)), "customer MKB-1"),
        (CUSTOMER, (IPTV,), PortRole.CUSTOMER, (None, (200,)), "customer MKB-1"),
        (CUSTOMER, (OWN,), PortRole.CUSTOMER, (2002, ()), "customer MKB-1"),
        (CUSTOMER, (), PortRole.PARKED, (999, ()), "customer MKB-1"),
        (
            replace(CUSTOMER, state=PortState.SUSPENDED),
            (INTERNET,),
            PortRole.PARKED,
            (999, ()),
            "suspended MKB-1",
        ),
        (
            replace(CUSTOMER, state=PortState.RESERVED),
            (),
            PortRole.PARKED,
            (999, ()),
            "reserved MKB-1",
        ),
        (
            replace(CUSTOMER, role=PortRole.WIFI_AP, outlet=None),
            (),
            PortRole.WIFI_AP,
            (310, (311, 312)),
            "wifi_ap",
        ),
        (
            replace(CUSTOMER, role=PortRole.WIFI_AP, state=PortState.RESERVED, outlet=None),
            (),
            PortRole.PARKED,
            (999, ()),
            "reserved",
        ),
        (
            replace(CUSTOMER, role=PortRole.PARKED, outlet=None),
            (),
            PortRole.PARKED,
            (999, ()),
            "parked",
        ),
    ],
)
def test_a_row_becomes_an_intent(
    inventory: Inventory,
    port: Port,
    services: tuple[Subscription, ...],
    role: PortRole,
    vlans: tuple[int | None, tuple[int, ...]],
    description: str,
) -> None:
    made = _port(_intent(inventory, [port], *services), "Gi1")
    assert (made.role, made.untagged, made.tagged) == (role, *vlans)
    assert made.description == description
    assert made.enabled == (role is not PortRole.PARKED)
    assert (made.outlet, made.spec) == (port.outlet, inventory.roles[role])


@pytest.mark.parametrize(
    ("service", "delivered"),
    [
        (INTERNET, True),
        (replace(INTERNET, start=TODAY), True),
        (replace(INTERNET, start=date(2026, 11, 24)), False),
        (replace(INTERNET, end=TODAY), False),
        (replace(INTERNET, end=date(2026, 11, 24)), True),
        (replace(INTERNET, state=SubscriptionState.SUSPENDED), False),
        (replace(INTERNET, outlet="MKB-2"), False),
    ],
)
def test_only_what_is_active_today_is_delivered(
    inventory: Inventory, service: Subscription, delivered: bool
) -> None:
    assert _port(_intent(inventory, [CUSTOMER], service), "Gi1").enabled is delivered


def test_the_fastest_tier_counts(inventory: Inventory) -> None:
    for services in ((INTERNET, IPTV), (IPTV, INTERNET)):
        made = _port(_intent(inventory, [CUSTOMER], *services), "Gi1")
        assert made.tier == inventory.catalogue.tiers["t1000"]


def test_the_uplink_range_is_used_or_parked(inventory: Inventory) -> None:
    made = _intent(inventory, [CUSTOMER])
    used, idle = _port(made, "Te1"), _port(made, "Te2")
    assert (used.role, used.untagged, used.tagged) == (PortRole.UPLINK, 998, SHARED)
    assert (idle.role, idle.untagged, idle.tagged) == (PortRole.PARKED, 999, ())
    assert (used.enabled, idle.enabled) == (True, False)


def test_a_downlink_carries_what_the_device_carries(inventory: Inventory) -> None:
    down = Port("tra", "Et1", PortRole.DOWNLINK, PortState.ACTIVE)
    made = _port(_intent(inventory, [down]), "Et1")
    assert (made.untagged, made.tagged) == (998, (*SHARED, 2000, 2001, 2002, 2003))


@pytest.mark.parametrize(
    ("port", "services", "own"),
    [
        (CUSTOMER, (INTERNET,), ()),
        (CUSTOMER, (OWN,), (2002,)),
        (Port("tra", "Et1", PortRole.PARKED, PortState.PARKED), (), (2000, 2001, 2002, 2003)),
    ],
    ids=["shared VLANs only", "a customer's own VLAN", "transport carries whole pools"],
)
def test_a_device_has_the_vlans_that_it_carries(
    inventory: Inventory, port: Port, services: tuple[Subscription, ...], own: tuple[int, ...]
) -> None:
    made = _intent(inventory, [port], *services)
    assert [vlan.id for vlan in made.vlans] == [*SHARED, 998, 999, *own]
    assert {vlan for vlan in made.vlans if vlan.name} == {
        Vlan(100, "INTERNET"),
        Vlan(999, "PARKED"),
    }


@pytest.mark.parametrize(
    ("services", "guarded"),
    [((), (100, 200)), ((INTERNET,), (100, 200)), ((OWN,), (100, 200, 2002))],
)
def test_service_vlans_and_those_of_guarded_ports_are_protected(
    inventory: Inventory, services: tuple[Subscription, ...], guarded: tuple[int, ...]
) -> None:
    assert _intent(inventory, [CUSTOMER], *services).service_vlans == guarded


def test_ports_stand_in_the_order_of_the_model(inventory: Inventory) -> None:
    rows = [replace(CUSTOMER, name=name, outlet=None) for name in ("Gi10", "Gi2", "Gi1")]
    names = [port.name for port in _intent(inventory, rows).ports]
    assert names == ["Gi1", "Gi2", "Gi10", "Te1", "Te2"]


def test_tiers_are_those_of_the_catalogue(inventory: Inventory) -> None:
    assert [tier.name for tier in _intent(inventory, [CUSTOMER]).tiers] == ["t1000", "t250"]


def test_every_device_with_rows_has_an_intent_and_no_other(inventory: Inventory) -> None:
    down = Port("tra", "Et1", PortRole.DOWNLINK, PortState.ACTIVE)
    assert set(intents(inventory, [CUSTOMER, down], [], TODAY)) == {"acc", "tra"}
    assert intents(inventory, [], [INTERNET], TODAY) == {}
