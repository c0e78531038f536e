"""A pytest plugin that writes down which proofs passed: `pytest -p tests.docs.recorder -m proof`.

A platform's row is written anew, with the day and the commit, when all its proofs passed, from
setup to teardown and with every parameter. When one failed the row is taken away. When none failed
and not all were run it stays as it was. What a proof ran on it says itself, by a property
`proved_on:PLATFORM`. It runs on a clean checkout, or not at all: a row names what was proved.
"""

from __future__ import annotations

import subprocess
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum, auto
from pathlib import Path
from typing import Final

import pytest

from tests.docs.claims import Claim, claims, proofs
from tests.docs.evidence import DOCUMENTS, RECORD, Evidence, Record, digests, read, write

_PROPERTY: Final = "proved_on:"
_PHASES: Final = 3
"""Setup, call, teardown."""


class End(Enum):
    """How it went with a claim."""

    PASSED = auto()
    FAILED = auto()
    SILENT = auto()
    """Passed, and did not say on what."""
    LEFT_OUT = auto()


@dataclass(slots=True, eq=False)
class Recorder:
    """Gathers how the proofs of the checkout `root` ended, which is at `commit`."""

    root: Path
    commit: str
    phases: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """How each phase of a test ended, in pytest's words."""
    things: dict[tuple[str, str], str] = field(default_factory=dict)
    """What a test says that it ran on, by the test and the platform."""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note how a phase of a test ended, and on what it ran."""
        self.phases[report.nodeid].append(report.outcome)
        for name, value in report.user_properties:
            if name.startswith(_PROPERTY):
                self.things[report.nodeid, name.removeprefix(_PROPERTY)] = str(value)

    def pytest_sessionfinish(self) -> None:
        """Write down what holds, and take away what does not."""
        if revision(self.root) != self.commit:
            raise pytest.UsageError("nothing is written: another commit was checked out meanwhile")
        made = claims(self.root)
        write(dict(self.rows(read(self.root), made)), self.root)
        if silent := sorted({one.test for one in made if self.end(one) is End.SILENT}):
            raise pytest.UsageError(f"no property says what these ran on: {', '.join(silent)}")

    def rows(self, before: Record, made: Iterable[Claim]) -> Iterator[tuple[str, Evidence]]:
        """Yield the row of each platform that has one after this run."""
        by_platform: dict[str, list[Claim]] = {}
        for claim in made:
            by_platform.setdefault(claim.platform, []).append(claim)
        for platform, own in by_platform.items():
            ends = {self.end(claim) for claim in own}
            if ends == {End.PASSED}:
                yield platform, self._evidence(own)
            elif ends <= {End.PASSED, End.LEFT_OUT} and platform in before:
                yield platform, before[platform]

    def end(self, claim: Claim) -> End:
        """Return how it went with a claim; a test that was skipped has failed to prove it."""
        phases = self.phases.get(claim.test, [])
        if any(one != "passed" for one in phases):
            return End.FAILED
        if len(phases) < _PHASES:
            return End.LEFT_OUT
        return End.PASSED if self._on(claim) else End.SILENT

    def _on(self, claim: Claim) -> str:
        return claim.on or self.things.get((claim.test, claim.platform), "")

    def _evidence(self, own: list[Claim]) -> Evidence:
        return Evidence(
            on=" and ".join(sorted({self._on(claim) for claim in own})),
            date=datetime.now(UTC).date().isoformat(),
            commit=self.commit,
            proofs=proofs(own),
            files=digests((claim.test for claim in own), self.root),
        )


def revision(root: Path) -> str:
    """Return the commit that is checked out and that nothing differs from.

    What a run itself writes may differ: it proves nothing.

    Raises:
        pytest.UsageError: something else differs, or git does not say.
    """
    told = _git(root, "status", "--porcelain", "--untracked-files=all")
    if other := [line for line in told.splitlines() if line[3:] not in (RECORD, *DOCUMENTS)]:
        raise pytest.UsageError(
            "nothing is written: a row names a commit, so commit first: " + "; ".join(other)
        )
    return _git(root, "rev-parse", "HEAD").strip()


def _git(root: Path, *words: str) -> str:
    """Return what git says; it leaves its index alone, whose owner root may not be."""
    command = ["git", "--no-optional-locks", *words]
    try:
        return subprocess.run(  # noqa: S603 - git, which is wherever it is
            command, cwd=root, capture_output=True, text=True, check=True
        ).stdout
    except FileNotFoundError:
        raise pytest.UsageError("evidence needs git: a row names a commit") from None
    except subprocess.CalledProcessError as error:
        raise pytest.UsageError(f"{' '.join(command)}: {error.stderr.strip()}") from None


def pytest_configure(config: pytest.Config) -> None:
    """Begin to record, or say at once why not."""
    root = config.rootpath
    config.pluginmanager.register(Recorder(root, revision(root)), "evidence")
