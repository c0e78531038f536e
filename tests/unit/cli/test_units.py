"""Numbers and times as people say them."""

from __future__ import annotations

import pytest

from automation.cli.units import human, lasted, moment, read


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (0.0, "bit/s", "0"),
        (7.96, "bit/s", "7.96 bit/s"),
        (999.4, "bit/s", "999 bit/s"),
        (1.09e9, "bit/s", "1.09 Gbit/s"),
        (61_900.0, "/s", "61.9 k/s"),
        (0.25, "/s", "0.25 /s"),
        (999_600_000.0, "bit/s", "1 Gbit/s"),
        (999.6, "/s", "1 k/s"),
        (3.21e12, "B", "3.21 TB"),
    ],
)
def test_a_number_is_short_and_has_its_unit(value: float, unit: str, expected: str) -> None:
    assert human(value, unit) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (-1.0, "0 s"),
        (12.4, "12 s"),
        (119.0, "119 s"),
        (120.0, "2 min"),
        (7199.0, "120 min"),
        (7200.0, "2 h"),
        (172_800.0, "2 d"),
    ],
)
def test_a_time_is_in_its_largest_unit(seconds: float, expected: str) -> None:
    assert lasted(seconds) == expected


def test_a_reading_says_when_and_how_long_ago() -> None:
    assert read(1000.0, 1090.0) == f"read {moment(1000.0)}, 90 s ago"
    assert moment(0.0)[10] == " "
