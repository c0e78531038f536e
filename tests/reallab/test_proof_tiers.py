"""Proof: a customer gets the speed he pays for, both ways, and none while he is suspended."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.reallab.operator import City, Operator, customer
from tests.reallab.probes.dhcp import is_refused, lease
from tests.reallab.probes.traffic import Rates, is_apart, pinging, rates, reaches
from tests.reallab.topology import NORDLYS

pytestmark = [
    pytest.mark.reallab,
    pytest.mark.proof("the tier holds both ways; suspended: nothing; active: again", "openvswitch"),
]
SWITCH, PORT = "city-acc-001", "swp1"
GATEWAY = NORDLYS.gateway("city")


def measured(city: City, tier: int) -> Rates:
    """Return what the customer gets from and to his provider, who both offer half as much again.

    More at once is what the lab's small buffers drop, the neighbour's packets too.
    """
    return rates(city.lab, "cpe-a", "city-bng", GATEWAY, seconds=2, offered=1.5 * tier)


def shortfalls(city: City) -> Mapping[str, str]:
    """Measure a tier, move the customer to another, measure again; return what of it fell short.

    A neighbour pings all the while. What is too fast fails at once.
    """
    with Operator.at(city.lab) as operator, pinging(city.lab, "cpe-b", GATEWAY) as neighbour:
        slow = measured(city, 10)
        operator.moves(*customer(SWITCH, PORT, "internet;nordlys;t50"))
        fast = measured(city, 50)
        lost = neighbour.stop().lost
    every = {"10 up": slow.up, "10 down": slow.down, "50 up": fast.up, "50 down": fast.down}
    tiers = {name: float(name.split()[0]) for name in every}
    assert [name for name, found in every.items() if found > 1.15 * tiers[name]] == []
    low = {name: f"{found:.1f}" for name, found in every.items() if found < 0.85 * tiers[name]}
    return {**low, **({"neighbour": f"lost {lost}"} if lost else {})}


@pytest.mark.usefixtures("proved_on")
def test_a_tier_holds_and_moves_with_the_intent(city: City) -> None:
    """A machine that has other work too measures low, and its datapath drops.

    So each of them is to hold in one of three times; a machine cannot make it hold by chance.
    """
    assert lease(city.lab, "cpe-a")
    assert lease(city.lab, "cpe-b")
    seen: list[Mapping[str, str]] = []
    for _ in range(3):
        seen.append(shortfalls(city))
        if not set.intersection(*map(set, seen)):
            return
    pytest.fail(f"three times something fell short: {seen}")


def test_who_is_suspended_has_nothing_until_he_is_active_again(
    city: City, operator: Operator
) -> None:
    lab, service = city.lab, "internet;nordlys;t10"
    assert lease(lab, "cpe-a")
    with pinging(lab, "cpe-a", GATEWAY) as own:
        operator.moves(*customer(SWITCH, PORT, service, state="suspended"))
        assert is_apart(lab, "cpe-a", GATEWAY)
        assert len(own.stop().lost) > 0  # the control: pings notice, and the neighbour's did not
    assert is_refused(lab, "cpe-a")
    operator.moves(*customer(SWITCH, PORT, service))
    assert lease(lab, "cpe-a")
    assert reaches(lab, "cpe-a", GATEWAY)
