"""A device that takes scripts on exec channels: an OVSDB in memory behind an SSH server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import asyncssh

from automation import platforms
from automation.devices import Deadline, HostKeys, Options, Session, Target, open_session
from automation.devices.hostkeys import HostKey
from automation.model import Device, DeviceModel, DeviceRole, Login, Output, Secret
from tests.integration.devices import fake
from tests.platforms.openvswitch.switch import OvsSwitch

BEGUN = "=== portvakt ==="
NO_SHELL = Output(1, "This account is currently not available.\n", "")
DEVICE = Device(
    name="sw1",
    estate="city",
    role=DeviceRole.ACCESS,
    site="varvet",
    platform="openvswitch",
    model=DeviceModel("m", "openvswitch", ()),
    address="127.0.0.1",
)


@dataclass
class Desk:
    """One switch, what it was given, and what it does next instead of answering."""

    rack: fake.Rack
    folder: Path
    switch: OvsSwitch = field(default_factory=lambda: OvsSwitch("sw1"))
    scripts: list[str] = field(default_factory=list)
    commands: list[str | None] = field(default_factory=list)
    instead: list[Output | fake.Then | None] = field(default_factory=list)
    """For each script to come: this answer, or this end; None is the true answer."""
    held: list[str] = field(default_factory=list)
    """Scripts that a shell has, and has not come to, and whose session is cut: STALL."""
    after_commit: Output | None = None
    """What a change says that was committed all the same."""
    after_undo: Output | None = None
    """What a timed commit says that was taken back all the same."""
    meanwhile: Callable[[str], None] = lambda script: None
    """What happens on the switch before it comes to a script."""
    opened: list[Session] = field(default_factory=list)

    def listen(self) -> None:
        """Start the SSH server."""
        key = asyncssh.generate_private_key("ssh-ed25519")
        server = self.rack.run(self._listen(key))
        self.rack.servers.append(server)
        self.device = replace(DEVICE, port=server.get_port())
        kind, text = key.export_public_key().decode().split()[:2]
        self.hostkeys = HostKeys(self.folder / "known_hosts")
        assert isinstance(self.hostkeys.accept(Target.of(self.device), kind, text), HostKey)

    def session(self, seconds: float = 10) -> Session:
        """Open a session."""
        platform = platforms.get("openvswitch")
        login = Login(fake.USER, Secret(fake.PASSWORD))
        options = Options(Deadline(seconds))
        session = open_session(self.device, platform, login, self.hostkeys, options)
        self.opened.append(session)
        return session

    def ring_before_the_confirmation(self) -> None:
        """Let the clock of a timed commit be faster than the next confirmation."""

        def rings(script: str) -> None:
            if "portvakt: confirmed" in script:
                self.meanwhile = lambda script: None
                self.switch.ring()

        self.meanwhile = rings

    def let_go(self) -> Output:
        """Let the one script that was held run to its end; nobody hears its answer but you."""
        (script,) = self.held
        self.held.clear()
        return self.switch.answer(script)

    async def _listen(self, key: asyncssh.SSHKey) -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_factory=lambda: _Door(),
            process_factory=self._serve,
            server_host_keys=[key],
            gss_host=None,
        )

    async def _serve(self, process: asyncssh.SSHServerProcess[str]) -> None:
        first, _, rest = (await process.stdin.read()).partition("\n")
        assert first == f"echo '{BEGUN}'; echo '{BEGUN}' >&2"
        assert (rest[:2], rest[-3:]) == ("{\n", "\n}\n")
        script = rest[2:-3]
        self.scripts.append(script)
        self.commands.append(process.command)
        self.meanwhile(script)
        output = self.instead.pop(0) if self.instead else None
        if output is fake.Then.HANG:
            await asyncio.sleep(60)
        if output is fake.Then.STALL:
            self.held.append(script)
            output = fake.Then.DROP
        elif isinstance(output, fake.Then):
            self.switch.answer(script)  # it is done all the same
        if isinstance(output, fake.Then):
            process.channel.get_connection().abort()
            return
        output = output or self._answer(script)
        if output is not NO_SHELL:
            process.stdout.write(f"Welcome!\n{BEGUN}\n")
            process.stderr.write(f"Could not chdir to home directory /nowhere\n{BEGUN}\n")
        process.stdout.write(output.out)
        process.stderr.write(output.err)
        process.exit(output.status)

    def _answer(self, script: str) -> Output:
        output = self.switch.answer(script)
        verb = script.splitlines()[-1].split()[0]
        said = {"pv_change": self.after_commit, "pv_undo": self.after_undo}.get(verb)
        return said or output


class _Door(asyncssh.SSHServer):
    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (fake.USER, fake.PASSWORD)
