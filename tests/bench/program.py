"""Runs a program to its end through `tests.bench.launch`, and says what it cost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_PATIENCE = 3600.0


class ProgramError(Exception):
    """A program did not end as it should; the message has its last words."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What a program cost and printed. `left_behind` are processes that it did not end itself."""

    wall: float
    cpu: float
    peak_mb: float
    left_behind: int
    code: int
    out: str


def run(command: Sequence[str], folder: Path, extra: Mapping[str, str] | None = None) -> Ended:
    """Run `command` in `folder` with `extra` in its environment; it must exit 0.

    Raises:
        ProgramError: It did not, or not within the hour.
    """
    with tempfile.TemporaryDirectory(prefix="portvakt-bench-") as place:
        report = Path(place) / "report.json"
        with (Path(place) / "out").open("w+") as out, (Path(place) / "err").open("w+") as err:
            subprocess.run(  # noqa: S603 - what the bench asks for
                [sys.executable, "-m", "tests.bench.launch", str(report), *command],
                cwd=folder,
                env={**os.environ, **(extra or {}), "PYTHONPATH": str(ROOT)},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                timeout=_PATIENCE,
                check=False,
            )
            out.seek(0)
            err.seek(0)
            printed, complained = out.read(), err.read()
        if not report.exists():
            raise ProgramError(f"{command[0]}: {complained[-2000:]}")
        ended = Ended(**json.loads(report.read_text(encoding="utf-8")), out=printed)
    if ended.code:
        raise ProgramError(f"{command[0]} exited {ended.code}: {(printed + complained)[-4000:]}")
    return ended
