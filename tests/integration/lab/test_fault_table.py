"""The table of docs/lab.md is run: each fault on one device, and what Portvakt reports of it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from automation import lab
from automation.lab.faults import SNMP_FAULTS, FaultKind, Wording
from automation.model import GOOD_OUTCOMES, Outcome

pytestmark = pytest.mark.integration
ROOT = Path(__file__).parents[3]
DEVICE = "city-acc-001"
BY_HAND = [
    line
    for number in (1, 2, 3)
    for line in (f"interface GigabitEthernet1/0/{number}", "description by hand")
]
STOPPED_AT_THE_SECOND_LINE = (FaultKind.REFUSE, FaultKind.HANG, FaultKind.DROP)
_ROW = re.compile(
    r"\| `(?P<fault>[a-z-]+)(?: --wording (?P<wording>\w+))?` \|[^|]*\| `(?P<outcome>\w+)` \|"
)


@dataclass(frozen=True)
class Row:
    """One row of the table."""

    fault: str
    wording: str | None
    outcome: Outcome

    def __str__(self) -> str:
        return f"{self.fault} {self.wording or ''}".strip()


def _table() -> list[Row]:
    text = (ROOT / "docs" / "lab.md").read_text(encoding="utf-8")
    return [
        Row(row["fault"], row["wording"], Outcome(row["outcome"])) for row in _ROW.finditer(text)
    ]


def _portvakt(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "automation", *words]
    return subprocess.run(  # noqa: S603 - our own interpreter and module
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )


def _run(folder: Path, *words: str) -> tuple[int, dict[str, object]]:
    """Run the playbook on one device; return the exit code and what is said of the device."""
    done = _portvakt("-w", str(folder), "run", "provision-access", "-l", DEVICE, "-y", "-o", "json")
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)["devices"][0]


def job_row(folder: Path) -> dict[str, object]:
    """Return what the journal keeps of the device in the last job, as the run told it."""
    last = json.loads(_portvakt("-w", str(folder), "job", "list", "-o", "json").stdout)[0]["job"]
    show = _portvakt("-w", str(folder), "job", "show", str(last), "-o", "json")
    row: dict[str, object] = json.loads(show.stdout)["devices"][0]
    return {name: value for name, value in row.items() if name not in {"begun", "ended"}}


@pytest.fixture(scope="module")
def provisioned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("faults") / "lab"
    started = _portvakt("lab", "up", "--scale", "demo", "--dir", str(folder))
    assert started.returncode == 0, started.stderr
    settings = folder / "portvakt.toml"
    settings.write_text(settings.read_text().replace("deadline = 300", "deadline = 15"))
    try:
        assert _run(folder)[0] == 0
        yield folder
    finally:
        lab.down(folder)


def test_the_table_has_every_fault_and_every_wording() -> None:
    table = _table()
    assert {row.fault for row in table} == set(FaultKind) - SNMP_FAULTS
    assert {row.wording for row in table} - {None} == set(Wording)


@pytest.mark.parametrize("row", _table(), ids=str)
def test_what_the_table_says_is_reported(provisioned: Path, row: Row) -> None:
    lab.edit(provisioned, DEVICE, BY_HAND)
    args: dict[str, str | int] = {"wording": row.wording} if row.wording else {}
    if row.fault not in (FaultKind.REFUSE_MODE, FaultKind.NOISE):
        args["line"] = 2
    if row.fault == FaultKind.SLOW:
        args["ms"] = 20
    lab.break_device(provisioned, DEVICE, row.fault, **args)
    try:
        code, said = _run(provisioned)
    finally:
        lab.mend(provisioned, DEVICE)
        lab.reboot(provisioned, DEVICE)
    assert said["outcome"] == row.outcome, said
    assert code == (0 if row.outcome in GOOD_OUTCOMES else 3)
    if row.fault == FaultKind.REFUSE:
        assert said["line"]
        assert said["text"]
    if row.fault in STOPPED_AT_THE_SECOND_LINE:
        assert (said["sent"], said["accepted"]) == (2, 1), said
        assert said["reached"] == BY_HAND[0]
        assert str(said["line"]).startswith("description ")
    if row.outcome == Outcome.UNKNOWN:
        assert (said["lines"], said["line"]) == (0, "")
        assert said["sent"] == said["accepted"] == 6
    assert job_row(provisioned) == said


def test_an_unbroken_device_is_changed_and_then_unchanged(provisioned: Path) -> None:
    lab.edit(provisioned, DEVICE, BY_HAND)
    assert _run(provisioned)[1]["outcome"] == "changed"
    before = lab.counters(provisioned)[DEVICE].configured
    assert _run(provisioned)[1]["outcome"] == "unchanged"
    assert lab.counters(provisioned)[DEVICE].configured == before
