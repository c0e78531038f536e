"""What is decided of a device from what its sessions say: a table of all eight outcomes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

import pytest

from automation import errors
from automation.model import (
    Change,
    Deferred,
    DeviceResult,
    Outcome,
    Refusal,
    Sent,
    StanzaState,
)
from automation.tasks.apply import apply
from automation.tasks.endings import Applied
from automation.tasks.subject import Subject
from automation.tasks.verify import verify
from tests.unit.tasks.scripted import (
    AFTER,
    BEFORE,
    HALF,
    NAME,
    NEW,
    Notes,
    Play,
    Stage,
    change,
    running,
    stage,
    states,
    subject,
    task,
)

A, U, X, D = (
    StanzaState.APPLIED,
    StanzaState.UNTOUCHED,
    StanzaState.UNKNOWN,
    StanzaState.UNDONE,
)
GONE = errors.Unreachable("no answer")
REFUSED = Sent((A, X), Refusal("no ntp server 192.0.2.9", "% Invalid input", 1))
CUT = errors.Lost("cut off", (A, X), "no ntp server 192.0.2.9", sent=2, accepted=1, last=NEW)


@dataclass(frozen=True)
class Case:
    """The sessions of one change, and what is to be said of it."""

    name: str
    plays: tuple[Play, ...]
    outcome: Outcome
    states: tuple[StanzaState, ...] = ()
    why: str = ""
    lines: int = 0
    saved: bool = False
    begun: bool = True

    def __str__(self) -> str:
        return self.name


SENT = (A, A)
CASES = (
    Case(
        "sent, read back, saved",
        (Play([BEFORE, AFTER], [Sent(SENT)]),),
        *(Outcome.CHANGED, SENT, "", 2, True),
    ),
    Case(
        "cut off after the last line, and whole",
        (Play([BEFORE], [CUT]), Play([AFTER, AFTER])),
        *(Outcome.CHANGED, SENT, "", 2, True),
    ),
    Case("right already", (Play([AFTER]),), Outcome.UNCHANGED, begun=False),
    Case(
        "a line was refused",
        (Play([BEFORE], [REFUSED]), Play([HALF])),
        *(Outcome.FAILED, (A, U), "refused a line; 1 of 2 blocks applied; nothing was saved", 1),
    ),
    Case(
        "a line was ignored",
        (Play([BEFORE, HALF], [Sent(SENT)]), Play([HALF])),
        *(Outcome.FAILED, (A, U), "the read-back differs: ntp server 192.0.2.9: no ntp", 1),
    ),
    Case(
        "stopped on request",
        (Play([BEFORE], [states(A, U)]), Play([HALF])),
        *(Outcome.FAILED, (A, U), "stopped on request", 1),
    ),
    Case(
        "cut off half-way",
        (Play([BEFORE], [CUT]), Play([HALF])),
        *(Outcome.FAILED, (A, U), "cut off; 1 of 2 blocks applied; nothing was saved", 1),
    ),
    Case(
        "not saved",
        (Play([BEFORE, AFTER], [Sent(SENT)], saved=errors.SaveFailed("busy")),),
        *(Outcome.FAILED, SENT, "applied, read back, not saved: busy", 2),
    ),
    Case(
        "may not configure",
        (Play([BEFORE], [errors.NotAuthorised("no")]),),
        *(Outcome.REFUSED, (), "no"),
    ),
    Case(
        "somebody else configures",
        (Play([BEFORE], [errors.Busy("eva")]),),
        *(Outcome.REFUSED, (), "eva"),
    ),
    Case(
        "another host key",
        (Play(opened=errors.HostKeyError("changed")),),
        *(Outcome.REFUSED, (), "changed", 0, False, False),
    ),
    Case(
        "owned lines moved",
        (Play([running("ntp server 192.0.2.8")]),),
        *(Outcome.STALE, (), "moved on the device since the plan; plan again", 0, False, False),
    ),
    Case(
        "running moved before the commit",
        (Play([BEFORE], [errors.Stale("aborted")]),),
        *(Outcome.STALE, (), "aborted"),
    ),
    Case(
        "no session", (Play(opened=GONE),), *(Outcome.UNREACHABLE, (), "no answer", 0, False, False)
    ),
    Case(
        "cut off while reading",
        (Play([errors.Lost("cut off")]),),
        *(Outcome.UNREACHABLE, (), "cut off", 0, False, False),
    ),
    Case(
        "cut off, and not to be reached",
        (Play([BEFORE], [CUT]), Play(opened=GONE)),
        *(Outcome.UNKNOWN, (X, X), "cut off; then it could not be read back: no answer"),
    ),
    Case(
        "refused, and not to be reached",
        (Play([BEFORE], [REFUSED]), Play(opened=GONE)),
        *(Outcome.UNKNOWN, (X, X), "then it could not be read back"),
    ),
    Case(
        "a candidate that was lost before its commit",
        (Play([BEFORE], [errors.Lost("cut off", (U, U))]), Play(opened=GONE)),
        *(Outcome.UNKNOWN, (U, U), "then it could not be read back"),
    ),
    Case(
        "gone while it saved",
        (Play([BEFORE, AFTER], [Sent(SENT)], saved=errors.Lost("cut off")), Play(opened=GONE)),
        *(Outcome.UNKNOWN, (X, X), "cut off; then it could not be read back"),
    ),
)


def _applied(one: Subject, planned: Change, where: Stage, journal: Notes | None = None) -> Applied:
    result = apply(task(), {NAME: planned}, {NAME: one}, where, journal or Notes())
    return cast("Applied", result.result)


def _said(result: DeviceResult) -> tuple[object, ...]:
    return result.outcome, result.states, result.lines, result.saved


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_the_sessions_say_is_what_is_said(case: Case) -> None:
    one, journal = subject(), Notes()
    plays = tuple(replace(play, sent=[]) for play in case.plays)
    applied = _applied(one, change(one), stage(*plays), journal)
    assert _said(applied.result) == (case.outcome, case.states, case.lines, case.saved)
    assert case.why in applied.result.why
    assert bool(case.why) == bool(applied.result.why)
    assert journal.begun == ([NAME] if case.begun else [])
    assert journal.ended == [applied.result]
    assert sum(play.saves for play in plays) == (case.saved or "sav" in case.name)
    assert (applied.verified is not None) == (case.outcome is Outcome.CHANGED)


def test_the_table_has_every_outcome_but_the_one_without_a_session() -> None:
    assert {case.outcome for case in CASES} == set(Outcome) - {Outcome.SKIPPED}


@pytest.mark.parametrize("event", ["stop", "halt"])
def test_a_device_that_is_not_begun_is_skipped(event: str) -> None:
    one, where = subject(), stage()
    getattr(where, event).set()
    result = _applied(one, change(one), where).result
    assert (result.outcome, result.why) == (
        Outcome.SKIPPED,
        "the run was stopped before this device",
    )


@pytest.mark.parametrize(
    ("moved", "why"),
    [
        ({"intent": "other"}, "the intent has moved since the plan; plan again"),
        ({"templates": "other"}, "a template has moved since the plan; plan again"),
    ],
)
def test_what_a_plan_was_made_from_has_moved(moved: dict[str, str], why: str) -> None:
    one = subject()
    result = _applied(one, replace(change(one), **moved), stage()).result  # type: ignore[arg-type]
    assert (result.outcome, result.why) == (Outcome.STALE, why)


def test_nothing_is_sent_that_is_not_in_the_journal() -> None:
    one, play = subject(), Play([BEFORE])
    full = Notes(broken=errors.PortvaktError("the disk is full"))
    result = _applied(one, change(one), stage(play), full).result
    assert (result.outcome, result.why) == (
        Outcome.REFUSED,
        "no line was sent: the disk is full",
    )
    assert play.sent == []


@pytest.mark.parametrize("case", [CASES[6], CASES[-4]], ids=str)
def test_how_far_the_lines_came_is_known_of_a_lost_session(case: Case) -> None:
    one = subject()
    plays = tuple(replace(play, sent=[]) for play in case.plays)
    result = _applied(one, change(one), stage(*plays)).result
    reached = (result.sent, result.accepted, result.reached, result.line)
    assert reached == (2, 1, NEW, "no ntp server 192.0.2.9")


def test_half_a_block_is_undone_in_a_new_session() -> None:
    one = subject("vlan 110\n name INTERNET\n", "vlans")
    before, half = running(), running("vlan 110")
    refusal = Refusal("name INTERNET", "% no", 0)
    first = Play([before], [Sent((X,), refusal)])
    second = Play([half, before], [states(A)])
    result = _applied(one, change(one, before), stage(first, second)).result
    assert _said(result) == (Outcome.FAILED, (D,), 0, False)
    assert "0 of 1 blocks applied, 1 undone; nothing was saved" in result.why
    (undone,) = second.sent
    assert [line for stanza in undone for line in stanza.lines] == ["no vlan 110"]


def test_what_cannot_be_undone_is_unknown() -> None:
    one = subject("vlan 110\n name INTERNET\n", "vlans")
    half = running("vlan 110")
    first = Play([running()], [Sent((X,), Refusal("name INTERNET", "% no", 0))])
    second = Play([half], [Sent((X,), Refusal("no vlan 110", "% no", 0))])
    result = _applied(one, change(one, running()), stage(first, second)).result
    assert _said(result) == (Outcome.FAILED, (X,), 0, False)
    assert "1 unknown; nothing was saved" in result.why


def test_what_we_log_in_by_is_proved_by_a_new_login() -> None:
    one = subject("aaa new-model\n", "aaa")
    before, after = running(), running("aaa new-model")
    first, second = Play([before], [states(A)]), Play([after, after])
    result = _applied(one, change(one, before), stage(first, second)).result
    assert _said(result) == (Outcome.CHANGED, (A,), 1, True)
    assert (first.saves, second.saves) == (0, 1)


@pytest.mark.parametrize(
    ("fault", "outcome", "why"),
    [
        ("", Outcome.CHANGED, "what an earlier run left unsaved is saved now"),
        ("not shown", Outcome.CHANGED, "is saved now; not shown"),
        (errors.SaveFailed("busy"), Outcome.FAILED, "still not saved: busy"),
        (errors.Lost("cut off"), Outcome.UNKNOWN, "cut off; whether it is saved is not known"),
        (errors.DeviceError("odd"), Outcome.UNKNOWN, "odd; whether it is saved is not known"),
    ],
)
def test_what_was_left_unsaved_is_saved(fault: str | Exception, outcome: Outcome, why: str) -> None:
    one, play = subject(unsaved=True), Play([AFTER], saved=fault)
    result = _applied(one, change(one, AFTER), stage(play)).result
    assert (result.outcome, result.saved) == (outcome, isinstance(fault, str))
    assert why in result.why
    assert play.sent == []


def test_what_waits_is_counted_also_where_only_a_save_is_due() -> None:
    one, play = subject(unsaved=True), Play([AFTER])
    waiting = Deferred("interface Gi1/0/1", " ip verify source", "it has no binding")
    planned = replace(change(one, AFTER), deferred=(waiting,))
    assert _applied(one, planned, stage(play)).result.deferred == 1


@pytest.mark.parametrize(
    ("play", "known", "outcome"),
    [
        (Play([AFTER]), "", Outcome.UNCHANGED),
        (Play([HALF]), "", Outcome.FAILED),
        (Play([HALF]), HALF, Outcome.UNCHANGED),
        (Play(opened=GONE), "", Outcome.UNREACHABLE),
        (Play([errors.Lost("cut off")]), "", Outcome.UNREACHABLE),
    ],
)
def test_the_gate_reads_anew(play: Play, known: str, outcome: Outcome) -> None:
    one = subject()
    read = {NAME: one.tools.engine.running_digest(known)} if known else {}
    found = verify(task(), {NAME: change(one)}, {NAME: one}, stage(play), read).result
    assert isinstance(found, Applied)
    assert found.result.outcome is outcome


@pytest.mark.parametrize(
    ("ended", "fences"),
    [
        (CUT, 1),
        (Sent((X, X), Refusal(NEW, "it did not answer", 0), adrift=True), 1),
        (REFUSED, 0),
        (errors.Lost("cut off", (U, U)), 0),
        (states(A, U), 0),
    ],
)
def test_only_what_may_be_on_its_way_is_fenced_off_and_before_the_read(
    ended: Sent | Exception, fences: int
) -> None:
    one, second = subject(), Play([BEFORE])
    second.fence = lambda: second.done.append("fence")
    result = _applied(one, change(one), stage(Play([BEFORE], [ended]), second)).result
    assert result.outcome is Outcome.FAILED
    assert second.done == ["fence"] * fences + ["fetch"]
    assert result.states == (U, U)


@pytest.mark.parametrize("error", [errors.Refused("the mark", "I/O error"), errors.Lost("cut")])
def test_what_cannot_be_fenced_off_is_unknown_and_not_read(error: Exception) -> None:
    def broken() -> None:
        raise error

    one = subject()
    result = _applied(one, change(one), stage(Play([BEFORE], [CUT]), Play(fence=broken))).result
    assert (result.outcome, result.states) == (Outcome.UNKNOWN, (X, X))
    assert str(error) in result.why


def test_what_is_not_certain_about_a_save_is_said() -> None:
    one, play = subject(), Play([BEFORE, AFTER], [Sent(SENT)], saved="not shown")
    result = _applied(one, change(one), stage(play)).result
    assert (result.outcome, result.saved, result.why) == (Outcome.CHANGED, True, "not shown")
