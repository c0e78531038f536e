"""Waves: one estate after the other, each with a canary of its own."""

from __future__ import annotations

import pytest

from automation.model import Change, Stanza
from automation.playbook import waves

STANZA = Stanza("ports", "interface x", ("shutdown",), "interface x", ("no shutdown",))


def change(name: str, estate: str, *, idle: bool = False) -> Change:
    stanzas = () if idle else (STANZA,)
    return Change(name, estate, "cisco_ios", "b", "t", "i", "m", stanzas)


def cut(changes: list[Change], sizes: list[int], estates: tuple[str, ...] = ()) -> list[str]:
    return [
        f"{wave.estate} {wave.number}/{wave.of}: {' '.join(one.device for one in wave.changes)}"
        for wave in waves(changes, sizes, estates)
    ]


CITY = [change(f"c{number}", "city") for number in range(4)]
MKB = [change(f"m{number}", "mkb") for number in range(2)]


@pytest.mark.parametrize(
    ("changes", "sizes", "estates", "expected"),
    [
        ([], [1, 5], (), []),
        (CITY, [1, 2], (), ["city 1/3: c0", "city 2/3: c1 c2", "city 3/3: c3"]),
        (CITY, [1], (), ["city 1/4: c0", "city 2/4: c1", "city 3/4: c2", "city 4/4: c3"]),
        ([*MKB, *CITY], [9], (), ["city 1/1: c0 c1 c2 c3", "mkb 1/1: m0 m1"]),
        ([*CITY, *MKB], [9], ("mkb",), ["mkb 1/1: m0 m1", "city 1/1: c0 c1 c2 c3"]),
        ([change("idle", "city", idle=True), *CITY], [9], (), ["city 1/1: c0 c1 c2 c3"]),
    ],
)
def test_waves(
    changes: list[Change], sizes: list[int], estates: tuple[str, ...], expected: list[str]
) -> None:
    assert cut(changes, sizes, estates) == expected


def test_each_estate_has_a_canary() -> None:
    made = list(waves([*CITY, *MKB], [1, 5], ()))
    assert [wave.estate for wave in made if wave.canary] == ["city", "mkb"]
