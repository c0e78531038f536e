"""Port names sort as people count."""

from __future__ import annotations

import pytest

from automation.model.port import natural_key


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
