"""The nornir connection plugin `portvakt_session`: its connection is a `Session`."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, TypedDict

from nornir.core.configuration import Config

from automation import platforms
from automation.devices.deadline import Deadline
from automation.devices.guard import LoginGuard
from automation.devices.hostkeys import HostKeys
from automation.devices.jump import Jumps
from automation.devices.opening import open_session
from automation.devices.session import Options, Session, Window
from automation.errors import UsageError
from automation.model import Device, DeviceModel, DeviceRole, Endpoint, Login, Platform, Secret

NAME: Final = "portvakt_session"
_SECONDS: Final = 300.0


class Access(TypedDict, total=False):
    """What a session takes, as nornir's `extras`. Nothing in it shows a secret.

    All may be left out: plain nornir gives address, user name, password and platform, and the
    user's own `~/.ssh/known_hosts` is asked. `deadline` is seconds, or a clock that runs already.
    """

    device: Device
    platform: Platform
    login: Login
    hostkeys: HostKeys
    guard: LoginGuard
    deadline: float | Deadline
    window: Window | str
    jump: Endpoint | None
    jumps: Jumps


class PortvaktConnection:
    """Opens a `Session` for a nornir host: `host.get_connection(NAME, config).fetch()`."""

    def __init__(self) -> None:
        """Start without a connection."""
        self._session: Session | None = None

    @property
    def connection(self) -> Session:
        """The open session."""
        if self._session is None:
            raise UsageError("the connection is not open")
        return self._session

    def open(
        self,
        hostname: str | None,
        username: str | None,
        password: str | None,
        port: int | None,
        platform: str | None,
        extras: dict[str, Any] | None = None,
        configuration: Config | None = None,
    ) -> None:
        """Open the session; `extras` is an `Access`. Raises what `open_session` does."""
        access: Access = extras or {}  # type: ignore[assignment]  # nornir's type is any dict
        login = Login(username or "", Secret(password) if password is not None else None)
        deadline = access.get("deadline", _SECONDS)
        self._session = open_session(
            access.get("device") or _device(hostname, port, platform),
            access.get("platform") or platforms.get(platform or ""),
            access.get("login", login),
            access.get("hostkeys") or HostKeys(Path.home() / ".ssh" / "known_hosts"),
            Options(
                deadline=deadline if isinstance(deadline, Deadline) else Deadline(deadline),
                guard=access.get("guard") or LoginGuard(),
                window=Window(access.get("window", Window.LINE)),
                jump=access.get("jump"),
                jumps=access.get("jumps"),
            ),
        )

    def close(self) -> None:
        """Close the session."""
        if self._session is not None:
            self._session.close()
            self._session = None


def _device(hostname: str | None, port: int | None, platform: str | None) -> Device:
    """Return a device for a host that no Portvakt inventory describes."""
    address = hostname or ""
    name = platform or ""
    return Device(
        name=address,
        estate="",
        role=DeviceRole.ACCESS,
        site="",
        platform=name,
        model=DeviceModel("", name, ()),
        address=address,
        port=port or 22,
    )
