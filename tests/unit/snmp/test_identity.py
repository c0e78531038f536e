"""The engine id that informs are sent to stays, and its boots only go forward."""

from __future__ import annotations

from pathlib import Path

import pytest

from automation.errors import WorkspaceError
from automation.snmp.traps import Identity


def test_an_engine_id_stays_and_its_boots_go_forward(tmp_path: Path) -> None:
    path = tmp_path / "engine.json"
    first, second = Identity.next(path), Identity.next(path)
    assert first.engine_id == second.engine_id
    assert (first.boots, second.boots) == (1, 2)
    assert path.stat().st_mode & 0o077 == 0


def test_two_workspaces_are_two_engines(tmp_path: Path) -> None:
    one, other = Identity.next(tmp_path / "a.json"), Identity.next(tmp_path / "b.json")
    assert one.engine_id != other.engine_id


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "cannot be read"),
        ("[]", "cannot be read"),
        ('{"engine_id": "zz"}', "cannot be read"),
        ('{"engine_id": "8000"}', "engine_id has 2 octets, not 5 to 32"),
        ('{"boots": "many"}', "cannot be read"),
    ],
)
def test_a_spoilt_file_is_said_and_left_alone(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "engine.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(WorkspaceError, match=said):
        Identity.next(path)
    assert path.read_text(encoding="utf-8") == text


def test_a_folder_that_may_not_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="cannot be written"):
        Identity.next(tmp_path / "none" / "engine.json")
