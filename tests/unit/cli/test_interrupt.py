"""The first Ctrl-C stops, the next one explains; afterwards signals are what they were."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from automation.cli.interrupt import stopping


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_first_stops_and_the_second_explains(
    number: signal.Signals, capfd: pytest.CaptureFixture[str]
) -> None:
    stop = threading.Event()
    before = signal.getsignal(number)
    with stopping(stop):
        assert not stop.is_set()
        os.kill(os.getpid(), number)
        assert stop.is_set()
        first = capfd.readouterr().err
        os.kill(os.getpid(), number)
        second = capfd.readouterr().err
    assert "no new device is begun" in first
    assert f"kill -9 {os.getpid()}" in second
    assert signal.getsignal(number) is before


def test_signals_are_put_back_after_an_error() -> None:
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(ValueError, match="odd"), stopping(threading.Event()):
        raise ValueError("odd")
    assert signal.getsignal(signal.SIGINT) is before


def test_a_hangup_that_the_caller_ignores_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    stop = threading.Event()
    try:
        with stopping(stop):
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)
    assert not stop.is_set()


def test_after_a_hangup_the_dead_terminal_is_written_no_more() -> None:
    here, there = os.openpty()
    stderr, stop = os.dup(2), threading.Event()
    try:
        os.dup2(there, 2)
        os.close(here)
        with pytest.raises(OSError, match="Input/output"):
            os.write(2, b"a bar")
        with stopping(stop):
            os.kill(os.getpid(), signal.SIGHUP)
        assert os.write(2, b"a bar") == 5
        assert stop.is_set()
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
        os.close(there)
