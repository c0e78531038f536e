"""Which device a target means, and whether what is known of it may still be shown."""

from __future__ import annotations

import pytest

from automation.metrics import Cycle, Reading
from tests.unit.metrics.readings import AT, Port, device, reading, unread

CYCLE = Cycle((reading(Port()), unread()), 300)


@pytest.mark.parametrize(
    ("target", "found"),
    [("sw-1", "sw-1"), ("192.0.2.2", "sw-2"), ("sw-3", None), ("", None), ("SW-1", None)],
)
def test_a_target_is_a_name_or_an_address(target: str, found: str | None) -> None:
    reading_ = CYCLE.find(target)
    assert (reading_.device.name if reading_ else None) == found


@pytest.mark.parametrize(
    ("what", "after", "why"),
    [
        (reading(Port()), 0.0, ""),
        (reading(Port()), 600.0, ""),
        (reading(Port()), 601.0, "last read 601 s ago"),
        (reading(Port()), -600.0, ""),
        (reading(Port()), -601.0, "last read 601 s from now: the clock was set back"),
        (unread(error="no answer in 2 tries"), 0.0, "no answer in 2 tries"),
        (Reading(device()), 0.0, "not read yet"),
    ],
)
def test_what_may_not_be_shown_says_why(what: Reading, after: float, why: str) -> None:
    assert CYCLE.stale(what, AT + after) == why
