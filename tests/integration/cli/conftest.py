"""Twins and workspaces for the command to work on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from automation.cli.app import main
from tests.integration.cli.twin import Twin, twin_in


@pytest.fixture(scope="module")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twin]:
    """A lab of demo scale at factory default, with its ports imported; one for a module."""
    with twin_in(tmp_path_factory.mktemp("twin") / "lab") as one:
        yield one


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A new workspace, as `portvakt init` makes it: nobody answers at its addresses."""
    folder = tmp_path / "net"
    assert main(["init", str(folder)]) == 0
    return folder


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run every command without what the environment may say."""
    for name in os.environ:
        if name.startswith("PORTVAKT_"):
            monkeypatch.delenv(name)
