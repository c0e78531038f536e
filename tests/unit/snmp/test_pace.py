"""A switch that answers slower than it used to is asked less; nobody else is."""

from __future__ import annotations

import asyncio

import pytest

from automation.snmp import pace as module
from automation.snmp.pace import Pace


class Clock:
    """A clock and a sleep that the test turns."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    one = Clock()
    monkeypatch.setattr(module, "monotonic", one.monotonic)
    monkeypatch.setattr(asyncio, "sleep", one.sleep)
    return one


def _cycle(pace: Pace, clock: Clock, seconds: float, everybody: float = 1.0) -> bool:
    """Ask five times, each answered after `seconds`; whether the device was asked at all."""
    if not pace.may_begin():
        return False
    for _ in range(5):
        asyncio.run(pace.wait())
        clock.now += seconds
        pace.answered()
    pace.end_cycle(everybody)
    return True


def test_a_steady_device_is_never_left_alone(clock: Clock) -> None:
    pace = Pace()
    assert all(_cycle(pace, clock, 0.01) for _ in range(20))
    assert clock.slept == []
    assert pace.sent == 100


def test_a_slower_device_gets_pauses_as_long_as_its_answers(clock: Clock) -> None:
    pace = Pace()
    _cycle(pace, clock, 0.01)
    _cycle(pace, clock, 1.0)
    assert clock.slept == [1.0] * 4  # the first answer showed it


def test_a_device_that_stays_slow_is_left_out_twice_as_long_each_time(clock: Clock) -> None:
    pace = Pace()
    _cycle(pace, clock, 0.001)
    asked = [_cycle(pace, clock, 1.0 * 8**number) for number in range(6)]
    assert asked == [True, True, False, True, False, False]


def test_what_is_slow_for_long_becomes_usual(clock: Clock) -> None:
    pace = Pace()
    _cycle(pace, clock, 0.01)
    asked = [_cycle(pace, clock, 1.0) for _ in range(60)]
    assert all(asked[-20:])


def test_when_everybody_is_slow_nobody_is_left_out(clock: Clock) -> None:
    pace = Pace()
    _cycle(pace, clock, 0.01)
    assert all(_cycle(pace, clock, 1.0, everybody=100.0) for _ in range(10))


def test_small_waits_are_no_slowness(clock: Clock) -> None:
    pace = Pace()
    _cycle(pace, clock, 0.001)
    assert all(_cycle(pace, clock, 0.1) for _ in range(10))
    assert clock.slept == []


def test_a_cycle_without_an_answer_teaches_nothing(clock: Clock) -> None:
    pace = Pace()
    _cycle(pace, clock, 0.01)
    usual = pace.usual
    pace.end_cycle(1.0)
    assert pace.usual == usual
    assert pace.slower == 0.0
