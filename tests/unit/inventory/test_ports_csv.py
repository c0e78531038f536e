"""What good rows become, what an import keeps, and that export and import are each other's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from automation.inventory import ports_csv
from automation.model import (
    Inventory,
    Platform,
    Port,
    PortRole,
    PortState,
    Subscription,
    SubscriptionState,
)

HEADER = "device;port;role;outlet;service;provider;tier;state;from;to\n"
Reader = Callable[..., ports_csv.PortRows]


@pytest.fixture
def read(inventory: Inventory, platforms: dict[str, Platform]) -> Reader:
    """Return `ports_csv.read` for rows without a header."""

    def reader(
        rows: str, ports: Sequence[Port] = (), subscriptions: Sequence[Subscription] = ()
    ) -> ports_csv.PortRows:
        content = (HEADER + rows).encode()
        return ports_csv.read(content, "p.csv", inventory, ports, subscriptions, platforms)

    return reader


STATES = [
    ("parked;;;;;;;", PortRole.PARKED, PortState.PARKED, None),
    ("parked;A-1;;;;;;", PortRole.PARKED, PortState.PARKED, "A-1"),
    ("customer;A-1;;;;;;", PortRole.CUSTOMER, PortState.RESERVED, "A-1"),
    ("customer;;;;;;;", PortRole.CUSTOMER, PortState.RESERVED, None),
    ("customer;A-1;;;;suspended;;", PortRole.CUSTOMER, PortState.SUSPENDED, "A-1"),
    ("wifi_ap;;;;;;;", PortRole.WIFI_AP, PortState.ACTIVE, None),
    ("wifi_ap;Å-1;;;;suspended;;", PortRole.WIFI_AP, PortState.SUSPENDED, "A-1"),
    ("downlink;;;;;;;", PortRole.DOWNLINK, PortState.ACTIVE, None),
    (
        "customer;A-1;internet;nordlys;t100;active;2026-01-01;",
        PortRole.CUSTOMER,
        PortState.ACTIVE,
        "A-1",
    ),
    (
        "customer;A-1;internet;nordlys;t100;suspended;2026-01-01;",
        PortRole.CUSTOMER,
        PortState.SUSPENDED,
        "A-1",
    ),
]


@pytest.mark.parametrize(("row", "role", "state", "outlet"), STATES)
def test_state_of_a_port(
    row: str, role: PortRole, state: PortState, outlet: str | None, read: Reader
) -> None:
    found = read(f"sw-1;Gig1/0/1;{row}\n")
    assert found.faults == ()
    assert found.ports == (Port("sw-1", "Gig1/0/1", role, state, outlet),)


def test_services_of_a_port(read: Reader) -> None:
    found = read(
        "sw-1;Gig1/0/1;customer;A-1;internet;nordlys;t100;active;2026-01-01;2026-02-01\n"
        "sw-1;Gig1/0/1;customer;A-1;iptv;nordlys;t100;suspended;2026-03-01;\n"
    )
    active, suspended = SubscriptionState.ACTIVE, SubscriptionState.SUSPENDED
    first, last, second = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)
    assert found.ports == (Port("sw-1", "Gig1/0/1", PortRole.CUSTOMER, PortState.ACTIVE, "A-1"),)
    assert found.subscriptions == (
        Subscription("A-1", "internet", "nordlys", 1101, False, "t100", active, first, last),
        Subscription("A-1", "iptv", "nordlys", 1201, True, "t100", suspended, second),
    )


def _pooled(device: str, port: int, outlet: str) -> str:
    return f"{device};Gig1/0/{port};customer;{outlet};internet;hamnen;t100;active;2026-01-01;\n"


def _vlans(found: ports_csv.PortRows) -> dict[str, int]:
    assert found.faults == ()
    return {one.outlet: one.vlan for one in found.subscriptions}


def test_pool_gives_the_lowest_free_vlan_on_each_device(read: Reader) -> None:
    rows = _pooled("sw-1", 1, "A") + _pooled("sw-1", 2, "B") + _pooled("sw-2", 1, "C")
    assert _vlans(read(rows)) == {"A": 2001, "B": 2002, "C": 2001}


def test_pool_vlan_stays_when_the_file_comes_again_in_another_order(read: Reader) -> None:
    first = read(_pooled("sw-1", 1, "A") + _pooled("sw-1", 2, "B"))
    again = _pooled("sw-1", 2, "B") + _pooled("sw-1", 1, "A")
    assert _vlans(read(again, first.ports, first.subscriptions)) == {"A": 2001, "B": 2002}


def test_pool_counts_what_the_file_leaves_alone(read: Reader) -> None:
    first = read(_pooled("sw-1", 1, "A"))
    assert _vlans(read(_pooled("sw-1", 2, "B"), first.ports, first.subscriptions)) == {"B": 2002}


def test_pool_vlan_is_free_again_once_its_port_is_replaced(read: Reader) -> None:
    first = read(_pooled("sw-1", 1, "A"))
    found = read(_pooled("sw-1", 1, "B"), first.ports, first.subscriptions)
    assert _vlans(found) == {"B": 2001}


def test_outlet_that_moves_gives_way_to_one_that_stays(read: Reader) -> None:
    first = read(_pooled("sw-1", 1, "A") + _pooled("sw-2", 1, "B"))
    rows = _pooled("sw-2", 2, "A") + _pooled("sw-2", 1, "B") + "sw-1;Gig1/0/1;parked;;;;;;;\n"
    found = read(rows, first.ports, first.subscriptions)
    assert _vlans(found) == {"A": 2002, "B": 2001}


def test_outlet_that_moves_keeps_a_vlan_that_is_free_there(read: Reader) -> None:
    first = read(_pooled("sw-1", 1, "A") + _pooled("sw-1", 2, "B"))
    rows = _pooled("sw-2", 1, "B") + "sw-1;Gig1/0/2;parked;;;;;;;\n"
    assert _vlans(read(rows, first.ports, first.subscriptions)) == {"B": 2002}


def test_outlets_may_swap_ports(read: Reader) -> None:
    first = read("sw-1;Gig1/0/1;customer;A;;;;;;\nsw-1;Gig1/0/2;customer;B;;;;;;\n")
    found = read("sw-1;Gig1/0/1;customer;B;;;;;;\nsw-1;Gig1/0/2;customer;A;;;;;;\n", first.ports)
    assert [(port.name, port.outlet) for port in found.ports] == [
        ("Gig1/0/1", "B"),
        ("Gig1/0/2", "A"),
    ]


def test_good_ports_are_kept_apart_from_bad_ones(read: Reader) -> None:
    found = read(
        "sw-1;Gig1/0/1;customer;A;internet;nordlys;t100;active;2026-01-01;\n"
        "sw-1;Gig1/0/2;customer;B;internet;nordlys;t100;active;2026-01-01;\n"
        "sw-1;Gig1/0/2;customer;B;iptv;nordlys;t1;active;2026-01-01;\n"
    )
    assert [port.name for port in found.ports] == ["Gig1/0/1"]
    assert [one.outlet for one in found.subscriptions] == ["A"]
    assert [fault.line for fault in found.faults] == [4]


def test_bad_port_keeps_its_outlet_and_all_that_hang_on_it(read: Reader) -> None:
    rows = "sw-1;Gig1/0/1;customer;A;;;;;;\nsw-1;Gig1/0/2;customer;B;;;;;;\n"
    first = read(rows + "sw-1;Gig1/0/3;customer;C;;;;;;\n")
    found = read(
        "sw-1;Gig1/0/1;customer;B;;;;;;\n"
        "sw-1;Gig1/0/2;customer;C;;;;;;\n"
        "sw-1;Gig1/0/3;kiosk;A;;;;;;\n",
        first.ports,
    )
    assert found.ports == ()
    assert [fault.line for fault in found.faults] == [2, 3, 4]


def test_cpe_stays_with_its_outlet(read: Reader) -> None:
    stored = [
        Port("sw-1", "Gig1/0/1", PortRole.CUSTOMER, PortState.RESERVED, "A", "cpe-1"),
        Port("sw-1", "Gig1/0/2", PortRole.CUSTOMER, PortState.RESERVED, "B", "cpe-2"),
    ]
    found = read("sw-1;Gig1/0/1;customer;A;;;;;;\nsw-1;Gig1/0/2;customer;C;;;;;;\n", stored)
    assert [port.cpe for port in found.ports] == ["cpe-1", None]


def test_suspended_port_comes_back_with_its_subscriptions_as_they_were(read: Reader) -> None:
    stored = read(
        "sw-1;Gig1/0/1;customer;A-1;internet;nordlys;t100;active;2026-01-01;\n"
        "sw-1;Gig1/0/1;customer;A-1;iptv;nordlys;t100;suspended;2026-01-01;\n"
    )
    port = Port("sw-1", "Gig1/0/1", PortRole.CUSTOMER, PortState.SUSPENDED, "A-1")
    text = ports_csv.write([port], stored.subscriptions)
    assert text.count(";suspended;") == 2
    found = read(text.removeprefix(HEADER), [port], stored.subscriptions)
    assert (found.ports, found.subscriptions) == ((port,), stored.subscriptions)
    opened = read(text.removeprefix(HEADER).replace("suspended", "active", 1), [port])
    assert opened.ports[0].state is PortState.ACTIVE


def test_export_counts_as_people_do() -> None:
    names = ["Gig1/0/10", "Gig1/0/2", "Gig1/0/1"]
    ports = [Port("sw-1", name, PortRole.PARKED, PortState.PARKED) for name in names]
    rows = ports_csv.write(ports, []).splitlines()[1:]
    assert [row.split(";")[1] for row in rows] == ["Gig1/0/1", "Gig1/0/2", "Gig1/0/10"]


PLACES = [("sw-1", f"Gig1/0/{n}") for n in range(1, 5)] + [("sw-3", "Eth1"), ("sw-3", "Eth2")]
OUTLETS = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9 ._:/#()+-]{0,20}[A-Za-z0-9])?", fullmatch=True)
SERVICES = st.sets(st.sampled_from(["internet", "iptv"]))
STATE = st.sampled_from(SubscriptionState)


@st.composite
def _stores(draw: st.DrawFn) -> tuple[list[Port], list[Subscription]]:
    """Draw what a store may hold: ports of any role and state, customers with services."""
    ports: list[Port] = []
    subscriptions: list[Subscription] = []
    places = draw(st.lists(st.sampled_from(PLACES), unique=True, max_size=6))
    outlets = draw(st.lists(OUTLETS, unique=True, min_size=6, max_size=6))
    for (device, name), outlet in zip(places, outlets, strict=False):
        services = sorted(draw(SERVICES))
        if services:
            own = [draw(_subscriptions(outlet, service)) for service in services]
            dead = all(one.state is SubscriptionState.SUSPENDED for one in own)
            state = PortState.SUSPENDED if dead else PortState.ACTIVE
            ports.append(Port(device, name, PortRole.CUSTOMER, state, outlet))
            subscriptions += own
        else:
            ports.append(draw(_idle(device, name, outlet)))
    ordered = sorted(ports, key=lambda port: (port.device, port.name))
    return ordered, sorted(subscriptions, key=lambda one: (one.outlet, one.service))


@st.composite
def _subscriptions(draw: st.DrawFn, outlet: str, service: str) -> Subscription:
    start = draw(st.dates(date(2000, 1, 1), date(2090, 1, 1)))
    days = draw(st.none() | st.integers(1, 900))
    end = start + timedelta(days) if days else None
    vlan = {"internet": 1101, "iptv": 1201}[service]
    state = draw(STATE)
    tagged = service == "iptv"
    return Subscription(outlet, service, "nordlys", vlan, tagged, "t100", state, start, end)


@st.composite
def _idle(draw: st.DrawFn, device: str, name: str, outlet: str) -> Port:
    role = draw(st.sampled_from([PortRole.PARKED, PortRole.CUSTOMER, PortRole.DOWNLINK]))
    states = {
        PortRole.PARKED: [PortState.PARKED],
        PortRole.CUSTOMER: [PortState.PARKED, PortState.RESERVED, PortState.SUSPENDED],
        PortRole.DOWNLINK: list(PortState),
    }
    patched = role is not PortRole.DOWNLINK and draw(st.booleans())
    return Port(
        device, name, role, draw(st.sampled_from(states[role])), outlet if patched else None
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(store=_stores())
def test_round_trip(store: tuple[list[Port], list[Subscription]], read: Reader) -> None:
    ports, subscriptions = store
    text = ports_csv.write(ports, subscriptions)
    found = read(text.removeprefix(HEADER))
    assert found.faults == ()
    assert list(found.ports) == ports
    key = sorted(found.subscriptions, key=lambda one: (one.outlet, one.service))
    assert key == subscriptions
    assert ports_csv.write(found.ports, found.subscriptions) == text
    cells = [cell for row in text.splitlines() for cell in row.split(";")]
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(content=st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_are_read_or_reported(
    content: bytes, inventory: Inventory, platforms: dict[str, Platform]
) -> None:
    for start in (b"", HEADER.encode()):
        found = ports_csv.read(start + content, "p.csv", inventory, platforms=platforms)
        assert found.ports == ()
        assert all(fault.line >= 1 for fault in found.faults)


CELL = st.sampled_from(
    ["", "sw-1", "Gig1/0/1", "customer", "A-1", "internet", "nordlys", "t100", "active", "=1"]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows=st.lists(st.lists(CELL, min_size=10, max_size=10), max_size=6))
def test_what_is_taken_is_written_the_same(rows: list[list[str]], read: Reader) -> None:
    found = read("".join(f"{';'.join(row)}\n" for row in rows))
    again = read(ports_csv.write(found.ports, found.subscriptions).removeprefix(HEADER))
    assert (again.ports, again.subscriptions, again.faults) == (
        found.ports,
        found.subscriptions,
        (),
    )
