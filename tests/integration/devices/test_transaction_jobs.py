"""Jobs on a device that takes transactions: what is said is what is so, however it went."""

from __future__ import annotations

from typing import cast

import paramiko
import pytest

from automation.model import Output
from tests.integration.devices.fake import Then
from tests.integration.devices.job import Job
from tests.integration.openvswitch.workspace import ROWS

pytestmark = pytest.mark.integration

PLAN, APPLY, CHANGE = range(3)
"""The scripts of a run in their order: what plans reads, what applies reads, and the change."""


def test_a_change_of_uplinks_is_confirmed_over_a_new_login(job: Job) -> None:
    assert job.run()["outcome"] == "changed"
    first = ["fetch", "fetch", "pv_change", "fetch"]
    assert job.verbs[:4] == first
    assert any("portvakt: confirmed" in script for script in job.desk.scripts)
    assert job.desk.switch.snapshot().pending is None
    assert job.run()["outcome"] == "unchanged"


def test_a_change_of_other_ports_needs_no_second_login_and_no_clock(job: Job) -> None:
    job.run()
    job.desk.scripts.clear()
    job.desk.switch.database.named("Port", "swp9")["tag"] = 7
    assert job.run()["outcome"] == "changed"
    assert job.verbs == ["fetch", "fetch", "pv_change", "fetch", "fetch"]
    assert job.clock == ""


@pytest.mark.parametrize("role", ["downlink", "interconnect"])
def test_a_port_that_leads_to_another_switch_may_be_our_way_in(job: Job, role: str) -> None:
    """From parked to its role, one VLAN less by hand, and parked again: each has to be proved.

    Another such port stays, so that the uplinks carry the same all the time.
    """
    job.workspace.import_ports(f"{job.workspace.name};swp10;downlink;;;;;;;\n")
    job.run()
    for now, by_hand in (role, False), (role, True), ("parked", False):
        job.workspace.import_ports(f"{job.workspace.name};swp9;{now};;;;;;;\n")
        if by_hand:
            job.desk.switch.database.named("Port", "swp9")["trunks"] = 7
        job.desk.scripts.clear()
        row = job.run()
        assert (row["outcome"], row["lines"]) == ("changed", 1)
        assert job.clock.isdecimal()
        assert job.desk.switch.snapshot().pending is None
    assert job.run()["outcome"] == "unchanged"


def test_a_session_cut_after_the_commit_is_finished_by_the_next(job: Job) -> None:
    row = job.run(None, None, Then.DROP)
    assert row["outcome"] == "changed"
    assert job.verbs[3:5] == ["ovsdb-client", "fetch"]
    assert job.desk.switch.snapshot().pending is None
    assert job.run()["outcome"] == "unchanged"


def test_a_change_that_comes_late_is_fenced_off_before_it_is_said_to_be_untouched(job: Job) -> None:
    job.run()
    job.desk.scripts.clear()
    job.desk.switch.database.named("Port", "swp9")["tag"] = 7
    before = job.desk.switch.running()
    row = job.run(None, None, Then.STALL)
    assert (row["outcome"], row["states"]) == ("failed", ["untouched"])
    assert job.verbs == ["fetch", "fetch", "pv_change", "ovsdb-client", "fetch"]
    assert "timed out" in job.desk.let_go().out
    assert job.desk.switch.running() == before
    assert job.run()["outcome"] == "changed"


def test_a_timed_commit_that_comes_late_is_fenced_off_as_well(job: Job) -> None:
    before = job.desk.switch.running()
    row = job.run(None, None, Then.STALL)
    assert row["outcome"] == "failed"
    assert set(cast("list[str]", row["states"])) == {"untouched"}
    assert "timed out" in job.desk.let_go().out
    assert job.desk.switch.running() == before
    assert job.desk.switch.snapshot().pending is None
    assert job.run()["outcome"] == "changed"


@pytest.mark.parametrize(
    "instead", [Then.DROP, Then.STALL, Output(1, "", "I/O error\n"), Output(0, "[]\n", "")]
)
def test_what_cannot_be_fenced_off_is_unknown(job: Job, instead: Output | Then) -> None:
    row = job.run(None, None, Then.DROP, instead)
    assert row["outcome"] == "unknown"
    assert set(cast("list[str]", row["states"])) == {"unknown"}


def test_what_the_database_did_not_answer_is_fenced_off_too(job: Job) -> None:
    row = job.run(None, None, Output(142, "", ""))
    assert (row["outcome"], row["text"]) == ("failed", "it ended with status 142 and said nothing")
    assert job.verbs[3:5] == ["ovsdb-client", "fetch"]


def test_what_goes_wrong_after_an_armed_commit_is_taken_back_whole(job: Job) -> None:
    before = job.desk.switch.running()
    job.desk.after_commit = Output(1, "[{}]\n", "OFPMMFC_OUT_OF_METERS\n")
    row = job.run()
    assert row["outcome"] == "failed"
    assert row["text"] == "OFPMMFC_OUT_OF_METERS"
    assert "undone" in str(row["why"])
    assert job.desk.switch.running() == before
    assert job.desk.switch.snapshot().pending is None


def test_of_a_change_for_which_no_channel_was_opened_no_line_was_sent(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    job.run()
    job.desk.switch.database.named("Port", "swp9")["tag"] = 7
    job.desk.scripts.clear()
    opened = paramiko.Transport.open_session

    def full(self: paramiko.Transport, *, timeout: float) -> paramiko.Channel:
        if len(job.desk.scripts) == CHANGE:
            monkeypatch.setattr(paramiko.Transport, "open_session", opened)
            raise paramiko.ChannelException(4, "Resource shortage")
        return opened(self, timeout=timeout)

    monkeypatch.setattr(paramiko.Transport, "open_session", full)
    row = job.run()
    assert (row["outcome"], row["states"]) == ("failed", ["untouched"])
    assert (row["sent"], row["accepted"], row["line"]) == (0, 0, "")
    assert "Resource shortage" in str(row["why"])
    assert job.verbs == ["fetch", "fetch", "fetch"]  # nothing is adrift: no fence


def test_a_clock_that_is_faster_than_the_confirmation_is_told(job: Job) -> None:
    before = job.desk.switch.running()
    job.desk.ring_before_the_confirmation()
    row = job.run()
    assert row["outcome"] == "failed"
    assert str(row["why"]).startswith("the device took the change back before it was confirmed; 0 ")
    assert (set(cast("list[str]", row["states"])), row["lines"]) == ({"undone"}, 0)
    assert job.desk.switch.running() == before
    assert job.run()["outcome"] == "changed"


def test_words_of_missing_rights_after_the_commit_do_not_make_it_nothing(job: Job) -> None:
    job.run()
    job.desk.switch.database.named("Port", "swp9")["tag"] = 7
    denied = "swp9: could not open network device swp9 (Permission denied)"
    job.desk.after_commit = Output(1, "[{}]\n", f"{denied}\n")
    row = job.run()
    assert (row["outcome"], row["text"], row["states"]) == ("failed", denied, ["applied"])
    assert "tag=7" not in job.desk.switch.running()
    row = job.run()
    assert (row["outcome"], row["why"]) == ("unchanged", ""), "a database has nothing left to save"


def test_a_login_that_may_not_change_anything_is_refused_and_nothing_was_sent(job: Job) -> None:
    denied = 'ovsdb-client: failed to connect to "unix:x" (Permission denied)\n'
    row = job.run(None, None, Output(1, "", denied))
    assert (row["outcome"], row["states"], row["sent"]) == ("refused", [], 0)
    assert job.verbs == ["fetch", "fetch", "pv_change"]


def test_what_an_undo_puts_in_force_again_is_not_held_against_it(job: Job) -> None:
    """The switch daemon was restarted: before the change nothing of what the rows say is in force.

    Blocks that only put it in force again are applied, since that is what the undo leaves.
    """
    job.run()
    job.desk.switch.forget()
    before = job.desk.switch.running()
    assert "up=none/100M" in before
    rows = ROWS.format(name=job.workspace.name).replace(";t100;", ";t250;")
    job.workspace.import_ports(rows)
    job.desk.switch.database.named("Port", "swp49")["trunks"] = 7
    job.desk.after_commit = Output(1, "[{}]\n", "OFPMMFC_OUT_OF_METERS\n")
    row = job.run()
    assert (row["outcome"], row["text"]) == ("failed", "OFPMMFC_OUT_OF_METERS")
    assert set(cast(list[str], row["states"])) == {"applied", "undone"}
    now = job.desk.switch.running().replace("trunks=7", "")
    assert "up=100M" in now
    assert "none/" not in now


def test_a_refused_transaction_leaves_everything_untouched(job: Job) -> None:
    before = job.desk.switch.running()
    refused = Output(0, '[{"error":"constraint violation","details":"no"}]\n', "")
    row = job.run(None, None, refused)
    assert (row["outcome"], row["text"]) == ("failed", "constraint violation: no")
    assert job.desk.switch.running() == before
    assert "ovsdb-client" not in job.verbs  # it was answered: no fence
    assert "nothing was saved" not in str(row["why"])


def test_a_port_that_moves_between_the_last_read_and_the_commit_is_stale(job: Job) -> None:
    row = job.run(None, None, Output(0, '[{},{},{"error":"timed out"}]\n', ""))
    assert row["outcome"] == "stale"
    assert "has moved meanwhile; nothing was changed" in str(row["why"])


def test_what_was_taken_back_is_told_so_whatever_is_wrong_with_another_port(job: Job) -> None:
    before = job.desk.switch.running()
    lacking = Output(1, "", "swp9: it has no OpenFlow number")
    job.desk.after_commit = job.desk.after_undo = lacking
    row = job.run()
    assert (row["outcome"], row["lines"]) == ("failed", 0)
    assert set(cast("list[str]", row["states"])) == {"undone"}
    assert str(row["why"]).endswith(f"; it is taken back, but: {lacking.err}")
    assert job.desk.switch.running() == before
