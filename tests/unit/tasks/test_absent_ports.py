"""A port that only the configuration knows: nothing is planned for a device that lacks one."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from automation.model import Outcome
from automation.render import Templates
from automation.tasks.plan import planned_on
from automation.tasks.subject import Subject, Toolset
from tests.platforms.cases import cases as port_cases
from tests.platforms.cases import port_intent
from tests.unit.tasks.scripted import Play

RUNNING = "hostname r\n!\ninterface eth1\n description x\nexit\n!\nend\n"
TEMPLATES = {"ports/parked": "interface {{ port.name }}\n description parked\n"}
THERE = "Interface eth1 is up, line protocol is up\n  index 3 metric 0 mtu 1500\n"
GHOST = "Interface eth1 is down\n  vrf: default\n  pseudo interface\n"


@dataclass
class Router(Play):
    """A router that says which interfaces it has."""

    shown: str = ""

    def read(self, command: str) -> str:
        assert command == "show interface"
        return self.shown


def subject() -> Subject:
    parked = next(case for case in port_cases("frr") if case.name == "parked")
    made = port_intent("frr", parked)
    tools = Toolset.of(Templates("frr", TEMPLATES, "templates"), {})
    return Subject(made.device, made, "intent", tools, ("ports",))


def test_a_device_with_all_its_ports_is_planned() -> None:
    planned = planned_on(Router([RUNNING], shown=THERE), subject())
    assert planned.outcome is None
    assert planned.change is not None
    assert [stanza.lines for stanza in planned.change.stanzas] == [("description parked",)]


@pytest.mark.parametrize("shown", [GHOST, THERE.replace("eth1", "eth2"), ""])
def test_a_device_without_one_of_its_ports_is_refused(shown: str) -> None:
    planned = planned_on(Router([RUNNING], shown=shown), subject())
    assert planned.outcome is Outcome.REFUSED
    assert planned.why == "it shows no 'eth1': is it the model that the inventory says?"
    assert planned.change is None


def test_a_device_of_which_nothing_was_compared_is_not_in_sync() -> None:
    planned = planned_on(Router(), replace(subject(), features=()))
    assert (planned.outcome, planned.change) == (Outcome.UNKNOWN, None)
    assert planned.why == "frr has none of the features that were asked for"
