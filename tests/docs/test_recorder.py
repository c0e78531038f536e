"""A row of evidence is written by proofs that passed, and taken away by one that failed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.docs.claims import TWIN, Claim, claims
from tests.docs.evidence import DOCUMENTS, RECORD, ROOT, Evidence, read, write
from tests.docs.recorder import Recorder

WHAT = "it stands"
BEFORE = Evidence("FRR 7", "2026-01-02", "a" * 40, {WHAT: ("before",)}, {})
WHOLE, CUT = ["passed"] * 3, ["passed", "passed"]
FIRST, SECOND = "t.py::test_it[1]", "t.py::test_it[2]"


@pytest.mark.parametrize(
    ("phases", "on"),
    [
        ({FIRST: WHOLE, SECOND: WHOLE}, "FRR 8"),
        ({FIRST: WHOLE, SECOND: ["passed", "failed", "passed"]}, None),
        ({FIRST: WHOLE, SECOND: ["passed", "passed", "failed"]}, None),
        ({FIRST: WHOLE, SECOND: ["skipped", "passed"]}, None),
        ({SECOND: ["failed", "passed"]}, None),
        ({FIRST: WHOLE}, "FRR 7"),
        ({FIRST: WHOLE, SECOND: CUT}, "FRR 7"),
        ({}, "FRR 7"),
    ],
    ids=[
        "all passed",
        "a parameter failed",
        "in its teardown",
        "one was skipped",
        "in its setup, and one was not run",
        "one parameter was not run",
        "interrupted",
        "none was run",
    ],
)
def test_a_row_is_written_taken_away_or_left(
    phases: dict[str, list[str]], on: str | None, tmp_path: Path
) -> None:
    """The other platform, which had no row, has none unless its proof was run."""
    made = [Claim(test, "frr", WHAT, "") for test in (FIRST, SECOND)]
    said = dict.fromkeys([(FIRST, "frr"), (SECOND, "frr")], "FRR 8")
    recorder = Recorder(tmp_path, "b" * 40, phases, said)
    found = dict(recorder.rows({"frr": BEFORE}, [*made, Claim("t.py::other", "ios", WHAT, TWIN)]))
    assert {name: one.on for name, one in found.items()} == ({"frr": on} if on else {})
    if on == "FRR 8":
        assert (found["frr"].commit, found["frr"].proofs) == ("b" * 40, {WHAT: (FIRST, SECOND)})


@pytest.mark.parametrize(
    ("things", "on"),
    [
        ({}, None),
        ({(FIRST, "frr"): "FRR 8"}, None),
        ({(FIRST, "other"): "FRR 8", (SECOND, "frr"): "FRR 8"}, None),
        ({(FIRST, "frr"): "FRR 8", (SECOND, "frr"): "FRR 9"}, "FRR 8 and FRR 9"),
    ],
    ids=["nobody", "one of two", "of another platform", "all"],
)
def test_a_proof_says_what_it_ran_on(
    things: dict[tuple[str, str], str], on: str | None, tmp_path: Path
) -> None:
    made = [Claim(test, "frr", WHAT, "") for test in (FIRST, SECOND)]
    recorder = Recorder(tmp_path, "b" * 40, {FIRST: WHOLE, SECOND: WHOLE}, things)
    found = dict(recorder.rows({"frr": BEFORE}, made))
    assert {name: one.on for name, one in found.items()} == ({"frr": on} if on else {})


def test_a_platform_without_proofs_loses_its_row(tmp_path: Path) -> None:
    assert dict(Recorder(tmp_path, "b" * 40).rows({"frr": BEFORE}, [])) == {}


ROUTER, SWITCH = "tests/reallab/test_router.py", "tests/platforms/test_switch.py"
_PROOFS = {
    ROUTER: """
import pytest

@pytest.mark.proof("it stands", "frr")
@pytest.mark.parametrize("number", [1, 2])
def test_it(number, record_property):
    record_property("proved_on:frr", "FRR 8")
""",
    SWITCH: """
import pytest

@pytest.mark.proof("it stands")
@pytest.mark.parametrize("platform", ["cisco_ios", "openvswitch"])
def test_it(platform):
    pass
""",
}
_BARE = "PYTEST_DISABLE_PLUGIN_AUTOLOAD"
_GIT = """#!/bin/sh
case "$*" in
  *status*) cat ../differs ;;
  *rev-parse*) cat ../commit ;;
esac
"""
_FRR = ("FRR 8", tuple(f"{ROUTER}::test_it[{n}]" for n in (1, 2)))
_IOS = (TWIN, (f"{SWITCH}::test_it[cisco_ios]",))
_OLD = ("FRR 7", ("before",))


@dataclass(frozen=True, slots=True)
class Checkout:
    """A checkout with two proofs; its git says what it is told to say."""

    root: Path

    def differs(self, *lines: str) -> None:
        """Let git name these files as changed."""
        text = "".join(f"{line}\n" for line in lines)
        (self.root.parent / "differs").write_text(text, encoding="utf-8")

    def is_at(self, commit: str) -> None:
        """Let git say that this commit is checked out."""
        (self.root.parent / "commit").write_text(f"{commit}\n", encoding="utf-8")

    def says(self, file: str, old: str, new: str) -> None:
        """Change a file."""
        text = (self.root / file).read_text(encoding="utf-8")
        assert old in text
        (self.root / file).write_text(text.replace(old, new), encoding="utf-8")

    def runs(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run the proofs, as `make evidence` does."""
        programs = f"{self.root.parent}{os.pathsep}{os.environ['PATH']}"
        plugin = ("-p", "tests.docs.recorder", "-m", "proof")
        return subprocess.run(  # noqa: S603 - ourselves
            [sys.executable, "-m", "pytest", *plugin, *words],
            cwd=self.root,
            env={**os.environ, "PATH": programs, "PYTHONPATH": str(ROOT), _BARE: "1"},
            capture_output=True,
            text=True,
            check=False,
        )

    def record(self) -> Mapping[str, tuple[str, Sequence[str]]]:
        """Return what each row says: on what it was proved, by which tests."""
        return {name: (one.on, one.proofs[WHAT]) for name, one in read(self.root).items()}


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A clean checkout with two proofs that pass, and an older row for both platforms."""
    made = Checkout(tmp_path / "checkout")
    place = "<!-- evidence: from here -->\n<!-- evidence: to here -->\n"
    settings = "[pytest]\naddopts = --import-mode=importlib\nmarkers =\n  proof: a proof\n"
    for name, text in {
        **_PROOFS,
        "pytest.ini": settings,
        **dict.fromkeys(DOCUMENTS, place),
    }.items():
        (made.root / name).parent.mkdir(parents=True, exist_ok=True)
        (made.root / name).write_text(text, encoding="utf-8")
    write({"frr": BEFORE, "cisco_ios": BEFORE}, made.root)
    (tmp_path / "git").write_text(_GIT, encoding="utf-8")
    (tmp_path / "git").chmod(0o755)
    made.differs()
    made.is_at("c" * 40)
    return made


def test_proofs_that_pass_are_written_down_with_their_commit(checkout: Checkout) -> None:
    """What an earlier run has written, and nobody committed yet, may differ."""
    checkout.differs(*(f" M {name}" for name in (RECORD, *DOCUMENTS)))
    done = checkout.runs()
    assert done.returncode == 0, done.stdout + done.stderr
    assert checkout.record() == {"frr": _FRR, "cisco_ios": _IOS}
    for name in DOCUMENTS:
        rows = (checkout.root / name).read_text(encoding="utf-8").splitlines()
        assert sum(row.endswith(" | cccccccc |") for row in rows) == 2


def test_one_parameter_that_fails_takes_the_row_away_and_the_other_is_written(
    checkout: Checkout,
) -> None:
    checkout.says(ROUTER, 'record_property("', 'assert number == 1; record_property("')
    assert checkout.runs().returncode == 1
    assert checkout.record() == {"cisco_ios": _IOS}


@pytest.mark.parametrize(
    ("selected", "row"), [(f"{ROUTER}::test_it[1]", _OLD), (ROUTER, _FRR)], ids=["one", "all"]
)
def test_one_parameter_that_passes_is_no_proof(
    checkout: Checkout, selected: str, row: tuple[str, Sequence[str]]
) -> None:
    assert checkout.runs(selected).returncode == 0
    assert checkout.record() == {"frr": row, "cisco_ios": _OLD}


def test_who_does_not_say_on_what_has_proved_nothing(checkout: Checkout) -> None:
    checkout.says(ROUTER, "proved_on:frr", "proved_on:fr")
    done = checkout.runs()
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert f"no property says what these ran on: {ROUTER}::test_it[1], " in done.stderr
    assert checkout.record() == {"cisco_ios": _IOS}


@pytest.mark.parametrize(
    "line", [" M automation/errors.py", "?? tests/reallab/new.py", "R  README.md -> MORE.md"]
)
def test_what_no_commit_has_is_not_run(checkout: Checkout, line: str) -> None:
    checkout.differs(f" M {RECORD}", line)
    done = checkout.runs()
    assert (done.returncode, done.stdout) == (pytest.ExitCode.USAGE_ERROR, "")
    assert f"so commit first: {line}" in done.stderr


def test_a_checkout_that_moves_under_the_run_is_not_proved(checkout: Checkout) -> None:
    moves = f"open({str(checkout.root.parent / 'commit')!r}, 'w').write('e' * 40)"
    checkout.says(ROUTER, 'record_property("', f'{moves}; record_property("')
    done = checkout.runs()
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "another commit was checked out meanwhile" in done.stderr
    assert checkout.record() == {"frr": _OLD, "cisco_ios": _OLD}


def test_what_git_does_not_know_is_not_run(checkout: Checkout) -> None:
    (checkout.root.parent / "git").write_text("#!/bin/sh\necho no repository >&2\nexit 128\n")
    done = checkout.runs()
    assert (done.returncode, done.stdout) == (pytest.ExitCode.USAGE_ERROR, "")
    assert "no repository" in done.stderr


def test_a_proof_of_no_platform_is_a_fault(checkout: Checkout) -> None:
    checkout.says(ROUTER, ', "frr"', "")
    with pytest.raises(RuntimeError, match="could not be collected"):
        claims(checkout.root)
