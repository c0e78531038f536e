"""The import contracts in pyproject.toml hold, and each one catches what it is there for."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Breach:
    """A line that has no business in a room, and the contract that must say so."""

    contract: str
    room: str
    line: str

    def __str__(self) -> str:
        return f"{self.contract}: {self.line} in {self.room}"


BREACHES = (
    Breach("one-way", "errors", "import automation.model"),
    Breach("one-way", "model", "import automation.render"),
    Breach("one-way", "drift", "import automation.platforms"),
    Breach("one-way", "platforms", "import automation.drift"),
    Breach("one-way", "render", "import automation.workspace"),
    Breach("one-way", "workspace", "import automation.credentials"),
    Breach("one-way", "devices", "import automation.store"),
    Breach("one-way", "store", "import automation.inventory"),
    Breach("one-way", "metrics", "import automation.snmp"),
    Breach("one-way", "devices", "import automation.tasks"),
    Breach("one-way", "tasks", "import automation.playbook"),
    Breach("one-way", "playbook", "import automation.cli"),
    Breach("one-way", "conveniences", ""),
    Breach("pure", "errors", "import logging"),
    Breach("pure", "model", "import subprocess"),
    Breach("pure", "render", "import socket"),
    Breach("pure", "parse", "import pathlib"),
    Breach("pure", "drift", "import sqlite3"),
    Breach("pure", "counters", "import time"),
    Breach("pure", "platforms", "import netmiko"),
    Breach("vendors", "platforms/cisco_ios", "import automation.platforms.huawei_vrp"),
    Breach("vendors", "platforms/huawei_vrp", "import automation.platforms.arista_eos"),
    Breach("ssh", "tasks", "import netmiko"),
    Breach("ssh", "lab", "import paramiko"),
    Breach("sql", "playbook", "import sqlalchemy"),
    Breach("sql", "cli", "import alembic"),
    Breach("terminal", "playbook", "import typer"),
    Breach("terminal", "tasks", "import rich.progress"),
    Breach("asyncio", "devices", "import asyncio"),
    Breach("asyncio", "playbook", "import asyncio"),
    Breach("http", "cli", "import http.server"),
    Breach("http", "tasks", "from urllib import request"),
    Breach("ssh-server", "devices", "import asyncssh"),
    Breach("snmp", "tasks", "import gufo.snmp"),
    Breach("snmp", "cli", "import pysnmp.hlapi"),
    Breach("one-way", "snmp", "import automation.store"),
    Breach("one-way", "counters", "import automation.platforms"),
    Breach("edge", "tasks", "import pydantic"),
    Breach("edge", "store", "import yaml"),
    Breach("templates", "cli", "import jinja2"),
    Breach("tables", "devices", "import textfsm"),
    Breach("one-door", "cli", "from automation.tasks import apply"),
    Breach("one-door", "cli", "import automation.tasks.apply"),
    Breach("twin-out", "playbook", "import automation.lab"),
    Breach("twin-in", "lab", "import automation.drift"),
    Breach("twin-in", "lab", "import automation.workspace"),
    Breach("runtime", "drift", "import hier_config"),
    Breach("runtime", "devices", "import nornir_netmiko"),
    Breach("acyclic", "model", "import automation.model.words"),
)


def _contracts() -> dict[str, dict[str, Any]]:
    """Return the contracts of pyproject.toml by id."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return {entry["id"]: entry for entry in settings["tool"]["importlinter"]["contracts"]}


def _copy(folder: Path) -> Path:
    """Copy the package and its contracts into `folder`; return the copy of the package."""
    shutil.copy(ROOT / "pyproject.toml", folder)
    ignore = shutil.ignore_patterns("__pycache__")
    return Path(shutil.copytree(ROOT / "automation", folder / "automation", ignore=ignore))


def _plant(package: Path, breach: Breach) -> None:
    """Write the line into a new module of the room, and make the room import that module."""
    room = package / breach.room
    if room.with_suffix(".py").is_file():
        room = room.with_suffix(".py")
        room.write_text(f"{room.read_text(encoding='utf-8')}\n{breach.line}\n", encoding="utf-8")
        return
    room.mkdir(exist_ok=True)
    (room / "planted.py").write_text(f"{breach.line}\n", encoding="utf-8")
    (room / "__init__.py").touch()
    if breach.contract == "acyclic":
        words = room / "words.py"
        text = f"{words.read_text(encoding='utf-8')}\nimport automation.model.planted\n"
        words.write_text(text, encoding="utf-8")


def _lint(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run lint-imports on the copy in `folder`."""
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(  # noqa: S603  # our own tool, from our own environment
        [program, "--no-cache", "--no-logo", *options],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_contracts_hold(tmp_path: Path) -> None:
    _copy(tmp_path)
    done = _lint(tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("breach", BREACHES, ids=str)
def test_a_breach_is_caught(tmp_path: Path, breach: Breach) -> None:
    _plant(_copy(tmp_path), breach)
    done = _lint(tmp_path, "--contract", breach.contract)
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{_contracts()[breach.contract]['name']} BROKEN" in " ".join(done.stdout.split())


def test_every_contract_is_broken_by_some_case() -> None:
    assert {breach.contract for breach in BREACHES} == set(_contracts())


def _pure_rooms() -> set[str]:
    """Return the rooms that are built, from the layer of the engines downwards."""
    layers = _contracts()["one-way"]["layers"]
    at = next(number for number, layer in enumerate(layers) if "render" in layer)
    rooms = {room.strip() for layer in layers[at:] for room in layer.split("|")}
    return {room for room in rooms if not room.startswith("(")}


def test_every_pure_room_is_held_pure() -> None:
    held = set(_contracts()["pure"]["source_modules"])
    assert held == {f"automation.{room}" for room in _pure_rooms()}


def test_every_pure_room_is_covered_whole() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    found = re.search(r"^PURE\s*:=\s*(.*)$", makefile, re.MULTILINE)
    assert found is not None
    covered = set(re.findall(r"automation/(\w+)", found[1]))
    assert covered >= _pure_rooms()


def test_only_rooms_that_are_not_built_stand_in_parentheses() -> None:
    rooms = " | ".join(_contracts()["one-way"]["layers"]).split("|")
    unbuilt = [room.strip(" ()") for room in rooms if room.strip().startswith("(")]
    package = ROOT / "automation"
    assert [
        room for room in unbuilt if (package / room).is_dir() or (package / f"{room}.py").exists()
    ] == []
