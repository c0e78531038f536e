"""A lab and its workspace, and the command run on it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from automation import lab
from automation.cli.app import main
from automation.cli.lab import Pace, start

COMMAND = (sys.executable, "-m", "automation")


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - JSON
        """The whole of stdout as JSON: anything else on it fails here."""
        return json.loads(self.stdout)


def environment() -> dict[str, str]:
    """Return an environment in which no variable of ours is set."""
    return {name: text for name, text in os.environ.items() if not name.startswith("PORTVAKT_")}


def portvakt(*arguments: str | Path, said: str = "") -> Done:
    """Run the command without a terminal; `said` is its standard input."""
    done = subprocess.run(  # noqa: S603 - our own interpreter and module
        [*COMMAND, *map(str, arguments)],
        input=said,
        env={**environment(), "PYTHONPATH": str(Path(__file__).parents[3])},
        capture_output=True,
        text=True,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def called(*arguments: str | Path, said: str = "") -> Done:
    """Run the command within this process, where a process of its own would show no more."""
    streams = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2)]
    before = sys.stdin
    sys.stdin = io.TextIOWrapper(io.BytesIO(said.encode()), encoding="utf-8")
    try:
        with redirect_stdout(streams[0]), redirect_stderr(streams[1]):
            code = main([*map(str, arguments)])
    finally:
        sys.stdin = before
    for stream in streams:
        stream.seek(0)
    return Done(code, streams[0].read(), streams[1].read())


@dataclass(frozen=True)
class Twin:
    """A running lab."""

    folder: Path

    def portvakt(self, *arguments: str | Path, said: str = "") -> Done:
        """Run the command in the lab's workspace, within this process."""
        return called("-w", self.folder, *arguments, said=said)

    def process(self, *arguments: str | Path) -> Done:
        """Run the command in the lab's workspace as a process of its own."""
        return portvakt("-w", self.folder, *arguments)

    def configured(self) -> dict[str, int]:
        """Return how often each device was entered in configuration mode."""
        return {name: counts.configured for name, counts in lab.counters(self.folder).items()}

    def lines(self, device: str) -> int:
        """Return how many lines a device got in configuration mode."""
        return lab.counters(self.folder)[device].lines

    def running(self, device: str) -> str:
        """Return what a device runs."""
        return lab.running(self.folder, device)

    def edit(self, device: str, *lines: str) -> None:
        """Type lines on a device by hand."""
        assert not any(lab.edit(self.folder, device, lines))

    @contextmanager
    def broken(self, device: str, fault: str, **given: str | int) -> Iterator[None]:
        """Give a device a fault for a while."""
        lab.break_device(self.folder, device, fault, **given)
        try:
            yield
        finally:
            lab.mend(self.folder, device)


@contextmanager
def twin_in(folder: Path, pace: Pace = (0.0, None, None)) -> Iterator[Twin]:
    """Start a lab in `folder`, and stop it in the end."""
    try:
        start(folder, "demo", pace=pace)
        yield Twin(folder)
    finally:
        lab.down(folder)


def outcomes(done: Done) -> dict[str, str]:
    """Return how each device ended."""
    return {row["device"]: row["outcome"] for row in done.json["devices"]}
