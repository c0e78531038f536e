"""Text that may reach a device, text that must not be shown, and digests of text."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Final

_ALLOWED: Final = re.compile(r"[A-Za-z0-9._:/#()+-](?:[A-Za-z0-9 ._:/#()+-]*[A-Za-z0-9._:/#()+-])?")
_TRANSLITERATED: Final = str.maketrans("ÅÄÖåäöÉéÜü", "AAOaaoEeUu")
MAX_DEVICE_TEXT: Final = 200
"""Below the 240 that are safe for a description on every platform (docs/platforms.md)."""


class DeviceText(str):
    """Text from people that may become part of a configuration line.

    Built only through an allow-list, so that no newline, `?`, `!`, control character or quote
    can reach a device: a newline in a description is CLI injection. Swedish letters are
    transliterated; anything else that is not allowed is rejected, never stripped.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> DeviceText:
        """Return `text` as device text, or raise ValueError that names the first bad character."""
        plain = text.translate(_TRANSLITERATED)
        if len(plain) > MAX_DEVICE_TEXT:
            raise ValueError(f"{len(plain)} characters; at most {MAX_DEVICE_TEXT} reach a device")
        if plain and not _ALLOWED.fullmatch(plain):
            raise ValueError(
                f"{text!r} has {_first_bad(plain)}; "
                "allowed: letters, digits, ._:/#()+- and inner spaces"
            )
        return super().__new__(cls, plain)


def _first_bad(text: str) -> str:
    """Return a readable name for the first character that is not allowed where it stands."""
    for character in text:
        if not _ALLOWED.fullmatch(character) and character != " ":
            return repr(character)
    return "a leading or trailing space"


class Secret:
    """A secret value that never shows itself: `repr` and `str` are `***`."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        """Hold `value`; only `reveal()` gives it back."""
        self._value = value

    def reveal(self) -> str:
        """Return the value, for the wire and nowhere else."""
        return self._value

    def __repr__(self) -> str:
        """Return `***`."""
        return "***"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        """Two secrets are equal when their values are."""
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        """Hash by value."""
        return hash(self._value)

    def __reduce__(self) -> str:
        """Refuse to be pickled: a secret does not travel between processes."""
        raise TypeError("a Secret is not pickled; resolve it where it is used")


def canonical_json(value: object) -> str:
    """Return `value` as JSON with sorted keys and no spaces: equal values, equal text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(text: str) -> str:
    """Return the SHA-256 of `text`, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()
