"""What a router was given and does not do: told by the plan, and a change that leaves it failed."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import pytest

from automation.model import Change, DeviceModel, Outcome, Sent, StanzaState, sent_lines
from automation.render import Templates
from automation.tasks.apply import apply
from automation.tasks.endings import Applied
from automation.tasks.plan import planned_on
from automation.tasks.subject import Subject, Toolset
from tests.platforms.cases import cases, port_intent
from tests.unit.tasks.scripted import NAME, Notes, Play, stage, task
from tests.unit.tasks.test_absent_ports import THERE, Router

RUNS = "hostname r\n!\ninterface eth1\n ip address 192.0.2.1/24\nexit\n!\nend\n"
LOST = RUNS.replace("/24", "/24 # not in force")
TOLD = "interface eth1: ip address 192.0.2.1/24 is configured and not in force"


def subject() -> Subject:
    made = port_intent("frr", next(case for case in cases("frr") if case.name == "parked"))
    model = DeviceModel("m", "frr", ("eth1",))
    made = replace(made, device=replace(made.device, name=NAME, model=model))
    template = {"ports/parked": "interface {{ port.name }}\n ip address 192.0.2.1/24\n"}
    tools = Toolset.of(Templates("frr", template, "templates"), {})
    return Subject(made.device, made, "intent", tools, ("ports",))


def planned(running: str) -> Change:
    change = planned_on(Router([running], shown=THERE), subject()).change
    assert change is not None
    return change


def test_what_is_entered_again_is_told_with_the_reason() -> None:
    (stanza,) = planned(LOST).stanzas
    assert sent_lines(stanza) == ("interface eth1", " ip address 192.0.2.1/24")
    assert planned(LOST).cautions == (f"{TOLD}; it is entered again",)
    assert (planned(RUNS).stanzas, planned(RUNS).cautions) == ((), ())


@pytest.mark.parametrize(
    ("after", "outcome", "why"),
    [(RUNS, Outcome.CHANGED, ""), (LOST, Outcome.FAILED, f"the read-back differs: {TOLD};")],
)
def test_a_change_is_done_when_it_is_in_force(after: str, outcome: Outcome, why: str) -> None:
    sent = Play([LOST], [Sent((StanzaState.APPLIED,))])
    plays = stage(sent, Play([after, after]))
    changes = {NAME: planned(LOST)}
    result = cast(
        "Applied", apply(task(), changes, {NAME: subject()}, plays, Notes()).result
    ).result
    assert result.outcome is outcome
    assert result.why.startswith(why)
    assert bool(result.why) == bool(why)
