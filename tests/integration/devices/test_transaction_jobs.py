"""Jobs on a device that takes transactions: what is said is what is so, however it went."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

import paramiko
import pytest

from automation.model import Output, Stanza
from tests.integration.devices import fake
from tests.integration.devices.desk import Desk
from tests.integration.devices.fake import Rack, Then
from tests.integration.openvswitch.workspace import ROWS, OneSwitch

pytestmark = pytest.mark.integration

LOGIN = f'username = "{fake.USER}"\npassword = {{command = ["printf", "{fake.PASSWORD}"]}}'
PLAN, APPLY, CHANGE = range(3)
"""The scripts of a run in their order: what plans reads, what applies reads, and the change."""


class Job:
    """A workspace whose one device is a desk."""

    def __init__(self, rack: Rack, folder: Path) -> None:
        self.desk = Desk(rack, folder)
        self.desk.listen()
        port = self.desk.device
        (key,) = self.desk.hostkeys.list()
        self.workspace = OneSwitch(folder, port, LOGIN, key.kind, key.key)

    def run(self, *instead: Output | Then | None) -> dict[str, object]:
        """Run the playbook; `instead` are the answers to its scripts."""
        self.desk.instead = [*instead]
        return self.workspace.run()

    @property
    def verbs(self) -> Sequence[str]:
        """What each script asked for."""
        last = (script.splitlines()[-1].split()[0] for script in self.desk.scripts)
        return ["fetch" if verb == "done" else verb for verb in last]


@pytest.fixture
def job(rack: Rack, tmp_path: Path) -> Job:
    """A workspace and its device, as it comes."""
    return Job(rack, tmp_path)


def test_a_change_of_uplinks_is_confirmed_over_a_new_login(job: Job) -> None:
    assert job.run()["outcome"] == "changed"
    first = ["fetch", "fetch", "pv_change", "fetch"]
    assert job.verbs[:4] == first
    assert any("portvakt: confirmed" in script for script in job.desk.scripts)
    assert job.desk.switch.snapshot().pending is None
    assert job.run()["outcome"] == "unchanged"


def clock(job: Job) -> str:
    """Return how many seconds the last change was to wait for its proof, or ""."""
    (change,) = (one for one in job.desk.scripts if one.splitlines()[-1].startswith("pv_change "))
    return shlex.split(change.splitlines()[-1])[2]


def test_a_change_of_other_ports_needs_no_second_login_and_no_clock(job: Job) -> None:
    job.run()
    job.desk.scripts.clear()
    job.desk.switch.database.named("Port", "swp9")["tag"] = 7
    assert job.run()["outcome"] == "changed"
    assert job.verbs == ["fetch", "fetch", "pv_change", "fetch", "fetch"]
    assert clock(job) == ""


@pytest.mark.parametrize("role", ["downlink", "interconnect"])
def test_a_port_that_leads_to_another_switch_may_be_our_way_in(job: Job, role: str) -> None:
    """From parked to its role, one VLAN less by hand, and parked again: each has to be proved."""
    job.run()
    for now, by_hand in (role, False), (role, True), ("parked", False):
        job.workspace.import_ports(f"{job.workspace.name};swp9;{now};;;;;;;\n")
        if by_hand:
            job.desk.switch.database.named("Port", "swp9")["trunks"] = 7
        job.desk.scripts.clear()
        assert job.run()["outcome"] == "changed"
        assert clock(job).isdecimal()
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
    assert clock(job).isdecimal()
    assert job.desk.switch.snapshot().pending is None
    assert job.run()["outcome"] == "unchanged"


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


@pytest.mark.parametrize(
    ("answer", "outcome", "why"),
    [
        (Output(1, "", "I/O error\n"), "failed", "'confirming a timed commit' was refused: I/O"),
        (Then.DROP, "unreachable", "cut the session off"),
    ],
)
def test_where_a_dead_timed_commit_cannot_be_kept_no_line_is_sent(
    job: Job, answer: Output | Then, outcome: str, why: str
) -> None:
    unconfirmed(job)
    restarted(job)
    job.desk.switch.database.named("Port", "swp9")["tag"] = 7
    row = job.run(None, None, None, answer)
    assert (row["outcome"], row["sent"]) == (outcome, 0)
    assert why in str(row["why"])
    assert "tag=7" in job.desk.switch.running()
    assert job.run()["outcome"] == "changed"


def test_what_was_taken_back_is_told_so_whatever_is_wrong_with_another_port(job: Job) -> None:
    before = job.desk.switch.running()
    lacking = Output(1, "", "swp9: it has no OpenFlow number, so it is neither metered nor guarded")
    job.desk.after_commit = job.desk.after_undo = lacking
    row = job.run()
    assert (row["outcome"], row["lines"]) == ("failed", 0)
    assert set(cast("list[str]", row["states"])) == {"undone"}
    assert str(row["why"]).endswith(f"; it is taken back, but: {lacking.err}")
    assert job.desk.switch.running() == before
