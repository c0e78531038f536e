"""Proof: a customer has the network that his row in the ports' file says, and no other."""

from __future__ import annotations

import pytest

from tests.reallab.operator import City, Operator, customer, idle
from tests.reallab.probes.dhcp import Lease, is_refused, lease
from tests.reallab.probes.selftagging import tagging
from tests.reallab.probes.traffic import is_apart, reaches
from tests.reallab.topology import NORDLYS, SUNDET, TRYGGHET, Network

pytestmark = [
    pytest.mark.reallab,
    pytest.mark.proof("leases follow the intent: parked, provider, another, parked", "openvswitch"),
]
SWITCH, PORT = "city-acc-001", "swp24"


def network(found: Lease | None) -> Network | None:
    """Return whose lease it is."""
    return found.network if found else None


def test_a_lease_comes_moves_and_goes_with_the_intent(city: City, operator: Operator) -> None:
    lab = city.lab
    assert is_refused(lab, "cpe-p")
    operator.moves(*customer(SWITCH, PORT, "internet;nordlys;t50"))
    assert network(lease(lab, "cpe-p")) == NORDLYS
    assert reaches(lab, "cpe-p", NORDLYS.gateway("city"))
    operator.moves(*customer(SWITCH, PORT, "internet;sundet;t50"))
    assert is_apart(lab, "cpe-p", NORDLYS.gateway("city"))
    assert network(lease(lab, "cpe-p")) == SUNDET
    assert reaches(lab, "cpe-p", SUNDET.gateway("city"))
    assert is_apart(lab, "cpe-p", NORDLYS.gateway("city"))
    operator.moves(idle(SWITCH, PORT))
    assert is_refused(lab, "cpe-p")


def test_untagged_internet_and_tagged_care_on_one_port(city: City, operator: Operator) -> None:
    lab = city.lab
    care = tagging(lab, "cpe-t", TRYGGHET.vlan)
    leases = [lease(lab, "cpe-t", interface) for interface in ("untagged", care)]
    assert [network(one) for one in leases] == [SUNDET, TRYGGHET]
    assert reaches(lab, "cpe-t", SUNDET.gateway("city"), "untagged")
    assert reaches(lab, "cpe-t", TRYGGHET.gateway("city"), care)
    operator.moves(*customer(SWITCH, "swp3", "internet;nordlys;t50"))
    assert network(lease(lab, "cpe-t", "untagged")) == NORDLYS
    assert is_refused(lab, "cpe-t", care)
