"""Proof: what somebody changes by hand is found, alone, and mended; an older plan is refused."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.reallab.machine import inside
from tests.reallab.operator import City, Operator
from tests.reallab.probes.truth import ports

pytestmark = [
    pytest.mark.reallab,
    pytest.mark.proof(
        "a change by hand is one line of a plan; an older plan is stale", "openvswitch"
    ),
]
SWITCH, PORT = "city-acc-001", "swp7"
INTENDED = f"port {PORT} vlan_mode=access tag=330"


def set_by_hand(city: City, port: str, column: str) -> None:
    """Change one column of a port at the switch's own command line."""
    inside(city.lab.place, SWITCH, "ovs-vsctl", "set", "port", port, column)


def lines(plan: Path) -> Sequence[str]:
    """Return every line that a plan would send."""
    changes = json.loads(plan.read_text(encoding="utf-8"))["changes"]
    return [line for change in changes for one in change["stanzas"] for line in one["lines"]]


def test_the_plan_is_that_line_and_applying_it_mends_it(city: City, operator: Operator) -> None:
    before = ports(city.lab, SWITCH)
    assert lines(operator.plans(SWITCH, "before")) == []
    set_by_hand(city, PORT, "tag=1101")
    plan = operator.plans(SWITCH, "mending")
    assert lines(plan) == [INTENDED]
    ended = operator.applies(plan)
    assert (ended.outcomes, ended.devices[SWITCH]["sent"]) == ({SWITCH: "changed"}, 1)
    assert ports(city.lab, SWITCH) == before


def test_a_plan_from_before_is_stale_and_sends_nothing(city: City, operator: Operator) -> None:
    set_by_hand(city, PORT, "tag=1101")
    plan = operator.plans(SWITCH, "older")
    set_by_hand(city, PORT, "tag=1102")
    moved = ports(city.lab, SWITCH)
    ended = operator.applies(plan)
    assert (ended.code, ended.outcomes) == (3, {SWITCH: "stale"})
    assert ended.devices[SWITCH]["sent"] == 0
    assert ports(city.lab, SWITCH) == moved
    assert operator.provisions(SWITCH).outcomes == {SWITCH: "changed"}
    assert ports(city.lab, SWITCH)[PORT].tag == 330
