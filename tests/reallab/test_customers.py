"""Controls: what customers get from ports configured by hand, so that a proof can fail."""

from __future__ import annotations

import pytest

from tests.reallab.by_hand import ByHand
from tests.reallab.commands import wait_for
from tests.reallab.lab import Lab
from tests.reallab.probes.dhcp import is_refused, lease, served
from tests.reallab.probes.option82 import relaying
from tests.reallab.probes.selftagging import tagging
from tests.reallab.probes.traffic import is_apart, pinging, rates, reaches
from tests.reallab.topology import AP_MGMT, IOT, NORDLYS, PARKED, SUNDET, TRYGGHET

pytestmark = pytest.mark.reallab
SWITCH = "city-acc-001"


def test_a_parked_port_gives_nothing_and_one_in_a_providers_vlan_does(
    lab: Lab, by_hand: ByHand
) -> None:
    by_hand.open_trunks()
    assert is_refused(lab, "cpe-a")
    by_hand.access(SWITCH, "swp1", NORDLYS.vlan)
    first = lease(lab, "cpe-a")
    assert first is not None
    assert first.network == NORDLYS
    assert reaches(lab, "cpe-a", NORDLYS.gateway("city"))
    by_hand.access(SWITCH, "swp1", SUNDET.vlan)
    second = lease(lab, "cpe-a")
    assert second is not None
    assert second.network == SUNDET
    assert reaches(lab, "cpe-a", SUNDET.gateway("city"))
    assert is_apart(lab, "cpe-a", NORDLYS.gateway("city"))
    by_hand.access(SWITCH, "swp1", PARKED)
    assert is_refused(lab, "cpe-a")


def test_protected_ports_do_not_reach_each_other_and_others_do(lab: Lab, by_hand: ByHand) -> None:
    by_hand.open_trunks()
    for port in ("swp1", "swp2"):
        by_hand.access(SWITCH, port, NORDLYS.vlan)
    one, other = lease(lab, "cpe-a"), lease(lab, "cpe-b")
    assert one is not None
    assert other is not None
    assert is_apart(lab, "cpe-a", other.address)
    by_hand.access(SWITCH, "swp2", NORDLYS.vlan, protected=False)
    assert reaches(lab, "cpe-a", other.address)


def test_a_customer_tags_himself_into_a_vlan_where_trunks_are_not_written(
    lab: Lab, by_hand: ByHand
) -> None:
    by_hand.open_trunks()
    thief = tagging(lab, "cpe-t", NORDLYS.vlan)
    care = tagging(lab, "cpe-t", TRYGGHET.vlan)
    native = ("vlan_mode=native-untagged", f"tag={SUNDET.vlan}", "protected=true")
    by_hand.set(SWITCH, "swp3", *native)
    stolen = lease(lab, "cpe-t", thief)
    assert stolen is not None
    assert stolen.network == NORDLYS
    by_hand.set(SWITCH, "swp3", *native, f"trunks={SUNDET.vlan},{TRYGGHET.vlan}")
    assert is_refused(lab, "cpe-t", thief)
    own = [lease(lab, "cpe-t", interface) for interface in ("untagged", care)]
    assert [one and one.network for one in own] == [SUNDET, TRYGGHET]


def test_an_iot_gateway_and_the_other_estate_have_networks_of_their_own(
    lab: Lab, by_hand: ByHand
) -> None:
    by_hand.open_trunks()
    by_hand.access(SWITCH, "swp6", IOT.vlan)
    by_hand.access("mkb-acc-001", "swp1", NORDLYS.vlan)
    sensor, tenant = lease(lab, "iot-1"), lease(lab, "cpe-m")
    assert sensor is not None
    assert tenant is not None
    assert (sensor.network, tenant.network) == (IOT, NORDLYS)
    assert tenant.server == NORDLYS.gateway("mkb")


def test_pings_are_lost_while_a_port_is_parked_and_only_then(lab: Lab, by_hand: ByHand) -> None:
    by_hand.open_trunks()
    for port in ("swp1", "swp2"):
        by_hand.access(SWITCH, port, NORDLYS.vlan)
    assert lease(lab, "cpe-a")
    assert lease(lab, "cpe-b")
    gateway = NORDLYS.gateway("city")
    with pinging(lab, "cpe-a", gateway) as own, pinging(lab, "cpe-b", gateway) as neighbour:
        by_hand.access(SWITCH, "swp1", PARKED)
        assert is_apart(lab, "cpe-a", gateway)
        by_hand.access(SWITCH, "swp1", NORDLYS.vlan)
        assert reaches(lab, "cpe-a", gateway)
        assert len(own.stop().lost) > 0
        assert neighbour.stop().lost == ()


def test_an_access_point_has_its_management_untagged_and_its_networks_tagged(
    lab: Lab, by_hand: ByHand
) -> None:
    by_hand.open_trunks()
    by_hand.set(
        SWITCH, "swp5", "vlan_mode=native-untagged", f"tag={AP_MGMT.vlan}", "trunks=310,311"
    )
    own = lease(lab, "ap-1", "untagged")
    assert own is not None
    assert own.network == AP_MGMT
    assert is_refused(lab, "ap-1", tagging(lab, "ap-1", NORDLYS.vlan))


def test_a_tier_is_measured_in_both_directions(lab: Lab, by_hand: ByHand) -> None:
    by_hand.open_trunks()
    by_hand.access(SWITCH, "swp1", NORDLYS.vlan)
    assert lease(lab, "cpe-a")
    gateway = NORDLYS.gateway("city")
    free = rates(lab, "cpe-a", "city-bng", gateway, seconds=1)
    with by_hand.tier(SWITCH, "swp1", mbits=10):
        held = rates(lab, "cpe-a", "city-bng", gateway, seconds=2)
    assert held.up == pytest.approx(10, rel=0.15)
    assert held.down == pytest.approx(10, rel=0.15)
    assert min(free.up, free.down) > 2 * max(held.up, held.down)


@pytest.mark.parametrize(
    ("columns", "expected"),
    [((), "city-acc-001/swp1"), (('external_ids:outlet="C-001-01"',), "C-001-01")],
    ids=["port", "outlet"],
)
def test_the_dhcp_server_is_told_the_circuit(
    lab: Lab, by_hand: ByHand, columns: tuple[str, ...], expected: str
) -> None:
    by_hand.open_trunks()
    by_hand.set(SWITCH, "swp1", "vlan_mode=access", f"tag={NORDLYS.vlan}", *columns)
    assert lease(lab, "cpe-a")
    before = served(lab, "city")
    assert before[-1].circuit_id == ""
    with relaying(lab, SWITCH, "swp1"):
        assert lease(lab, "cpe-a")
    new = wait_for("the server's note", lambda: served(lab, "city")[len(before) :])
    assert [(one.network, one.circuit_id) for one in new] == [(NORDLYS.name, expected)]
