"""A candidate of ours is thrown away only when nobody can be at work in it."""

from __future__ import annotations

import pytest

from automation.devices.candidate_name import candidate_name, is_orphan

UNTIL = 1_795_000_000.5


def test_the_name_is_one_that_a_prompt_may_show() -> None:
    assert candidate_name(UNTIL, "beef") == "portvakt-6afd86c1beef"


@pytest.mark.parametrize(
    ("name", "seconds", "orphan"),
    [
        (candidate_name(UNTIL, "0000"), -300, False),
        (candidate_name(UNTIL, "0000"), 0, False),
        (candidate_name(UNTIL, "0000"), 60, False),
        (candidate_name(UNTIL, "0000"), 62, True),
        (candidate_name(UNTIL, "0000"), 86400, True),
        ("portvakt-alice", 86400, False),
        ("portvakt-6afd86c1", 86400, False),
        ("alice", 86400, False),
        (f"x{candidate_name(UNTIL, '0000')}", 86400, False),
        (f"{candidate_name(UNTIL, '0000')}x", 86400, False),
    ],
)
def test_only_our_own_and_only_past_its_time(name: str, seconds: float, orphan: bool) -> None:
    assert is_orphan(name, UNTIL + seconds) is orphan
