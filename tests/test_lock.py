"""The lock files pin what pyproject.toml asks for, every line with its hashes."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(?P<version>[^\s;]+)", re.MULTILINE)
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def _asked(*groups: str) -> list[Requirement]:
    """Return what the groups of pyproject.toml ask for."""
    return [Requirement(line) for name in groups for line in SETTINGS["dependency-groups"][name]]


def _shipped() -> list[Requirement]:
    """Return what the project and its extras ask for."""
    project = SETTINGS["project"]
    extras = [line for lines in project["optional-dependencies"].values() for line in lines]
    return [Requirement(line) for line in (*project["dependencies"], *extras)]


def _pins(lock: str) -> dict[str, str]:
    """Return the versions that a lock file pins, by canonical name."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    return {canonicalize_name(pin["name"]): pin["version"] for pin in PIN.finditer(text)}


@pytest.mark.parametrize(
    ("lock", "asked"),
    [
        ("requirements.lock", [*_shipped(), *_asked("dev", "build")]),
        ("requirements-bench.lock", _asked("bench")),
    ],
    ids=["requirements.lock", "requirements-bench.lock"],
)
def test_a_lock_file_pins_what_is_asked_for(lock: str, asked: list[Requirement]) -> None:
    pins = _pins(lock)
    wrong = {
        str(need): pins.get(canonicalize_name(need.name))
        for need in asked
        if not need.specifier.contains(pins.get(canonicalize_name(need.name), "0"))
    }
    assert wrong == {}, "run `make lock`"


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-bench.lock"])
def test_every_pin_has_its_hashes(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=\S)", text.split("\n", 2)[2])
    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []
