"""Puts secrets on the wire and takes them out of everything that comes back."""

from __future__ import annotations

import re
from collections.abc import Callable

MASK = "<secret>"
"""What stands in running for a secret that we do not know; it is never typed."""
PLACEHOLDER = re.compile(r"<secret:([^<>\s]+)>")


class Masker:
    """Remembers what was revealed in a session, so that it can be masked again.

    A device echoes what is typed, and quotes it in its complaints.
    """

    def __init__(self) -> None:
        """Start with nothing revealed."""
        self._revealed: dict[str, str] = {}

    def fill(self, line: str, reveal: Callable[[str], str]) -> str:
        """Return `line` with each `<secret:NAME>` replaced by `reveal(NAME)`, for the wire only."""
        return PLACEHOLDER.sub(lambda found: self._reveal(found[1], reveal), line)

    def _reveal(self, name: str, reveal: Callable[[str], str]) -> str:
        """Return the secret `name` and remember it."""
        value = reveal(name)
        if value:
            self._revealed[value] = f"<secret:{name}>"
        return value

    def hide(self, text: str) -> str:
        """Return `text` with every revealed value back in its placeholder, longest first."""
        for value in sorted(self._revealed, key=len, reverse=True):
            text = text.replace(value, self._revealed[value])
        return text
