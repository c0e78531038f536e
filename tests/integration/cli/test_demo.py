"""The demo shows all of it, ends well, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.integration.cli.twin import COMMAND, environment


def _started(place: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [*COMMAND, "demo"],
        env={**environment(), "TMPDIR": str(place)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _twins(place: Path) -> list[int]:
    """Return the processes that serve a lab below `place`."""
    found = []
    for one in Path("/proc").iterdir():
        if one.name.isdecimal():
            try:
                words = (one / "cmdline").read_bytes().decode()
            except OSError:  # it has ended meanwhile
                continue
            if "automation.lab.server" in words and str(place) in words:
                found.append(int(one.name))
    return found


def test_the_demo_ends_well_and_leaves_nothing(tmp_path: Path) -> None:
    with _started(tmp_path) as process:
        stdout, stderr = process.communicate()
    assert process.returncode == 0, stdout + stderr
    told = stdout.splitlines()
    assert sum(line.startswith("RECAP") for line in told) == 4
    assert "   switchport protected" in told
    assert told[-1] == "The twin is stopped, and its folder is gone."
    assert _twins(tmp_path) == []
    assert list(tmp_path.glob("portvakt-demo-*")) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_demo_stops_its_twin(tmp_path: Path, number: signal.Signals) -> None:
    with _started(tmp_path) as process:
        while not _twins(tmp_path):
            assert process.poll() is None, process.communicate()
            time.sleep(0.02)
        os.kill(process.pid, number)
        stdout, stderr = process.communicate()
    assert process.returncode == 130, stdout + stderr
    assert _twins(tmp_path) == []
    assert list(tmp_path.glob("portvakt-demo-*")) == []
