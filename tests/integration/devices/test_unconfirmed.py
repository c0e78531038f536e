"""A timed commit that nobody confirmed: while it waits, and once its clock is dead."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import cast

import paramiko
import pytest

from automation.model import Output, Stanza
from tests.integration.devices.fake import Then
from tests.integration.devices.job import Job

pytestmark = pytest.mark.integration
CONFIRMATION = 3
"""The script of a run that ends a dead timed commit; a read for the change follows, and that."""
GATE = CONFIRMATION + 4
"""The script that reads the device anew at the gate of its wave, after the read-back."""


def unconfirmed(job: Job) -> tuple[str, dict[str, object]]:
    """Lose a device in the window of its timed commit; return what ran before, and how it ended."""
    before = job.desk.switch.running()
    row = job.run(None, None, None, Output(1, "", "the database is gone\n"))
    assert row["outcome"] == "unknown"
    assert job.desk.switch.snapshot().pending is not None
    return before, row


def restarted(job: Job) -> None:
    """Restart the switch, on which nobody has installed the boot hook."""
    job.desk.switch.boot = "another"


def out_of_time(job: Job) -> None:
    """Let the time of its timed commit be long past."""
    job.desk.switch.uptime += 1000


def cautions(job: Job) -> list[str]:
    """Return what a plan says that one should know."""
    (row,) = job.workspace.portvakt("plan", "provision-access", "-o", "json").json["devices"]
    return cast("list[str]", row["cautions"])


def test_while_a_timed_commit_waits_a_plan_says_so_and_a_run_is_refused(job: Job) -> None:
    unconfirmed(job)
    job.desk.switch.database.named("Port", "swp9")["tag"] = 7
    (caution,) = cautions(job)
    assert re.fullmatch(
        r"a timed commit \(ports: 52; over in \d+ s at the latest\) waits.*", caution
    )
    row = job.run()
    assert row["outcome"] == "refused"
    assert "a timed commit waits on the device (ports: 52; over in " in str(row["why"])


def test_a_device_that_does_not_come_back_is_unknown_and_takes_it_back_itself(job: Job) -> None:
    notes = job.desk.switch.database.tables["Open_vSwitch"][job.desk.switch.root]["external_ids"]
    notes[1].append(["portvakt-boot", job.desk.switch.boot])
    assert cautions(job) == []
    _, row = unconfirmed(job)
    assert str(row["why"]).endswith("unless it was confirmed the device takes it back")


def test_where_a_restart_would_keep_the_change_plan_and_result_say_so(job: Job) -> None:
    why = "its boot hook has not run (docs/platforms.md)"
    assert cautions(job) == [
        f"the change is a timed commit, which a restart would make stay: {why}"
    ]
    _, row = unconfirmed(job)
    assert str(row["why"]).endswith(f"takes it back, but not if it restarts before: {why}")


KEPT = "a timed commit whose clock died (ports: 52; {}) {} on it; what runs is kept"
RESTARTED = "the device was restarted before that"


@pytest.mark.parametrize(
    ("dies", "why"),
    [(restarted, RESTARTED), (out_of_time, "its clock has not taken it back in its time")],
)
def test_a_dead_timed_commit_is_told_and_kept_by_who_comes_next(
    job: Job, dies: Callable[[Job], None], why: str
) -> None:
    """What stands is what was intended, and the login that reads it is the proof it lacked."""
    unconfirmed(job)
    stands = job.desk.switch.running()
    dies(job)
    assert cautions(job) == [KEPT.format(why, "stands")]
    assert job.desk.switch.snapshot().pending is not None
    row = job.run()
    assert (row["outcome"], row["states"], row["lines"]) == ("unchanged", [], 0)
    assert row["why"] == KEPT.format(why, "stood")
    assert job.desk.switch.running() == stands
    assert job.desk.switch.snapshot().pending is None
    row = job.run()
    assert (row["outcome"], row["why"]) == ("unchanged", "")


def test_a_run_that_finds_a_dead_timed_commit_goes_on_and_arms_its_own(job: Job) -> None:
    unconfirmed(job)
    restarted(job)
    job.desk.switch.database.named("Port", "swp49")["trunks"] = 7
    kept, armed = cautions(job)
    assert kept == KEPT.format(RESTARTED, "stands")
    assert armed.startswith("the change is a timed commit, which a restart would make stay: ")
    job.desk.scripts.clear()
    row = job.run()
    assert (row["outcome"], row["lines"], row["ports_unchanged"]) == ("changed", 1, 51)
    assert row["why"] == KEPT.format(RESTARTED, "stood")
    assert job.clock.isdecimal()
    assert job.desk.switch.snapshot().pending is None
    assert job.run()["outcome"] == "unchanged"


def test_who_runs_it_is_told_of_a_good_device_too(job: Job) -> None:
    unconfirmed(job)
    restarted(job)
    said = job.workspace.portvakt("run", "provision-access", "-y").stdout
    assert f"{job.workspace.name}  UNCHANGED  {KEPT.format(RESTARTED, 'stood')}\n" in said


def test_the_gate_of_a_wave_adds_to_what_was_said_and_forgets_nothing(job: Job) -> None:
    unconfirmed(job)
    restarted(job)
    job.desk.switch.database.named("Port", "swp9")["tag"] = 7
    row = job.run(*[None] * GATE, Output(1, "", "I/O error\n"))
    assert row["outcome"] == "failed"
    assert str(row["why"]).startswith("applied, then it could not be read again: ")
    assert str(row["why"]).endswith(f"; {KEPT.format(RESTARTED, 'stood')}")


def test_a_dead_timed_commit_is_told_also_where_all_is_as_it_was_found_to_be_right(
    job: Job,
) -> None:
    """Somebody else's, of which this workspace's store knows nothing."""
    job.run()
    right = job.desk.switch.running()
    job.desk.switch.database.named("Port", "swp9")["tag"] = 7
    wrong = job.desk.switch.running()
    (line,) = {*right.splitlines()} - {*wrong.splitlines()}
    (undo,) = {*wrong.splitlines()} - {*right.splitlines()}
    session = job.desk.session()
    assert session.timed is not None
    session.timed.arm(60)
    session.configure([Stanza("ports", "", (line,), "", (undo,), subject="port swp9")], str)
    session.close()
    restarted(job)
    assert f"(ports: 1; {RESTARTED})" in cautions(job)[0]
    assert job.run()["outcome"] == "unchanged"
    assert job.desk.switch.running() == right
    assert cautions(job) == []


def test_a_playbook_that_only_verifies_does_not_call_it_good(job: Job) -> None:
    unconfirmed(job)
    restarted(job)
    (row,) = job.workspace.portvakt("run", "verify", "-o", "json").json["devices"]
    assert row["outcome"] == "failed"
    assert row["why"] == KEPT.format(RESTARTED, "stands")
    assert job.desk.switch.snapshot().pending is not None


@pytest.mark.parametrize("moves", [False, True])
def test_a_plan_that_did_not_see_a_timed_commit_die_is_judged_by_its_lines(
    job: Job, moves: bool
) -> None:
    unconfirmed(job)
    file = job.workspace.folder / "plan.json"
    job.desk.switch.database.named("Port", "swp9")["tag"] = 7
    assert job.workspace.portvakt("plan", "provision-access", "--out", file).returncode == 0
    restarted(job)
    if moves:
        job.desk.switch.database.named("Port", "swp10")["tag"] = 7
    row = job.workspace.portvakt("apply", file, "-y", "-o", "json").json["devices"][0]
    assert row["outcome"] == ("stale" if moves else "changed")
    assert row["why"].endswith("plan again" if moves else KEPT.format(RESTARTED, "stood"))
    assert (job.desk.switch.snapshot().pending is not None) == moves


def test_a_plan_whose_dead_timed_commit_is_gone_meanwhile_does_nothing_else(job: Job) -> None:
    before, _ = unconfirmed(job)
    restarted(job)
    file = job.workspace.folder / "plan.json"
    assert job.workspace.portvakt("plan", "provision-access", "--out", file).returncode == 0
    job.desk.switch.ring()
    row = job.workspace.portvakt("apply", file, "-y", "-o", "json").json["devices"][0]
    assert row["outcome"] == "stale"
    assert job.desk.switch.running() == before


def test_a_dead_timed_commit_that_somebody_ends_meanwhile_leaves_nothing_certain(job: Job) -> None:
    before, _ = unconfirmed(job)
    restarted(job)
    job.desk.ring_before_the_confirmation()
    row = job.run()
    assert (row["outcome"], row["lines"]) == ("stale", 0)
    assert str(row["why"]).endswith("was ended by somebody else meanwhile; plan again")
    assert job.desk.switch.running() == before
    assert job.run()["outcome"] == "changed"


NOT_KNOWN = "; whether its record is ended is not known"
REFUSED = Output(0, '[{"error":"constraint violation"}]\n', "")


@pytest.mark.parametrize(
    ("before", "answer", "outcome", "why"),
    [
        ([None], REFUSED, "failed", "'confirming a timed commit' was refused: the database"),
        ([None], Output(1, "", "I/O error\n"), "unknown", "confirming a timed commit: I/O error; "),
        ([None], Then.DROP, "unknown", "cut the session off"),
        ([], Then.DROP, "unreachable", "cut the session off"),
    ],
    ids=["refused", "no answer", "cut after", "cut before"],
)
def test_where_a_dead_timed_commit_cannot_be_kept_no_line_is_sent(
    job: Job, before: list[None], answer: Output | Then, outcome: str, why: str
) -> None:
    """It is said to stand only where that is known; a cut leaves it ended, without a word."""
    unconfirmed(job)
    restarted(job)
    job.desk.switch.database.named("Port", "swp9")["tag"] = 7
    row = job.run(None, None, *before, answer)
    assert (row["outcome"], row["sent"]) == (outcome, 0)
    assert why in str(row["why"])
    assert str(row["why"]).endswith(NOT_KNOWN) == (outcome == "unknown")
    assert "tag=7" in job.desk.switch.running()
    assert job.run()["outcome"] == "changed"


def test_a_confirmation_for_which_no_channel_was_opened_was_not_sent(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    unconfirmed(job)
    restarted(job)
    job.desk.scripts.clear()
    opened = paramiko.Transport.open_session

    def full(self: paramiko.Transport, *, timeout: float) -> paramiko.Channel:
        if len(job.desk.scripts) == CONFIRMATION:
            monkeypatch.setattr(paramiko.Transport, "open_session", opened)
            raise paramiko.ChannelException(4, "Resource shortage")
        return opened(self, timeout=timeout)

    monkeypatch.setattr(paramiko.Transport, "open_session", full)
    row = job.run()
    assert row["outcome"] == "unreachable"
    assert NOT_KNOWN not in str(row["why"])
    assert job.desk.switch.snapshot().pending is not None


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (Output(0, '[{},{},{"error":"timed out"}]\n', ""), "stale"),
        (Output(1, "", 'ovsdb-client: failed to connect to "x" (Permission denied)\n'), "refused"),
    ],
)
def test_a_change_that_does_not_begin_says_that_the_record_was_ended(
    job: Job, answer: Output, outcome: str
) -> None:
    unconfirmed(job)
    restarted(job)
    job.desk.switch.database.named("Port", "swp9")["tag"] = 7
    row = job.run(*[None] * (CONFIRMATION + 2), answer)
    assert (row["outcome"], row["sent"]) == (outcome, 0)
    assert str(row["why"]).endswith(f"; {KEPT.format(RESTARTED, 'stood')}")
    assert job.desk.switch.snapshot().pending is None
