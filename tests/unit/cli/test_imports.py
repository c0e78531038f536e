"""What is asked often and fast imports nothing that is slow."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

SLOW = (
    *("nornir", "netmiko", "paramiko", "asyncssh", "cryptography", "sqlalchemy", "alembic"),
    *("pydantic", "yaml", "jinja2", "textfsm", "rich", "filelock"),
    *("automation.model", "automation.playbook", "automation.store", "automation.inventory"),
)
PROGRAM = """
import sys
from automation.cli.app import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
print(*sorted(sys.modules), file=sys.stderr)
"""


def _imported(*arguments: str, **environment: str) -> set[str]:
    """Return the modules that the command has imported by its end."""
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", PROGRAM, *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stderr.split())


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        (["--version"], {}),
        (["--help"], {}),
        (
            [],
            {
                "_PORTVAKT_COMPLETE": "complete_bash",
                "COMP_WORDS": "portvakt ho",
                "COMP_CWORD": "1",
            },
        ),
        (
            [],
            {
                "_PORTVAKT_COMPLETE": "complete_bash",
                "COMP_WORDS": "portvakt -w lab run verify --li",
                "COMP_CWORD": "5",
            },
        ),
    ],
    ids=["version", "help", "completion", "completion of an option"],
)
def test_what_has_to_be_quick_imports_nothing_slow(
    arguments: list[str], environment: dict[str, str]
) -> None:
    imported = _imported(*arguments, **environment)
    assert "typer" in imported
    assert sorted(imported & set(SLOW)) == []


def test_the_list_of_slow_modules_would_be_noticed() -> None:
    assert "nornir" in _imported("plan", "-w", os.curdir)


@pytest.mark.parametrize(
    ("words", "number", "completed"),
    [
        ("portvakt ho", 1, ["hostkeys"]),
        ("portvakt -w lab port ex", 4, ["export"]),
        ("portvakt -w lab run verify --li", 5, ["--limit"]),
        ("portvakt port list --output j", 4, ["json", "jsonl"]),
    ],
)
def test_completion_completes(words: str, number: int, completed: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "automation"],
        env={
            **os.environ,
            "_PORTVAKT_COMPLETE": "complete_bash",
            "COMP_WORDS": words,
            "COMP_CWORD": str(number),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout.split(), done.returncode) == (completed, 0)
