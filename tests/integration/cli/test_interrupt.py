"""Ctrl-C in the middle of a run leaves no half stanza, and the recap says how far it came."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from automation import lab
from automation.model import Outcome
from tests.integration.cli.twin import COMMAND, Done, Twin, environment, outcomes, twin_in

CANARY = "city-acc-001"
SLOW = (5.0, 5.0, 5.0)
"""Milliseconds: a switch takes some seconds, so that there is a middle to hit."""


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[Twin]:
    """A twin whose switches take their time."""
    with twin_in(tmp_path / "lab", SLOW) as one:
        yield one


def _under_way(twin: Twin) -> bool:
    return lab.counters(twin.folder)[CANARY].lines > 40


def _signalled(
    twin: Twin, numbers: tuple[signal.Signals, ...], ready: Callable[[Twin], bool]
) -> Done:
    """Run the playbook, send signals once `ready`, and wait for the end."""
    run = ("-w", str(twin.folder), "run", "provision-access", "-y", "-o", "json")
    with subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [*COMMAND, *run],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        while not ready(twin):
            assert process.poll() is None, process.communicate()
            time.sleep(0.05)
        for number in numbers:
            process.send_signal(number)
            time.sleep(0.05)
        stdout, stderr = process.communicate()
    return Done(process.returncode, stdout, stderr)


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ((signal.SIGINT, signal.SIGINT), "Still stopping"),
        ((signal.SIGTERM,), "no new device is begun"),
        ((signal.SIGHUP,), "no new device is begun"),
    ],
)
def test_an_interrupt_ends_the_stanza_in_hand_and_tells_the_truth(
    slow: Twin, numbers: tuple[signal.Signals, ...], said: str
) -> None:
    done = _signalled(slow, numbers, _under_way)
    assert (done.returncode, said in done.stderr) == (130, True), done.stderr
    recap = done.json["recap"]
    assert recap["planned"] == sum(recap[outcome.value] for outcome in Outcome) == 12
    assert recap["skipped"] == 11
    (canary,) = [row for row in done.json["devices"] if row["device"] == CANARY]
    assert (canary["outcome"], canary["saved"]) == ("failed", False)
    configured = slow.configured()
    assert configured.pop(CANARY) > 0
    assert set(configured.values()) == {0}
    (job,) = slow.portvakt("job", "list", "-o", "json").json
    assert (job["ended"] is not None, job["outcomes"]) == (True, {"failed": 1, "skipped": 11})


def _last_job(twin: Twin) -> tuple[dict[str, Any], str]:
    """Return the newest job as it is listed, and what was said on stderr."""
    listed = twin.portvakt("job", "list", "-o", "json")
    assert listed.returncode == 0
    return listed.json[0], listed.stderr


def test_a_run_that_was_killed_is_told_truthfully_and_never_while_it_lives(slow: Twin) -> None:
    while_alive: list[tuple[dict[str, Any], str]] = []

    def ready(twin: Twin) -> bool:
        if not _under_way(twin):
            return False
        while_alive.append(_last_job(twin))
        return True

    assert _signalled(slow, (signal.SIGKILL,), ready).returncode == -signal.SIGKILL
    ((living, said),) = while_alive
    assert (living["state"], living["outcomes"], said) == ("open", {"open": 1}, "")
    job, said = _last_job(slow)
    assert (job["state"], job["ended"], job["planned"]) == ("lost", None, 12)
    assert job["outcomes"] == {"unknown": 1}
    assert f"writing to {CANARY}:" in said
    assert "process" in said
    assert "0 of 12 devices had ended" in said
    assert "Run it again" in said
    assert _last_job(slow) == (job, "")
    (row,) = slow.portvakt("job", "show", str(job["job"]), "-D", "-o", "json").json["devices"]
    assert (row["device"], row["outcome"], bool(row["send"])) == (CANARY, "unknown", True)
    again = slow.portvakt("run", "provision-access", "-l", CANARY, "-y", "-o", "json")
    assert (again.returncode, outcomes(again)) == (0, {CANARY: "changed"})


def test_the_next_run_tells_of_the_one_that_was_killed(slow: Twin) -> None:
    assert _signalled(slow, (signal.SIGKILL,), _under_way).returncode == -signal.SIGKILL
    again = slow.portvakt("run", "provision-access", "-l", CANARY, "-y", "-o", "json")
    assert (again.returncode, outcomes(again)) == (0, {CANARY: "changed"})
    assert f"writing to {CANARY}:" in again.stderr


def _blocks(running: str) -> dict[str, tuple[str, ...]]:
    """Return the blocks of a configuration by their header."""
    found: dict[str, tuple[str, ...]] = {}
    header = ""
    for line in running.splitlines():
        if line.startswith(" "):
            found[header] += (line,)
        else:
            header = line
            found[header] = ()
    return found


def test_an_interrupt_leaves_every_block_as_it_was_or_as_it_shall_be(slow: Twin) -> None:
    before = _blocks(slow.running(CANARY))
    assert _signalled(slow, (signal.SIGINT,), _under_way).returncode == 130
    left = _blocks(slow.running(CANARY))
    done = slow.portvakt("run", "provision-access", "-y", "-l", CANARY)
    assert done.returncode == 0, done.stdout + done.stderr
    after = _blocks(slow.running(CANARY))
    half = {
        header: lines
        for header, lines in left.items()
        if header.startswith(("interface ", "vlan "))
        and lines not in (before.get(header), after.get(header))
    }
    assert half == {}
    assert left != before
    assert left != after


def test_an_interrupt_while_reading_sends_nothing(tmp_path: Path) -> None:
    def reading(twin: Twin) -> bool:
        return any(counts.sessions for counts in lab.counters(twin.folder).values())

    with twin_in(tmp_path / "lab", (400.0, 400.0, 400.0)) as twin:
        done = _signalled(twin, (signal.SIGINT,), reading)
        assert (done.returncode, done.stdout) == (130, "")
        assert "nothing was sent" in done.stderr
        assert set(twin.configured().values()) == {0}
        assert twin.portvakt("job", "list", "-o", "json").json == []
