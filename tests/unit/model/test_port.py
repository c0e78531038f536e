"""Port names sort as people count; a subscription stands as its dates and state say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from automation.model import Standing, Subscription, SubscriptionState
from automation.model.port import natural_key

SOLD = Subscription(
    "A-1", "internet", "nordlys", 1101, False, "t100", SubscriptionState.ACTIVE, date(2026, 3, 1)
)


@pytest.mark.parametrize(
    "names",
    [
        ["GigabitEthernet1/0/2", "GigabitEthernet1/0/10", "GigabitEthernet2/0/1"],
        ["Ethernet2", "Ethernet10", "GigabitEthernet0/0/1"],
        ["1/0/1", "Ethernet1", "port", "port1"],
    ],
)
def test_names_stand_in_the_order_of_their_numbers(names: list[str]) -> None:
    assert sorted(reversed(names), key=natural_key) == names


@pytest.mark.parametrize(
    ("changed", "day", "standing"),
    [
        ({}, date(2026, 2, 28), Standing.FUTURE),
        ({}, date(2026, 3, 1), Standing.DELIVERED),
        ({"state": SubscriptionState.SUSPENDED}, date(2026, 3, 1), Standing.SUSPENDED),
        ({"state": SubscriptionState.SUSPENDED}, date(2026, 2, 1), Standing.FUTURE),
        ({"end": date(2026, 4, 1)}, date(2026, 3, 31), Standing.DELIVERED),
        ({"end": date(2026, 4, 1)}, date(2026, 4, 1), Standing.ENDED),
        ({"end": date(2026, 2, 1)}, date(2026, 2, 15), Standing.ENDED),
    ],
)
def test_the_first_day_counts_and_the_last_is_the_one_before_the_end(
    changed: dict[str, Any], day: date, standing: Standing
) -> None:
    assert replace(SOLD, **changed).standing(day) is standing
