"""What is said of a deadline to whoever ran into it."""

from __future__ import annotations

import pytest

from automation.devices import Deadline

SETTING = "run.deadline in portvakt.toml"


@pytest.mark.parametrize(
    ("deadline", "said"),
    [
        (Deadline(300, SETTING), "its 300 s (run.deadline in portvakt.toml)"),
        (Deadline(300), "its 300 s"),
        (Deadline(0.5), "its 0.5 s"),
        (Deadline(86400), "its 86400 s"),
        (Deadline(239.9996, SETTING, 300), "240 s of its 300 s (run.deadline in portvakt.toml)"),
    ],
    ids=str,
)
def test_it_names_the_setting_and_its_value(deadline: Deadline, said: str) -> None:
    assert str(deadline) == said


def test_a_share_is_told_as_part_of_the_whole() -> None:
    share = Deadline(1000, SETTING).share(0.8)
    assert 0 < share.seconds <= 800
    assert str(share).endswith(" s of its 1000 s (run.deadline in portvakt.toml)")
