"""Running + remediation = intended; + rollback = running: on FRR itself, which nobody here wrote.

After each line the router is looked at: nothing is announced or taken that was not before and
shall not be after, and nothing is cut that stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import pytest

from automation.drift import Engine, Seen
from automation.model import (
    Device,
    DeviceIntent,
    Drift,
    Neighbour,
    RoutedInterface,
    Routing,
    Stanza,
    System,
    Verdict,
    inverse,
)
from tests.integration.frr.rig import PLATFORM, Router
from tests.platforms.cases import cases, intent
from tests.platforms.frr.sample import ROUTING, SAMPLE
from tests.platforms.test_render import renderer

pytestmark = [pytest.mark.integration, pytest.mark.frr]


ROLES = ("interconnect", "downlink", "downlink", "downlink", "parked", "suspended", "reserved")


def made_for(routing: Routing, shift: int = 0) -> DeviceIntent:
    """Return an intent in which every port has a role; `shift` rotates who has which."""
    every = {case.name: case.port for case in cases("frr")}
    edge = [ROLES[(at + shift) % len(ROLES)] for at in range(len(SAMPLE.model.access))]
    names = (*SAMPLE.model.access, *SAMPLE.model.uplinks)
    roles = (*edge, "uplink", "parked")
    made = intent(
        "frr", [replace(every[role], name=name) for name, role in zip(names, roles, strict=True)]
    )
    device = replace(made.device, name="router")
    return replace(made, device=device, routing=routing)


def compared(made: DeviceIntent, router: Router) -> Drift:
    features = [feature.name for feature in PLATFORM.grammar.features]
    wanted = renderer("frr").config(made, features)
    device: Device = made.device
    return Engine(PLATFORM).compare(device, router.fetched(), wanted, Seen(trust=True))


def lines_of(text: str) -> list[str]:
    """Return the configuration's lines with their blocks, whatever their order and numbers."""
    found: list[str] = []
    above: list[str] = []
    for line in text.splitlines():
        depth = len(line) - len(line.lstrip())
        if line.strip() in ("", "!", "exit", "exit-address-family", "end"):
            continue
        above = [*above[:depth], re.sub(r"seq \d+ permit", "permit", line.strip())]
        found.append(" / ".join(above))
    return sorted(found)


def undone(stanzas: Iterable[Stanza]) -> list[Stanza]:
    return [inverse(stanza) for stanza in reversed(tuple(stanzas))]


@dataclass(frozen=True, slots=True)
class View:
    """What a router lets in and out, by its configuration: read without the product's help."""

    up: frozenset[str]
    addresses: frozenset[str]
    peers: frozenset[str]
    open: frozenset[str]
    taken: frozenset[str]

    @classmethod
    def of(cls, text: str) -> View:
        """Read a running configuration."""
        lines = lines_of(text)
        lists: dict[str, set[str]] = {}
        for line in lines:
            if found := re.fullmatch(r"ip prefix-list (\S+) permit (.+)", line):
                lists.setdefault(found[1], set()).add(found[2])
        filters = {
            (found[1], found[3]): found[2]
            for line in lines
            if (found := re.search(r"neighbor (\S+) prefix-list (\S+) (in|out)$", line))
        }
        active = {found[1] for line in lines if (found := re.search(r"(\S+) activate$", line))}
        return cls(
            up=frozenset(
                one
                for one in re.findall(r"^interface (\S+)$", text, re.MULTILINE)
                if f"interface {one} / shutdown" not in lines
            ),
            addresses=frozenset(line for line in lines if " / ip address " in line),
            peers=frozenset(
                line for line in lines if re.search(r"neighbor \S+ remote-as \d+$", line)
            ),
            open=frozenset(
                f"{peer} {way}"
                for peer in active
                for way in ("in", "out")
                if (peer, way) not in filters
            ),
            taken=frozenset(
                f"{peer} {way} {prefix}"
                for (peer, way), name in filters.items()
                if peer in active
                for prefix in lists.get(name, ())
            ),
        )


def wrong(before: View, now: View, after: View) -> list[str]:
    """Say what `now` opens that is neither before nor after, and what it cuts that is both."""
    found = [f"without a filter: {one}" for one in now.open - before.open - after.open]
    found += [f"taken: {one}" for one in now.taken - before.taken - after.taken]
    for name in ("addresses", "peers", "taken"):
        kept = getattr(before, name) & getattr(after, name)
        found += [f"cut: {one}" for one in kept - getattr(now, name)]
    return found


def settled(made: DeviceIntent, router: Router) -> Drift:
    """Send the drift, look at the router after each line, and find it in sync."""
    drift = compared(made, router)
    moments: list[tuple[str, View]] = []
    before = View.of(router.running())
    strange = router.send(
        drift.stanzas, lambda line: moments.append((line, View.of(router.running())))
    )
    assert strange == []
    after = View.of(router.running())
    found = [f"{line}: {one}" for line, now in moments for one in wrong(before, now, after)]
    assert found == []
    again = compared(made, router)
    assert again.stanzas == ()
    assert again.base == drift.target == again.target
    assert set(again.verdicts.values()) == {Verdict.IN_SYNC}
    assert_in_force(router)
    return drift


def assert_in_force(router: Router) -> None:
    """See the kernel have the addresses of open interfaces that the configuration has."""
    view = View.of(router.running())
    pairs = (line.removeprefix("interface ").split(" / ip address ") for line in view.addresses)
    wanted = frozenset(f"{port} {address}" for port, address in pairs if port in view.up)
    assert wanted == frozenset(one for one in router.addresses() if one.split()[0] in view.up)


def test_from_nothing_to_intended_and_back(router: Router) -> None:
    router.type("log syslog")
    before = lines_of(router.running())
    drift = settled(made_for(ROUTING), router)
    assert router.send(undone(drift.stanzas)) == []
    assert lines_of(router.running()) == before


MORE = (*ROUTING.neighbours, Neighbour("10.9.5.2", "third", 65003))
THIRD = System("third", 65003, ("10.31.0.0/16",))
MOVED = RoutedInterface("eth2", ("10.9.2.5/30",), 7)
WITHIN = {
    "eth1": ("10.9.0.1/30",),
    "eth2": ("10.9.2.2/30",),
    "eth3": ("10.9.3.9/24", "10.9.4.1/25"),
    "eth9": ("198.51.100.3/29", "198.51.100.4/29"),
}
OTHERS: Mapping[str, Routing] = {
    "another neighbour": replace(ROUTING, neighbours=MORE, systems=(*ROUTING.systems, THIRD)),
    "no neighbours": replace(ROUTING, neighbours=(), systems=ROUTING.systems[1:2]),
    "another AS at the other end": replace(
        ROUTING, neighbours=(replace(ROUTING.neighbours[0], asn=65009),)
    ),
    "other networks": replace(
        ROUTING,
        systems=(
            System("city", 65001, ("10.10.0.0/16", "10.12.1.0/24")),
            System("mkb", 65002, ("10.9.0.0/16", "10.11.2.0/24", "10.13.0.0/16")),
            System("transit", 64496, ("0.0.0.0/0",)),
        ),
    ),
    "another address, area and router id": replace(
        ROUTING,
        router_id="203.0.113.9",
        interfaces=(RoutedInterface("lo", ("203.0.113.9/32",), 0), MOVED),
    ),
    "other addresses within the subnets": replace(
        ROUTING,
        interfaces=tuple(
            replace(one, addresses=WITHIN.get(one.name, one.addresses))
            for one in ROUTING.interfaces
        ),
    ),
    "no OSPF": replace(
        ROUTING, interfaces=tuple(replace(one, area=None) for one in ROUTING.interfaces)
    ),
}


@pytest.mark.parametrize("name", OTHERS)
def test_from_one_intent_to_another_and_back(router: Router, name: str) -> None:
    settled(made_for(ROUTING), router)
    before = lines_of(router.running())
    drift = settled(made_for(OTHERS[name], shift=1), router)
    assert drift.stanzas
    assert router.send(undone(drift.stanzas)) == []
    assert lines_of(router.running()) == before
    assert_in_force(router)
    settled(made_for(OTHERS[name]), router)
    settled(made_for(ROUTING), router)


BY_HAND: Mapping[str, tuple[str, ...]] = {
    "an interface": (
        "interface eth2",
        "no ip ospf network",
        "no ip ospf area",
        "ip ospf area 5",
        "ip address 10.99.0.1/24",
        "description by hand",
        "shutdown",
    ),
    "prefix lists": (
        "ip prefix-list PORTVAKT-CITY seq 1 permit any",
        "ip prefix-list PORTVAKT-CITY description by hand",
        "no ip prefix-list PORTVAKT-MKB permit 10.11.2.0/24",
        "ip prefix-list PORTVAKT-OLD seq 3 deny any",
    ),
    "BGP": (
        "router bgp 65002",
        "neighbor 10.9.0.1 remote-as 65009",
        "neighbor 10.9.0.1 timers 3 9",
        "neighbor 10.9.0.9 remote-as 65010",
        "neighbor 10.9.0.9 description by hand",
        "address-family ipv4 unicast",
        "neighbor 10.9.0.9 prefix-list OTHER in",
        "neighbor 10.9.0.9 activate",
        "neighbor 10.9.0.1 prefix-list OTHER in",
        "no neighbor 10.9.0.1 prefix-list PORTVAKT-MKB out",
        "network 10.77.0.0/16",
        "redistribute connected",
    ),
    "OSPF and the whole router": (
        "router ospf",
        "default-information originate always",
        "exit",
        "no ip forwarding",
        "log syslog debugging",
        "interface lo",
        "ip address 203.0.113.77/32",
    ),
}


@pytest.mark.parametrize("name", BY_HAND)
def test_what_somebody_typed_is_mended_and_can_be_brought_back(router: Router, name: str) -> None:
    settled(made_for(ROUTING), router)
    router.type(*BY_HAND[name])
    before = lines_of(router.running())
    drift = settled(made_for(ROUTING), router)
    assert drift.stanzas
    assert router.send(undone(drift.stanzas)) == []
    assert lines_of(router.running()) == before


def test_what_others_typed_elsewhere_stays(router: Router) -> None:
    settled(made_for(ROUTING), router)
    own = ("ip route 10.66.0.0/16 Null0", "ip prefix-list OTHER seq 5 permit 10.0.0.0/8")
    router.type(*own)
    drift = compared(made_for(ROUTING), router)
    assert drift.stanzas == ()
    assert set(own) <= {re.sub("permit", "seq 5 permit", line) for line in drift.foreign} | set(
        drift.foreign
    )


def test_the_as_of_the_router_is_not_changed_behind_its_neighbours_backs(router: Router) -> None:
    """FRR does not say no with a `%`, and stays at the prompt where it was."""
    router.type("router bgp 65077")
    strange = router.send(compared(made_for(ROUTING), router).stanzas)
    assert strange == [
        "router bgp 65002: BGP is already running; AS is 65077",
        "router bgp 65002: stands at router(config)#",
    ]
