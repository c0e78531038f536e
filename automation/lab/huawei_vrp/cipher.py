"""Texts of the shape in which VRP shows secrets; they hide nothing and are no real ciphers."""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode

_FRAME = "%^%#"


def conceal(secret: str, turn: int) -> str:
    """Return `secret` in the form `%^%#…%^%#`, with another text for another `turn`."""
    seed = turn % 251
    masked = bytes([seed]) + bytes(
        (letter + seed + at) % 256 for at, letter in enumerate(secret.encode())
    )
    return f"{_FRAME}{b64encode(masked).decode()}{_FRAME}"


def reveal(text: str) -> str:
    """Return the secret of a text that `conceal` made; any other text is the secret itself."""
    if not (text.startswith(_FRAME) and text.endswith(_FRAME) and len(text) > 2 * len(_FRAME)):
        return text
    seed, *masked = b64decode(text[len(_FRAME) : -len(_FRAME)])
    return bytes((letter - seed - at) % 256 for at, letter in enumerate(masked)).decode()


def hashed(secret: str) -> str:
    """Return the stored form `$1a$…` of a password; one that is so already stays as it is."""
    if secret.startswith("$1a$"):
        return secret
    salt = hashlib.sha256(f"salt of {secret}".encode()).hexdigest()[:10]
    return f"$1a${salt}${_digest(salt, secret)}$"


def fits(secret: str, stored: str) -> bool:
    """Return whether `secret` is the one that is stored as `$1a$…`."""
    _, _, salt, known, _ = stored.split("$")
    return known == _digest(salt, secret)


def _digest(salt: str, secret: str) -> str:
    return b64encode(hashlib.sha256((salt + secret).encode()).digest()).decode()[:32]
