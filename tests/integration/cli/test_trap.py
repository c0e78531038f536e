"""`portvakt trap` on the twin: what is shut there is one trouble here, with whom it hits."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.integration.cli.twin import COMMAND, Twin, environment

pytestmark = pytest.mark.integration
VRP, IOS = "city-acc-002", "city-acc-001"
UPLINK = "interface XGigabitEthernet0/0/1"
"""The only uplink that city-acc-002 uses."""
PATIENCE = 60.0
"""Seconds until what should come is given up; a machine may be busy."""


@pytest.fixture(scope="module", autouse=True)
def _polled(twin: Twin) -> None:
    """Read once which ifIndex is which port: the twin's traps carry nothing else."""
    assert twin.portvakt("poll", "once", "-l", f"{IOS},{VRP}").returncode == 0


@pytest.fixture(scope="module")
def lit(twin: Twin) -> tuple[str, ...]:
    """Ports of the IOS switch that are up."""
    rows = twin.portvakt("poll", "show", IOS, "-o", "json").json
    return tuple(row["port"] for row in rows if row["oper"] == "up" and row["port"][0] == "G")


@dataclass
class Daemon:
    """A running `trap run`, and what it says."""

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    def wait(self, text: str) -> str:
        """Return the first line that has `text` in it, once it is there."""
        found: str = _until(lambda: next((one for one in self.lines if text in one), ""))
        return found


def _until(found: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever is waited for
    ends = time.monotonic() + PATIENCE
    while not (value := found()):
        if time.monotonic() > ends:
            pytest.fail("waited in vain")
        time.sleep(0.05)
    return value


@contextmanager
def receiving(twin: Twin, end: signal.Signals = signal.SIGTERM) -> Iterator[Daemon]:
    """Run the receiver; end it by a signal."""
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [*COMMAND, "-w", str(twin.folder), "trap", "run", "-v"],
        env={**environment(), "PYTHONPATH": str(Path(__file__).parents[3])},
        stderr=subprocess.PIPE,
        text=True,
    )
    daemon = Daemon(process)

    def follow() -> None:
        assert process.stderr is not None
        for line in process.stderr:
            daemon.lines.append(line.rstrip())

    reader = threading.Thread(target=follow)
    reader.start()
    try:
        daemon.wait("receiving on")
        yield daemon
    finally:
        process.send_signal(end)
        process.wait()
        reader.join()
        assert process.stderr is not None
        process.stderr.close()


def troubles(twin: Twin) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = twin.portvakt("trap", "show", "-o", "json").json
    return found


def test_a_shut_uplink_is_one_trouble_with_whom_it_hits(twin: Twin) -> None:
    with receiving(twin) as daemon:
        ports = [f"interface GigabitEthernet0/0/{n}" for n in range(1, 49)]
        twin.edit(VRP, *[line for port in ports for line in (port, "shutdown")])
        twin.edit(VRP, UPLINK, "shutdown")
        (one,) = _until(lambda: [row for row in troubles(twin) if row["trouble"] == "cut off"])
        daemon.wait(f"cut off: {VRP} XGigabitEthernet0/0/1")
        assert [row["device"] for row in troubles(twin)] == [VRP]
        assert (one["devices"], one["outlets"], len(one["welfare"])) == ([VRP], 34, 4)
        assert next(iter(one["services"])) == "care"
        assert "trygghet" in one["providers"]
        assert one["folded"] > 30
        twin.edit(VRP, *[line for port in ports for line in (port, "undo shutdown")])
        twin.edit(VRP, UPLINK, "undo shutdown")
        daemon.wait(f"over: cut off: {VRP}")
        _until(lambda: not troubles(twin))
    assert daemon.process.returncode == 0
    assert daemon.lines[-1] == "ended; all that arrived is kept"


def test_a_port_that_flaps_is_one_trouble_with_a_count(twin: Twin, lit: tuple[str, ...]) -> None:
    with receiving(twin) as daemon:
        # At once: what happens while a trouble is told is told when it has happened twice as often.
        twin.edit(IOS, *[f"interface {lit[0]}", "shutdown", "no shutdown"] * 5)
        (one,) = _until(lambda: [row for row in troubles(twin) if row["count"] == 5])
        assert (one["trouble"], one["device"], one["subject"]) == ("flapping", IOS, lit[0])
        daemon.wait(f"flapping: {IOS} {lit[0]}; 5 times")


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_a_restart_of_the_receiver_loses_no_finding(
    twin: Twin, lit: tuple[str, ...], end: signal.Signals
) -> None:
    port = lit[1 if end is signal.SIGTERM else 2]
    with receiving(twin, end):
        twin.edit(IOS, f"interface {port}", "shutdown")
        _until(lambda: [row for row in troubles(twin) if row["subject"] == port])
    deaf = twin.portvakt("trap", "show", "-o", "json")
    assert "no receiver is running here" in deaf.stderr
    assert port in {row["subject"] for row in deaf.json}
    with receiving(twin) as daemon:
        daemon.wait(f"still shut: {IOS} {port}")
        twin.edit(IOS, f"interface {port}", "no shutdown")
        _until(lambda: port not in {row["subject"] for row in troubles(twin)})


def test_what_a_locked_store_does_not_take_in_the_end_is_said(
    twin: Twin, lit: tuple[str, ...]
) -> None:
    (file,) = (twin.folder / ".portvakt").glob("*.db")
    other = sqlite3.connect(file, isolation_level=None)
    with receiving(twin) as daemon:
        other.execute("BEGIN IMMEDIATE")
        twin.edit(IOS, f"interface {lit[3]}", "shutdown")
        daemon.wait("the store failed: database is locked; what arrives waits")
    other.execute("ROLLBACK")
    other.close()
    assert daemon.process.returncode == 1
    assert daemon.lines[-1] == "ended; 1 notifications are not kept: the store failed"
    twin.edit(IOS, f"interface {lit[3]}", "no shutdown")


def test_a_restart_and_a_wrong_login_are_told(twin: Twin) -> None:
    with receiving(twin) as daemon:
        assert twin.portvakt("lab", "reboot", "city-acc-003").returncode == 0
        daemon.wait("restart: city-acc-003; cold start")
        rows = {row["trouble"]: row for row in troubles(twin)}
        assert rows["restart"]["device"] == "city-acc-003"


def test_a_second_receiver_is_refused(twin: Twin) -> None:
    with receiving(twin):
        done = twin.portvakt("trap", "run")
        assert (done.returncode, "another receiver is running" in done.stderr) == (75, True)
        assert "no receiver" not in twin.portvakt("trap", "show").stderr


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv"])
@pytest.mark.parametrize("what", [(), ("--all",), ("--rejected",)])
def test_every_view_in_every_format(twin: Twin, what: tuple[str, ...], form: str) -> None:
    done = twin.portvakt("trap", "show", *what, "-o", form, "-l", f"{IOS},{VRP}")
    assert done.returncode == 0
    if form == "json":
        assert isinstance(done.json, list)
    if form == "csv":
        assert done.stdout.count(",") > 3


def test_a_limit_selects_by_what_is_cut_off_too(twin: Twin) -> None:
    rows = twin.portvakt("trap", "show", "--all", "-o", "json", "-l", IOS).json
    assert {row["device"] for row in rows} == {IOS}
    assert {row["state"] for row in rows} <= {"open", "over"}
