"""Jobs on a device that takes transactions: what is said is what is so, however it went."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import pytest

from automation.model import Output
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
    assert "pv_transact" in job.verbs
    assert job.desk.switch.snapshot().pending is None
    assert job.run()["outcome"] == "unchanged"


def test_a_change_of_other_ports_needs_no_second_login_and_no_clock(job: Job) -> None:
    job.run()
    job.desk.scripts.clear()
    job.desk.switch.database.named("Port", "swp9")["tag"] = 7
    assert job.run()["outcome"] == "changed"
    assert job.verbs == ["fetch", "fetch", "pv_change", "fetch", "fetch"]
    assert job.desk.scripts[CHANGE].splitlines()[-1].split()[2:4] == ["''", "''"]


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


def test_while_a_timed_commit_waits_a_run_is_refused(job: Job) -> None:
    root = job.desk.switch.database.tables["Open_vSwitch"][job.desk.switch.root]
    root["external_ids"] = ["map", [["portvakt-commit", "somebody"]]]
    row = job.run()
    assert row["outcome"] == "refused"
    assert "a timed commit waits" in str(row["why"])


def test_a_device_that_does_not_come_back_is_unknown_and_takes_it_back_itself(job: Job) -> None:
    row = job.run(None, None, None, Output(1, "", "the database is gone\n"))
    assert row["outcome"] == "unknown"
    assert str(row["why"]).endswith("unless it was confirmed the device takes it back")
    assert job.desk.switch.snapshot().pending is not None
