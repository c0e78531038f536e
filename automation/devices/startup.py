"""Whether what a device has saved is what it runs, where its own word does not say so. Pure."""

from __future__ import annotations

import re
from itertools import takewhile

from automation.model import Startup


def difference(startup: Startup, shown: str, running: str) -> str:
    """Return how what is saved, as `shown`, differs from `running`, or "".

    Nothing of either is in it: a configuration may hold secrets.
    """
    saved, runs = _lines(startup, shown), _lines(startup, running)
    if saved == runs:
        return ""
    pairs = zip(saved, runs, strict=False)
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return f"{len(saved)} lines are saved and {len(runs)} run; the first {same} are the same"


def _lines(startup: Startup, text: str) -> list[str]:
    """Return the lines that stand in both, without what frames them."""
    lines = (line.rstrip() for line in text.splitlines())
    frame = [re.compile(one) for one in startup.frame]
    return [line for line in lines if line and not any(one.fullmatch(line) for one in frame)]
