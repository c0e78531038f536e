"""The known_hosts file: what is read, what is written, and who is let through."""

from __future__ import annotations

import base64
import hmac
import os
import stat
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from automation.devices import HostKeys, Target
from automation.errors import BadInput, HostKeyError

SW1 = Target("sw1", "192.0.2.1", 22)
SW2 = Target("sw2", "192.0.2.2", 2222)


def key(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


A, B = key("key a"), key("key b")
# printf 'key a' | openssl dgst -sha256 -binary | base64
PRINT_A = "SHA256:TELVbePCRBpRA4N4/0rOSGFXVOFgjfWeW/Xlnxih+O8"


def hashed(name: str) -> str:
    salt = b"salt" * 5
    digest = hmac.digest(salt, name.encode(), "sha1")
    return f"|1|{base64.b64encode(salt).decode()}|{base64.b64encode(digest).decode()}"


@dataclass
class Case:
    """A file, and what becomes of a host that shows key A."""

    name: str
    text: str
    says: str = ""
    host: Target = SW1

    def __str__(self) -> str:
        return self.name


CASES = (
    Case("no file", "", "is unknown"),
    Case("by name", f"sw1 ssh-ed25519 {A}"),
    Case("by address", f"192.0.2.1 ssh-ed25519 {A}"),
    Case("by address and port", f"[192.0.2.2]:2222 ssh-ed25519 {A}", host=SW2),
    Case("an address without its port", f"192.0.2.2 ssh-ed25519 {A}", "is unknown", host=SW2),
    Case("among others", f"# x\n\nsw0 ssh-rsa {B}\nsw9,sw1 ssh-ed25519 {A} eva@noc\n"),
    Case("one of two", f"sw1 ssh-ed25519 {B}\nsw1 ssh-ed25519 {A}"),
    Case("hashed", f"{hashed('sw1')} ssh-ed25519 {A}"),
    Case("hashed for another", f"{hashed('sw2')} ssh-ed25519 {A}", "is unknown"),
    Case("somebody else's", f"sw2 ssh-ed25519 {A}", "is unknown"),
    Case("another key", f"sw1 ssh-ed25519 {B}", "has changed from ssh-ed25519 SHA256:"),
    Case("another type", f"sw1 ssh-rsa {A}", "has changed from ssh-rsa"),
    Case("revoked", f"sw1 ssh-ed25519 {A}\n@revoked sw1 ssh-ed25519 {A}", "is revoked"),
    Case("only a revoked one", f"@revoked sw1 ssh-ed25519 {B}", "is unknown"),
    Case("an authority is not a key", f"@cert-authority sw1 ssh-ed25519 {A}", "is unknown"),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_host_that_shows_a_key(case: Case, tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    if case.text:
        file.write_text(case.text, encoding="utf-8")
    if not case.says:
        HostKeys(file).check(case.host, "ssh-ed25519", A)
        return
    with pytest.raises(HostKeyError, match=case.says) as caught:
        HostKeys(file).check(case.host, "ssh-ed25519", A)
    assert case.host.name in str(caught.value)
    assert "no password was sent" in str(caught.value)


def test_every_line_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    file.write_text(f"sw1\nsw2 ssh-ed25519 {A}\n@revoked sw1 x\n", encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        HostKeys(file).check(SW1, "ssh-ed25519", A)
    assert [fault.line for fault in caught.value.faults] == [1, 3]
    assert f"{file}:1: 'sw1': expected" in str(caught.value)


def test_accept_list_and_forget(tmp_path: Path) -> None:
    file = tmp_path / "state" / "known_hosts"
    file.parent.mkdir()
    file.write_text(f"# by hand\nsw9 ssh-rsa {B}\n", encoding="utf-8")
    keys = HostKeys(file)
    accepted = keys.accept(SW2, "ssh-ed25519", A)
    assert (accepted.hosts, accepted.fingerprint) == ("sw2,[192.0.2.2]:2222", PRINT_A)
    keys.accept(SW1, "ssh-ed25519", B)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [one.hosts.split(",")[0] for one in keys.list()] == ["sw9", "sw2", "sw1"]
    keys.check(SW2, "ssh-ed25519", A)
    HostKeys(file).check(SW2, "ssh-ed25519", A)
    assert keys.kinds(SW1) == ("ssh-ed25519",)
    assert (keys.forget(SW2), keys.forget(SW2)) == (1, 0)
    with pytest.raises(HostKeyError, match="unknown"):
        keys.check(SW2, "ssh-ed25519", A)
    left = f"# by hand\nsw9 ssh-rsa {B}\nsw1,192.0.2.1 ssh-ed25519 {B}\n"
    assert file.read_text(encoding="utf-8") == left
    assert list(file.parent.iterdir()) == [file]


def test_a_write_that_fails_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "known_hosts"
    HostKeys(file).accept(SW1, "ssh-ed25519", A)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        HostKeys(file).accept(SW2, "ssh-ed25519", B)
    assert len(HostKeys(file).list()) == 1
    assert list(tmp_path.iterdir()) == [file]


def test_a_city_of_keys_is_read_once(tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    hosts = [Target(f"sw{n}", f"192.0.2.{n % 250}", 1024 + n) for n in range(800)]
    lines = (f"{host.name},[{host.address}]:{host.port} ssh-ed25519 {A}\n" for host in hosts)
    file.write_text("".join(lines), encoding="utf-8")
    keys = HostKeys(file)
    started = time.process_time()
    keys.check(hosts[0], "ssh-ed25519", A)
    file.unlink()
    for host in hosts:
        keys.check(host, "ssh-ed25519", A)
    assert time.process_time() - started < 1  # CPU, not the clock on the wall: it takes 5 ms
