"""The table of evidence: what each platform was proved on, as the record of a test run says.

`make evidence` runs the tests and writes the record; nothing in the table is written by hand.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from automation import platforms

ROOT: Final = Path(__file__).parents[2]
RECORD: Final = ROOT / "tests" / "reallab" / "evidence.json"
DOCUMENTS: Final = (ROOT / "README.md", ROOT / "docs" / "platforms.md")
TESTS: Final = (ROOT / "tests" / "reallab", ROOT / "tests" / "platforms")
MARK: Final = "proof"
TWIN: Final = "the twin"
_BEGIN, _END = "<!-- evidence: from here -->", "<!-- evidence: to here -->"
_HEAD: Final = ("platform", "proved on", "what", "date")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What passed for a platform, on what, and when: `proofs` are tests by what they prove."""

    on: str
    date: str
    proofs: Mapping[str, tuple[str, ...]]


Record = Mapping[str, Evidence]
"""Evidence by platform."""


def read(path: Path = RECORD) -> Record:
    """Return the record of the last run that was written down."""
    told = json.loads(path.read_text(encoding="utf-8"))
    return {
        name: Evidence(
            one["on"], one["date"], {what: tuple(by) for what, by in one["proofs"].items()}
        )
        for name, one in told.items()
    }


def write(record: Record, path: Path = RECORD) -> None:
    """Write a record down, in an order that does not depend on the run's."""
    told = {name: asdict(record[name]) for name in sorted(record)}
    path.write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def table(record: Record) -> str:
    """Return the table of all installed platforms; without evidence there are documents only."""
    lines = [f"| {' | '.join(_HEAD)} |", "|---" * len(_HEAD) + "|"]
    for name in platforms.names():
        one = record.get(name, Evidence("documents only", "", {}))
        what = " · ".join(sorted(one.proofs))
        lines.append(f"| `{name}` | {one.on} | {what} | {one.date} |")
    return "\n".join(lines)


def filled(document: str, record: Record) -> str:
    """Return a document with the table in its place; ValueError where it has none."""
    before, begin, rest = document.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not end:
        raise ValueError(f"no place for the table of evidence: {_BEGIN} … {_END}")
    return f"{before}{begin}\n{table(record)}\n{end}{after}"


def marked(folders: Iterable[Path] = TESTS) -> frozenset[str]:
    """Return the tests that prove something, as `file::name`, by reading their files."""
    return frozenset(
        f"{path.relative_to(ROOT)}::{name}"
        for folder in folders
        for path in sorted(folder.rglob("test_*.py"))
        for name in _marked(ast.parse(path.read_text(encoding="utf-8")))
    )


def _marked(tree: ast.Module) -> Iterator[str]:
    tests = [
        one
        for one in tree.body
        if isinstance(one, ast.FunctionDef) and one.name.startswith("test_")
    ]
    whole = any(
        isinstance(one, ast.Assign)
        and any(isinstance(to, ast.Name) and to.id == "pytestmark" for to in one.targets)
        and _names_mark(one.value)
        for one in tree.body
    )
    yield from (test.name for test in tests if whole or any(map(_names_mark, test.decorator_list)))


def _names_mark(node: ast.AST) -> bool:
    return any(isinstance(one, ast.Attribute) and one.attr == MARK for one in ast.walk(node))
