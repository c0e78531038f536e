"""netmiko's driver for a platform, over an SSH channel that is already open, read by event."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cache
from typing import Any, Final

import paramiko
from netmiko import ReadException, ReadTimeout
from netmiko.base_connection import BaseConnection
from netmiko.channel import SSHChannel
from netmiko.ssh_dispatcher import CLASS_MAPPER

from automation.devices.relay import Exchange, Relay
from automation.model import Output

_WIDTH: Final = 511
_HEIGHT: Final = 1000
_PIECE: Final = 65536
_CLOSED: Final = "the device closed the connection"


class EventDriven(BaseConnection):
    """Mixed over one of netmiko's drivers: its reads block on the channel instead of polling.

    netmiko sleeps at least 10 ms a line and 100 ms a login, which no parameter removes; and its
    login handlers answer questions that nobody allowed (the one for VRP saves the
    configuration). So the channel is opened and the session prepared by us, from the platform's
    data, and the driver lends its knowledge of escape codes and its verbs.
    """

    _shell: paramiko.Channel
    _relay: Relay
    _transport: paramiko.Transport

    def attach(self, transport: paramiko.Transport, timeout: float) -> None:
        """Open a terminal on `transport` and read and write there from now on.

        Raises:
            paramiko.SSHException: The device gives no terminal.
        """
        shell = transport.open_session(timeout=timeout)
        self._relay = Relay(transport, shell)
        self._transport = transport
        shell.get_pty(term="vt100", width=_WIDTH, height=_HEIGHT)
        shell.invoke_shell()
        self._shell = shell
        self.remote_conn = shell
        self.remote_conn_pre = transport  # type: ignore[assignment]  # it is only closed
        self.channel = SSHChannel(conn=shell, encoding=self.encoding)

    def type(self, data: bytes) -> None:
        """Write `data` to the device; it goes past netmiko's log, which would keep secrets.

        Raises:
            OSError: The connection has ended.
        """
        with _ended():
            self._shell.sendall(data)

    def follow(self, script: Sequence[Exchange], timeout: float) -> int:
        """Write `script`, as `Relay.follow` does; return how many of it were written.

        Raises:
            OSError: The connection has ended.
        """
        with _ended():
            return self._relay.follow(script, timeout)

    def aside(self, command: str, timeout: float) -> Output:
        """Return what `command` leaves on a channel of its own; nothing where there is none.

        Raises:
            OSError: The connection has ended, or the time is up.
        """
        with _ended():
            channel = self._beside(command, timeout)
            if channel is None:
                return Output(0, "", "")
            with closing(channel):
                said = b"".join(iter(lambda: channel.recv(_PIECE), b""))
                words = b"".join(iter(lambda: channel.recv_stderr(_PIECE), b""))
                status = channel.recv_exit_status()
                if status < 0:  # an answer that was cut looks like a whole one
                    raise ConnectionAbortedError(_CLOSED)
                return Output(status, *(one.decode("utf-8", "replace") for one in (said, words)))

    def _beside(self, command: str, timeout: float) -> paramiko.Channel | None:
        """Return a channel on which `command` runs; None from a device that gives none."""
        try:
            channel = self._transport.open_session(timeout=timeout)
            channel.settimeout(timeout)
            channel.exec_command(command)
            channel.shutdown_write()
        except paramiko.SSHException:
            if self._transport.is_active():
                return None
            raise
        return channel

    def receive(self, timeout: float) -> bytes | None:
        """Return what has come, waiting at most `timeout` seconds.

        Returns:
            The bytes; none at all when the device has closed; None when nothing came in time.

        Raises:
            OSError: The connection ended while it was written to.
        """
        self._shell.settimeout(timeout)
        try:
            with _ended():
                return self._shell.recv(_PIECE)
        except TimeoutError:
            return None

    def read_channel(self) -> str:
        """Return what is there, as netmiko does, but notice that the device has closed."""
        text, self._read_buffer = self._read_buffer, ""
        piece = self.receive(0.0)
        if piece == b"":
            raise ReadException(_CLOSED)
        return text + self.normalize_linefeeds((piece or b"").decode(self.encoding, "replace"))

    def read_until_pattern(
        self,
        pattern: str = "",
        read_timeout: float = 10.0,
        re_flags: int = 0,
        max_loops: int | None = None,
    ) -> str:
        """Read until `pattern` is there, as netmiko does, but wake when something comes."""
        wanted = re.compile(pattern, re_flags)
        text, self._read_buffer = self._read_buffer, ""
        end = time.monotonic() + read_timeout
        while not (found := wanted.search(text)):
            piece = self.receive(max(0.0, end - time.monotonic()))
            if piece is None:
                raise ReadTimeout(f"{pattern!r} did not come within {read_timeout} s")
            if not piece:
                raise ReadException(_CLOSED)
            text += self.normalize_linefeeds(piece.decode(self.encoding, "replace"))
        self._read_buffer = text[found.end() :]
        return text[: found.end()]

    def cleanup(self, command: str = "") -> None:
        """Send nothing: a session is closed as it stands, whatever mode it is in."""


@contextmanager
def _ended() -> Iterator[None]:
    """Raise OSError also where paramiko says otherwise that a connection has ended."""
    try:
        yield
    except (EOFError, paramiko.SSHException) as ended:
        raise ConnectionAbortedError(str(ended) or _CLOSED) from ended


@cache
def _event_driven(name: str) -> type[EventDriven]:
    """Return netmiko's class for `name` with our reads mixed over it."""
    base = CLASS_MAPPER[name]
    return type(f"EventDriven{base.__name__}", (EventDriven, base), {})


def driver(name: str, host: str) -> EventDriven:
    """Return netmiko's driver `name` for `host`; it has nothing to read from until `attach`."""
    settings: dict[str, Any] = {"host": host, "device_type": name, "auto_connect": False}
    return _event_driven(name)(**settings)
