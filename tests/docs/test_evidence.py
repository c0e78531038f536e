"""The table of evidence is what the record says, and the record names the proofs there are."""

from __future__ import annotations

from pathlib import Path

import pytest

from automation import platforms
from tests.docs.evidence import (
    DOCUMENTS,
    RECORD,
    TWIN,
    Evidence,
    filled,
    marked,
    read,
    table,
    write,
)
from tests.docs.recorder import Recorder

AGAIN = "run `make evidence` as root"
WHAT = "it stands"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.name))
def test_the_table_is_what_the_record_says(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    assert text == filled(text, read()), AGAIN


def test_the_record_has_every_proof_and_no_other() -> None:
    proved = {test for one in read().values() for by in one.proofs.values() for test in by}
    assert proved == marked(), AGAIN


def test_the_record_is_written_in_one_way(tmp_path: Path) -> None:
    write(read(), tmp_path / "again.json")
    assert (tmp_path / "again.json").read_text() == RECORD.read_text(), AGAIN


def test_every_platform_has_a_row_and_without_evidence_it_says_so() -> None:
    lines = table({"cisco_ios": Evidence(TWIN, "2026-01-02", {WHAT: ("t",)})}).splitlines()[2:]
    assert [line.split("`")[1] for line in lines] == list(platforms.names())
    assert [line for line in lines if "documents only |  |  |" not in line] == [
        f"| `cisco_ios` | {TWIN} | {WHAT} | 2026-01-02 |"
    ]


def test_a_document_without_a_place_is_a_fault() -> None:
    with pytest.raises(ValueError, match="no place for the table"):
        filled("# Portvakt\n", {})


def test_proofs_are_found_by_their_mark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.docs.evidence.ROOT", tmp_path)
    (tmp_path / "test_whole.py").write_text(
        "pytestmark = [pytest.mark.proof('a', 'frr')]\ndef test_one(): ...\ndef other(): ...\n"
    )
    (tmp_path / "test_part.py").write_text(
        "@pytest.mark.proof('b')\ndef test_two(): ...\ndef test_three(): ...\n"
    )
    assert marked([tmp_path]) == {"test_whole.py::test_one", "test_part.py::test_two"}


@pytest.mark.parametrize(
    ("passed", "failed", "found"),
    [
        ({"a", "b"}, set(), {"frr": "FRR 8", "openvswitch": TWIN}),
        ({"a", "b"}, {"b"}, {"frr": "FRR 8"}),
        ({"a"}, set(), {"frr": "FRR 8"}),
        ({"b"}, {"a"}, {}),
    ],
    ids=["all", "one failed in its teardown", "one was not run", "none"],
)
def test_a_platform_is_proved_when_all_its_proofs_passed(
    passed: set[str], failed: set[str], found: dict[str, str]
) -> None:
    claims = {"a": (("frr", WHAT), ("openvswitch", WHAT)), "b": (("openvswitch", WHAT),)}
    recorder = Recorder(claims, {"frr": {"FRR 8"}, "openvswitch": set()}, passed, failed)
    assert {name: one.on for name, one in recorder.found()} == found


def test_nothing_is_written_where_a_proof_was_left_out() -> None:
    with pytest.raises(pytest.UsageError, match="nothing is written: not run: tests/"):
        Recorder().pytest_sessionfinish()
