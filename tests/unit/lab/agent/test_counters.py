"""Counters as lines in time: held, stopped, reset, wrapped, and what is told of them."""

from __future__ import annotations

import pytest

from automation.lab.agent.counters import COUNTERS, WIDTH, Counters


@pytest.fixture
def one() -> Counters:
    """Return one port whose counter n gets n + 1 a second, and stands at 1000 n when it begins."""
    counters = Counters(range(1, WIDTH + 1), range(0, 1000 * WIDTH, 1000), 500)
    counters.run(0, 500, up=True)
    return counters


@pytest.mark.parametrize(
    ("now", "value"), [(500, 2000), (533, 2000), (534, 2001), (600, 2003), (10_500, 2300)]
)
def test_a_counter_is_a_line_rounded_down(one: Counters, now: int, value: int) -> None:
    assert one.value(2, now) == value


def test_what_is_told_is_what_is_shown(one: Counters) -> None:
    one.run(0, 777, up=False)
    one.run(0, 999, up=True)
    for place, line in enumerate(one.lines(0)):
        shown = line["start"] + line["rate"] * (4321 - line["epoch"]) // 100
        assert one.value(place, 4321) == shown
    assert len(list(one.lines(0))) == len(COUNTERS)


def test_a_port_that_is_down_stands_still(one: Counters) -> None:
    one.run(0, 1500, up=False)
    assert one.value(2, 99_999) == 2030
    one.run(0, 2000, up=True)
    assert one.value(2, 3000) == 2060


def test_held_counters_stand_and_go_on_from_there(one: Counters) -> None:
    one.hold(1500, [True], held=True)
    assert one.value(2, 99_999) == 2030
    one.run(0, 1600, up=True)
    assert one.value(2, 99_999) == 2030
    one.hold(2500, [True], held=False)
    assert one.value(2, 3500) == 2060


def test_a_reset_begins_at_zero(one: Counters) -> None:
    one.reset(1500)
    assert [one.value(place, 1600) for place in (0, 11)] == [1, 12]


def test_a_wrap_comes_when_it_was_said_to(one: Counters) -> None:
    one.near_wrap(1000, 20)
    assert one.value(2, 2999) == 2**64 - 1
    assert one.value(2, 3000) == 0
    assert one.value(2, 3100) == 3


def test_what_stands_still_does_not_wrap() -> None:
    counters = Counters([0] * WIDTH, [7] * WIDTH, 0)
    counters.run(0, 0, up=True)
    counters.near_wrap(0, 1)
    assert counters.value(0, 10_000) == 7
