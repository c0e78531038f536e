"""A pytest plugin that writes down which proofs passed: `pytest -p tests.docs.recorder`.

Nothing is written unless every test that is marked as a proof was run. A platform's row is
written anew, with the day's date, only when all its proofs passed, from setup to teardown; else it
stays as it was. What a proof ran on it says itself, by a property `proved_on:PLATFORM`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from tests.docs.evidence import DOCUMENTS, MARK, ROOT, TWIN, Evidence, filled, marked, read, write

_PROPERTY = "proved_on:"


@dataclass(slots=True, eq=False)
class Recorder:
    """Gathers what proofs say about platforms."""

    claims: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    """By test: (platform, what it proves for it)."""
    things: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    passed: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note what the collected tests are to prove."""
        self.claims = {item.nodeid: tuple(_claims(item)) for item in session.items}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note what a test ran on, and how each of its phases ended."""
        (self.passed if report.passed else self.failed).add(report.nodeid)
        for name, value in report.user_properties:
            if name.startswith(_PROPERTY):
                self.things[name.removeprefix(_PROPERTY)].add(str(value))

    def pytest_sessionfinish(self) -> None:
        """Write down what holds, and put it into the documents."""
        ran = {_short(node) for node in self.passed | self.failed}
        if missing := sorted(marked() - ran):
            raise pytest.UsageError(f"nothing is written: not run: {', '.join(missing)}")
        record = {**read(), **dict(self.found())}
        write(record)
        for path in DOCUMENTS:
            path.write_text(filled(path.read_text(encoding="utf-8"), record), encoding="utf-8")

    def found(self) -> Iterator[tuple[str, Evidence]]:
        """Yield the evidence for each platform whose proofs all passed."""
        today = datetime.now(UTC).date().isoformat()
        for platform in sorted({name for each in self.claims.values() for name, _ in each}):
            own = [
                (what, node)
                for node, each in self.claims.items()
                for name, what in each
                if name == platform
            ]
            if all(node in self.passed - self.failed for _, node in own):
                proofs: dict[str, tuple[str, ...]] = {}
                for what, node in own:
                    proofs[what] = tuple(sorted({*proofs.get(what, ()), _short(node)}))
                on = " and ".join(sorted(self.things[platform])) or TWIN
                yield platform, Evidence(on, today, proofs)


def _claims(item: pytest.Item) -> Iterator[tuple[str, str]]:
    """Yield what a test is to prove: for the platforms of its mark, or for the twin it runs on."""
    for mark in item.iter_markers(MARK):
        what, *named = mark.args
        on_twin = getattr(item, "callspec", None)
        if not named and on_twin is not None:
            named = [name for name in [on_twin.params["platform"]] if _is_imitated(name)]
        yield from ((name, what) for name in named)


def _is_imitated(platform: str) -> bool:
    return (ROOT / "automation" / "lab" / platform).is_dir()


def _short(nodeid: str) -> str:
    return nodeid.partition("[")[0]


def pytest_configure(config: pytest.Config) -> None:
    """Begin to record."""
    config.pluginmanager.register(Recorder(), "evidence")
