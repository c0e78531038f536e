"""A lab's life: written, up, down, two side by side, and what it refuses."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from automation import lab
from automation.errors import UsageError, WorkspaceError

pytestmark = pytest.mark.integration


def test_two_labs_run_side_by_side_and_one_leaves_the_other_alone(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    plans = [lab.write_workspace(folder, "demo") for folder in (first, second)]
    assert {(plan.network, plan.port) for plan in plans} != {(plans[0].network, plans[0].port)}
    try:
        assert all(lab.up(folder).running for folder in (first, second))
        lab.edit(first, "city-acc-001", ["hostname other"])
        assert "hostname other" in lab.running(first, "city-acc-001")
        assert "hostname city-acc-001" in lab.running(second, "city-acc-001")
        lab.down(first)
        assert not lab.status(first).running
        assert lab.status(second).running
    finally:
        lab.down(first)
        lab.down(second)


def test_a_lab_that_runs_is_not_started_again(city: Path) -> None:
    with pytest.raises(UsageError, match="runs already"):
        lab.up(city)
    assert lab.status(city).devices == 780


def test_a_lab_that_is_down_says_how_to_start_it(tmp_path: Path) -> None:
    lab.write_workspace(tmp_path / "lab", "demo")
    lab.down(tmp_path / "lab")
    with pytest.raises(UsageError, match="portvakt lab up"):
        lab.running(tmp_path / "lab", "city-acc-001")


def test_a_pid_that_somebody_else_has_now_is_not_believed(tmp_path: Path) -> None:
    folder = tmp_path / "lab"
    lab.write_workspace(folder, "demo")
    notes = folder / ".portvakt" / "lab.json"
    state = json.loads(notes.read_text())
    notes.write_text(json.dumps({**state, "pid": 1, "control": str(tmp_path / "gone")}))
    assert not lab.status(folder).running
    lab.down(folder)


def test_a_lab_that_cannot_start_says_why(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    lab.write_workspace(first, "demo")
    lab.write_workspace(second, "demo")
    own = json.loads((first / ".portvakt" / "lab.json").read_text())
    taken = {key: own[key] for key in ("network", "port")}
    notes = second / ".portvakt" / "lab.json"
    notes.write_text(json.dumps({**json.loads(notes.read_text()), **taken}))
    try:
        lab.up(first)
        with pytest.raises(UsageError, match="address already in use"):
            lab.up(second)
    finally:
        lab.down(first)


def test_bindings_are_set_from_outside_and_die_with_a_reboot(city: Path) -> None:
    device, port = "city-acc-003", "GigabitEthernet1/0/1"
    two = tuple(lab.Binding(port, vlan, "02:00:5E:00:00:01", "198.18.0.1") for vlan in (1101, 1201))
    before = lab.bindings(city, device)
    assert len(before) > 2
    assert lab.bindings(city, device, two) == lab.bindings(city, device) == two
    lab.reboot(city, device)
    assert lab.bindings(city, device) == ()
    assert lab.bindings(city, device, before) == before


def test_what_is_not_there_is_named(city: Path) -> None:
    with pytest.raises(UsageError, match="city-acc-999"):
        lab.running(city, "city-acc-999")
    with pytest.raises(UsageError, match="no fault 'cough'"):
        lab.break_device(city, "city-acc-001", "cough")
    with pytest.raises(UsageError, match="no wording 'rude'"):
        lab.break_device(city, "city-acc-001", "refuse", wording="rude")
    with pytest.raises(UsageError, match="no SNMPv3 user 'nobody'"):
        lab.traps_as(city, "nobody")
    with pytest.raises(UsageError, match="colour"):
        lab.break_device(city, "city-acc-001", "refuse", colour="red")


def test_a_folder_in_use_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="not an empty folder"):
        lab.write_workspace(tmp_path, "demo")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    with pytest.raises(WorkspaceError, match="has no lab"):
        lab.status(tmp_path)


def test_secrets_are_for_their_owner_only(tmp_path: Path) -> None:
    lab.write_workspace(tmp_path / "lab", "demo")
    own = tmp_path / "lab" / ".portvakt"
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (own / "secrets").iterdir()}
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(own.stat().st_mode) == 0o700
    assert stat.S_IMODE((own / "lab.json").stat().st_mode) == 0o600
