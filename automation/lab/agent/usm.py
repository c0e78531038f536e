"""The user-based security model (RFC 3414, RFC 3826, RFC 7860): keys, digests, ciphers.

AES-128 is the only cipher: DES is no protection, and longer AES keys have no standard.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from functools import cached_property
from itertools import count

from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms

_STRETCHED = 1_048_576
"""Octets of repeated passphrase that a key is the digest of (RFC 3414, A.2)."""
_AES_KEY = 16


class Level(IntEnum):
    """How a message is protected; each level is more than the one before."""

    NONE = 0
    AUTH = 1
    PRIV = 3


class AuthProtocol(Enum):
    """A digest and how many of its octets a message carries (RFC 3414, RFC 7860)."""

    SHA = ("sha1", 12)
    SHA224 = ("sha224", 16)
    SHA256 = ("sha256", 24)
    SHA384 = ("sha384", 32)
    SHA512 = ("sha512", 48)

    @cached_property
    def digest(self) -> str:
        """The name of the digest, as hashlib has it."""
        return str(self.value[0])

    @cached_property
    def size(self) -> int:
        """Octets of the digest that a message carries."""
        return int(self.value[1])


@dataclass(frozen=True, slots=True)
class User:
    """Who may read over v3. `least` is the level below which the view is closed to the user
    (RFC 3415, vacmAccessSecurityLevel).
    """

    name: str
    protocol: AuthProtocol
    auth: str = field(repr=False)
    priv: str | None = field(default=None, repr=False)
    least: Level = Level.AUTH


@dataclass(frozen=True, slots=True)
class Keys:
    """A user's keys, localized for one engine; `priv` is None when the user has none."""

    protocol: AuthProtocol
    auth: bytes = field(repr=False)
    priv: bytes | None = field(repr=False)

    def sign(self, message: bytes) -> bytes:
        """Return the digest of a message, in which the digest's own octets are zero."""
        whole = hmac.digest(self.auth, message, self.protocol.digest)
        return whole[: self.protocol.size]

    def signs(self, message: bytes, digest: bytes) -> bool:
        """Return whether `digest` is that of the message."""
        return hmac.compare_digest(self.sign(message), digest)


def stretch(protocol: AuthProtocol, phrase: str) -> bytes:
    """Return the key that a passphrase stands for, before it is localized (RFC 3414, A.2)."""
    raw = phrase.encode()
    repeated = (raw * (_STRETCHED // len(raw) + 1))[:_STRETCHED]
    return hashlib.new(protocol.digest, repeated).digest()


def localize(protocol: AuthProtocol, key: bytes, engine_id: bytes) -> bytes:
    """Return the key for one engine (RFC 3414, section 2.6)."""
    return hashlib.new(protocol.digest, key + engine_id + key).digest()


class Keyring:
    """The users of a lab. A passphrase is stretched once, however many engines use it."""

    def __init__(self, users: tuple[User, ...]) -> None:
        """Know `users`; stretch nothing yet."""
        self.users = {user.name.encode(): user for user in users}
        self._stretched: dict[tuple[AuthProtocol, str], bytes] = {}
        self._salts = count(1)

    def keys(self, user: User, engine_id: bytes) -> Keys:
        """Return the user's keys for one engine."""
        auth = localize(user.protocol, self._key(user.protocol, user.auth), engine_id)
        if user.priv is None:
            return Keys(user.protocol, auth, None)
        priv = localize(user.protocol, self._key(user.protocol, user.priv), engine_id)
        return Keys(user.protocol, auth, priv[:_AES_KEY])

    def salt(self) -> bytes:
        """Return a salt that no message before had (RFC 3826, section 3.1.2.1)."""
        return next(self._salts).to_bytes(8, "big")

    def _key(self, protocol: AuthProtocol, phrase: str) -> bytes:
        if (protocol, phrase) not in self._stretched:
            self._stretched[protocol, phrase] = stretch(protocol, phrase)
        return self._stretched[protocol, phrase]


def encrypt(key: bytes, boots: int, seconds: int, salt: bytes, data: bytes) -> bytes:
    """Return `data` enciphered with AES-128 (RFC 3826)."""
    return bytes(_cipher(key, boots, seconds, salt).encryptor().update(data))


def decrypt(key: bytes, boots: int, seconds: int, salt: bytes, data: bytes) -> bytes:
    """Return `data` deciphered; with another key it is noise."""
    return bytes(_cipher(key, boots, seconds, salt).decryptor().update(data))


def _cipher(key: bytes, boots: int, seconds: int, salt: bytes) -> Cipher[CFB]:
    start = boots.to_bytes(4, "big") + seconds.to_bytes(4, "big") + salt
    return Cipher(algorithms.AES(key), CFB(start))
