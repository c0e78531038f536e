"""A plan is good for what it was made from: anything else sends nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from automation.playbook import dump, load
from automation.playbook.plan_file import sealed
from tests.integration.cli.twin import Twin, outcomes


def _plan(twin: Twin, device: str, place: Path) -> Path:
    """Write a plan for one device."""
    file = place / "plan.json"
    done = twin.portvakt("plan", "provision-access", "-l", device, "--out", file)
    assert done.returncode == 0, done.stderr
    return file


def _template(twin: Twin, device: str) -> None:
    folder = twin.folder / "templates" / "cisco_ios"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ntp.j2").write_text("ntp server 192.0.2.77\n", encoding="utf-8")


def _intent(twin: Twin, device: str) -> None:
    text = twin.portvakt("port", "export", "-l", device).stdout
    assert ";t100;" in text
    done = twin.portvakt("port", "import", "-", said=text.replace(";t100;", ";t250;"))
    assert done.returncode == 0, done.stderr


def _inventory(twin: Twin, device: str) -> None:
    hosts = twin.folder / "inventory" / "mkb" / "hosts.yaml"
    text = hosts.read_text(encoding="utf-8")
    hosts.write_text(text[: text.index(f"{device}:")], encoding="utf-8")


def _owned_line(twin: Twin, device: str) -> None:
    twin.edit(device, "ntp server 192.0.2.99")


@pytest.mark.parametrize(
    ("device", "move", "why"),
    [
        ("city-acc-001", _owned_line, "we own have moved"),
        ("city-acc-003", _intent, "intent has moved"),
        ("city-acc-005", _template, "template has moved"),
        ("mkb-acc-005", _inventory, "no longer in the inventory"),
    ],
)
def test_a_device_that_moved_is_stale_and_gets_no_line(
    twin: Twin, tmp_path: Path, device: str, move: Callable[[Twin, str], None], why: str
) -> None:
    file = _plan(twin, device, tmp_path)
    move(twin, device)
    done = twin.portvakt("apply", file, "-y", "-o", "json")
    assert (done.returncode, outcomes(done)) == (3, {device: "stale"})
    assert why in done.json["devices"][0]["why"]
    assert twin.lines(device) == 0


def _edited(text: str) -> str:
    return text.replace("shutdown", "no shutdown", 1)


def _reformatted(text: str) -> str:
    return json.dumps(json.loads(text), indent=1)


def _expired(text: str) -> str:
    plan = load(text, "plan.json", datetime.now(UTC))
    past = (datetime.now(UTC) - timedelta(seconds=1)).isoformat(timespec="seconds")
    return dump(sealed(replace(plan, expires=past)))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_edited, "was edited"),
        (_reformatted, "was edited"),
        (_expired, "expired"),
        (lambda text: text[:-9], "not a plan"),
        (lambda text: "", "not a plan"),
    ],
    ids=["edited", "reformatted", "expired", "cut off", "empty"],
)
def test_a_plan_that_is_not_as_it_was_made_is_refused(
    twin: Twin, tmp_path: Path, change: Callable[[str], str], said: str
) -> None:
    device = "mkb-acc-001"
    file = _plan(twin, device, tmp_path)
    file.write_text(change(file.read_text(encoding="utf-8")), encoding="utf-8")
    done = twin.portvakt("apply", file, "-y")
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert twin.lines(device) == 0


def test_a_plan_that_is_not_there_is_bad_input(twin: Twin, tmp_path: Path) -> None:
    done = twin.portvakt("apply", tmp_path / "none.json", "-y")
    assert (done.returncode, "cannot be read" in done.stderr) == (2, True)


def test_a_plan_is_applied_once_and_then_there_is_nothing_to_plan(
    twin: Twin, tmp_path: Path
) -> None:
    device = "mkb-acc-002"
    file = _plan(twin, device, tmp_path)
    assert twin.portvakt("apply", file).returncode == 2  # nobody to ask
    assert twin.lines(device) == 0
    assert outcomes(twin.portvakt("apply", file, "-y", "-o", "json")) == {device: "changed"}
    again = twin.portvakt("apply", file, "-y", "-o", "json")
    assert (again.returncode, outcomes(again)) == (0, {device: "unchanged"})
    after = twin.portvakt("plan", "-l", device, "-o", "json").json
    assert (after["counts"]["to_change"], after["devices"][0]["lines"]) == (0, 0)


def test_a_device_that_cannot_be_read_is_in_the_plan_as_a_fault(twin: Twin) -> None:
    device = "mkb-acc-003"
    with twin.broken(device, "host-key"):
        planned = twin.portvakt("plan", "-l", device, "-o", "json")
        checked = twin.portvakt("run", "provision-access", "-C", "-l", device, "-o", "json")
    for done in (planned, checked):
        assert (done.returncode, done.json["counts"]["unplanned"]) == (3, 1)
        assert done.json["faults"][0]["outcome"] == "refused"
