"""Full port names, and what a shortened one probably means."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_SPLIT: Final = re.compile(r"([A-Za-z]*)[ -]*(.*)", re.DOTALL)


def look_alike(name: str, ports: Iterable[str]) -> str | None:
    """Return the one port of `ports` that `name` shortens (`Gi1/0/1`, `xge0/0/1`), else None.

    The number has to be the same; the letters have to stand in the full name's letters in the
    same order, first letter first. Two ports that fit equally well fit not at all.
    """
    letters, number = _parts(name)
    fitting = [
        (len(full_letters), port)
        for port in ports
        for full_letters, full_number in (_parts(port),)
        if full_number == number and _shortens(letters, full_letters)
    ]
    exact = [port for size, port in fitting if _parts(port)[0].startswith(letters)]
    best = exact or [port for _, port in fitting]
    return best[0] if len(best) == 1 else None


def _parts(name: str) -> tuple[str, str]:
    found = _SPLIT.fullmatch(name.strip())
    assert found is not None  # noqa: S101 - the pattern matches every text
    return found[1].lower(), found[2]


def _shortens(short: str, full: str) -> bool:
    if not short or short[0] != full[:1]:
        return False
    rest = iter(full)
    return all(letter in rest for letter in short)
