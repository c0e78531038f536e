"""Proof: a customer gets the speed he pays for, both ways, and none while he is suspended."""

from __future__ import annotations

import pytest

from tests.reallab.operator import City, Operator, customer
from tests.reallab.probes.dhcp import lease
from tests.reallab.probes.traffic import Rates, pinging, rates, reaches
from tests.reallab.topology import NORDLYS

pytestmark = [
    pytest.mark.reallab,
    pytest.mark.proof("the tier holds both ways; suspended: nothing; active: again", "openvswitch"),
]
SWITCH, PORT = "city-acc-001", "swp1"
GATEWAY = NORDLYS.gateway("city")


def measured(city: City) -> Rates:
    """Return what the customer gets from and to his provider."""
    return rates(city.lab, "cpe-a", "city-bng", GATEWAY, seconds=2)


def test_a_tier_holds_and_moves_with_the_intent(city: City, operator: Operator) -> None:
    assert lease(city.lab, "cpe-a")
    slow = measured(city)
    operator.moves(*customer(SWITCH, PORT, "internet;nordlys;t50"))
    fast = measured(city)
    for tier, found in ((10, slow), (50, fast)):
        assert found.up == pytest.approx(tier, rel=0.15)
        assert found.down == pytest.approx(tier, rel=0.15)


def test_who_is_suspended_has_nothing_until_he_is_active_again(
    city: City, operator: Operator
) -> None:
    lab, service = city.lab, "internet;nordlys;t10"
    assert lease(lab, "cpe-a")
    with pinging(lab, "cpe-a", GATEWAY) as own:
        operator.moves(*customer(SWITCH, PORT, service, state="suspended"))
        assert not reaches(lab, "cpe-a", GATEWAY)
        assert len(own.stop().lost) > 0  # the control: pings notice, and the neighbour's did not
    assert lease(lab, "cpe-a") is None
    operator.moves(*customer(SWITCH, PORT, service))
    assert lease(lab, "cpe-a")
    assert reaches(lab, "cpe-a", GATEWAY)
