r"""A command language as a table: words, parameters, optional parts, abbreviations.

A syntax is written as vendors' references write it: `[x]` is optional, `{a|b}` a choice,
`<name:type>` a parameter; `\|` is the bar itself. Every syntax of a view is a path in one tree
of tokens, so that a line that does not fit says where (the caret) and how (invalid, …).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from sys import intern
from typing import Generic, TypeVar

from automation.lab import ids

T = TypeVar("T")
Taken = tuple[str, int]
"""What a parameter took: its value, and how many words."""
Take = Callable[[list[str]], Taken | None]
_WORD = re.compile(r"\S+")
_PART = re.compile(r"\\\||\[|\]|\{|\}|\||<[^>]+>|[^\s\[\]{}|<>]+")


class Misfit(StrEnum):
    """How a line fails to be a command."""

    INVALID = "invalid"
    INCOMPLETE = "incomplete"
    AMBIGUOUS = "ambiguous"
    EXCESS = "excess"


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Why a line is no command, and the column of the first word that does not fit."""

    how: Misfit
    column: int
    depth: int


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """The command that a line is: its row, its arguments, and the line with full words."""

    row: T
    args: Mapping[str, str]
    line: str


@dataclass(slots=True)
class _Node(Generic[T]):
    words: dict[str, _Node[T]] = field(default_factory=dict)
    params: list[tuple[str, str, Take, _Node[T]]] = field(default_factory=list)
    row: T | None = None


def _choice(spec: str) -> Take:
    """Return a parameter that takes one of `a|b|c`, or an unambiguous beginning of one."""
    options = spec.split("|")

    def take(words: list[str]) -> Taken | None:
        if words[0] in options:
            return words[0], 1
        begin = [option for option in options if option.startswith(words[0].lower())]
        return (begin[0], 1) if len(begin) == 1 else None

    return take


def _number(spec: str) -> Take:
    """Return a parameter that takes a whole number in `low-high`."""
    low, high = (int(end) for end in spec.split("-"))

    def take(words: list[str]) -> Taken | None:
        fits = words[0].isdecimal() and low <= int(words[0]) <= high
        return (str(int(words[0])), 1) if fits else None

    return take


def _commas(words: list[str]) -> Taken | None:
    return (words[0], 1) if ids.parse_commas(words[0]) else None


def _spaces(words: list[str]) -> Taken | None:
    count = 0
    while count < len(words) and (words[count] == "to" or words[count].isdecimal()):
        count += 1
    taken = words[:count]
    return (" ".join(taken), count) if taken and ids.parse_spaces(taken) else None


def _address(words: list[str]) -> Taken | None:
    parts = words[0].split(".")
    fits = len(parts) == 4 and all(part.isdecimal() and int(part) <= 255 for part in parts)
    return (words[0], 1) if fits else None


def _decimal(words: list[str]) -> Taken | None:
    try:
        level = float(words[0])
    except ValueError:
        return None
    return (f"{level:.2f}", 1) if 0 <= level <= 100 else None


def interface_names(kinds: tuple[str, ...]) -> Take:
    """Return a parameter that takes an interface name: short or full, its number apart or not."""

    def take(words: list[str]) -> Taken | None:
        letters = words[0].rstrip("0123456789/")
        digits, taken = words[0][len(letters) :], 1
        if not digits and len(words) > 1 and words[1][0].isdigit():
            digits, taken = words[1], 2
        fits = [kind for kind in kinds if letters and kind.lower().startswith(letters.lower())]
        return (fits[0] + digits, taken) if len(fits) == 1 and digits else None

    return take


_TYPES: Mapping[str, Take] = {
    "word": lambda words: (words[0], 1),
    "text": lambda words: (" ".join(words), len(words)),
    "vlan": _number("1-4094"),
    "commas": _commas,
    "spaces": _spaces,
    "ip": _address,
    "percent": _decimal,
}


def _parameter(spec: str, types: Mapping[str, Take]) -> tuple[str, str, Take]:
    """Return (name, type, take) of `<name:type>`; a bare `<type>` names itself."""
    name, _, kind = spec.strip("<>").partition(":")
    kind = kind or name
    if kind in types:
        return name, kind, types[kind]
    if re.fullmatch(r"\d+-\d+", kind):
        return name, kind, _number(kind)
    return name, kind, _choice(kind)


def expand(syntax: str) -> Iterator[tuple[str, ...]]:
    """Yield every flat sequence of words and `<parameters>` that a syntax stands for."""
    paths, rest = _sequence(_PART.findall(syntax))
    if rest:
        raise ValueError(f"unbalanced syntax: {syntax!r}")
    yield from dict.fromkeys(paths)


def _sequence(parts: list[str]) -> tuple[list[tuple[str, ...]], list[str]]:
    """Return the paths of a sequence up to its closing bracket or bar, and what is left."""
    paths: list[tuple[str, ...]] = [()]
    while parts and parts[0] not in ("]", "}", "|"):
        head, parts = parts[0], parts[1:]
        if head in ("[", "{"):
            options, parts = _options(parts)
            if head == "[":
                options.append(())
        else:
            options = [(head.replace("\\|", "|"),)]
        paths = [path + option for path in paths for option in options]
    return paths, parts


def _options(parts: list[str]) -> tuple[list[tuple[str, ...]], list[str]]:
    """Return the paths of `a|b|c` up to the closing bracket, and what stands after it."""
    options, parts = _sequence(parts)
    while parts and parts[0] == "|":
        more, parts = _sequence(parts[1:])
        options += more
    return options, parts[1:]


class Language(Generic[T]):
    """All commands of one view, as a tree of words; immutable once built."""

    def __init__(
        self, rows: Iterable[tuple[str, T]], types: Mapping[str, Take] | None = None
    ) -> None:
        """Build the tree from (syntax, row); `types` adds the platform's own parameters."""
        self._root: _Node[T] = _Node()
        known = {**_TYPES, **(types or {})}
        for syntax, row in rows:
            for path in expand(syntax):
                self._add(path, row, known)
        self.find = lru_cache(maxsize=2048)(self._find)

    def _add(self, path: tuple[str, ...], row: T, types: Mapping[str, Take]) -> None:
        node = self._root
        for part in path:
            node = _param_child(node, part, types) if part[0] == "<" else _word_child(node, part)
        if node.row is not None:
            raise ValueError(f"two commands for {' '.join(path)!r}")
        node.row = row

    def _find(self, line: str) -> Found[T] | Mismatch:
        """Return the command that `line` is, or how and where it fails to be one."""
        spans = [(match.group(), match.start()) for match in _WORD.finditer(line)]
        words = [word for word, _ in spans]
        node, at, depth = self._root, 0, 0
        args: dict[str, str] = {}
        said: list[str] = []
        while at < len(words):
            step = _step(node, words[at:])
            if isinstance(step, Misfit):
                return Mismatch(step, spans[at][1], depth)
            node, value, count, name = step
            if name:
                args[name] = value
            said.append(value)
            at += count
            depth += 1
        if node.row is None:
            return Mismatch(Misfit.INCOMPLETE, len(line), depth)
        return Found(node.row, args, intern(" ".join(said)))


def _word_child(node: _Node[T], word: str) -> _Node[T]:
    return node.words.setdefault(word, _Node())


def _param_child(node: _Node[T], part: str, types: Mapping[str, Take]) -> _Node[T]:
    name, kind, take = _parameter(part, types)
    for known, known_kind, _, there in node.params:
        if (known, known_kind) == (name, kind):
            return there
    child: _Node[T] = _Node()
    node.params.append((name, kind, take, child))
    return child


def _step(node: _Node[T], words: list[str]) -> tuple[_Node[T], str, int, str] | Misfit:
    """Return (next node, full text, words taken, parameter name), or how the word misfits."""
    word = words[0]
    if exact := node.words.get(word):
        return exact, word, 1, ""
    for name, _, take, child in node.params:
        if taken := take(words):
            return child, taken[0], taken[1], name
    begins = [known for known in node.words if known.startswith(word.lower())]
    if len(begins) == 1:
        return node.words[begins[0]], begins[0], 1, ""
    if begins:
        return Misfit.AMBIGUOUS
    return Misfit.INVALID if node.words or node.params else Misfit.EXCESS
