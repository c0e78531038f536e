"""The table of evidence: what each platform was proved on, as the record of a test run says.

`make evidence` runs the tests and writes the record; nothing in the table is written by hand. A row
holds for the commit that it names, and stands only while the files that judged it are as they were.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from automation import platforms

ROOT: Final = Path(__file__).parents[2]
RECORD: Final = "tests/reallab/evidence.json"
DOCUMENTS: Final = ("README.md", "docs/platforms.md")
JUDGES: Final = ("tests/reallab/probes/*.py", "tests/reallab/operator.py", "tests/platforms/*.py")
"""By these a proof sees and acts. The rest of the lab is the stage, and is worked on daily; another
platform's folder is not even that."""
_BEGIN, _END = "<!-- evidence: from here -->", "<!-- evidence: to here -->"
_HEAD: Final = ("platform", "proved on", "what", "date", "commit")
_SHORT: Final = 8


@dataclass(frozen=True, slots=True)
class Evidence:
    """What passed for a platform, on what, when, and at which commit.

    `proofs` are tests, by what they prove and by their full node ids. `files` are the digests of
    what judged them: see `digests`.
    """

    on: str
    date: str
    commit: str
    proofs: Mapping[str, tuple[str, ...]]
    files: Mapping[str, str]


Record = Mapping[str, Evidence]
"""Evidence by platform."""
_NOTHING: Final = Evidence("documents only", "", "", {}, {})


def read(root: Path = ROOT) -> Record:
    """Return what the runs so far have written down."""
    told = json.loads((root / RECORD).read_text(encoding="utf-8"))
    proofs = {
        name: {what: tuple(tests) for what, tests in one["proofs"].items()}
        for name, one in told.items()
    }
    return {name: Evidence(**{**one, "proofs": proofs[name]}) for name, one in told.items()}


def write(record: Record, root: Path = ROOT) -> None:
    """Write a record down, in an order that is not the run's, and fill the documents."""
    told = {name: asdict(one) for name, one in record.items()}
    text = json.dumps(told, indent=1, sort_keys=True)
    (root / RECORD).write_text(f"{text}\n", encoding="utf-8")
    for name in DOCUMENTS:
        document = root / name
        text = filled(document.read_text(encoding="utf-8"), record)
        document.write_text(text, encoding="utf-8")


def table(record: Record) -> str:
    """Return the table of all installed platforms; without evidence there are documents only."""
    lines = [f"| {' | '.join(_HEAD)} |", "|---" * len(_HEAD) + "|"]
    for name in platforms.names():
        one = record.get(name, _NOTHING)
        what = " · ".join(sorted(one.proofs))
        lines.append(f"| `{name}` | {one.on} | {what} | {one.date} | {one.commit[:_SHORT]} |")
    return "\n".join(lines)


def filled(document: str, record: Record) -> str:
    """Return a document with the table in its place; ValueError where it has none."""
    before, begin, rest = document.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not end:
        raise ValueError(f"no place for the table of evidence: {_BEGIN} … {_END}")
    return f"{before}{begin}\n{table(record)}\n{end}{after}"


def stale(record: Record, root: Path = ROOT) -> list[str]:
    """Name each file that judged a platform and is no longer what it was: `frr: tests/…`."""
    found: list[str] = []
    for name, one in record.items():
        now = digests((test for tests in one.proofs.values() for test in tests), root)
        changed = sorted({file for file, _ in one.files.items() ^ now.items()})
        found += [f"{name}: {file}" for file in changed]
    return found


def digests(tests: Iterable[str], root: Path = ROOT) -> Mapping[str, str]:
    """Return the SHA-256 of each file that decides whether these tests pass.

    Those are a test's own file, the conftest.py beside it, and what they import of `JUDGES`, also
    by way of each other. A file that is gone has none.
    """
    look = {Path(test.partition("::")[0]) for test in tests}
    look |= {file.with_name("conftest.py") for file in look}
    found: dict[str, str] = {}
    while look:
        file = look.pop()
        if str(file) not in found and (root / file).is_file():
            text = (root / file).read_bytes()
            found[str(file)] = hashlib.sha256(text).hexdigest()
            look.update(_judges(ast.parse(text)))
    return found


def _judges(tree: ast.Module) -> Iterator[Path]:
    """Yield where the modules may be that a file imports: `from a import b` is of a or of a.b."""
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [one.name for one in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [node.module, *(f"{node.module}.{one.name}" for one in node.names)]
    files = (Path(*name.split(".")).with_suffix(".py") for name in names)
    yield from (file for file in files if any(file.match(one) for one in JUDGES))
