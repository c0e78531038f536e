"""-w and -v stand before or after the command's name; what stands nearest wins."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from automation.cli import opening
from automation.cli.app import main
from automation.errors import WorkspaceError


@pytest.mark.parametrize(
    ("arguments", "variable", "looked_in"),
    [
        (["-w", "a", "job", "list"], "", "a"),
        (["job", "list", "-w", "b"], "", "b"),
        (["-w", "a", "job", "list", "-w", "b"], "", "b"),
        (["job", "list"], "c", "c"),
        (["-w", "a", "job", "list"], "c", "a"),
        (["job", "list", "-w", "b"], "c", "b"),
        (["job", "list"], "", None),
    ],
)
def test_the_workspace_that_is_named_nearest_wins(
    arguments: list[str], variable: str, looked_in: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path | None] = []

    def found(path: Path | None, forks: int | None = None) -> None:
        asked.append(path)
        raise WorkspaceError("none here")

    monkeypatch.setattr(opening, "found", found)
    monkeypatch.delenv("PORTVAKT_WORKSPACE", raising=False)
    if variable:
        monkeypatch.setenv("PORTVAKT_WORKSPACE", variable)
    assert main(arguments) == 2
    assert asked == [Path(looked_in) if looked_in else None]


@pytest.mark.parametrize("arguments", [["-v", "init", "x"], ["plan", "-v", "-w", os.devnull]])
def test_verbose_stands_before_or_after(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def odd(*_: object) -> None:
        raise ValueError("odd")

    monkeypatch.setattr("automation.workspace.init", odd)
    monkeypatch.setattr("automation.workspace.find", odd)
    assert main(arguments) == 1
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize("variable", ["PORTVAKT_YES", "PORTVAKT_RUN_YES"])
def test_no_variable_says_yes(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "1")
    workspace = tmp_path / "net"
    assert main(["init", str(workspace)]) == 0
    assert main(["run", "provision-access", "-w", str(workspace)]) == 2
