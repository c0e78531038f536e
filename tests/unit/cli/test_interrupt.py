"""The first Ctrl-C stops, the next one explains; afterwards signals are what they were."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from automation.cli.interrupt import stopping


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
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
