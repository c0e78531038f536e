"""A lab's workspace driven by the command `portvakt`, as an operator would."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench import program, twins
from tests.bench.worker import ROOT

PORTVAKT = str(ROOT / ".venv" / "bin" / "portvakt")


@dataclass(frozen=True, slots=True)
class Ran:
    """A run of a playbook: what it cost, and the recap that it printed."""

    ended: program.Ended
    recap: dict[str, Any]

    def all_are(self, outcome: str) -> bool:
        """Whether every device that was planned ended so."""
        return bool(self.recap["planned"]) and self.recap[outcome] == self.recap["planned"]


@contextmanager
def imported() -> Iterator[Path]:
    """Write the city's workspace and import its ports with the command."""
    with twins.written("city") as folder:
        command = [PORTVAKT, "-w", str(folder), "port", "import", str(folder / "ports.csv")]
        program.run(command, folder)
        shutil.copy(_store(folder), folder / "store.imported")
        yield folder


def _store(folder: Path) -> Path:
    return folder / ".portvakt" / "store.db"


def forget(folder: Path) -> None:
    """Take the store back to just after the import: no job, nothing verified."""
    for file in _store(folder).parent.glob("store.db*"):
        file.unlink()
    shutil.copy(folder / "store.imported", _store(folder))


def provision(folder: Path, limit: str) -> Ran:
    """Run the playbook over the devices of `limit`; raises ProgramError if one ends badly."""
    command = ["-w", str(folder), "run", "provision-access", "-l", limit, "-y", "-o", "json"]
    ended = program.run([PORTVAKT, *command], folder)
    return Ran(ended, json.loads(ended.out)["recap"])
