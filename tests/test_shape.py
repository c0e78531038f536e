"""The code keeps the shape that CONTRIBUTING.md promises; what breaks it is named."""

from __future__ import annotations

import ast
import re
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LONGEST_FUNCTION = 50
NINE_OF_TEN_FUNCTIONS = 20
LONGEST_FILE = 400
NAMES_THAT_SAY_NOTHING = frozenset(
    {"util", "utils", "helper", "helpers", "common", "manager", "managers", "misc", "shared"}
)
MUTABLE = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
BUILDERS = frozenset({"list", "dict", "set", "bytearray", "deque", "defaultdict", "Counter"})
READ_ONLY = re.compile(r"\b(?:Mapping|Sequence|Collection|AbstractSet)\b")
BUILT_FOLDERS = frozenset({"__pycache__", "build", "dist", "node_modules"})
# Brackets keep the patterns from matching themselves.
FOREIGN = re.compile(
    r"(?<![\w.$}*>~-])/(?:home|root|Users|work|builds)/\w"  # somebody's machine
    r"|[p]ypi\.org|[p]ythonhosted|registry\.[n]pmjs|deb\.[d]ebian|[-]-index-url|[-]-find-links\b"
)


@dataclass(frozen=True)
class Source:
    """One Python file, read and parsed once."""

    name: str
    text: str
    tree: ast.Module

    def __str__(self) -> str:
        return self.name


def _sources(*folders: str) -> list[Source]:
    paths = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    texts = {path: path.read_text(encoding="utf-8") for path in paths}
    return [
        Source(str(path.relative_to(ROOT)), text, ast.parse(text)) for path, text in texts.items()
    ]


PRODUCT = _sources("automation")
EVERYTHING = [*PRODUCT, *_sources("tests")]

Function = ast.FunctionDef | ast.AsyncFunctionDef


def _functions(source: Source) -> Iterator[Function]:
    return (node for node in ast.walk(source.tree) if isinstance(node, Function))


def _body_lines(function: Function) -> int:
    """Count the lines from the first statement after the docstring to the last."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return (function.end_lineno or 0) - body[0].lineno + 1 if body else 0


@pytest.mark.parametrize("source", EVERYTHING, ids=str)
def test_no_function_is_long(source: Source) -> None:
    lengths = {f"{f.name}:{f.lineno}": _body_lines(f) for f in _functions(source)}
    assert {name: n for name, n in lengths.items() if n > LONGEST_FUNCTION} == {}


@pytest.mark.parametrize("folder", ["automation", "tests"])
def test_nine_functions_of_ten_are_short(folder: str) -> None:
    lengths = [_body_lines(function) for file in _sources(folder) for function in _functions(file)]
    assert statistics.quantiles(lengths, n=10)[-1] <= NINE_OF_TEN_FUNCTIONS


@pytest.mark.parametrize("source", EVERYTHING, ids=str)
def test_no_file_is_long(source: Source) -> None:
    assert source.text.count("\n") <= LONGEST_FILE


def test_every_module_has_a_name_that_says_something() -> None:
    parts = {part for source in EVERYTHING for part in Path(source.name).with_suffix("").parts}
    assert parts & NAMES_THAT_SAY_NOTHING == set()


def _public(body: list[ast.stmt], prefix: str = "") -> Iterator[tuple[str, ast.AST]]:
    """Yield every public class, function and method with its dotted name."""
    for node in body:
        if isinstance(node, ast.ClassDef | Function) and not node.name.startswith("_"):
            yield f"{prefix}{node.name}", node
            if isinstance(node, ast.ClassDef):
                yield from _public(node.body, f"{prefix}{node.name}.")


@pytest.mark.parametrize("source", PRODUCT, ids=str)
def test_every_public_name_has_a_docstring(source: Source) -> None:
    documentable = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    named = [("the module", source.tree), *_public(source.tree.body)]
    bare = [
        name
        for name, node in named
        if isinstance(node, documentable) and not ast.get_docstring(node)
    ]
    assert bare == []


def _is_mutable(value: ast.expr | None) -> bool:
    """Whether the expression builds a list, a dict or a set."""
    if isinstance(value, ast.Call):
        called = value.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        return name in BUILDERS
    return isinstance(value, MUTABLE)


def _mutable_state(body: list[ast.stmt]) -> Iterator[str]:
    """Yield the names that hold something mutable which is not annotated as read-only."""
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from (f"{node.name}.{name}" for name in _mutable_state(node.body))
        elif isinstance(node, ast.Assign) and _is_mutable(node.value):
            yield from (ast.unparse(target) for target in node.targets)
        elif isinstance(node, ast.AnnAssign) and _is_mutable(node.value):
            read_only = READ_ONLY.search(ast.unparse(node.annotation))
            yield from () if read_only else (ast.unparse(node.target),)


@pytest.mark.parametrize("source", PRODUCT, ids=str)
def test_no_module_holds_mutable_state(source: Source) -> None:
    state = set(_mutable_state(source.tree.body)) - {"__all__"}
    rebound = {
        name
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Global)
        for name in node.names
    }
    assert state | rebound == set()


def _committed() -> Iterator[Path]:
    """Yield the text files of a checkout, whether git is there or not."""
    for path in sorted(ROOT.rglob("*")):
        parents = path.relative_to(ROOT).parts[:-1]
        hidden = any(part.startswith(".") and part != ".ci" for part in parents)
        built = BUILT_FOLDERS.intersection(parents) or path.name.startswith(".coverage")
        if path.is_file() and not hidden and not built:
            yield path


def test_no_file_names_a_machine_or_a_package_registry() -> None:
    faults = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
        for path in _committed()
        for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), 1)
        if FOREIGN.search(line)
    ]
    assert faults == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def f():\n    'doc'\n    return 1\n", 1),
        ("def f():\n    'doc'\n", 0),
        ("def f():\n    a = 1\n\n    # why\n    return a\n", 4),
    ],
)
def test_body_lines_leave_the_docstring_out(text: str, expected: int) -> None:
    function = ast.parse(text).body[0]
    assert isinstance(function, ast.FunctionDef)
    assert _body_lines(function) == expected


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("seen = []", ["seen"]),
        ("SEEN: Final = {}", ["SEEN"]),
        ("SEEN: Final[Mapping[str, int]] = {}", []),
        ("class A:\n    seen: dict[str, int] = dict()", ["A.seen"]),
        ("cache = collections.defaultdict(list)", ["cache"]),
        ("SEEN = frozenset({1}); PAIR = (1, 2)", []),
    ],
)
def test_mutable_state_is_recognised(text: str, state: list[str]) -> None:
    assert list(_mutable_state(ast.parse(text).body)) == state


@pytest.mark.parametrize(
    ("line", "foreign"),
    [
        ("cd /" + "work/main", True),
        ("see https://" + "pypi" + ".org/project/x", True),
        ("pip install -" + "-index-url x", True),
        ("/etc/portvakt/portvakt.toml", False),
        ("~/" + "work/portvakt", False),
        ("automation/" + "work/plan.py", False),
    ],
)
def test_foreign_words_are_recognised(line: str, foreign: bool) -> None:
    assert bool(FOREIGN.search(line)) is foreign
