"""Ports and subscriptions: what is written is read, replaced as a whole or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from automation.errors import UsageError
from automation.model import (
    Port,
    PortRole,
    PortState,
    Subscription,
    SubscriptionState,
    Verified,
)
from automation.store import Store

A1 = Port("sw-1", "Gi1/0/1", PortRole.CUSTOMER, PortState.ACTIVE, "A-1", "cpe-1")
A2 = Port("sw-1", "Gi1/0/2", PortRole.CUSTOMER, PortState.RESERVED, "A-2")
A10 = Port("sw-1", "Gi1/0/10", PortRole.PARKED, PortState.PARKED)
B1 = Port("sw-2", "Gi1/0/1", PortRole.WIFI_AP, PortState.ACTIVE)
INTERNET = Subscription(
    "A-1", "internet", "nordlys", 1101, False, "t100", SubscriptionState.ACTIVE, date(2026, 1, 1)
)
IPTV = Subscription(
    "A-1",
    "iptv",
    "sundet",
    1202,
    True,
    "t100",
    SubscriptionState.SUSPENDED,
    date(2026, 1, 1),
    date(2026, 12, 31),
)


def test_empty_store(store: Store) -> None:
    assert (store.ports(), store.subscriptions()) == ((), ())


def test_what_is_written_is_read_in_the_order_in_which_people_count(store: Store) -> None:
    store.write_ports([B1, A10, A2, A1], [IPTV, INTERNET])
    assert store.ports() == (A1, A2, A10, B1)
    assert store.subscriptions() == (INTERNET, IPTV)


def test_reading_a_part(store: Store) -> None:
    other = replace(INTERNET, outlet="B-1")
    store.write_ports([A1, A2, replace(B1, outlet="B-1")], [INTERNET, other])
    assert store.ports(["sw-1", "sw-9"]) == (A1, A2)
    assert store.ports([]) == ()
    assert store.subscriptions(outlets=["B-1"]) == (other,)
    assert store.subscriptions(devices=["sw-1"]) == (INTERNET,)
    assert store.subscriptions(devices=["sw-1"], outlets=["B-1"]) == ()


def test_reading_more_devices_than_one_statement_takes(store: Store) -> None:
    ports = [replace(B1, device=f"sw-{n:04}") for n in range(1201)]
    store.write_ports(ports, [])
    assert len(store.ports([port.device for port in ports])) == 1201


def test_ports_that_are_not_written_stay(store: Store) -> None:
    store.write_ports([A1, B1], [INTERNET])
    store.write_ports([replace(B1, state=PortState.SUSPENDED)], [])
    assert store.ports() == (A1, replace(B1, state=PortState.SUSPENDED))
    assert store.subscriptions() == (INTERNET,)


def test_subscriptions_go_with_the_outlet_that_a_port_loses(store: Store) -> None:
    store.write_ports([A1], [INTERNET, IPTV])
    store.write_ports([replace(A1, outlet="A-9")], [replace(INTERNET, outlet="A-9")])
    assert store.subscriptions() == (replace(INTERNET, outlet="A-9"),)


def test_subscriptions_of_a_written_outlet_are_replaced(store: Store) -> None:
    store.write_ports([A1], [INTERNET])
    store.write_ports([A1], [IPTV])
    assert store.subscriptions() == (IPTV,)


def test_outlets_swap_ports_in_one_write(store: Store) -> None:
    store.write_ports([A1, A2], [INTERNET])
    swapped = (replace(A1, outlet="A-2"), replace(A2, outlet="A-1"))
    store.write_ports(swapped, [INTERNET])
    assert (store.ports(), store.subscriptions()) == (swapped, (INTERNET,))


REFUSED = [
    ("an outlet on two ports", [A2, replace(A10, outlet="A-1")], []),
    ("a port twice", [A2, replace(A2, outlet=None)], []),
    ("a service twice on an outlet", [A1], [INTERNET, replace(INTERNET, provider="sundet")]),
]


@pytest.mark.parametrize(("what", "ports", "subscriptions"), REFUSED)
def test_refused_write_changes_nothing(
    what: str, ports: list[Port], subscriptions: list[Subscription], store: Store
) -> None:
    store.write_ports([A1, A2], [INTERNET])
    with pytest.raises(UsageError, match="the store refused rows"):
        store.write_ports(ports, subscriptions)
    assert (store.ports(), store.subscriptions()) == ((A1, A2), (INTERNET,)), what


def test_rows_go_with_their_services_and_what_was_verified(store: Store) -> None:
    verified = [Verified(name, "e", "i", "t", "r") for name in ("sw-1", "sw-2")]
    store.write_ports([A1, A2, B1], [INTERNET, IPTV])
    store.record_verified(verified)
    store.record_secrets("sw-1", {"snmp-server community": "d"})
    store.remove_ports([A1, A2], [INTERNET, IPTV])
    assert (store.ports(), store.subscriptions()) == ((B1,), ())
    assert (set(store.verified()), store.secrets()) == ({"sw-2"}, {})


@pytest.mark.parametrize(
    ("ports", "subscriptions"),
    [
        ([replace(A1, cpe="cpe-2")], [INTERNET, IPTV]),
        ([A1, A10], [INTERNET, IPTV]),
        ([A1], [INTERNET]),
        ([A1], [INTERNET, replace(IPTV, vlan=1203)]),
    ],
)
def test_rows_that_have_changed_since_they_were_looked_at_stay(
    store: Store, ports: list[Port], subscriptions: list[Subscription]
) -> None:
    store.write_ports([A1, A2], [INTERNET, IPTV])
    with pytest.raises(UsageError, match="changed meanwhile"):
        store.remove_ports(ports, subscriptions)
    assert (store.ports(), store.subscriptions()) == ((A1, A2), (INTERNET, IPTV))
