"""A session that plays a script, and a subject small enough to be read at a glance.

The intent is one NTP server in place of another: two stanzas, so that there is a middle.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, TypeVar, cast

from nornir.core.task import Task

from automation.devices import Deadline, Session, TimedCommit
from automation.drift import Seen
from automation.model import (
    Change,
    Device,
    DeviceIntent,
    DeviceModel,
    DeviceResult,
    DeviceRole,
    Drift,
    Sent,
    Stanza,
    StanzaState,
)
from automation.render import Templates
from automation.tasks.reach import Reach
from automation.tasks.subject import Subject, Toolset
from tests.platforms.cases import POLICY

NAME = "sw1"
OLD, NEW = "ntp server 192.0.2.9", "ntp server 203.0.113.1"


def running(*lines: str) -> str:
    """Return what the switch prints with these lines beside its name."""
    return "\n".join((f"hostname {NAME}", *lines, "end")) + "\n"


BEFORE, HALF, AFTER = running(OLD), running(OLD, NEW), running(NEW)


def subject(template: str = f"{NEW}\n", feature: str = "ntp", *, unsaved: bool = False) -> Subject:
    """Return the switch with the intent that `template` renders."""
    device = Device(
        NAME,
        "city",
        DeviceRole.ACCESS,
        "varvet",
        "cisco_ios",
        DeviceModel("m", "cisco_ios", ()),
        "192.0.2.1",
    )
    tools = Toolset.of(Templates("cisco_ios", {feature: template}, "templates"), {})
    intent = DeviceIntent(device, POLICY, (), (), (), ())
    return Subject(device, intent, "intent", tools, (feature,), unsaved=unsaved)


def change(one: Subject, before: str = BEFORE) -> Change:
    """Return what takes the switch from `before` to its intent."""
    drift: Drift = one.compare(before, Seen())
    return Change(
        NAME,
        "city",
        "cisco_ios",
        drift.base,
        drift.target,
        one.intent_digest,
        one.tools.templates.digest,
        stanzas=drift.stanzas,
        running=one.tools.engine.running_digest(before),
        save=one.unsaved,
    )


T = TypeVar("T")
Answer = str | Exception
Configured = Sent | Exception


@dataclass
class Play:
    """One session: what it reads, in turn, and what becomes of what is sent and saved."""

    reads: Sequence[Answer] = ()
    configured: Sequence[Configured] = ()
    saved: Answer = ""
    opened: Exception | None = None
    fence: Callable[[], None] | None = None
    timed: TimedCommit | None = None
    sent: list[Sequence[Stanza]] = field(default_factory=list)
    saves: int = 0
    done: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._reads = iter(self.reads)
        self._configured = iter(self.configured)

    def fetch(self) -> str:
        """Return the next text, or raise what stands in its place."""
        self.done.append("fetch")
        return _given(next(self._reads))

    def read(self, command: str) -> str:
        """Nothing here asks for more than the configuration."""
        raise AssertionError(command)

    def configure(
        self,
        stanzas: Sequence[Stanza],
        reveal: Callable[[str], str],
        expected: Callable[[str], bool] | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> Sent:
        """Note the stanzas and say what the script says became of them."""
        self.sent.append(stanzas)
        return _given(next(self._configured))

    def save(self) -> str:
        """Save, or not; say what is not certain about it."""
        self.saves += 1
        if isinstance(self.saved, Exception):
            raise self.saved
        return self.saved

    def close(self) -> None:
        """Nothing to close."""


def _given(answer: T | Exception) -> T:
    if isinstance(answer, Exception):
        raise answer
    return answer


@dataclass(frozen=True, slots=True)
class Stage(Reach):
    """Reaches nothing: each session is the next play."""

    plays: Iterator[Play] = field(default_factory=lambda: iter(()), repr=False)

    @contextmanager
    def session(
        self, task: Task, subject: Subject, until: Deadline | None = None
    ) -> Iterator[Session]:
        """Yield the next play, or raise what keeps it from beginning."""
        play = next(self.plays)
        if play.opened:
            raise play.opened
        yield play


def stage(*plays: Play) -> Stage:
    """Return a stage for these plays, in turn."""
    nobody: Any = None
    return Stage(nobody, nobody, nobody, 60.0, stop=threading.Event(), plays=iter(plays))


def task() -> Task:
    """Return what a task sees of nornir: its host's name."""
    return cast("Task", SimpleNamespace(host=SimpleNamespace(name=NAME)))


@dataclass
class Notes:
    """A journal in memory."""

    begun: list[str] = field(default_factory=list)
    ended: list[DeviceResult] = field(default_factory=list)
    broken: Exception | None = None

    def begin_device(self, change: Change) -> None:
        """Note the device, or fail as a full disk does."""
        if self.broken:
            raise self.broken
        self.begun.append(change.device)

    def end_device(self, result: DeviceResult) -> None:
        """Note the result."""
        self.ended.append(result)


def states(*given: StanzaState) -> Sent:
    """Return that this became of the stanzas."""
    return Sent(given)
