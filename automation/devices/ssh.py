"""SSH up to an authenticated transport: key exchange, host key, login; directly or by a jump host.

Nothing but the host key's owner and our version string is learned before the key is checked,
and no password goes to a host whose key is not known.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import paramiko

from automation.devices.crypto import Algorithms, algorithms
from automation.devices.deadline import Deadline
from automation.devices.guard import LoginGuard
from automation.devices.hostkeys import HostKeys
from automation.devices.wire import BoundedStream, Stream, dial
from automation.errors import DeviceError, LoginFailed, Unreachable
from automation.model import Device, Endpoint, Login, Secret

_LOG: Final = "automation.devices.ssh"
_CONNECT: Final = 10.0
_NEGOTIATE: Final = 20.0
_ANSWER: Final = 30.0
_TRIES: Final = 2

logging.getLogger(_LOG).addHandler(logging.NullHandler())  # paramiko logs what we also raise

Dial = Callable[["Target", Deadline], Stream]
"""How a connection to a target is made: directly, or through a jump host."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where an SSH server is, and which algorithms it may be offered (`modern` or `legacy`)."""

    name: str
    address: str
    port: int
    crypto: str = "modern"

    @classmethod
    def of(cls, host: Device | Endpoint) -> Target:
        """Return the target that a device or a jump host is."""
        crypto = host.crypto if isinstance(host, Device) else "modern"
        return cls(host.name, host.address, host.port, crypto)

    def __str__(self) -> str:
        """Return the name and where it is, for error messages."""
        return f"{self.name} ({self.address} port {self.port})"


class _TryAgain(Unreachable):
    """Something that may be gone at the next try: silence, or a connection that was dropped."""


class _Dropped(LoginFailed):
    """The connection was dropped between password and verdict: some servers say no that way."""


def direct(target: Target, deadline: Deadline) -> Stream:
    """Connect to `target` without a jump host."""
    try:
        return dial(target.address, target.port, deadline, _CONNECT)
    except TimeoutError as error:
        late = f" within {deadline}" if deadline.passed else ""
        raise Unreachable(f"{target}: no answer to the connection{late}") from error
    except OSError as error:
        raise Unreachable(f"{target}: {error.strerror or error}") from error


def connect(
    target: Target,
    login: Login,
    hostkeys: HostKeys,
    guard: LoginGuard,
    deadline: Deadline,
    dialled: Dial = direct,
) -> paramiko.Transport:
    """Return an authenticated transport to `target`, after at most two tries.

    A password that was refused is not tried again; a login that ended in silence or a dropped
    connection is, once.

    Raises:
        Unreachable: No connection, or no SSH on it.
        HostKeyError: The host key is unknown or has changed; no password was sent.
        LoginFailed: The login was refused, or the guard has stopped all logins.
    """
    for last in (*[False] * (_TRIES - 1), True):
        try:
            with guard.watch(login, deadline):
                return _connect(target, login, hostkeys, deadline, dialled)
        except (_TryAgain, _Dropped):
            if last or deadline.passed:
                raise
    raise AssertionError("unreachable")  # the last try returned or raised


def _connect(
    target: Target, login: Login, hostkeys: HostKeys, deadline: Deadline, dialled: Dial
) -> paramiko.Transport:
    """Try once to reach `target` and log in there."""
    transport = negotiate(target, dialled(target, deadline), deadline, hostkeys.kinds(target))
    try:
        key = transport.get_remote_server_key()
        hostkeys.check(target, key.get_name(), key.get_base64())
        _authenticate(target, transport, login, deadline)
    except BaseException:
        transport.close()
        raise
    return transport


def negotiate(
    target: Target, stream: Stream, deadline: Deadline, kinds: Iterable[str] = ()
) -> paramiko.Transport:
    """Return a transport on `stream` with its keys exchanged; nobody is logged in yet.

    `kinds` are the key types we know for the target; they are asked for first.

    Raises:
        Unreachable: The other end does not speak SSH with us, or not in time.
    """
    transport = paramiko.Transport(BoundedStream(stream, deadline))  # type: ignore[arg-type]
    try:
        transport.set_log_channel(_LOG)
        transport.banner_timeout = deadline.within(_NEGOTIATE)
        _offer(transport, algorithms(target.crypto), tuple(kinds))
        transport.start_client(timeout=deadline.within(_NEGOTIATE))
        transport.get_remote_server_key()  # start_client says nothing when its time is up
    except paramiko.SSHException as error:
        transport.close()
        raise _no_ssh(target, error) from error
    except (EOFError, OSError) as error:
        transport.close()
        raise _TryAgain(f"{target}: the connection was closed during key exchange") from error
    except BaseException:
        transport.close()
        raise
    return transport


def _offer(transport: paramiko.Transport, offered: Algorithms, kinds: tuple[str, ...]) -> None:
    """Set what is offered, with the host key types that are known first."""
    options = transport.get_security_options()
    options.kex = offered.kex
    options.ciphers = offered.ciphers
    options.digests = offered.macs
    known = [one for one in offered.keys if _key_type(one) in kinds]
    options.key_types = tuple(dict.fromkeys((*known, *offered.keys)))


def _key_type(algorithm: str) -> str:
    """Return the type of key that a signature algorithm goes with (RFC 8332 section 3)."""
    return "ssh-rsa" if algorithm.startswith("rsa-sha2-") else algorithm


def _no_ssh(target: Target, error: paramiko.SSHException) -> Unreachable:
    """Return why no keys were exchanged, in the operator's terms."""
    if isinstance(error, paramiko.ssh_exception.IncompatiblePeer):
        hint = (
            "; an old switch may need `crypto: legacy` in its group's or its own data"
            if target.crypto != "legacy"
            else ""
        )
        return Unreachable(f"{target}: no algorithm in common ({error}){hint}")
    return _TryAgain(f"{target}: no SSH key exchange ({error})")


def _authenticate(
    target: Target, transport: paramiko.Transport, login: Login, deadline: Deadline
) -> None:
    """Log in with the key file if there is one, else with the password."""
    transport.auth_timeout = deadline.within(_ANSWER)
    try:
        if login.key_file is not None:
            left = transport.auth_publickey(login.username, _private_key(target, login))
        else:
            password = login.password.reveal() if login.password else ""
            left = transport.auth_password(login.username, password)
    except paramiko.AuthenticationException as error:
        raise _turned_down(target, transport, login, error) from error
    except (paramiko.SSHException, EOFError, OSError) as error:
        raise _Dropped(f"{target}: the connection was dropped during login") from error
    if left:
        raise LoginFailed(f"{target}: wants more than one kind of login: {', '.join(left)}")


def _turned_down(
    target: Target,
    transport: paramiko.Transport,
    login: Login,
    error: paramiko.AuthenticationException,
) -> DeviceError:
    """Tell a login that was refused from one that was dropped or not answered."""
    if not transport.is_active():
        return _Dropped(f"{target}: the connection was dropped during login")
    if "timeout" in str(error).lower():
        return _TryAgain(f"{target}: no answer to the login")
    if isinstance(error, paramiko.BadAuthenticationType):
        allowed = ", ".join(error.allowed_types)
        return LoginFailed(f"{target}: this kind of login is not allowed; allowed: {allowed}")
    return LoginFailed(f"{target}: the login of {login.username!r} was refused")


def _private_key(target: Target, login: Login) -> paramiko.PKey:
    """Return the login's private key."""
    path = Path(login.key_file or "")
    try:
        return _load_key(path, path.stat().st_mtime_ns, login.passphrase)
    except (OSError, ValueError, TypeError, paramiko.SSHException) as error:
        raise Unreachable(f"{target}: the key file {path} cannot be used: {error}") from error


@lru_cache(maxsize=8)
def _load_key(path: Path, written: int, passphrase: Secret | None) -> paramiko.PKey:
    """Return a private key; kept, since opening a locked one costs a CPU-second by design."""
    secret = passphrase.reveal().encode() if passphrase else None
    return paramiko.PKey.from_path(path, secret)  # type: ignore[arg-type]  # it wants bytes
