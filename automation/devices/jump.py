"""Jump hosts: one checked and authenticated connection each, shared by a run's sessions."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import paramiko

from automation.devices.deadline import Deadline
from automation.devices.guard import LoginGuard
from automation.devices.hostkeys import HostKeys
from automation.devices.ssh import Dial, Target, connect
from automation.devices.wire import Stream
from automation.errors import DeviceError, Unreachable
from automation.model import Endpoint

_LIFE: Final = 86400.0
"""Seconds that a jump host's connection may live: longer than any run."""
_OPEN: Final = 20.0


class Jumps:
    """The jump hosts of a run. Safe to share between threads; close it when the run ends."""

    def __init__(self, hostkeys: HostKeys, guard: LoginGuard) -> None:
        """Check jump hosts against `hostkeys`, count their logins with `guard`."""
        self._hostkeys = hostkeys
        self._guard = guard
        self._lock = threading.Lock()
        self._transports: dict[str, paramiko.Transport] = {}
        self._failed: dict[str, DeviceError] = {}

    def through(self, jump: Endpoint) -> Dial:
        """Return a way to connect to a target through `jump`."""

        def dial(target: Target, deadline: Deadline) -> Stream:
            transport = self._transport(jump, deadline)
            try:
                return transport.open_channel(
                    "direct-tcpip",
                    (target.address, target.port),
                    ("127.0.0.1", 0),
                    timeout=max(0.001, deadline.within(_OPEN)),
                )
            except (paramiko.SSHException, EOFError, OSError) as error:
                raise Unreachable(f"{target}: not reached through {jump.name}: {error}") from error

        return dial

    def close(self) -> None:
        """Close every connection to a jump host."""
        with self._lock:
            for transport in self._transports.values():
                transport.close()
            self._transports.clear()

    def _transport(self, jump: Endpoint, deadline: Deadline) -> paramiko.Transport:
        """Return the connection to `jump`, made on first use; a failure is not tried again."""
        with self._locked(jump, deadline):
            transport = self._transports.get(jump.name)
            if transport is not None and transport.is_active():
                return transport
            if jump.name in self._failed:
                raise self._failed[jump.name]
            try:
                transport = connect(
                    Target.of(jump), jump.login, self._hostkeys, self._guard, Deadline(_LIFE)
                )
            except DeviceError as error:
                self._failed[jump.name] = error
                raise
            self._transports[jump.name] = transport
            return transport

    @contextmanager
    def _locked(self, jump: Endpoint, deadline: Deadline) -> Iterator[None]:
        """Hold the lock, or raise Unreachable when somebody else connects for too long."""
        if not self._lock.acquire(timeout=deadline.left):
            raise Unreachable(f"the jump host {jump.name} was not free within {deadline}")
        try:
            yield
        finally:
            self._lock.release()
