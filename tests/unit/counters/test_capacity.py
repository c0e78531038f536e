"""Which ports are used, which are in vain, which are ready, and which nobody knows of."""

from __future__ import annotations

from array import array
from dataclasses import replace
from math import nan

import pytest

from automation.counters import Capacity, Daily, Day, Load, Use, capacity, lit, load, shares, use
from automation.model import Port, PortRole, PortState


def _port(name: str, state: PortState = PortState.ACTIVE) -> Port:
    return Port("sw-1", name, PortRole.CUSTOMER, state, None, None)


def _day(day: str, seconds: float, up: float) -> Day:
    empty = Day.empty("sw-1", day, ("a",))
    columns = [array("d", column) for column in empty.columns]
    columns[Daily.SECONDS][0], columns[Daily.UP][0] = seconds, up
    return replace(empty, columns=tuple(columns))


CASES: tuple[tuple[PortState, list[tuple[float, float]], Use], ...] = (
    (PortState.ACTIVE, [(300.0, 300.0)], Use.ACTIVE),
    (PortState.ACTIVE, [(300.0, 0.0)], Use.IDLE),
    (PortState.ACTIVE, [(300.0, 300.0), (300.0, 0.0)], Use.ACTIVE),
    (PortState.SUSPENDED, [(300.0, 0.0)], Use.IDLE),
    (PortState.PARKED, [(300.0, 0.0)], Use.READY),
    (PortState.RESERVED, [(300.0, 300.0)], Use.READY),
    (PortState.ACTIVE, [], Use.UNKNOWN),
    (PortState.ACTIVE, [(0.0, 0.0)], Use.UNKNOWN),
    (PortState.PARKED, [], Use.UNKNOWN),
)


@pytest.mark.parametrize(("state", "days", "expected"), CASES)
def test_a_port_is_used_in_one_way(
    state: PortState, days: list[tuple[float, float]], expected: Use
) -> None:
    seen = lit(_day(f"2026-11-{at + 1:02}", *day) for at, day in enumerate(days))
    assert use(_port("a", state), seen) is expected


def test_ports_are_counted_by_group() -> None:
    seen = lit([_day("2026-11-01", 300.0, 300.0)])
    ports = [_port("a"), _port("b"), _port("c")]
    groups = {("sw-1", "a"): ["north", "south"], ("sw-1", "b"): ["north"]}
    assert capacity(ports, seen, groups) == (
        Capacity("north", active=1, unknown=1),
        Capacity("south", active=1),
    )
    assert capacity(ports, seen, groups)[0].total == 2


A, B = ("sw-1", "a"), ("sw-1", "b")


def _peak(day: str, inward: float, outward: float, then: int = 1000) -> Day:
    """Return a day of port `a` with its busiest intervals and its speed `then`, in bit/s."""
    found = _day(day, 300.0, 300.0)
    for peak, share, bits in (
        (Daily.IN_PEAK, Daily.IN_USE, inward),
        (Daily.OUT_PEAK, Daily.OUT_USE, outward),
    ):
        found.columns[peak][0], found.columns[share][0] = bits / 8, bits / then if then else nan
    return found


@pytest.mark.parametrize(
    ("days", "speeds", "expected"),
    [
        pytest.param([], {A: 1000}, {}, id="no day"),
        pytest.param([_peak("1", 100.0, 800.0)], {A: 1000}, {A: 0.8}, id="the busier direction"),
        pytest.param([_peak("1", 900.0, 0.0)], {A: 1000}, {A: 0.9}, id="or the other"),
        pytest.param(
            [_peak("1", 900.0, 0.0), _peak("2", 1.0, 0.0)], {A: 1000}, {A: 0.9}, id="any day"
        ),
        pytest.param([_peak("1", 900.0, 0.0)], {A: 10_000}, {A: 0.09}, id="made faster since"),
        pytest.param([_peak("1", 12.5, 0.0)], {A: 10}, {A: 0.0125}, id="slower now: it sleeps"),
        pytest.param([_peak("1", 900.0, 0.0)], {A: 0}, {A: 0.9}, id="no speed now"),
        pytest.param([_peak("1", 900.0, 0.0)], {B: 1000}, {A: 0.9}, id="not read any more"),
        pytest.param([_peak("1", 900.0, 0.0, 0)], {A: 1000}, {}, id="no speed then"),
        pytest.param(
            [_peak("1", 90.0, 0.0, 100), _peak("2", 800.0, 0.0)],
            {A: 1000},
            {A: 0.8},
            id="each day of its own speed",
        ),
        pytest.param([_peak("1", 0.0, 0.0)], {A: 1000}, {A: 0.0}, id="nothing carried"),
        pytest.param([Day.empty("sw-1", "1", ("a",))], {A: 1000}, {}, id="nothing seen"),
    ],
)
def test_a_port_is_as_full_as_it_once_was(
    days: list[Day], speeds: dict[tuple[str, str], int], expected: dict[tuple[str, str], float]
) -> None:
    assert shares(days, speeds) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        pytest.param({}, Load(2, 0, 2, None, None), id="nothing is known"),
        pytest.param({A: 0.79, B: 0.8}, Load(2, 1, 0, B, 0.8), id="full from 80 % on"),
        pytest.param({A: 0.0}, Load(2, 0, 1, A, 0.0), id="idle is known"),
        pytest.param({("sw-9", "a"): 1.0}, Load(2, 0, 2, None, None), id="another group's"),
    ],
)
def test_a_group_says_which_port_is_fullest(
    known: dict[tuple[str, str], float], expected: Load
) -> None:
    assert load([A, B], known) == expected
