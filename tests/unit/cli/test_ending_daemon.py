"""The end of a daemon: a signal is never lost, and never waits for a lock."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from automation.cli.ending import Ending, told

ROOT = Path(__file__).parents[3]
PATIENCE = 60.0
PROGRAM = """
import signal, sys
from time import monotonic
from automation.cli.ending import Ending, told

def wait(seconds, line=0):
    "Wait, and be told to end at the `line`th line of what waits; return when each was reached."
    reached = []

    def follow(frame, event, _):
        if event == "line":
            reached.append(monotonic())
            if len(reached) == line:
                signal.raise_signal(signal.SIGTERM)
        return follow

    end = Ending()
    with told(end):
        sys.settrace(follow)
        end.wait(seconds)
        sys.settrace(None)
    assert end.is_set() is bool(line)
    return reached

begun = monotonic()
reached = wait(1.0)
before = [one for one in reached if one - begun < 0.5]
for line, when in enumerate(reached, 1):
    wait(3600 if when in before else 0.01, line)
print("all", len(reached) > len(before) > 1)
"""
"""Before the wait has begun, a signal ends it; after it, it is at least not lost."""


def test_a_signal_at_any_line_of_the_wait_ends_it() -> None:
    process = subprocess.Popen(  # noqa: S603 - this test's own program
        [sys.executable, "-c", PROGRAM], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        out, err = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        pytest.fail(f"waits for itself: {process.communicate()}")
    assert (process.returncode, out) == (0, b"all True\n"), err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_wait_and_is_said_once(
    number: signal.Signals, capfd: pytest.CaptureFixture[str]
) -> None:
    end = Ending()
    before = signal.getsignal(number)
    with told(end):
        threading.Timer(0.1, lambda: os.kill(os.getpid(), number)).start()
        assert end.wait(PATIENCE) is True
        os.kill(os.getpid(), number)
        assert end.wait(PATIENCE) is True
    assert signal.getsignal(number) is before
    assert capfd.readouterr().err == "ending: what is under way is finished and kept\n"


def test_without_a_signal_it_is_only_a_wait() -> None:
    end = Ending()
    assert (end.wait(0.01), end.wait(-1), end.is_set()) == (False, False, False)


def test_where_nobody_reads_the_end_is_an_end() -> None:
    end, stderr = Ending(), os.dup(2)
    try:
        os.close(2)
        with told(end):
            os.kill(os.getpid(), signal.SIGTERM)
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
    assert end.is_set()
