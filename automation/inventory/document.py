"""A YAML file as plain values that still know their lines.

PyYAML's libyaml binding reads 780 hosts in 0.03 CPU-seconds and keeps the line of each node
(ruamel.yaml: 0.43), so one parse gives both. Scalars are read more narrowly than any YAML
version does: what YAML 1.1 and 1.2 read differently (`NO`, `010`, `1:30`) is a fault, so that
nobody has to know which of them a tool speaks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from automation.errors import Fault
from automation.inventory.recovery import composed

Key = str | int
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG: Final = "tag:yaml.org,2002:"
_DEEPEST: Final = 12
_TOO_DEEP: Final = "nested too deep to be anything this file may hold"
_MANY: Final = 4000
_INTEGER: Final = re.compile(r"-?(0|[1-9][0-9]*)")
_DECIMAL: Final = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+")
_ELSEWHERE_A_NUMBER: Final = re.compile(r"0o[0-7]+|[-+]?[0-9]+(\.[0-9]*)?[eE][-+]?[0-9]+")
_UNREADABLE: Final = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffc\U00010000-\U0010ffff]"
)
_UNREAD: Final = "\ufffd"
"""Stands where a character could not be read; the value that holds it is not judged again."""
_NO_TEXT: Final = 10
"""Lines with such characters; a file with more of them is none that people wrote in UTF-8."""


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML file: its name, its mapping, and the nodes that it was made from.

    The mapping holds dict, tuple, str, int, float, bool and None. `BAD` stands in it where a
    fault has been reported already.
    """

    where: str
    value: dict[Key, object]
    root: yaml.Node | None

    def line(self, *path: Key) -> int:
        """Return the line (from 1) of the deepest part of `path` that stands in the file."""
        node, line = self.root, 1
        for key in path:
            found = _step(node, key)
            if found is None:
                break
            node, line = found
        return line

    def fault(self, what: str, *path: Key) -> Fault:
        """Return a fault that points at `path` in this file."""
        return Fault(self.where, what, self.line(*path))


def read(path: Path, faults: list[Fault]) -> Document | None:
    """Read the YAML file at `path`; add its faults to `faults`.

    Returns None when the file is no YAML mapping at all. An empty file is an empty mapping.
    """
    text = _decoded(path, faults)
    return None if text is None else parsed(text, str(path), faults)


def parsed(text: str, where: str, faults: list[Fault]) -> Document | None:
    """Return the YAML in `text`, which stands in the file `where`, as `read` does."""
    try:
        found = composed(text, where, _root, faults)
    except _TooDeep as error:
        faults.append(Fault(where, _TOO_DEEP, error.line))
        return None
    if found is None:
        return None
    root, lost = found
    if root is None:
        return Document(where, {}, None)
    value = _Builder(where, faults).value(root, 1, 0)
    if isinstance(value, dict):
        return Document(where, {**value, **dict.fromkeys(lost, BAD)}, root)
    if value is not BAD:
        faults.append(Fault(where, "not a mapping; expected `name: …` on the first level", 1))
    return None


class _TooDeep(Exception):
    """The text is nested so deep on `line` that composing it would not end well."""

    def __init__(self, line: int) -> None:
        self.line = line


def _root(text: str) -> yaml.Node | None:
    """Return the root of the nodes of `text`, None where there are none."""
    if line := _deep_line(text):
        raise _TooDeep(line)
    root: yaml.Node | None = yaml.compose(text, Loader=_LOADER)
    return root


def _deep_line(text: str) -> int:
    """Return the line where `text` nests beyond all measure, else 0.

    libyaml composes by recursion and overflows the C stack some ten thousand levels down. That
    takes as many brackets, or a line as long; only then is every event looked at first.
    """
    if text.count("[") + text.count("{") < _MANY and max(map(len, text.split("\n"))) < _MANY:
        return 0
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            return event.start_mark.line + 1 if event.start_mark else 1
    return 0


def _decoded(path: Path, faults: list[Fault]) -> str | None:
    """Return the text of `path`, or None and a fault that says where it stops being text."""
    where = str(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        faults.append(Fault(where, f"cannot be read: {error.strerror}"))
        return None
    text = content.decode("utf-8-sig", errors="surrogateescape")
    if not _UNREADABLE.search(text):
        return text
    found = [
        Fault(where, _unreadable(bad[0]), number)
        for number, line in enumerate(text.split("\n"), start=1)
        if (bad := _UNREADABLE.search(line))
    ]
    faults.extend(found[:_NO_TEXT])
    return _UNREADABLE.sub(_UNREAD, text) if len(found) <= _NO_TEXT else None


def _unreadable(one: str) -> str:
    """Say why a character is not taken; a byte that is no UTF-8 comes as a lone surrogate."""
    if "\udc80" <= one <= "\udcff":
        return f"byte {ord(one) - 0xDC00:#04x} is not UTF-8"
    return f"control character {one!r}; expected printable text"


def _step(node: yaml.Node | None, key: Key) -> tuple[yaml.Node, int] | None:
    """Return the child of `node` at `key` and the line where it is written."""
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == str(key):
                return value, name.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        child = node.value[key]
        return child, child.start_mark.line + 1
    return None


class _Bad:
    """Stands in the place of a value that has been reported."""


BAD: Final = _Bad()
"""What stands where a fault was found, so that one slip is not reported twice."""


class _Builder:
    """Turns nodes into values; a fault leaves `BAD` in the value's place and goes on."""

    def __init__(self, where: str, faults: list[Fault]) -> None:
        self._where = where
        self._faults = faults
        self._seen: set[int] = set()

    def value(self, node: yaml.Node, line: int, depth: int) -> object:
        """Return the value of `node`, which the key on `line` points at."""
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        if why := self._refused(node, depth):
            return self._bad(why, line)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, depth)
        items = [self.value(child, child.start_mark.line + 1, depth + 1) for child in node.value]
        return BAD if BAD in items else tuple(items)

    def _refused(self, node: yaml.Node, depth: int) -> str:
        """Say why a mapping or list is not taken; "" when it is."""
        if id(node) in self._seen:
            return "an alias (*name) is not taken; write the value out, or use a group"
        self._seen.add(id(node))
        if depth == _DEEPEST:
            return _TOO_DEEP
        if node.tag not in (f"{_TAG}map", f"{_TAG}seq"):
            return _tagged(node.tag)
        return ""

    def _mapping(self, node: yaml.MappingNode, depth: int) -> dict[Key, object]:
        found: dict[Key, object] = {}
        lines: dict[Key, int] = {}
        for name, child in node.value:
            line = name.start_mark.line + 1
            key = self._scalar(name) if isinstance(name, yaml.ScalarNode) else None
            if key is BAD:
                found[str(name.value)] = BAD
            elif not isinstance(key, str | int) or isinstance(key, bool):
                what = "a key is neither text nor a number; expected `name: value`"
                found["?"] = self._bad(what, line)
            elif key in lines:
                self._bad(f"duplicate key {key!r}; first written on line {lines[key]}", line)
            else:
                lines[key] = line
                found[key] = self.value(child, line, depth + 1)
        return found

    def _scalar(self, node: yaml.ScalarNode) -> object:
        text, tag = str(node.value), node.tag.removeprefix(_TAG)
        if _UNREAD in text:
            return BAD
        if tag == "str" and (node.style or not _ELSEWHERE_A_NUMBER.fullmatch(text)):
            return text
        if not node.style:
            if tag == "int" and _INTEGER.fullmatch(text):
                return int(text)
            if tag == "float" and _DECIMAL.fullmatch(text):
                return float(text)
            if tag == "bool" and text in ("true", "false"):
                return text == "true"
            if tag == "null":
                return None
        why = _tagged(tag) if node.style else _ambiguous(tag, text)
        return self._bad(why, node.start_mark.line + 1)

    def _bad(self, what: str, line: int) -> object:
        self._faults.append(Fault(self._where, what, line))
        return BAD


def _ambiguous(tag: str, text: str) -> str:
    """Say why a plain scalar is not taken, and how to write what was meant."""
    quoted = f'if text is meant write "{text}" in quotes'
    match tag:
        case "bool":
            return f"{text} is true or false to some YAML readers and text to others; {quoted}"
        case "int" | "float" | "str":
            return f"{text} is not the same number to all YAML readers; {quoted}"
        case "timestamp":
            return f"{text} is a date to some YAML readers and text to others; {quoted}"
        case "merge" | "value":
            return f"{text} means something else than text in YAML 1.1; {quoted}"
    return _tagged(tag)


def _tagged(tag: str) -> str:
    return f"tag {tag!r}; tags are not used here"


def declared_names(document: Document) -> tuple[str, ...]:
    """Return the names on the first level of `document`, also of entries that are faulty."""
    return tuple(name for name in document.value if isinstance(name, str))


def names(found: Iterable[object]) -> str:
    """Return names for a message: sorted, with commas, `nothing` when there are none."""
    return ", ".join(sorted(str(name) for name in found)) or "nothing"
