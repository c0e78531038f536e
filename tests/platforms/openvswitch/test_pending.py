"""A timed commit: what the switch keeps of it, and what ends it."""

from __future__ import annotations

import base64
import gzip
import json
import shlex

import pytest

from automation.model import Output, Pending, Timer
from automation.platforms.openvswitch.pending import confirm, revert
from tests.platforms.openvswitch.ovsdb import Json
from tests.platforms.openvswitch.switch import OvsSwitch, carried_out
from tests.platforms.openvswitch.test_change import ACCESS, TIER, stanza, transaction, work

KEPT = '[{},{"count":1},{},{}]\n'


def undo(one: OvsSwitch) -> Json:
    """Return the transaction that the switch keeps to take a timed commit back."""
    kept = dict(one.database.tables["Open_vSwitch"][one.root]["external_ids"][1])
    return json.loads(gzip.decompress(base64.b64decode(kept["portvakt-undo"])))


def armed() -> OvsSwitch:
    """Return a switch on which a change from one tier to another waits."""
    one = OvsSwitch("sw")
    assert carried_out(one, (stanza(TIER),)) == []
    made = work(one, stanza(ACCESS, TIER), timer=Timer("token", 60))
    assert shlex.split(made.script.splitlines()[-1])[2:4] == ["60", "token"]
    one.database.transact(transaction(made.script))
    assert one.snapshot().pending == Pending("token", "ports: 1; over in 360 s at the latest")
    return one


def test_a_timed_commit_keeps_the_way_back_in_the_same_transaction() -> None:
    one = armed()
    results = one.database.transact(undo(one))
    assert not [one for one in results if one and "error" in one]
    assert str(one.snapshot().line("swp1")).replace("none/", "") == TIER.replace("none/", "")
    assert one.snapshot().pending is None
    assert len(one.database.tables["QoS"]) == 1


def test_a_confirmation_leaves_nothing_to_take_back() -> None:
    one = armed()
    back, before = undo(one), one.running()
    for token, stale in ("another", True), ("token", False), ("token", True):
        made = confirm(token)
        judged = made.judge(one.answer(made.script))
        assert (bool(judged.stale), judged.refusal) == (stale, None)
        assert (one.snapshot().pending is None) == (token == "token")
    assert one.database.transact(back)[0]["error"] == "timed out"
    assert one.running() == before
    assert shlex.split(revert("token").splitlines()[-1]) == ["pv_undo", "token"]


def test_a_note_that_nobody_can_read_is_dropped_when_the_port_comes_back() -> None:
    one = OvsSwitch("sw")
    one.database.named("Port", "swp1")["external_ids"] = ["map", [["portvakt-up", "fast"]]]
    made = work(one, stanza(ACCESS, "port swp1 up=none/other"), timer=Timer("token", 60))
    one.database.transact(transaction(made.script))
    one.database.transact(undo(one))
    assert "port swp1" in one.running().splitlines()


def test_what_is_left_of_another_record_is_not_taken_for_the_way_back() -> None:
    one = OvsSwitch("sw")
    root = one.database.tables["Open_vSwitch"][one.root]
    root["external_ids"] = ["map", [["portvakt-undo", "old"], ["portvakt-until", "x 1"]]]
    made = work(one, stanza(ACCESS), timer=Timer("token", 60))
    assert made.judge(one.carry_out(made.script)).refusal is None
    one.ring()
    assert "port swp1" in one.running().splitlines()
    assert root["external_ids"] == ["map", []]


@pytest.mark.parametrize(
    ("boot", "later", "left", "why"),
    [
        ("", 0, "; over in 360 s at the latest", ""),
        ("", 359, "; over in 1 s at the latest", ""),
        ("", 361, "", "its clock has not taken it back in its time"),
        ("another", 0, "", "the device was restarted before that"),
        ("another", -4999, "", "the device was restarted before that"),
    ],
)
def test_a_commit_is_abandoned_once_nobody_is_going_to_end_it(
    boot: str, later: int, left: str, why: str
) -> None:
    one = armed()
    one.boot, one.uptime = boot or one.boot, one.uptime + later
    assert one.snapshot().pending == Pending("token", f"ports: 1{left}", why)


def test_a_note_of_which_nothing_is_known_locks_nobody_out() -> None:
    one = OvsSwitch("sw")
    root = one.database.tables["Open_vSwitch"][one.root]
    root["external_ids"] = ["map", [["portvakt-commit", "by hand"]]]
    unknown = Pending("by hand", "nobody says what", "nothing says until when it waits")
    assert one.snapshot().pending == unknown
    root["external_ids"][1].append(["portvakt-until", one.boot])
    assert one.snapshot().pending is not None


@pytest.mark.parametrize(
    ("out", "said"),
    [
        (Output(0, KEPT, ""), ""),
        (Output(0, '[{"error":"timed out"},null,null,null]\n', ""), None),
        (Output(1, KEPT, "a word\n"), "a word"),
        (Output(0, '[{},{"count":0},{},{}]\n', ""), "the database answered [{}"),
        (Output(0, '[{},{"count":1},{},{"error":"I/O error"}]\n', ""), "I/O error"),
        (Output(0, '[{"error":"not allowed"},null,null,null]\n', ""), "not allowed"),
        (Output(1, "", "failed to connect\n"), "failed to connect"),
        (Output(142, "", ""), "it ended with status 142 and said nothing"),
        (Output(0, "", ""), "the database did not answer"),
        (Output(0, "[7]\n", ""), "the database did not answer"),
        (Output(0, "[]\n", ""), "the database did not answer"),
    ],
)
def test_only_an_answer_to_all_of_it_says_that_it_is_kept(out: Output, said: str | None) -> None:
    judged = confirm("token").judge(out)
    assert judged.answered == (len(out.out) > 9)
    assert bool(judged.stale) == (said is None)
    assert (said or "") in (judged.refusal.text if judged.refusal else "")
    assert bool(judged.refusal) == bool(said)
