"""Planning again at apply: what may be done to a device moves, though its lines may not have."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import pytest

from automation.model import Change, Outcome
from automation.tasks.apply import apply
from automation.tasks.endings import Applied
from tests.unit.tasks.scripted import (
    AFTER,
    NAME,
    OLD,
    Notes,
    Play,
    change,
    running,
    stage,
    subject,
    task,
)

MOVED = "what may be done to the device has moved since the plan; plan again"
FOREIGN = running(OLD, "snmp-server location attic")
"""The plan's lines, and one that nobody here owns: reason enough to plan again."""


def _elsewhere(one: Change) -> Change:
    """Return a change that was to come to something else: a port had a meter then, for one."""
    return replace(one, target="another")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param(FOREIGN, MOVED, id="the same lines, and not all that was planned"),
        pytest.param(
            AFTER,
            "lines that we own have moved on the device since the plan; plan again",
            id="no line, and not what was planned",
        ),
    ],
)
def test_a_device_that_cannot_have_any_more_what_was_planned_is_stale(text: str, why: str) -> None:
    one = subject()
    play = Play([text])
    result = apply(task(), {NAME: _elsewhere(change(one))}, {NAME: one}, stage(play), Notes())
    found = cast("Applied", result.result).result
    assert (found.outcome, found.why, play.sent) == (Outcome.STALE, why, [])


def test_what_somebody_has_done_already_is_done() -> None:
    one = subject()
    result = apply(task(), {NAME: change(one)}, {NAME: one}, stage(Play([AFTER])), Notes())
    assert cast("Applied", result.result).result.outcome is Outcome.UNCHANGED
