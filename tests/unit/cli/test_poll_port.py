"""The kept hours of a port as a line of bars."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan

import pytest

from automation.cli.poll_port import Point, sparkline
from automation.cli.poll_views import total
from automation.store.polls import KEPT

END = 1_000_000.0


def ago(hours: float, value: float) -> Point:
    return END - hours * 3600, value


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        pytest.param([], "······", id="nothing is known"),
        pytest.param([ago(0, 5.0)], "·····█", id="the newest stands last"),
        pytest.param([ago(0, 0.0), ago(1, 0.0)], "····▁▁", id="nothing is no peak"),
        pytest.param([ago(hour, 7.0 - hour) for hour in range(6)], "▃▄▅▆▇█", id="from 0 up"),
        pytest.param([ago(5.9, 1.0), ago(0, 1.0)], "█····█", id="a gap is a gap"),
        pytest.param([ago(0, nan), ago(1, 8.0)], "····█·", id="what is not known is a gap"),
        pytest.param([ago(0.2, 1.0), ago(0.8, 8.0)], "·····█", id="the most of its time"),
        pytest.param([ago(6.1, 9.0), ago(0, 1.0)], "·····█", id="older is not kept"),
    ],
)
def test_bars_stand_where_their_time_is(points: Sequence[Point], expected: str) -> None:
    assert sparkline(points, END, width=6) == expected


def test_a_reading_every_five_minutes_leaves_no_gap() -> None:
    every = [(END - at, 1.0) for at in range(0, KEPT, 300)]
    assert set(sparkline(every, END)) == {"█"}


@pytest.mark.parametrize(
    ("rates", "expected"),
    [
        pytest.param([0.0, 0.0], 0.0, id="none"),
        pytest.param([2.0, nan], 2.0, id="what is known of one direction shows"),
        pytest.param([0.0, nan], nan, id="nothing is known of the other"),
    ],
)
def test_errors_of_one_direction_are_errors(rates: Sequence[float], expected: float) -> None:
    assert total(rates) == pytest.approx(expected, nan_ok=True)
