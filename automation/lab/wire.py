"""SSH around a switch: logins, shells and host keys. The thin shell of the twin."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import asyncssh

from automation.lab.faults import FaultKind
from automation.lab.switch import Cli, Switch
from automation.lab.terminal import Pace, Terminal


class Shell(asyncssh.SSHServerSession[bytes]):
    """One shell on a device: a terminal on a channel."""

    def __init__(self, station: Station) -> None:
        """Stand ready for a channel."""
        self._station = station
        self._channel: asyncssh.SSHServerChannel[bytes] | None = None
        self._terminal: Terminal | None = None

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        """Log in: a new command line on the switch."""
        self._channel = chan
        switch = self._station.switch
        cli = Cli(switch, enabled=switch.os.logs_in_enabled(switch))
        loop = asyncio.get_running_loop()
        self._terminal = Terminal(cli, self._station.pace, self._write, loop.call_later, self._cut)

    def pty_requested(self, *_: object) -> bool:
        """Give every terminal that is asked for."""
        return True

    def shell_requested(self) -> bool:
        """A switch has a shell, and nothing but."""
        return True

    def session_started(self) -> None:
        """Greet."""
        switch = self._station.switch
        switch.counts.sessions += 1
        if self._terminal:
            self._terminal.start(switch.os.greeting(switch))

    def data_received(self, data: bytes, datatype: object) -> None:
        """Hand what was typed to the terminal."""
        if self._terminal:
            self._terminal.feed(data)

    def eof_received(self) -> bool:
        """Hang up when the other side has nothing more to say."""
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the terminal, so that a hanging one holds nothing."""
        self._terminal = self._channel = None

    def _write(self, data: bytes) -> None:
        if self._channel and not self._channel.is_closing():
            self._channel.write(data)

    def _cut(self) -> None:
        """End the connection: orderly after `exit`, at once when a fault cuts it."""
        if not self._channel:
            return
        fault = self._station.switch.fault
        if fault and fault.kind in (FaultKind.DROP, FaultKind.REBOOT):
            self._channel.get_connection().abort()
        else:
            self._channel.exit(0)


class Door(asyncssh.SSHServer):
    """One connection to a device: who may log in."""

    def __init__(self, station: Station) -> None:
        """Guard `station`."""
        self._station = station
        self._connection: asyncssh.SSHServerConnection | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Remember the connection, so that a reboot cuts it."""
        self._connection = conn
        self._station.connections.add(conn)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        if self._connection:
            self._station.connections.discard(self._connection)

    def begin_auth(self, username: str) -> bool:
        """Nobody comes in without a password."""
        return True

    def password_auth_supported(self) -> bool:
        """A switch takes passwords."""
        return True

    def validate_password(self, username: str, password: str) -> bool:
        """Return whether the device lets this user in."""
        switch = self._station.switch
        refused = switch.fault is not None and switch.fault.kind is FaultKind.LOGIN
        known = not refused and switch.os.lets_in(switch, username, password)
        switch.counts.logins_failed += 0 if known else 1
        return known

    def session_requested(self) -> Shell:
        """Open a shell."""
        return Shell(self._station)


@dataclass(slots=True)
class Station:
    """A switch at its address, with its host key and its pace."""

    switch: Switch
    address: str
    port: int
    key: asyncssh.SSHKey
    pace: Pace
    connections: set[asyncssh.SSHServerConnection] = field(default_factory=set, repr=False)
    _listener: asyncssh.SSHAcceptor | None = field(default=None, repr=False)

    async def listen(self, key: asyncssh.SSHKey | None = None) -> None:
        """Open the device's SSH port, with `key` instead of its own if one is given."""
        self._listener = await asyncssh.listen(
            self.address,
            self.port,
            server_factory=lambda: Door(self),
            server_host_keys=[key or self.key],
            server_version="twin",
            gss_host=None,  # else asyncssh asks the DNS for our own name, once a device
            encoding=None,
            line_editor=False,
            allow_scp=False,
            agent_forwarding=False,
            x11_forwarding=False,
            compression_algs=None,
            login_timeout=60,
            keepalive_interval=0,
            backlog=32,
        )

    def cut_all(self) -> None:
        """Cut every connection, as a device does that loses its power."""
        for connection in tuple(self.connections):
            connection.abort()

    async def close(self) -> None:
        """Close the port; sessions that are open stay so."""
        if self._listener:
            self._listener.close()
            await self._listener.wait_closed()
            self._listener = None
