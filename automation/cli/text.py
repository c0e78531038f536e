"""Text from devices and people, made safe for a terminal."""

from __future__ import annotations

import unicodedata
from typing import Final

_KEPT: Final = frozenset("\n\t")


def plain(text: str) -> str:
    """Return `text` without control and format characters, so that none reaches a terminal.

    Newlines and tabs stay. What goes: ESC and the rest of C0 and C1, and the format characters
    that turn the order of writing around.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        one for one in text if one in _KEPT or unicodedata.category(one) not in ("Cc", "Cf")
    )


def one_line(text: str) -> str:
    """Return `text` made safe and on one line, its own lines joined by ` / `."""
    lines = (line.strip() for line in plain(text).expandtabs().splitlines())
    return " / ".join(line for line in lines if line)


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return `1 port`, `2 ports`."""
    return f"{number} {noun if number == 1 else plural or f'{noun}s'}"
