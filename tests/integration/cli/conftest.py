"""The command as a process, and twins for it to work on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from automation.cli.app import main
from tests.integration.cli.twin import Twin, portvakt, twin_in


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


@pytest.fixture(scope="session", autouse=True)
def _it_runs() -> None:
    """Fail once and clearly when the command cannot be started at all."""
    done = portvakt("--version")
    assert done.returncode == 0, done.stderr
