"""What there is to prove: every test that is marked as a proof, as pytest itself collects them.

`python -m tests.docs.claims` prints it, as JSON, in the last line.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

import pytest

from tests.docs.evidence import ROOT

MARK: Final = "proof"
TESTS: Final = ("tests/reallab", "tests/platforms")
TWIN: Final = "the twin's command line, in memory"
"""What tests/platforms enters lines into: no session is opened there, and no `portvakt` is run."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What one test, by its full node id, is to prove for one platform.

    `on` is the twin, or nothing: then the test says what it runs on, by a property.
    """

    test: str
    platform: str
    what: str
    on: str


def claims(root: Path = ROOT) -> tuple[Claim, ...]:
    """Return what the tests of a checkout are to prove: all of it, whatever this run has selected.

    Raises:
        RuntimeError: pytest could not collect them; with its words.
    """
    done = subprocess.run(
        [sys.executable, "-m", "tests.docs.claims"],
        cwd=root,
        env={name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"the proofs could not be collected: {done.stdout}{done.stderr}")
    return tuple(Claim(**one) for one in json.loads(done.stdout.splitlines()[-1]))


def proofs(made: Iterable[Claim]) -> Mapping[str, tuple[str, ...]]:
    """Return the tests of claims, by what they prove."""
    found: dict[str, set[str]] = {}
    for claim in made:
        found.setdefault(claim.what, set()).add(claim.test)
    return {what: tuple(sorted(tests)) for what, tests in found.items()}


@dataclass(slots=True, eq=False)
class Collector:
    """A pytest plugin that gathers the claims of what is collected."""

    found: list[Claim] = field(default_factory=list)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Gather them."""
        self.found += [claim for item in session.items for claim in _made_by(item)]


def _made_by(item: pytest.Item) -> Iterator[Claim]:
    """Yield what a test claims: for the platforms of its mark, or for its parameter's twin."""
    for mark in item.iter_markers(MARK):
        what, *named = mark.args
        yield from (Claim(item.nodeid, name, what, "") for name in named)
        if not named:
            platform = item.callspec.params["platform"]  # type: ignore[attr-defined]  # of a Function
            if (ROOT / "automation" / "lab" / platform).is_dir():
                yield Claim(item.nodeid, platform, what, TWIN)


def _main(folders: Sequence[str] = TESTS) -> int:
    collector = Collector()
    ended = pytest.main(["--collect-only", "-q", "-m", MARK, *folders], plugins=[collector])
    print(json.dumps([asdict(claim) for claim in collector.found]))  # noqa: T201 - the answer
    return ended


if __name__ == "__main__":
    sys.exit(_main())
