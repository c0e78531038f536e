"""Which ports are used, which are in vain, which are ready, and which nobody knows of."""

from __future__ import annotations

from array import array
from dataclasses import replace

import pytest

from automation.counters import Capacity, Daily, Day, Use, capacity, lit, use
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
