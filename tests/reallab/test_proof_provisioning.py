"""Proof: every port is provisioned by the shipped playbooks, and a second run changes nothing."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from tests.reallab.lab import Lab
from tests.reallab.machine import inside
from tests.reallab.operator import PLAYBOOKS, City, Operator
from tests.reallab.probes.truth import PortTruth, ports
from tests.reallab.topology import AP_MGMT, IOT, NETWORKS, PARKED, Kind, Node
from tests.reallab.workspace import ports_csv

pytestmark = [
    pytest.mark.reallab,
    pytest.mark.proof("provisioned from templates; again: nothing changes", "openvswitch", "frr"),
]
STAFF, PUBLIC, INTERNAL, COLO = 312, 311, 330, 340
EVERY = frozenset({*(one.vlan for one in NETWORKS), STAFF, PUBLIC, INTERNAL, COLO})
VLANS = {one.name: one.vlan for one in NETWORKS}


@dataclass(frozen=True, slots=True)
class Port:
    """What a port lets through, and whose it is."""

    mode: str
    tag: int | None = None
    trunks: frozenset[int] = frozenset()
    protected: bool = False
    outlet: str = ""

    @classmethod
    def of(cls, truth: PortTruth) -> Port:
        outlet = truth.external_ids.get("outlet", "")
        return cls(truth.vlan_mode, truth.tag, truth.trunks, truth.protected, outlet)


NOBODY = Port("access", PARKED, protected=True)
TRUNK = Port("trunk", trunks=EVERY)
BY_ROLE = {
    "parked": NOBODY,
    "wifi_ap": Port("native-untagged", AP_MGMT.vlan, frozenset({AP_MGMT.vlan, PUBLIC, STAFF})),
    "iot_gateway": Port("access", IOT.vlan, protected=True),
    "internal": Port("access", INTERNAL),
    "colo": Port("access", COLO),
    "downlink": TRUNK,
}


def wanted(lab: Lab, node: Node) -> Mapping[str, Port]:
    """Return what a switch's ports should be, from the rows of `ports.csv` and nothing else."""
    found = {node.uplinks[0]: TRUNK, node.uplinks[1]: NOBODY}
    tagged: dict[str, set[int]] = {}
    for row in csv.DictReader(ports_csv(lab.network), delimiter=";"):
        if row["device"] != node.name:
            continue
        port, vlan = row["port"], VLANS.get(row["provider"])
        if row["service"] == "care":
            tagged[port] = {VLANS[row["provider"]]}
        elif row["role"] == "customer":
            found[port] = Port("access", vlan or PARKED, protected=True, outlet=row["outlet"])
        else:
            found[port] = BY_ROLE[row["role"]]
    for port, more in tagged.items():
        one = found[port]
        trunks = frozenset({one.tag or 0, *more})
        found[port] = Port("native-untagged", one.tag, trunks, True, one.outlet)
    return found


def test_every_port_has_its_intent_and_the_recap_says_so(city: City, proved_on: None) -> None:
    for role, ended in city.first.items():
        devices = [node for node in city.lab.network.managed if node.role == role]
        every = sum(len(node.ports) + len(node.uplinks) for node in devices)
        assert (ended.code, ended.recap["planned"]) == (0, len(devices))
        assert ended.recap["changed"] == len(devices)
        told = ended.recap["ports"]
        assert (told["changed"] + told["unchanged"], sum(told.values())) == (every, every)
    for node in city.lab.network.of(Kind.SWITCH):
        found = {name: Port.of(truth) for name, truth in ports(city.lab, node.name).items()}
        assert found == wanted(city.lab, node)


def test_a_second_run_sends_nothing(city: City, operator: Operator) -> None:
    before = traces(city.lab)
    for role, playbook in PLAYBOOKS.items():
        ended = operator.plays(playbook)
        assert (ended.code, ended.recap["unchanged"]) == (0, ended.recap["planned"]), role
        told = ended.recap["ports"]
        assert told["unchanged"] == sum(told.values())
        assert ended.recap["planned"] == city.first[role].recap["planned"]
    assert traces(city.lab) == before


def test_a_change_leaves_a_trace(city: City, operator: Operator) -> None:
    """The control: what the second run is judged by moves as soon as something is sent."""
    before = traces(city.lab)
    inside(city.lab.place, "city-acc-002", "ovs-vsctl", "set", "port", "swp7", "tag=7")
    assert operator.provisions("city-acc-002").outcomes == {"city-acc-002": "changed"}
    after = traces(city.lab)
    assert [name for name in before if before[name] != after[name]] == ["city-acc-002"]


def traces(lab: Lab) -> Mapping[str, str]:
    """Return what no change leaves as it was.

    A switch counts its transactions; a router's file is written anew by each `write memory`.
    """
    count = ("ovs-vsctl", "get", "Open_vSwitch", ".", "next_cfg")
    written = ("stat", "-c", "%i %y", "/etc/frr/frr.conf")
    return {
        node.name: inside(lab.place, node.name, *(count if node.kind is Kind.SWITCH else written))
        for node in lab.network.managed
    }
