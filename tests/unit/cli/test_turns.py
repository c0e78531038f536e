"""When a daemon's cycles begin: at the turns, and never half an interval after another."""

from __future__ import annotations

import os
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pytest

from automation.cli.ending import Ending
from automation.cli.polling import Turns

INTERVAL = 300
TURN = 1_800_000_000.0


@dataclass
class Clock(Ending):
    """A clock that stands still but while somebody waits, by which the system's is set."""

    now: float

    def __post_init__(self) -> None:
        super().__init__()

    def wait(self, seconds: float) -> bool:
        self.now += seconds
        return False


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock(TURN)
    monkeypatch.setattr("automation.cli.polling.time", lambda: found.now)
    return found


@pytest.mark.parametrize(
    ("begun", "took", "expected"),
    [
        pytest.param(0.0, 10.0, [0.0, 300.0, 600.0], id="at a turn"),
        pytest.param(-3.0, 1.0, [-3.0, 300.0, 600.0], id="just before one"),
        pytest.param(-149.0, 1.0, [-149.0, 300.0, 600.0], id="less than half an interval"),
        pytest.param(-151.0, 1.0, [-151.0, 0.0, 300.0], id="more than half an interval"),
        pytest.param(0.0, 310.0, [0.0, 600.0, 1200.0], id="longer than an interval"),
        pytest.param(-3.0, 310.0, [-3.0, 600.0, 1200.0], id="longer, and just before a turn"),
    ],
)
def test_cycles_begin_at_turns(
    clock: Clock, tmp_path: Path, begun: float, took: float, expected: list[float]
) -> None:
    clock.now += begun
    found = []
    for _ in Turns(INTERVAL, 3, tmp_path / "begun")(clock):
        found.append(clock.now - TURN)
        clock.now += took
    assert found == expected


def test_a_clock_that_is_set_back_in_a_cycle_delays_the_next_by_no_more_than_an_interval(
    clock: Clock, tmp_path: Path
) -> None:
    found = []
    for _ in Turns(INTERVAL, 2, tmp_path / "begun")(clock):
        found.append(clock.now - TURN)
        clock.now -= 3590
    assert found == [0.0, -3300.0]


@pytest.mark.parametrize(
    ("last", "started", "expected"),
    [
        pytest.param(-299.0, -200.0, 0.0, id="waits for the turn"),
        pytest.param(-460.0, -200.0, -200.0, id="a turn was left out"),
        pytest.param(-3.0, -2.0, 300.0, id="the turn is too near to the last one"),
        pytest.param(-3.0, 1.0, 300.0, id="also when it has just passed"),
        pytest.param(-3.0, 299.0, 300.0, id="however long that is"),
        pytest.param(50.0, 20.0, 20.0, id="a clock that was set back"),
    ],
)
def test_a_poller_that_is_started_again_waits(
    clock: Clock,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    last: float,
    started: float,
    expected: float,
) -> None:
    mark = tmp_path / "begun"
    mark.touch()
    os.utime(mark, (TURN + last, TURN + last))
    clock.now = TURN + started
    assert [clock.now - TURN for _ in islice(Turns(INTERVAL, 0, mark)(clock), 1)] == [expected]
    assert ("the next begins in" in capsys.readouterr().err) == (started != expected)
