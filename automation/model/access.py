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
