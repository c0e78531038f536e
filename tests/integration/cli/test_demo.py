"""The demo shows all of it, ends well, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.cli.twin import COMMAND, environment

ROOT = str(Path(__file__).parents[3])


def _started(place: Path, **more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [*COMMAND, "demo"],
        env={**environment(), "PYTHONPATH": ROOT, "TMPDIR": str(place), **more},
        start_new_session=True,
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


def _notes(place: Path) -> bool:
    """Whether the twin is written down, and its server perhaps begun."""
    return any(place.glob("portvakt-demo-*/lab/.portvakt/lab.json"))


MOMENTS: dict[str, Callable[[Path], object]] = {
    "its folder is made": lambda place: any(place.glob("portvakt-demo-*")),
    "its workspace is half written": lambda place: any(place.glob("*/lab/inventory")),
    "it is written down": _notes,
    "its server is starting": _twins,
    "its server stands on its own": lambda place: len(_twins(place)) > 1,
}
INTERRUPTED = (130, -signal.SIGINT)
"""Python ends itself by SIGINT where an interrupt fell into a text that it executed; a shell
says 130 of both."""


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize(
    "numbers",
    [(signal.SIGINT,), (signal.SIGTERM,), (signal.SIGHUP,), (signal.SIGINT, signal.SIGINT)],
    ids=lambda numbers: "+".join(one.name for one in numbers),
)
def test_an_interrupted_demo_leaves_neither_process_nor_folder(
    tmp_path: Path, moment: str, numbers: tuple[signal.Signals, ...]
) -> None:
    with _started(tmp_path) as process:
        while not MOMENTS[moment](tmp_path):
            assert process.poll() is None, process.communicate()
            time.sleep(0.002)
        for number in numbers:
            os.killpg(process.pid, number)  # as a terminal does, to all that stand before it
        stdout, stderr = process.communicate()
    assert process.returncode in INTERRUPTED, stdout + stderr
    assert "Traceback" not in stderr
    assert _twins(tmp_path) == []
    # A file may be: Python's tempfile tries a folder out with one, and an interrupt may fall there.
    assert [one for one in tmp_path.iterdir() if one.is_dir()] == []


def test_a_demo_whose_twin_does_not_start_leaves_no_folder(tmp_path: Path) -> None:
    broken = tmp_path / "path" / "asyncssh.py"
    broken.parent.mkdir()
    broken.write_text("raise ImportError('broken on purpose')\n", encoding="utf-8")
    place = tmp_path / "place"
    place.mkdir()
    with _started(place, PYTHONPATH=f"{broken.parent}{os.pathsep}{ROOT}") as process:
        _, stderr = process.communicate()
    assert (process.returncode, "the lab did not start: " in stderr) == (2, True), stderr
    assert "broken on purpose" in stderr
    assert list(place.iterdir()) == []
