"""Resolves named logins and secrets; the values go to `devices` and are shown nowhere."""

from __future__ import annotations

import os
import stat
import subprocess
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, TypeVar

from automation.errors import CredentialError, SafeFailed
from automation.model import Endpoint, Login, Secret, SnmpLogin
from automation.workspace import LoginEntry, Source, Workspace
from automation.workspace.settings import FILE, Where

Entry = TypeVar("Entry")
_SECONDS: Final = 30.0
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


class Credentials:
    """What `portvakt.toml` names, resolved on first use and kept for the run.

    What could not be resolved is not tried again either: a command that asks a locked safe
    would do so for every device. Safe to share between threads.
    """

    def __init__(self, workspace: Workspace, env: Mapping[str, str] | None = None) -> None:
        """Resolve for `workspace`; `env` is the environment, that of the process by default."""
        self._root = workspace.root
        self._settings = workspace.settings
        self._env = os.environ if env is None else env
        self._lock = threading.Lock()
        self._kept: dict[str, Secret | CredentialError] = {}

    def login(self, name: str) -> Login:
        """Return the login `[credentials.NAME]`, or raise CredentialError."""
        return self._login(
            f"credentials.{name}", _entry(self._settings.credentials, "credentials", name)
        )

    def jump(self, name: str) -> Endpoint:
        """Return the jump host `[jump.NAME]`, or raise CredentialError."""
        entry = _entry(self._settings.jumps, "jump", name)
        return Endpoint(name, entry.address, entry.port, self._login(f"jump.{name}", entry.login))

    def secret(self, name: str) -> Secret:
        """Return the secret `secrets.NAME`, or raise CredentialError."""
        return self._value(f"secrets.{name}", _entry(self._settings.secrets, "secrets", name))

    def snmp(self, name: str) -> SnmpLogin:
        """Return how agents of `[snmp.NAME]` are asked, or raise CredentialError."""
        entry = _entry(self._settings.snmp, "snmp", name)

        def value(key: str, source: Source | None) -> Secret | None:
            return None if source is None else self._value(f"snmp.{name}.{key}", source)

        return SnmpLogin(
            name,
            community=value("community", entry.community),
            user=entry.user,
            auth=entry.auth,
            auth_password=value("auth_password", entry.auth_password),
            priv=entry.priv,
            priv_password=value("priv_password", entry.priv_password),
        )

    def _login(self, at: str, entry: LoginEntry) -> Login:
        """Return the login of an entry that stands at `at`."""

        def value(key: str, source: Source | None) -> Secret | None:
            return None if source is None else self._value(f"{at}.{key}", source)

        key_file = entry.key_file and str(self._private(f"{at}.key_file", entry.key_file))
        return Login(
            entry.username,
            password=value("password", entry.password),
            enable=value("enable", entry.enable),
            key_file=key_file,
            passphrase=value("passphrase", entry.passphrase),
        )

    def _value(self, at: str, source: Source) -> Secret:
        """Return the value of a source that stands at `at`, from memory if it was asked before."""
        with self._lock:
            if at not in self._kept:
                self._kept[at] = self._resolved(at, source)
            kept = self._kept[at]
        if isinstance(kept, CredentialError):
            raise type(kept)(str(kept))
        return kept

    def _resolved(self, at: str, source: Source) -> Secret | CredentialError:
        """Return the value of a source, or why there is none."""
        ways: dict[Where, Callable[[str, Source], str]] = {
            Where.ENV: self._variable,
            Where.FILE: self._file,
            Where.COMMAND: self._command,
        }
        try:
            value = ways[source.where](at, source)
        except CredentialError as error:
            return error
        if not value:
            return _error(at, f"{source.where} {' '.join(source.value)} gives an empty value")
        return Secret(value)

    def _variable(self, at: str, source: Source) -> str:
        """Return the value of an environment variable."""
        name = source.value[0]
        if name not in self._env:
            raise _error(at, f"the environment variable {name} is not set")
        return self._env[name]

    def _file(self, at: str, source: Source) -> str:
        """Return what a file holds, without the newline at its end."""
        path = self._private(at, source.value[0])
        try:
            return path.read_text(encoding="utf-8").removesuffix("\n")
        except (OSError, UnicodeDecodeError) as error:
            raise _error(at, f"the file {path} cannot be read: {error}") from error

    def _private(self, at: str, name: str) -> Path:
        """Return a file's path, taken from the workspace, if only its owner may read it."""
        path = self._root / Path(name).expanduser()
        if not path.is_file():
            raise _error(at, f"there is no file {path}")
        if path.stat().st_mode & _OTHERS:
            raise _error(at, f"others may read {path}: chmod 600 {path}")
        return path

    def _command(self, at: str, source: Source) -> str:
        """Return the first line that a command prints; it runs in the workspace, no shell."""
        program = source.value[0]
        try:
            done = subprocess.run(  # noqa: S603 - the operator's own, from their portvakt.toml
                source.value,
                cwd=self._root,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise SafeFailed(_said(at, f"{program} was not done within {_SECONDS:g} s")) from error
        except OSError as error:
            raise _error(at, f"{program} cannot be run: {error.strerror}") from error
        if done.returncode:
            said = done.stderr.strip()
            for line in done.stdout.split():  # what it printed may be the value, or part of it
                said = said.replace(line, "***")
            raise SafeFailed(_said(at, f"{program} ended with {done.returncode}: {said}"))
        return done.stdout.partition("\n")[0]


def _entry(entries: Mapping[str, Entry], kind: str, name: str) -> Entry:
    """Return the entry `name`, or raise CredentialError that lists those there are."""
    if name in entries:
        return entries[name]
    known = ", ".join(sorted(entries)) or "none"
    raise CredentialError(f"{FILE}: no {kind} entry {name!r}; there are: {known}")


def _error(at: str, what: str) -> CredentialError:
    """Return an error that names the entry and where its value was looked for."""
    return CredentialError(_said(at, what))


def _said(at: str, what: str) -> str:
    return f"{FILE}: {at}: {what}"
