"""Proof: what ports carry and suffer is told as it is, by real agents over SNMP and by traps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass
from functools import partial

import pytest

from tests.reallab.commands import wait_for
from tests.reallab.lab import Lab
from tests.reallab.noc import receiving, walk
from tests.reallab.operator import City, Operator, Row
from tests.reallab.probes.counters import Octets, caught_up, octets
from tests.reallab.probes.dhcp import lease
from tests.reallab.probes.faults import down, get_other_ports, lose_power, regain_power
from tests.reallab.probes.traffic import burst
from tests.reallab.topology import NORDLYS, UPLINKS, End, Kind

pytestmark = [
    pytest.mark.reallab,
    pytest.mark.proof(
        "counters, rates, links and restarts are told as they are, by SNMP and traps", "openvswitch"
    ),
]
SWITCH, OTHERS = "city-acc-002", "mkb-acc-001"
OWN, IDLE, LAST = End(SWITCH, "swp1"), End(SWITCH, "swp2"), End(SWITCH, UPLINKS[1])
UPLINK = End(SWITCH, UPLINKS[0])
ABOVE = End("city-tra-001", "swp2")
TENANT = End(OTHERS, "swp1")
DOWN = {TENANT: ("up", "down"), UPLINK: ("up", "down"), ABOVE: ("down", "down")}
GATEWAY = NORDLYS.gateway("city")
NOISE = 10_000
"""More octets than LLDP puts on a cable between two polls; a burst is forty times as much."""
LLDP_NAMES = "1.0.8802.1.1.2.1.4.1.1.9"
LLDP_CHANGED = "no rule for 1.0.8802.1.1.2.0.0.1"
RESTARTED = "the agent restarted in between"


def counted(row: Row) -> Octets:
    """Return what a port has carried by the word of `poll`."""
    return Octets(row["counters"]["in_octets"], row["counters"]["out_octets"])


def moved(row: Row) -> Octets:
    """Return what a port has carried since the poll before: its rates, over its agent's time."""
    rates, seconds = row["rates"], row["seconds"]
    return Octets(round(rates["in_octets"] * seconds), round(rates["out_octets"] * seconds))


@dataclass(frozen=True, slots=True)
class Polled:
    """A poll of the switch, and what its own port had carried before and after it."""

    rows: Mapping[End, Row]
    least: Octets
    most: Octets


def polled(lab: Lab, operator: Operator) -> Polled:
    """Poll the switch when its agent is not behind what the kernel counted a moment ago."""
    least = caught_up(lab, [SWITCH])[SWITCH]
    rows = operator.polls(SWITCH)
    return Polled(rows, least[OWN.port], octets(lab, SWITCH)[OWN.port])


def links(lab: Lab) -> tuple[tuple[End, End], ...]:
    """Return the cables between switches."""
    switches = {node.name for node in lab.network.of(Kind.SWITCH)}
    return tuple(cable for cable in lab.network.cables if {end.node for end in cable} <= switches)


@pytest.fixture(autouse=True, scope="module")
def _acquainted(city: City) -> None:
    """Begin when LLDP has told every switch who is beside it: `poll` asks twice an hour."""
    ends = Counter(end.node for link in links(city.lab) for end in link)
    for name, count in ends.items():
        wait_for(f"{name} to see its neighbours", partial(sees, city.lab, name, count), 30.0)


def sees(lab: Lab, name: str, count: int) -> bool:
    """Whether a switch has so many neighbours, by its agent's word."""
    return len(walk(lab, name, LLDP_NAMES)) == count


@pytest.mark.proof("the counters of every interface, over SNMP", "frr")
def test_every_port_is_read_and_counts_what_the_kernel_counts(
    city: City, operator: Operator
) -> None:
    lab, managed = city.lab, city.lab.network.managed
    before = caught_up(lab, [node.name for node in managed])
    found = operator.polls()
    after = {node.name: octets(lab, node.name) for node in managed}
    exact = 0
    for end in (End(node.name, port) for node in managed for port in (*node.ports, *node.uplinks)):
        least, most = before[end.node][end.port], after[end.node][end.port]
        assert found[end]["ifName"] == end.port
        assert counted(found[end]).reaches(least), end
        assert most.reaches(counted(found[end])), end
        exact += least == most
    assert exact > 0
    for lower, upper in links(lab):
        assert found[lower]["neighbour"] == f"{upper.node} {upper.port}"
        assert found[upper]["neighbour"] == f"{lower.node} {lower.port}"


def test_a_rate_is_that_of_the_traffic_and_of_no_other_port(city: City, operator: Operator) -> None:
    lab = city.lab
    assert lease(lab, "cpe-c")
    first = polled(lab, operator)
    traffic = burst(lab, "cpe-c", GATEWAY)
    second = polled(lab, operator)
    found = second.rows
    assert moved(found[OWN]).reaches(second.least.since(first.most))
    assert second.most.since(first.least).reaches(moved(found[OWN]))
    assert moved(found[OWN]).received == pytest.approx(traffic, abs=NOISE)
    assert moved(found[OWN]).sent == pytest.approx(traffic, abs=NOISE)
    assert moved(found[UPLINK]).sent == pytest.approx(traffic, abs=NOISE)
    assert moved(found[UPLINK]).received == pytest.approx(traffic, abs=NOISE)
    assert busy(found) == {OWN, UPLINK}


def busy(rows: Mapping[End, Row]) -> set[End]:
    """Return the ports that carried more than LLDP since the poll before.

    The polls themselves go over eth0.
    """
    looked_at = {end: row for end, row in rows.items() if end.port != "eth0"}
    return {end for end, row in looked_at.items() if max(astuple(moved(row))) > NOISE}


def test_a_link_that_fails_is_heard_of_and_read_and_over(city: City, operator: Operator) -> None:
    """A tenant has pulled his plug, and somebody has shut a port of a transport switch."""
    lab = city.lab
    with receiving(lab):
        with down(lab, End("cpe-m", "wan")), down(lab, ABOVE):
            found = wait_for("linkDown", partial(troubles, operator, TENANT, UPLINK))
            tenant, uplink = found
            assert (tenant["trouble"], tenant["outlets"]) == ("down", 1)
            assert tenant["services"] == {"internet": {"nordlys": 1}}
            assert (uplink["trouble"], uplink["devices"]) == ("cut off", [SWITCH])
            # An agent shows for some seconds what it saw last.
            wait_for("the ports to be read as they are", partial(are_read_so, operator, DOWN))
        wait_for("linkUp", partial(are_over, operator, TENANT, UPLINK))
    assert LLDP_CHANGED in operator.says("trap", "show", "--rejected")


def are_read_so(operator: Operator, wanted: Mapping[End, tuple[str, str]]) -> bool:
    """Whether a poll finds ports to be meant to be, and to be, up or down like this."""
    rows = operator.polls(*{end.node for end in wanted})
    return {end: (rows[end]["admin"], rows[end]["oper"]) for end in wanted} == wanted


def troubles(operator: Operator, *ends: End) -> tuple[Row, ...] | None:
    """Return the troubles at some ends, once all of them are troubled."""
    found = operator.troubles()
    return tuple(found[end] for end in ends) if found.keys() >= set(ends) else None


def are_over(operator: Operator, *ends: End) -> bool:
    """Whether nothing is the matter at some ends."""
    return found.isdisjoint(ends) if (found := operator.troubles().keys()) else True


@pytest.fixture
def forgetful(city: City, operator: Operator) -> Iterator[None]:
    """A switch that restarts without its boot hook: its flows are gone, and a run mends that."""
    yield
    assert operator.provisions(SWITCH).outcomes == {SWITCH: "changed"}


def test_a_restart_with_other_numbers_moves_no_traffic(
    city: City, operator: Operator, forgetful: None
) -> None:
    """Its ports come back with each other's numbers and with nothing counted."""
    lab = city.lab
    assert lease(lab, "cpe-c")
    burst(lab, "cpe-c", GATEWAY)
    caught_up(lab, [SWITCH])
    before = operator.polls(SWITCH)
    with receiving(lab):
        lose_power(lab, SWITCH)
        get_other_ports(lab, SWITCH)
        regain_power(lab, SWITCH)
        first = operator.polls(SWITCH)
        assert {row["reason"] for row in first.values()} == {RESTARTED}
        assert first[OWN]["ifIndex"] == before[LAST]["ifIndex"]
        assert counted(first[OWN]).received < counted(before[OWN]).received
        assert lease(lab, "cpe-c")
        burst(lab, "cpe-c", GATEWAY)
        caught_up(lab, [SWITCH])
        assert busy(operator.polls(SWITCH)) == {OWN, UPLINK}
        with down(lab, End("cpe-c", "wan")):
            restart = wait_for("linkDown", partial(folded, operator, End(SWITCH, "")))
    assert (restart["trouble"], restart["outlets"]) == ("restart", 1)
    assert restart["ports"] == [{"device": OWN.node, "port": OWN.port}]


def folded(operator: Operator, end: End) -> Row | None:
    """Return the trouble at an end, once ports that went down are part of it."""
    found = operator.troubles().get(end)
    return found if found and found["ports"] else None
