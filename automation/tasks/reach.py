"""How tasks reach devices: credentials, host keys and limits, shared by all threads of a run."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from nornir.core.task import Task

from automation.credentials import Credentials
from automation.devices import HostKeys, LoginGuard, Session
from automation.devices.nornir_plugin import NAME, Access
from automation.tasks.subject import Subject


@dataclass(frozen=True, slots=True)
class Reach:
    """What it takes to reach every device of a run. Nothing in it shows a secret.

    `deadline` is seconds for all that one task does with one device. `windows` are the
    platforms that may have a whole stanza outstanding. `stop` is set when somebody wants the run
    to end: no new stanza is begun after it. `halt` is set by the stop rule: no new device is
    begun after it, those under way go to their end.
    """

    credentials: Credentials = field(repr=False)
    host_keys: HostKeys = field(repr=False)
    guard: LoginGuard = field(repr=False)
    deadline: float
    windows: Mapping[str, str] = field(default_factory=dict)
    stop: threading.Event = field(default_factory=threading.Event, repr=False)
    halt: threading.Event = field(default_factory=threading.Event, repr=False)

    @contextmanager
    def session(
        self, task: Task, subject: Subject, until: float | None = None
    ) -> Iterator[Session]:
        """Open a session to the task's host through nornir's connection plugin, and close it.

        `until` is a moment on the monotonic clock that bounds the session; None is a whole
        deadline from now.
        """
        left = self.deadline if until is None else max(until - time.monotonic(), 0.1)
        access = Access.of(self, subject, left)
        session: Session = task.host.open_connection(NAME, task.nornir.config, extras=access)
        try:
            yield session
        finally:
            task.host.close_connection(NAME)

    def reveal(self, name: str) -> str:
        """Return the value of a named secret, for the wire."""
        return self.credentials.secret(name).reveal()

    def may_begin(self) -> bool:
        """Whether a new device may be begun."""
        return not (self.stop.is_set() or self.halt.is_set())
