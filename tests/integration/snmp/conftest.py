"""Real agents: net-snmp's snmpd on loopback, unprivileged, with files of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from automation.model import Secret, SnmpLogin

COMMUNITY = "real-community"
AUTH = "real-auth-1"
PRIV = "real-priv-1"
USERS = (
    ("sha1aes", "SHA", "AES", "priv"),
    ("sha1", "SHA", "", "auth"),
    ("sha256aes", "SHA-256", "AES", "priv"),
    ("sha512aes256", "SHA-512", "AES-256", "priv"),
)


@dataclass(frozen=True)
class Snmpd:
    """A running snmpd."""

    port: int


def community(text: str = COMMUNITY) -> SnmpLogin:
    """Return a v2c login."""
    return SnmpLogin("real", community=Secret(text))


def user(
    name: str,
    auth: str = "sha1",
    priv: str = "aes128",
    *,
    key: str = AUTH,
    secret: str | None = PRIV,
) -> SnmpLogin:
    """Return a v3 login; without `secret` it is authNoPriv."""
    return SnmpLogin(
        "real",
        user=name,
        auth=auth,
        auth_password=Secret(key),
        priv=priv,
        priv_password=Secret(secret) if secret else None,
    )


@contextmanager
def snmpd(port: int = 0, more: Sequence[str] = ()) -> Iterator[Snmpd]:
    """Run a new snmpd, on a free port if none is said; it keeps nothing.

    `more` are further lines of its configuration.
    """
    program = shutil.which("snmpd", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.fail("net-snmp's agent is missing: apt-get install snmpd")
    port = port or _free_port()
    with TemporaryDirectory(prefix="snmpd-") as name:
        folder, owner = Path(name), _owner()
        conf = folder / "snmpd.conf"
        conf.write_text("\n".join([_configuration(), *more, ""]), encoding="utf-8")
        if owner is not None:
            os.chown(folder, owner, owner)
            conf.chmod(0o644)
        with _started(
            [program, "-f", "-Lo", "-C", "-c", str(conf), f"udp:127.0.0.1:{port}"], folder
        ):
            yield Snmpd(port)


@contextmanager
def _started(command: Sequence[str], folder: Path) -> Iterator[None]:
    """Run the agent, which keeps its state in `folder`, from when it says that it is up."""
    process = subprocess.Popen(  # noqa: S603 - a fixed program with fixed arguments
        command,
        env={"SNMP_PERSISTENT_DIR": str(folder), "MIBS": "", "PATH": os.environ["PATH"]},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        user=_owner(),
        text=True,
    )
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if "NET-SNMP version" in line:
                break
        else:
            pytest.fail("snmpd did not start")
        yield
    finally:
        process.terminate()
        process.stdout.close()
        process.wait()


def _configuration() -> str:
    lines = [f"rocommunity {COMMUNITY} 127.0.0.1"]
    for name, auth, priv, level in USERS:
        keys = f"{auth} {AUTH}" + (f" {priv} {PRIV}" if priv else "")
        lines += [f"createUser {name} {keys}", f"rouser {name} {level}"]
    return "\n".join(lines) + "\n"


def _owner() -> int | None:
    """Return who runs the agent: ourselves, or nobody when we are root."""
    return pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def real() -> Iterator[Snmpd]:
    """A running snmpd for the whole session."""
    with snmpd() as one:
        yield one
