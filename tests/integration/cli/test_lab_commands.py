"""The twin, bent and mended through the command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.integration.cli.twin import Twin, called, outcomes, twin_in

DEVICE = "city-acc-001"


def test_status_tells_how_it_is_and_down_stops_it(tmp_path: Path) -> None:
    with twin_in(tmp_path / "lab") as twin:
        status = twin.portvakt("lab", "status", "-o", "json")
        assert (status.returncode, status.json["running"], status.json["devices"]) == (0, True, 12)
        assert set(status.json["counters"][DEVICE].values()) == {0}
        assert twin.portvakt("run", "provision-access", "-C", "-l", DEVICE).returncode == 0
        counters = twin.portvakt("lab", "status", "-o", "json").json["counters"]
        given = {name for name, one in counters.items() if one["commands"]}
        assert (given, counters[DEVICE]["configured"]) == ({DEVICE}, 0)
        assert called("lab", "down", "-w", twin.folder).returncode == 0
        status = twin.portvakt("lab", "status")
        assert (status.returncode, "not running" in status.stdout) == (3, True)
        assert twin.portvakt("lab", "down").returncode == 0
        ended = outcomes(twin.portvakt("run", "verify", "-l", DEVICE, "-o", "json"))
        assert ended == {DEVICE: "unreachable"}


def test_up_writes_a_workspace_with_ports_that_can_be_planned(tmp_path: Path) -> None:
    folder = tmp_path / "lab"
    try:
        started = called("lab", "up", "--dir", folder, "--latency", "1")
        assert started.returncode == 0, started.stderr
        assert started.stdout.startswith("demo: 12 devices")
        planned = called("-w", folder, "run", "provision-access", "-C", "-o", "json")
        assert planned.json["counts"]["to_change"] == 12
        again = called("lab", "up", "--dir", folder)
        assert (again.returncode, again.stdout) == (2, "")
        assert "runs already" in again.stderr
    finally:
        assert called("-w", folder, "lab", "down").returncode == 0


def _configured(twin: Twin) -> list[str]:
    """Return what the device runs, less the head of the display: its size and its times."""
    shown = twin.portvakt("lab", "running", DEVICE).stdout.splitlines()
    return [line for line in shown if not line.startswith(("!", "Current configuration"))]


def test_up_starts_a_stopped_lab_again_at_factory_default(tmp_path: Path) -> None:
    with twin_in(tmp_path / "lab") as twin:
        before = _configured(twin)
        twin.portvakt("lab", "edit", DEVICE, "interface GigabitEthernet1/0/7", "shutdown")
        assert _configured(twin) != before
        ports = twin.portvakt("port", "export").stdout
        assert twin.portvakt("lab", "down").returncode == 0
        again = called("lab", "up", "--dir", twin.folder)
        assert (again.returncode, "demo: 12 devices at" in again.stdout) == (0, True), again.stderr
        assert _configured(twin) == before
        assert twin.portvakt("port", "export").stdout == ports


def test_a_lab_is_not_written_where_something_else_is(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine", encoding="utf-8")
    done = called("lab", "up", "--dir", tmp_path)
    assert (done.returncode, "not an empty folder" in done.stderr) == (2, True)
    under = called("lab", "up", "--dir", tmp_path / "letter.txt" / "lab")
    assert (under.returncode, "Not a directory" in under.stderr) == (2, True)


def test_bindings_are_shown_and_forgotten(twin: Twin) -> None:
    shown = twin.portvakt("lab", "bindings", DEVICE)
    assert (shown.returncode, len(shown.stdout.splitlines())) == (0, 34)
    assert shown.stdout.startswith("GigabitEthernet1/0/")
    assert " vlan 11" in shown.stdout
    for arguments in (("--clear",), ()):
        gone = twin.portvakt("lab", "bindings", DEVICE, *arguments)
        assert (gone.returncode, gone.stdout) == (0, "")


def test_the_truth_is_written_and_frozen_counters_stand(twin: Twin, tmp_path: Path) -> None:
    out = tmp_path / "truth.json"

    def counted() -> object:
        done = twin.portvakt("lab", "truth", "--out", out)
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
        device = json.loads(out.read_text(encoding="utf-8"))["devices"][DEVICE]
        return device["interfaces"]["Te1/0/1"]["counters"]["in_octets"]

    assert twin.portvakt("lab", "freeze").returncode == 0
    before = counted()
    assert isinstance(before, dict)
    assert before["rate"] == 0
    assert counted() == before
    assert twin.portvakt("lab", "unfreeze").returncode == 0
    after = counted()
    assert isinstance(after, dict)
    assert (after["start"], after["rate"] > 0) == (before["start"], True)
    nowhere = twin.portvakt("lab", "truth", "--out", tmp_path / "no" / "folder")
    assert (nowhere.returncode, "cannot be written" in nowhere.stderr) == (2, True)


def test_a_reboot_forgets_what_was_not_saved(twin: Twin) -> None:
    before = _configured(twin)
    twin.portvakt("lab", "edit", DEVICE, "interface GigabitEthernet1/0/9", "description unsaved")
    assert _configured(twin) != before
    assert twin.portvakt("lab", "reboot", DEVICE).returncode == 0
    assert "description unsaved" not in "".join(_configured(twin))


def test_a_line_typed_by_hand_runs_and_a_wrong_one_is_answered(twin: Twin) -> None:
    port = "interface GigabitEthernet1/0/7"
    assert twin.portvakt("lab", "edit", DEVICE, port, "description by hand").stdout == ""
    shown = twin.portvakt("lab", "running", DEVICE).stdout
    assert f"{port}\n description by hand\n" in shown
    wrong = twin.portvakt("lab", "edit", DEVICE, "fly away")
    assert "% Invalid input detected" in wrong.stdout


def test_a_fault_lasts_until_it_is_mended(twin: Twin) -> None:
    run = ("run", "provision-access", "-y", "-l", DEVICE, "-o", "json")
    fault = ("--fault", "refuse", "--line", "3", "--wording", "incomplete")
    assert twin.portvakt("lab", "break", DEVICE, *fault).returncode == 0
    done = twin.portvakt(*run)
    assert outcomes(done) == {DEVICE: "failed"}
    assert "% Incomplete command" in done.json["devices"][0]["text"]
    assert twin.portvakt("lab", "mend", DEVICE).returncode == 0
    assert outcomes(twin.portvakt(*run)) == {DEVICE: "changed"}


@pytest.mark.parametrize(
    "arguments",
    [
        ("break", DEVICE, "--fault", "boredom"),
        ("break", DEVICE, "--fault", "refuse", "--wording", "rude"),
        ("break", "city-acc-999", "--fault", "refuse"),
        ("mend", "city-acc-999"),
        ("running", "city-acc-999"),
        ("edit", "city-acc-999", "x"),
        ("reboot", "city-acc-999"),
    ],
)
def test_what_the_lab_has_not_is_usage(twin: Twin, arguments: tuple[str, ...]) -> None:
    done = twin.portvakt("lab", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr


def test_a_workspace_without_a_lab_is_told_so(workspace: Path) -> None:
    done = called("-w", workspace, "lab", "status")
    assert (done.returncode, "has no lab" in done.stderr) == (2, True)
