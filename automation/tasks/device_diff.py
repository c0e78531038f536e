"""What a candidate's own comparison may show: all of it but stored secrets. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

_HEADS: Final = ("--- ", "+++ ", "@@ ")


def without_secrets(diff: str, masked: Callable[[str], str]) -> str:
    """Return a unified `diff` in which `masked` has hidden the secret of each line, as shown."""
    return "\n".join(_line(line, masked) for line in diff.splitlines())


def _line(line: str, masked: Callable[[str], str]) -> str:
    if line.startswith(_HEADS):
        return line
    sign, body = line[:1], line[1:]
    text = body.lstrip(" ")
    return f"{sign}{body[: len(body) - len(text)]}{masked(text)}".rstrip()
