"""What a model's traits change in the lines for IOS; without traits it is a Catalyst 2960-X."""

from __future__ import annotations

from dataclasses import replace

import pytest

from automation.model import DeviceIntent
from tests.platforms.cases import CASES, port_intent
from tests.platforms.test_render import renderer

DOT1Q = " switchport trunk encapsulation dot1q"
TRUST = " mls qos trust dscp"
LIMIT = " service-policy input UP-100M"


def lines(intent: DeviceIntent, traits: set[str]) -> list[str]:
    """Return every line of tiers and ports on a device whose model has these traits."""
    model = replace(intent.device.model, traits=frozenset(traits))
    made = replace(intent, device=replace(intent.device, model=model))
    config = renderer("cisco_ios").config(made, ["tiers", "uplinks", "ports"])
    return "".join(config.features.values()).splitlines()


@pytest.mark.parametrize(
    ("trait", "case", "line", "without", "with_it"),
    [
        ("trunk_encapsulation", "uplink", DOT1Q, False, True),
        ("trunk_encapsulation", "downlink", DOT1Q, False, True),
        ("trunk_encapsulation", "interconnect", DOT1Q, False, True),
        ("trunk_encapsulation", "customer_two", DOT1Q, False, True),
        ("trunk_encapsulation", "wifi_ap", DOT1Q, False, True),
        ("trunk_encapsulation", "colo_trunk", DOT1Q, False, True),
        ("trunk_encapsulation", "customer", DOT1Q, False, False),
        ("ios_xe", "customer", LIMIT, True, False),
        ("ios_xe", "customer", "mls qos", True, False),
        ("ios_xe", "customer", "policy-map UP-100M", True, False),
        ("ios_xe", "uplink", TRUST, True, False),
        ("ios_xe", "downlink", TRUST, True, False),
        ("ios_xe", "interconnect", TRUST, True, False),
        ("ios_xe", "customer", " ip verify source", True, True),
    ],
)
def test_a_trait_changes_these_lines(
    trait: str, case: str, line: str, without: bool, with_it: bool
) -> None:
    intent = port_intent("cisco_ios", next(one for one in CASES if one.name == case))
    assert (line in lines(intent, set())) == without
    assert (line in lines(intent, {trait})) == with_it


def test_encapsulation_is_set_before_the_mode_that_needs_it() -> None:
    intent = port_intent("cisco_ios", next(one for one in CASES if one.name == "uplink"))
    found = lines(intent, {"trunk_encapsulation"})
    assert found.index(DOT1Q) < found.index(" switchport mode trunk")
