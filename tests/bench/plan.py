"""Planning a city in which nothing has changed: the real path, all but the wire."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from nornir.core.task import Task

from automation.devices import Deadline, Session, TimedCommit
from automation.model import Sent, Stanza
from automation.tasks.reach import Reach
from automation.tasks.subject import Subject
from tests.bench import paper_city
from tests.bench.bench import Setting
from tests.bench.harness import Timed, in_turns
from tests.bench.report import Finding, Target, compared

_NOTE = (
    "Counted: loading the inventory, opening the store, reading its rows, intents and their "
    "digests, nornir's threads, the digest of each fetched text, writing the digests, sealing the "
    "plan. Not counted: interpreter, imports and the wire."
)


@dataclass(frozen=True, slots=True)
class Printed:
    """A session that has nothing but the text that its device printed once."""

    running: str
    timed: TimedCommit | None = None
    fence: Callable[[], None] | None = None

    def fetch(self) -> str:
        """Return the text."""
        return self.running

    def read(self, command: str) -> str:
        """Fail: a verified device is asked nothing more."""
        raise NotImplementedError(command)

    def configure(
        self,
        stanzas: Sequence[Stanza],
        reveal: Callable[[str], str],
        expected: Callable[[str], bool] | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> Sent:
        """Fail: planning sends nothing."""
        raise NotImplementedError

    def save(self) -> str:
        """Fail: planning saves nothing."""
        raise NotImplementedError

    def close(self) -> None:
        """Do nothing."""


@dataclass(frozen=True, slots=True)
class OnPaper(Reach):
    """Reaches no device: gives the text that it printed."""

    texts: Mapping[str, str] = field(default_factory=dict, repr=False)

    @contextmanager
    def session(
        self, task: Task, subject: Subject, until: Deadline | None = None
    ) -> Iterator[Session]:
        """Yield what stands in for a session."""
        yield Printed(self.texts[subject.device.name])


def plan(setting: Setting) -> Iterator[Finding]:
    """Measure planning with every device verified before."""
    with paper_city.city() as folder:
        texts = _verified(folder, quick=setting.quick)
        name = f"planning {len(texts)} unchanged devices"
        work = Timed(name, lambda: _plan(folder, texts, quick=setting.quick))
        measured = in_turns([work], setting.runs)
    target = Target("CPU of planning", measured[name].cpu, 5, at_least=False, unit="s")
    about = "A city in which nothing has changed, from fetched configurations."
    yield compared("plan", about, "city", measured, [target], (_NOTE,))


def _verified(folder: Path, *, quick: bool) -> dict[str, str]:
    """Provision the city on paper, remember it as verified, and return what it prints."""
    with paper_city.opened(folder) as network:
        devices = paper_city.access(network, quick=quick)
        subjects = network.subjects(devices, (), paper_city.TODAY)
        papers = paper_city.provisioned(folder, subjects)
        network.store.record_verified(
            paper.subject.key(paper.provisioned) for paper in papers.values()
        )
    return {name: paper.provisioned for name, paper in papers.items()}


def _plan(folder: Path, texts: Mapping[str, str], *, quick: bool) -> None:
    with paper_city.opened(folder) as network:
        devices = paper_city.access(network, quick=quick)
        playbook = network.playbook("provision-access")
        rollout = network.rollout(devices, playbook.features, paper_city.TODAY)
        own = {each.name: getattr(rollout.reach, each.name) for each in fields(rollout.reach)}
        rollout = replace(rollout, reach=OnPaper(**own, texts=texts))
        planning = rollout.plan(playbook, "", devices, datetime.now(UTC), timedelta(hours=1))
    changed = [one.device for one in planning.plan.changes if one.stanzas]
    compared_anew = [name for name, one in planning.found.items() if one.drift]
    assert not (planning.plan.faults)
    assert not changed
    assert not compared_anew
