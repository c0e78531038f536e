"""Sets up scripted switches and opens sessions to them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from automation import platforms
from automation.devices import Deadline, HostKeys, Options, Session, Target, Window, open_session
from automation.model import (
    Device,
    DeviceModel,
    DeviceRole,
    Login,
    Mode,
    Platform,
    Secret,
    SessionKind,
    Stanza,
)
from tests.integration.devices import fake

LOGIN = Login(fake.USER, Secret(fake.PASSWORD), Secret(fake.ENABLE))
IOS = platforms.get("cisco_ios")


def cli(**changes: Any) -> Platform:  # noqa: ANN401 - any of its fields
    """Return the IOS platform with some of its command line changed."""
    return replace(IOS, control=replace(IOS.cli, **changes))


CANDIDATE = cli(
    session=SessionKind.CANDIDATE,
    enter="configure session {session}",
    config_prompt=r"{host}\(config-s-x\)#",
    exec_prompt=r"{host}#",
    modes=(Mode(r"interface \S+", r"\(config-s-x-if\)#"),),
    commit="commit",
    abort="abort",
    session_diff="show session-config diffs",
)


def stanza(header: str, *lines: str) -> Stanza:
    """Return a stanza; what undoes it does not matter here."""
    return Stanza("ports", header, lines, header, ())


def plain(name: str) -> str:
    """Reveal the secrets of these tests."""
    return {"snmp": "s3cr3t-community", "odd": "two\nlines"}[name]


class Bench:
    """Opens sessions, and closes them when the test is done."""

    def __init__(self, rack: fake.Rack, known_hosts: Path) -> None:
        self.rack = rack
        self.known_hosts = known_hosts
        self.open: list[Session] = []
        self.switch: fake.Switch

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for session in self.open:
            session.close()

    def device(self, switch: fake.Switch, **changes: Any) -> Device:  # noqa: ANN401 - any of its fields
        """Return the inventory's idea of a switch."""
        device = Device(
            name="sw1",
            estate="city",
            role=DeviceRole.ACCESS,
            site="varvet",
            platform="cisco_ios",
            model=DeviceModel("m", "cisco_ios", ()),
            address="127.0.0.1",
            port=switch.port,
        )
        return replace(device, **changes)

    def trust(self, switch: fake.Switch) -> HostKeys:
        """Return host keys that know the switch."""
        hostkeys = HostKeys(self.known_hosts)
        hostkeys.accept(Target.of(self.device(switch)), *switch.public)
        return hostkeys

    def options(self, **changes: Any) -> Options:  # noqa: ANN401 - any of its fields
        """Return options with short patience."""
        return replace(Options(Deadline(10), quiet=0.6), **changes)

    def session(
        self,
        script: fake.Script | None = None,
        platform: Platform = IOS,
        seconds: float = 10,
        window: Window = Window.LINE,
        login: Login = LOGIN,
    ) -> tuple[Session, fake.Script]:
        """Return an open session to a new switch, and the switch's script."""
        script = script or fake.Script()
        switch = self.rack.switch(script)
        options = self.options(deadline=Deadline(seconds), window=window)
        hostkeys = self.trust(switch)
        session = open_session(self.device(switch), platform, login, hostkeys, options)
        self.open.append(session)
        return session, script
