"""Proof: the DHCP server is told the outlet that the inventory has for a port, or the port."""

from __future__ import annotations

import pytest

from tests.reallab.commands import wait_for
from tests.reallab.operator import City, Operator
from tests.reallab.probes.dhcp import Served, lease, served
from tests.reallab.probes.option82 import relaying
from tests.reallab.topology import IOT, NORDLYS

pytestmark = [
    pytest.mark.reallab,
    pytest.mark.proof(
        "option 82 carries the outlet, or the port, to the DHCP server", "openvswitch"
    ),
]
SWITCH = "city-acc-001"


def new_lease(city: City, customer: str) -> Served:
    """Have a customer ask for an address, and return what the server has noted of it."""
    before = len(served(city.lab, "city"))
    assert lease(city.lab, customer)
    return wait_for("the server's note", lambda: served(city.lab, "city")[before:])[-1]


def test_the_circuit_id_is_the_outlet_or_the_port(city: City, operator: Operator) -> None:
    assert new_lease(city, "cpe-a").circuit_id == ""
    with relaying(city.lab, SWITCH, "swp1", "swp6"):
        found = {name: new_lease(city, name) for name in ("cpe-a", "iot-1")}
        assert operator.provisions(SWITCH).outcomes == {SWITCH: "unchanged"}
    assert [(one.network, one.circuit_id) for one in found.values()] == [
        (NORDLYS.name, "C-001-01"),
        (IOT.name, f"{SWITCH}/swp6"),
    ]
    assert new_lease(city, "cpe-a").circuit_id == ""
