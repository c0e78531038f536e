"""What it takes to log in to a device."""

from __future__ import annotations

from dataclasses import dataclass

from automation.model.text import Secret


@dataclass(frozen=True, slots=True)
class Login:
    """A user name and its secrets; `key_file` is the path of an SSH private key, if any."""

    username: str
    password: Secret | None = None
    enable: Secret | None = None
    key_file: str | None = None
    passphrase: Secret | None = None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where an SSH server is reached, and who logs in there."""

    name: str
    address: str
    port: int
    login: Login


@dataclass(frozen=True, slots=True)
class SnmpLogin:
    """How an agent is asked: a community (v2c), or a user with keys (v3, RFC 3414).

    `auth` and `priv` name algorithms: `sha1 sha224 sha256 sha384 sha512`, `aes128 aes192 aes256`.
    Without `priv_password` messages are authenticated and not encrypted (authNoPriv).
    """

    name: str
    community: Secret | None = None
    user: str = ""
    auth: str = "sha256"
    auth_password: Secret | None = None
    priv: str = "aes128"
    priv_password: Secret | None = None

    @property
    def is_v3(self) -> bool:
        """Whether a user asks, and no community."""
        return self.community is None


@dataclass(frozen=True, slots=True)
class TurnedDown:
    """That an agent turned an SNMP login down: when (Unix time), why, and how often in a row.

    `count` is 0 of a silence that may be a refusal or a lost datagram: the next one counts.
    `login` is a mark of what it was asked with, "" where nobody has said.
    """

    at: float
    why: str
    count: int = 1
    login: str = ""
