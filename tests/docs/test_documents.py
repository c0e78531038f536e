"""Commands that the documents show are commands that there are."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer

from tests.docs.generate_cli import commands

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(
    {ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")}
    - {ROOT / "docs" / "cli.md"}
)
FENCE = re.compile(r"^```.*?$(.*?)^```", re.MULTILINE | re.DOTALL)


def _shown(text: str) -> Iterator[str]:
    """Yield every command in fenced blocks and in inline code."""
    for block in FENCE.findall(text):
        joined = block.replace("\\\n", " ")
        yield from re.findall(r"^\s*(?:\$ )?(portvakt(?: [^\n|>#&;]*)?)", joined, re.MULTILINE)
    yield from re.findall(r"`(portvakt(?: [^`]*)?)`", FENCE.sub("", text))


@cache
def _tree() -> dict[str, Any]:
    return {name: (command, context) for name, command, context in commands()}


def _complaint(line: str) -> str:
    """Say what the command line has against `line`, without running it."""
    tree = _tree()
    words = [word for word in shlex.split(line) if word != "…"]
    name, rest = "portvakt", words[1:]
    if rest[:1] in (["-w"], ["-v"]):
        rest = rest[2 if rest[0] == "-w" else 1 :]
    while rest and f"{name} {rest[0]}" in tree:
        name, rest = f"{name} {rest[0]}", rest[1:]
    command, context = tree[name]
    if getattr(command, "commands", None) is not None:
        unknown = [word for word in rest[:1] if not word.startswith("-") and word.islower()]
        return f"no command {name} {unknown[0]}" if unknown else ""
    try:
        command.make_context(name, rest, parent=context.parent)
    except typer.TyperException as error:
        return f"{line}: {error.format_message()}"
    except typer.Exit:
        return ""
    return ""


def test_every_command_that_a_document_shows_is_one() -> None:
    found = {path.name: list(_shown(path.read_text(encoding="utf-8"))) for path in DOCUMENTS}
    faults = {
        f"{name}: {line}": complaint
        for name, lines in found.items()
        for line in lines
        if "NAME" not in line and (complaint := _complaint(line))
    }
    assert faults == {}
    assert sum(map(len, found.values())) > 1


def test_every_example_in_a_help_is_a_command() -> None:
    examples = [
        (command.epilog or "").removeprefix("Example: ").partition(" >")[0]
        for _, command, _ in commands()
    ]
    assert [complaint for line in filter(None, examples) if (complaint := _complaint(line))] == []


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("```\n$ portvakt run x -y | jq .\n```", ["portvakt run x -y "]),
        ("Say `portvakt doctor`.", ["portvakt doctor"]),
        ("```\nmake demo\n```", []),
    ],
)
def test_commands_are_found_in_a_document(text: str, lines: list[str]) -> None:
    assert list(_shown(text)) == lines


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("portvakt run verify -C", ""),
        ("portvakt -w lab lab status", ""),
        ("portvakt fly", "no command portvakt fly"),
        ("portvakt job fly", "no command portvakt job fly"),
        ("portvakt run verify --quickly", "No such option: --quickly"),
        ("portvakt apply", "Missing argument"),
    ],
)
def test_a_command_that_is_none_is_recognised(line: str, complaint: str) -> None:
    assert complaint in _complaint(line)
    assert bool(complaint) is bool(_complaint(line))
