"""The host keys that people have accepted, in OpenSSH's known_hosts format (sshd(8))."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import tempfile
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from automation.errors import BadInput, Fault, HostKeyError
from automation.workspace.reading import text_of

_SSH = 22


class Named(Protocol):
    """Something with a host key: a device or a jump host."""

    @property
    def name(self) -> str:
        """Its name in the inventory."""

    @property
    def address(self) -> str:
        """An IP literal or a DNS name."""

    @property
    def port(self) -> int:
        """The TCP port of its SSH server."""


@dataclass(frozen=True, slots=True)
class HostKey:
    """One line of known_hosts: for whom, the key's type, and the key in base64."""

    hosts: str
    kind: str
    key: str
    revoked: bool = False

    @property
    def fingerprint(self) -> str:
        """The fingerprint as `ssh-keygen -l` and switches show it: `SHA256:…`."""
        return fingerprint(self.key)


def fingerprint(key: str) -> str:
    """Return the SHA-256 fingerprint of a key in base64."""
    try:
        raw = base64.b64decode(key, validate=True)
    except binascii.Error:
        return "SHA256:(not a key)"
    return "SHA256:" + base64.b64encode(hashlib.sha256(raw).digest()).decode().rstrip("=")


def host_names(host: Named) -> tuple[str, str]:
    """Return the names a host may stand under: its own, and its address as OpenSSH writes it."""
    at = host.address if host.port == _SSH else f"[{host.address}]:{host.port}"
    return host.name, at


class HostKeys:
    """A known_hosts file. It is read once, on first use, and only split: nothing is decoded.

    An instance is safe to share between threads that check.
    """

    def __init__(self, path: Path) -> None:
        """Use the file at `path`, which need not exist yet."""
        self._path = path
        self._lock = threading.Lock()
        self._loaded: _Known | None = None

    def kinds(self, host: Named) -> tuple[str, ...]:
        """Return the key types known for `host`, which are asked for first."""
        return tuple(dict.fromkeys(one.kind for one in self._of(host) if not one.revoked))

    def check(self, host: Named, kind: str, key: str) -> None:
        """Return if `key` (base64) is known for `host`.

        Raises:
            HostKeyError: It is unknown, changed or revoked. No password was sent yet.
        """
        known = self._of(host)
        shown = f"{kind} {fingerprint(key)}"
        if any(one.revoked and one.key == key for one in known):
            raise HostKeyError(
                f"{host.name}: its host key {shown} is revoked; no password was sent"
            )
        accepted = [one for one in known if not one.revoked]
        if any(one.kind == kind and one.key == key for one in accepted):
            return
        if not accepted:
            raise HostKeyError(
                f"{host.name}: its host key {shown} is unknown; no password was sent; compare it "
                f"with the device's own, then: portvakt hostkeys accept {host.name}"
            )
        was = ", ".join(f"{one.kind} {one.fingerprint}" for one in accepted)
        raise HostKeyError(
            f"{host.name}: its host key has changed from {was} to {shown}; no password was sent; "
            f"if the device was replaced: portvakt hostkeys forget {host.name}, then accept"
        )

    def list(self) -> tuple[HostKey, ...]:
        """Return every key in the file, in its order."""
        return tuple(key for key, _ in self._known().lines if key is not None)

    def accept(self, host: Named, kind: str, key: str) -> HostKey:
        """Add a key for `host`, under its name and its address, and write the file."""
        accepted = HostKey(",".join(host_names(host)), kind, key)
        return self.accept_all([accepted])[0]

    def accept_all(self, keys: Iterable[HostKey]) -> tuple[HostKey, ...]:
        """Add `keys` and write the file once."""
        added = tuple(keys)
        with self._lock:
            lines = [line for _, line in _read(self._path).lines]
            lines += [f"{key.hosts} {key.kind} {key.key}" for key in added]
            self._write(lines)
        return added

    def forget(self, host: Named) -> int:
        """Remove every key of `host`, write the file, and return how many there were."""
        names = frozenset(host_names(host))
        with self._lock:
            lines = _read(self._path).lines
            kept = [line for key, line in lines if key is None or not _is_for(key, names)]
            if len(kept) < len(lines):
                self._write(kept)
        return len(lines) - len(kept)

    def _of(self, host: Named) -> tuple[HostKey, ...]:
        """Return the keys for `host`."""
        known = self._known()
        names = host_names(host)
        found = [key for name in names for key in known.by_name.get(name, ())]
        found += [key for key in known.hashed if _is_for(key, frozenset(names))]
        return tuple(found)

    def _known(self) -> _Known:
        """Return what the file says, reading it on first use."""
        with self._lock:
            if self._loaded is None:
                self._loaded = _read(self._path)
            return self._loaded

    def _write(self, lines: Iterable[str]) -> None:
        """Replace the file in one step, so that a crash leaves the old one or the new one."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=self._path.parent, prefix=".known_hosts-")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:  # mkstemp made it 0600
                file.writelines(f"{line}\n" for line in lines)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self._path)
        except BaseException:
            Path(name).unlink()
            raise
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        self._loaded = None


@dataclass(frozen=True, slots=True)
class _Known:
    """A file as read: each line with its key if it has one, and the keys by host."""

    lines: tuple[tuple[HostKey | None, str], ...]
    by_name: Mapping[str, tuple[HostKey, ...]]
    hashed: tuple[HostKey, ...]


def _read(path: Path) -> _Known:
    """Return what the file at `path` says, or BadInput with every line that cannot be read."""
    if not path.exists():
        return _Known((), {}, ())
    text = text_of(path)
    faults: list[Fault] = []
    lines = [
        (_parse(line, number, path, faults), line)
        for number, line in enumerate(text.splitlines(), start=1)
    ]
    if faults:
        raise BadInput(faults)
    by_name: dict[str, tuple[HostKey, ...]] = {}
    for key, _ in lines:
        for name in key.hosts.split(",") if key else ():
            by_name[name] = (*by_name.get(name, ()), key) if key else ()
    hashed = tuple(key for key, _ in lines if key and key.hosts.startswith("|"))
    return _Known(tuple(lines), by_name, hashed)


def _parse(line: str, number: int, path: Path, faults: list[Fault]) -> HostKey | None:
    """Return the key on a line; None for comments and for certificate authorities."""
    fields = line.split()
    if not fields or fields[0].startswith("#"):
        return None
    marker = fields.pop(0) if fields[0].startswith("@") else ""
    if len(fields) < 3:
        faults.append(Fault(str(path), f"{line!r}: expected `hosts key-type base64-key`", number))
        return None
    if marker == "@cert-authority":  # network equipment has no certified host keys
        return None
    return HostKey(fields[0], fields[1], fields[2], revoked=marker == "@revoked")


def _is_for(key: HostKey, names: frozenset[str]) -> bool:
    """Whether `key` stands for one of `names`, also where the file has hashed them."""
    if not key.hosts.startswith("|1|"):
        return not names.isdisjoint(key.hosts.split(","))
    _, _, salt, digest = key.hosts.split("|")
    wanted = base64.b64decode(digest)
    return any(
        hmac.compare_digest(hmac.digest(base64.b64decode(salt), name.encode(), "sha1"), wanted)
        for name in names
    )
