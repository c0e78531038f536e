"""The Makefile says what is missing on a machine, and what its words are."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

FITS = 'case "$2" in *version_info*) exit 0;; *) exit 1;; esac'
"""A Python of the right version that lacks the venv module: the first question is answered."""
TOO_OLD = "exit 1"


def _make(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run make in the checkout; the arguments decide what it may touch."""
    return subprocess.run(  # noqa: S603 - make, on our own Makefile
        ["make", *arguments],  # noqa: S607 - wherever make is
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (FITS, "apt install python3-venv"),
        (TOO_OLD, "Python 3.11, 3.12 or 3.13 is needed"),
    ],
    ids=["no venv module", "too old"],
)
def test_a_missing_python_is_named_with_what_to_install(
    tmp_path: Path, script: str, said: str
) -> None:
    python = tmp_path / "python3"
    python.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    python.chmod(0o755)
    done = _make("install", f"PYTHON={python}", f"VENV={tmp_path / 'venv'}")
    assert done.returncode == 2
    assert said in done.stderr
    assert not (tmp_path / "venv").exists()


def test_help_has_a_line_for_every_word() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    assert phony is not None
    told = set(re.findall(r"^  make (\S+) +\S", _make().stdout, re.MULTILINE))
    assert told == set(phony[1].split())
