"""The mark that keeps late changes out: what it holds up, what it lets through, how it is told."""

from __future__ import annotations

import json
import shlex

import pytest

from automation.model import Output, Timer
from automation.platforms.openvswitch.fence import fence
from automation.platforms.openvswitch.pending import confirm
from tests.platforms.openvswitch.ovsdb import Json
from tests.platforms.openvswitch.switch import OvsSwitch, carried_out
from tests.platforms.openvswitch.test_change import ACCESS, stanza, work
from tests.platforms.openvswitch.test_pending import undo

FENCED = "a lost change was settled meanwhile, and all that was sent before it is fenced off"
DONE = '[{"count":1},{},{}]\n'


def notes(one: OvsSwitch) -> dict[str, str]:
    """Return what the switch has noted about itself."""
    return dict(one.database.tables["Open_vSwitch"][one.root]["external_ids"][1])


def set_mark(one: OvsSwitch, mark: str) -> None:
    made = fence(mark)
    assert made.judge(one.answer(made.script)).refusal is None


@pytest.mark.parametrize("before", ["", "older"], ids=["none", "another"])
def test_what_was_written_down_before_the_mark_changes_nothing(before: str) -> None:
    one = OvsSwitch("sw")
    if before:
        set_mark(one, before)
    late, running = work(one, stanza(ACCESS)), one.running()
    set_mark(one, "newer")
    judged = late.judge(one.carry_out(late.script))
    assert (judged.stale, judged.refusal) == (FENCED, None)
    assert one.running() == running
    assert notes(one)["portvakt-fence"] == "newer"


def test_without_a_mark_it_would_land() -> None:
    one = OvsSwitch("sw")
    late = work(one, stanza(ACCESS))
    assert late.judge(one.carry_out(late.script)).refusal is None
    assert ACCESS in one.running().splitlines()


def test_what_is_written_down_after_the_mark_lands_and_leaves_it() -> None:
    one, before = OvsSwitch("sw"), OvsSwitch("sw").running()
    set_mark(one, "a")
    assert one.running() == before  # it is nothing that we own
    assert carried_out(one, (stanza(ACCESS),)) == []
    assert notes(one) == {"hostname": "sw", "portvakt-fence": "a"}


def test_another_note_that_moves_is_no_fence() -> None:
    one = OvsSwitch("sw")
    set_mark(one, "a")
    late = work(one, stanza(ACCESS))
    one.database.tables["Open_vSwitch"][one.root]["external_ids"][1].append(["rack", "7"])
    judged = late.judge(one.carry_out(late.script))
    assert judged.stale == "the switch's own record has moved meanwhile"


@pytest.mark.parametrize("end", ["confirm", "undo"])
def test_a_pending_commit_can_be_ended_whatever_the_mark(end: str) -> None:
    one, before = OvsSwitch("sw"), OvsSwitch("sw").running()
    made = work(one, stanza(ACCESS), timer=Timer("token", 60))
    assert made.judge(one.carry_out(made.script)).refusal is None
    set_mark(one, "a")
    assert one.snapshot().pending is not None
    ends: Json = undo(one)
    if end == "confirm":
        ends = json.loads(shlex.split(confirm("token").script.splitlines()[-1])[-1])
    assert not [result for result in one.database.transact(ends) if result and "error" in result]
    assert one.snapshot().pending is None
    assert (one.running() == before) == (end == "undo")
    assert notes(one)["portvakt-fence"] == "a"


@pytest.mark.parametrize(
    ("out", "committed", "answered", "said"),
    [
        (Output(0, DONE, ""), True, True, ""),
        (Output(1, DONE, "a word\n"), True, True, "a word"),
        (Output(0, '[{"count":0},{},{}]\n', ""), False, True, "the database answered [{"),
        (Output(0, '[{"count":1},{},{"error":"I/O error"}]\n', ""), False, True, "I/O error"),
        (Output(0, '[{"error":"not allowed"},null,null]\n', ""), False, True, "not allowed"),
        (Output(1, "", "failed to connect\n"), True, False, "failed to connect"),
        (Output(142, "", ""), True, False, "it ended with status 142 and said nothing"),
        (Output(0, "", ""), True, False, "the database did not answer"),
        (Output(0, "7\n", ""), True, False, "the database did not answer"),
        (Output(0, "[]\n", ""), True, False, "the database did not answer"),
    ],
)
def test_only_an_answer_to_all_of_it_says_that_it_is_set(
    out: Output, committed: bool, answered: bool, said: str
) -> None:
    judged = fence("a").judge(out)
    assert (judged.committed, judged.answered) == (committed, answered)
    assert said in (judged.refusal.text if judged.refusal else "")
    assert bool(said) == bool(judged.refusal)


def test_the_database_answers_when_the_mark_is_on_its_disk() -> None:
    (words,) = (line for line in fence("a").script.splitlines() if "transact" in line)
    assert json.loads(shlex.split(words)[-1])[-1] == {"op": "commit", "durable": True}
