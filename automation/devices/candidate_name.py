"""What a candidate of ours is called: the name says until when somebody may be at work in it. Pure.

A session ends at its deadline at the latest, whoever holds it, on whichever machine. So a
candidate whose name tells an earlier time belongs to nobody, and may be thrown away.
"""

from __future__ import annotations

import re
from typing import Final

_NAME: Final = re.compile(r"portvakt-(?P<until>[0-9a-f]{8})[0-9a-f]{4}")
_SKEW: Final = 60.0
"""Seconds by which the clocks of two machines that run Portvakt may differ."""


def candidate_name(until: float, token: str) -> str:
    """Return a name for a candidate that is left by `until` (Unix time); `token` is four digits.

    The digits are hexadecimal, so that a prompt that shows the name is one we know.
    """
    return f"portvakt-{int(until) + 1:08x}{token}"


def is_orphan(name: str, now: float) -> bool:
    """Whether `name` is that of a candidate of ours that nobody can be at work in any more."""
    found = _NAME.fullmatch(name)
    return found is not None and int(found["until"], 16) + _SKEW < now
