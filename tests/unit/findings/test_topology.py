"""Which failed link cuts off which devices."""

from __future__ import annotations

import pytest

from automation.findings import Topology
from tests.unit.findings.samples import NETWORK, device

TOPOLOGY = Topology(NETWORK)
CORE_1, CORE_2 = ("core-1", "Gi1/0/1"), ("core-1", "Gi1/0/2")


@pytest.mark.parametrize(
    ("down", "cut"),
    [
        ([], []),
        ([("acc-1", "Gi1/0/1")], []),
        ([("acc-1", "Te1/0/1")], [{"acc-1"}]),
        ([("tra-1", "Gi1/0/1")], [{"acc-1"}]),
        ([("acc-1", "Te1/0/1"), ("tra-1", "Gi1/0/1")], [{"acc-1"}]),
        # two ways up: one may fail
        ([("acc-3", "Te1/0/1")], []),
        ([("acc-3", "Te1/0/1"), ("tra-2", "Gi1/0/3")], [{"acc-3"}]),
        ([("tra-2", "Te1/0/1")], []),
        # a transport switch takes those below with it, but for the one with another way
        ([CORE_1], [{"tra-1", "acc-1", "acc-2"}]),
        # unless that way is gone too: then it is one cut, however many links failed
        (
            [CORE_1, ("acc-3", "Te1/0/2")],
            [{"tra-1", "acc-1", "acc-2", "acc-3"}],
        ),
        ([("acc-1", "Te1/0/1"), ("acc-4", "Te1/0/1")], [{"acc-1"}, {"acc-4"}]),
        ([("acc-1", "Te1/0/1"), ("acc-2", "Te1/0/1")], [{"acc-1"}, {"acc-2"}]),
        ([("far-1", "Te1/0/1")], [{"far-1"}]),
    ],
)
def test_cuts(down: list[tuple[str, str]], cut: list[set[str]]) -> None:
    assert [set(one.devices) for one in TOPOLOGY.cuts(down)] == cut


def test_a_cut_names_the_links_that_failed_and_no_others() -> None:
    (cut,) = TOPOLOGY.cuts([CORE_1, ("acc-1", "Te1/0/1"), ("acc-4", "Gi1/0/9")])
    ways = {(wire.lower, wire.upper) for wire in cut.failed}
    assert ways == {(("tra-1", "Te1/0/1"), CORE_1)}


def test_switches_in_a_ring_are_reached_from_either_side() -> None:
    ring = Topology(
        [
            device("top", "core"),
            device("a", "access", {"Te1/0/1": "top Gi1/0/1", "Te1/0/2": "b Gi1/0/1"}),
            device("b", "access", {"Te1/0/1": "top Gi1/0/2"}),
        ]
    )
    assert ring.cuts([("a", "Te1/0/1")]) == ()
    (cut,) = ring.cuts([("top", "Gi1/0/1"), ("top", "Gi1/0/2")])
    assert cut.devices == {"a", "b"}
    assert len(cut.failed) == 2


def test_devices_that_lead_nowhere_are_never_cut_off() -> None:
    lost = Topology(
        [
            device("a", "core", {"Te1/0/1": "b Gi1/0/1"}),
            device("b", "core", {"Te1/0/1": "a Gi1/0/1"}),
        ]
    )
    assert lost.cuts([("a", "Te1/0/1")]) == ()


@pytest.mark.parametrize("end", [("acc-1", "Te1/0/1"), ("tra-1", "Gi1/0/1")])
def test_a_link_is_found_by_either_end(end: tuple[str, str]) -> None:
    wire = TOPOLOGY.wire(end)
    assert wire is not None
    assert wire.lower == ("acc-1", "Te1/0/1")


def test_a_port_of_a_customer_is_no_link() -> None:
    assert TOPOLOGY.wire(("acc-1", "Gi1/0/7")) is None
