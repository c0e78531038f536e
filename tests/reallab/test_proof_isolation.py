"""Proof: nobody gets into another's network. Each has its control: the same with a mistake."""

from __future__ import annotations

import pytest

from tests.reallab.machine import inside
from tests.reallab.operator import City, Operator
from tests.reallab.probes.dhcp import Lease, is_refused, lease
from tests.reallab.probes.rogue import serving
from tests.reallab.probes.selftagging import tagging
from tests.reallab.probes.traffic import is_apart, reaches
from tests.reallab.topology import NORDLYS

pytestmark = [
    pytest.mark.reallab,
    pytest.mark.proof("no way into another's network or to the next customer", "openvswitch"),
]
SWITCH = "city-acc-001"


def test_a_customer_who_tags_himself_gets_nothing(city: City, operator: Operator) -> None:
    lab = city.lab
    thief = tagging(lab, "cpe-t", NORDLYS.vlan)
    assert is_refused(lab, "cpe-t", thief)
    by_hand(city, "clear", "port", "swp3", "trunks")
    stolen = lease(lab, "cpe-t", thief)
    assert stolen is not None
    assert stolen.network == NORDLYS
    assert operator.provisions(SWITCH).outcomes == {SWITCH: "changed"}
    assert is_refused(lab, "cpe-t", thief)


def test_two_customers_of_one_switch_do_not_meet(
    city: City, operator: Operator, neighbour: Lease
) -> None:
    lab = city.lab
    assert lease(lab, "cpe-a")
    assert is_apart(lab, "cpe-a", neighbour.address)
    by_hand(city, "set", "port", "swp1", "protected=false")
    assert reaches(lab, "cpe-a", neighbour.address)
    assert operator.provisions(SWITCH).outcomes == {SWITCH: "changed"}
    assert is_apart(lab, "cpe-a", neighbour.address)
    assert reaches(lab, "cpe-a", NORDLYS.gateway("city"))


def by_hand(city: City, *words: str) -> None:
    """Make a mistake at the switch's own command line."""
    inside(city.lab.place, SWITCH, "ovs-vsctl", *words)


def test_a_customer_who_gives_out_addresses_is_heard_by_nobody(
    city: City, operator: Operator
) -> None:
    lab = city.lab
    with serving(lab, "cpe-a") as rogue:
        assert rogue.heard_by("cpe-c") == set()
        inside(lab.place, SWITCH, "ovs-ofctl", "--names", "del-flows", "br0", "in_port=swp1")
        assert rogue.heard_by("cpe-c") == {"dhcp", "dhcpv6", "advertisement"}
        assert operator.provisions(SWITCH).outcomes == {SWITCH: "changed"}
        assert rogue.heard_by("cpe-c") == set()
    own = lease(lab, "cpe-c")
    assert own is not None
    assert own.network == NORDLYS
