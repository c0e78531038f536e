"""Once a dead timed commit's record is ended, every ending says so: that was written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import pytest

from automation import errors
from automation.model import DeviceResult, Outcome, Pending
from automation.tasks.apply import apply
from automation.tasks.endings import Applied
from tests.unit.tasks.scripted import AFTER, BEFORE, NAME, Notes, Play, change, stage, subject, task

KEPT = "a timed commit whose clock died (ports: 1; restarted) stood on it; what runs is kept"
UNHEARD = errors.DeviceError("no answer; whether its record is ended is not known")


@dataclass
class Dead:
    """A timed commit that nobody is going to end, and what confirming it comes to."""

    answer: bool | Exception = True
    pending: Pending | None = Pending("token", "ports: 1", "restarted")  # noqa: RUF009 - frozen
    survives_reboot: bool = True

    def confirm(self, name: str) -> bool:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def arm(self, seconds: float) -> str:
        raise AssertionError(seconds)

    def revert(self, name: str) -> str:
        raise AssertionError(name)


@pytest.mark.parametrize(
    ("error", "outcome", "why"),
    [
        (errors.Stale("it moved; nothing was changed"), Outcome.STALE, "it moved; nothing was"),
        (errors.Busy("eva"), Outcome.REFUSED, "eva"),
        (errors.NotAuthorised("may not"), Outcome.REFUSED, "may not"),
        (errors.SafeFailed("it is locked"), Outcome.REFUSED, "no line was sent: it is locked"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_ends_before_a_line_is_sent_says_what_was_written(
    error: Exception, outcome: Outcome, why: str
) -> None:
    result = _applied(Play([BEFORE], [error], timed=Dead()))
    assert (result.outcome, result.states) == (outcome, ())
    assert result.why.startswith(why)
    assert result.why.endswith(f"; {KEPT}")


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (UNHEARD, Outcome.UNKNOWN),
        (errors.Refused("the confirmation", "disk full"), Outcome.FAILED),
        (errors.Lost("cut off before it was sent"), Outcome.UNREACHABLE),
        (False, Outcome.STALE),
    ],
    ids=["unheard", "refused", "never sent", "ended by others"],
)
def test_nothing_else_is_sent_where_it_is_not_known_to_be_ended(
    answer: bool | Exception, outcome: Outcome
) -> None:
    play = Play([BEFORE], timed=Dead(answer))
    result = _applied(play)
    assert (result.outcome, play.sent) == (outcome, [])
    assert KEPT not in result.why


def test_where_nothing_else_is_to_be_done_it_is_told_as_well() -> None:
    result = _applied(Play([AFTER], timed=Dead()))
    assert (result.outcome, result.why) == (Outcome.UNCHANGED, KEPT)


def _applied(play: Play) -> DeviceResult:
    one = subject()
    result = apply(task(), {NAME: change(one)}, {NAME: one}, stage(play), Notes())
    return cast("Applied", result.result).result
