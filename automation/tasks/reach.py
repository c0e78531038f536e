"""How tasks reach devices: credentials, host keys and limits, shared by all threads of a run."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from nornir.core.task import Task

from automation.credentials import Credentials
from automation.devices import Deadline, HostKeys, Jumps, LoginGuard, Session, Window
from automation.devices.nornir_plugin import NAME, Access
from automation.errors import LoginFailed
from automation.tasks.subject import Subject

DEADLINE: Final = "run.deadline in portvakt.toml"
"""Where a person says how long one task may take with one device."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What it takes to reach every device of a run. Nothing in it shows a secret.

    `deadline` is seconds for all that one task does with one device. `windows` are the
    platforms that may have a whole stanza outstanding. `stop` is set when somebody wants the run
    to end: no new stanza is begun after it. `halt` is set by the stop rule: no new device is
    begun after it, those under way go to their end. `guards` stop the logins of one entry of
    `portvakt.toml` each: a wrong password there says nothing about the others.
    """

    credentials: Credentials = field(repr=False)
    host_keys: HostKeys = field(repr=False)
    jumps: Jumps = field(repr=False)
    deadline: float
    windows: Mapping[str, str] = field(default_factory=dict)
    stop: threading.Event = field(default_factory=threading.Event, repr=False)
    halt: threading.Event = field(default_factory=threading.Event, repr=False)
    guards: dict[str, LoginGuard] = field(default_factory=dict, repr=False)

    @contextmanager
    def session(
        self, task: Task, subject: Subject, until: Deadline | None = None
    ) -> Iterator[Session]:
        """Open a session to the task's host through nornir's connection plugin, and close it.

        `until` bounds the session, and others that share it; None is a whole deadline of its own.
        """
        device = subject.device
        access = Access(
            device=device,
            platform=subject.platform,
            login=self.credentials.login(device.credentials),
            hostkeys=self.host_keys,
            guard=self.guards.setdefault(device.credentials, LoginGuard()),
            deadline=until or self.clock(),
            window=self.windows.get(device.platform, Window.LINE),
            jump=self.credentials.jump(device.jump) if device.jump else None,
            jumps=self.jumps,
        )
        try:
            plugin = task.host.open_connection(NAME, task.nornir.config, extras=dict(access))
        except LoginFailed as error:
            where = f"[credentials.{device.credentials}] in portvakt.toml"
            raise LoginFailed(f"{error} ({where})") from error
        try:
            yield plugin.connection
        finally:
            task.host.close_connection(NAME)

    def clock(self) -> Deadline:
        """Start the clock for one device."""
        return Deadline(self.deadline, DEADLINE)

    def reveal(self, name: str) -> str:
        """Return the value of a named secret, for the wire."""
        return self.credentials.secret(name).reveal()

    def may_begin(self) -> bool:
        """Whether a new device may be begun."""
        return not (self.stop.is_set() or self.halt.is_set())
