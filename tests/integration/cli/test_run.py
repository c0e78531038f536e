"""The main job on the twin: everything is changed once, and nothing the second time."""

from __future__ import annotations

import csv
import io
import json

import pytest

from tests.integration.cli.twin import Done, Twin, outcomes

RUN = ("run", "provision-access", "-y")
EIGHT = (
    *("changed", "unchanged", "failed", "refused"),
    *("stale", "unreachable", "unknown", "skipped"),
)


@pytest.fixture(scope="module")
def first(twin: Twin) -> Done:
    """The first run over the bootstrapped network."""
    return twin.process(*RUN, "-o", "json")


def test_the_first_run_changes_every_device(twin: Twin, first: Done) -> None:
    assert first.returncode == 0, first.stderr
    recap = first.json["recap"]
    assert (recap["planned"], recap["changed"]) == (12, 12)
    assert sum(recap[name] for name in EIGHT) == recap["planned"]
    assert recap["ports"]["changed"] >= 12 * 48
    assert (first.json["job"], len(first.json["plan"])) == (1, 64)
    assert {row["saved"] for row in first.json["devices"]} == {True}
    assert all(count > 0 for count in twin.configured().values())


def test_a_second_run_changes_nothing_and_configures_nobody(twin: Twin, first: Done) -> None:
    before = twin.configured()
    second = twin.process(*RUN, "-o", "json")
    assert second.returncode == 0, second.stderr
    assert second.json["recap"]["unchanged"] == 12
    assert second.json["recap"]["ports"]["unchanged"] == first.json["recap"]["ports"]["changed"]
    assert twin.configured() == before


def test_for_people_the_recap_is_the_last_thing_on_stdout(twin: Twin, first: Done) -> None:
    done = twin.process(*RUN, "-l", "estate=mkb")
    title, header, devices, ports = done.stdout.splitlines()
    assert title.startswith("RECAP  provision-access  job ")
    assert header.split() == ["planned", *EIGHT]
    assert devices.split() == ["devices", "5", "0", "5", *["0"] * 6]
    assert ports.split()[0] == "ports"
    assert "devices to change    0 of 5" in done.stderr


def test_a_playbook_that_verifies_sends_nothing_and_needs_no_yes(twin: Twin, first: Done) -> None:
    before = twin.configured()
    done = twin.portvakt("run", "verify", "-o", "json")
    assert (done.returncode, done.json["recap"]["unchanged"], done.json["job"]) == (0, 12, None)
    assert twin.configured() == before


def test_a_line_changed_by_hand_is_planned_alone_and_mended(twin: Twin, first: Done) -> None:
    device, port = "city-acc-003", _customer_port(twin, "city-acc-003")
    twin.edit(device, f"interface {port}", "no switchport protected")
    send = [f"interface {port}", " switchport protected"]
    rollback = [f"interface {port}", " no switchport protected"]

    verified = twin.portvakt("run", "verify", "-l", device, "-o", "json")
    assert (verified.returncode, outcomes(verified)) == (3, {device: "failed"})
    assert verified.json["devices"][0]["why"] == f"differs: interface {port}, switchport protected"

    planned = twin.portvakt("run", "provision-access", "-C", "-D", "-l", device, "-o", "json")
    assert planned.returncode == 0
    (row,) = planned.json["devices"]
    assert (row["send"], row["rollback"], row["ports"]) == (send, rollback, [port])

    shown = twin.portvakt("run", "provision-access", "-C", "-D", "-l", device).stdout.splitlines()
    assert shown[:6] == [
        f"{device}:",
        *(f"  {line}" for line in send),
        "rollback:",
        *(f"  {line}" for line in rollback),
    ]
    assert outcomes(twin.portvakt(*RUN, "-l", device, "-o", "json")) == {device: "changed"}
    assert twin.portvakt("run", "verify", "-l", device).returncode == 0


def _customer_port(twin: Twin, device: str) -> str:
    rows = twin.portvakt("port", "list", "-l", device, "--state", "active", "-o", "json").json
    return str(next(row["port"] for row in rows if row["role"] == "customer"))


@pytest.mark.parametrize(
    ("form", "rows"),
    [
        ("jsonl", lambda text: [json.loads(line) for line in text.splitlines()][:-1]),
        ("csv", lambda text: list(csv.DictReader(io.StringIO(text)))),
    ],
)
def test_results_a_line_each(twin: Twin, first: Done, form: str, rows: object) -> None:
    done = twin.portvakt(*RUN, "-l", "estate=mkb", "-o", form)
    assert callable(rows)
    assert [row["outcome"] for row in rows(done.stdout)] == ["unchanged"] * 5


def test_the_journal_remembers_who_and_what(twin: Twin, first: Done) -> None:
    jobs = twin.portvakt("job", "list", "-o", "json").json
    (job,) = [one for one in jobs if one["job"] == 1]
    assert (job["plan"], job["outcomes"]) == (first.json["plan"], {"changed": 12})
    shown = twin.portvakt("job", "show", "1", "-D", "-o", "json").json
    assert shown["who"] == job["who"]
    assert {row["outcome"] for row in shown["devices"]} == {"changed"}
    assert all(row["send"] and row["rollback"] for row in shown["devices"])
    assert "city-acc-001" in twin.portvakt("job", "show", "1").stdout
    assert twin.portvakt("job", "show", "999").returncode == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "provision-access"), "no -y"),
        (("run", "provision-accesss", "-y"), "no playbook"),
        (("run", "provision-access", "-y", "-l", "role=core"), "matches no device"),
        (("run", "provision-access", "-y", "-l", "rôle=core"), "unknown key"),
    ],
)
def test_what_cannot_be_begun_is_refused_before_anything_is_sent(
    twin: Twin, arguments: tuple[str, ...], said: str
) -> None:
    before = twin.configured()
    done = twin.portvakt(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert twin.configured() == before


def test_progress_without_a_terminal_is_lines_when_asked_for(twin: Twin, first: Done) -> None:
    done = twin.process("-v", *RUN, "-l", "city-acc-001", "-o", "json")
    assert done.json["recap"]["planned"] == 1
    assert "reading 1 device\n" in done.stderr
    assert "\x1b" not in done.stderr
