"""VLAN lists are read and printed as each vendor does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation.lab import ids

IDS = st.frozensets(st.integers(1, 4094), min_size=1, max_size=60)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("10", {10}),
        ("10,20-22", {10, 20, 21, 22}),
        ("4094", {4094}),
        ("0", None),
        ("4095", None),
        ("20-10", None),
        ("10,", None),
        ("10-", None),
        ("ten", None),
    ],
)
def test_a_comma_list_is_read_or_turned_down(text: str, found: set[int] | None) -> None:
    assert ids.parse_commas(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("10 20 to 22", {10, 20, 21, 22}),
        ("10 to 12 14", {10, 11, 12, 14}),
        ("10 to", None),
        ("to 10", None),
        ("10 to 12 to 14", None),
        ("12 to 10", None),
        ("4095", None),
        ("", None),
    ],
)
def test_a_spaced_list_is_read_or_turned_down(text: str, found: set[int] | None) -> None:
    assert ids.parse_spaces(text.split()) == found


@given(IDS)
def test_what_is_printed_reads_back(numbers: frozenset[int]) -> None:
    assert ids.parse_commas(ids.commas(numbers)) == numbers
    assert ids.parse_commas(ids.commas(numbers, 2)) == numbers
    words = " ".join(line.removeprefix("x ") for line in ids.spaced("x", numbers))
    assert ids.parse_spaces(words.split()) == numbers


@given(IDS)
def test_lines_of_ios_stay_below_eighty_columns(numbers: frozenset[int]) -> None:
    head = "switchport trunk allowed vlan"
    lines = ids.wrapped(head, f"{head} add", numbers)
    assert all(len(line) < 80 for line in lines)
    assert lines[0].startswith(f"{head} ")
    assert all(line.startswith(f"{head} add ") for line in lines[1:])
    found = [ids.parse_commas(line.rpartition(" ")[2]) or frozenset() for line in lines]
    assert frozenset().union(*found) == numbers


def test_two_neighbours_stay_apart_on_ios_only() -> None:
    assert ids.commas({901, 902}) == "901,902"
    assert ids.commas({901, 902}, 2) == "901-902"
    assert ids.spaced("vlan batch", {901, 902, 904}) == ["vlan batch 901 to 902 904"]
