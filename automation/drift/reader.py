"""Configuration text becomes a block, by the platform's grammar."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_interface
from typing import NamedTuple

from automation.drift import ids
from automation.drift.block import MASK, REENCODED, SEEN, Block, Entry
from automation.model import Grammar, Kind, Rule, digest

_PLACEHOLDER = re.compile(r"<secret:[\w.-]+>")
_PLAIN = Rule(match=".*")


class _Ruled(NamedTuple):
    rule: Rule
    match: re.Pattern[str]
    within: re.Pattern[str] | None


class _Scope(NamedTuple):
    """The rules that hold inside some headers, known by their numbers in the grammar."""

    numbers: tuple[int, ...]
    rules: tuple[_Ruled, ...]


class _Level(NamedTuple):
    indent: int
    block: dict[str, Entry]
    scope: _Scope


@dataclass(slots=True)
class Reader:
    """Reads one platform's configurations; remembers lines, since 35,000 ports share a few.

    Reading is a function of the text alone: what is remembered only saves time. `own` are the
    names of our secrets by the digest of their value, to recognise one that is shown in clear.
    `remembers` is how many lines it keeps before it starts anew.
    """

    grammar: Grammar
    own: Mapping[str, str] = field(default_factory=dict, repr=False)
    remembers: int = 200_000
    _rules: tuple[_Ruled, ...] = field(init=False, repr=False)
    _drop: tuple[re.Pattern[str], ...] = field(init=False, repr=False)
    _rewrite: tuple[tuple[re.Pattern[str], str], ...] = field(init=False, repr=False)
    _secrets: tuple[re.Pattern[str], ...] = field(init=False, repr=False)
    _reencoded: tuple[re.Pattern[str], ...] = field(init=False, repr=False)
    _clear: tuple[re.Pattern[str], ...] = field(init=False, repr=False)
    _literal: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = field(init=False, repr=False)
    _opening: re.Pattern[str] = field(init=False, repr=False)
    _scopes: dict[tuple[int, ...], _Scope] = field(init=False, repr=False, default_factory=dict)
    _within: dict[str, _Scope] = field(init=False, repr=False, default_factory=dict)
    _seen: dict[tuple[tuple[int, ...], str], tuple[Entry, ...]] = field(
        init=False, repr=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        """Compile the grammar's expressions once."""
        grammar = self.grammar
        self._rules = tuple(
            _Ruled(rule, re.compile(rule.match), re.compile(rule.within) if rule.within else None)
            for rule in grammar.rules
        )
        self._drop = tuple(re.compile(pattern) for pattern in grammar.drop)
        self._rewrite = tuple((re.compile(old), new) for old, new in grammar.rewrite)
        self._secrets = tuple(re.compile(pattern) for pattern in grammar.secrets)
        self._reencoded = tuple(re.compile(pattern) for pattern in grammar.reencoded)
        self._clear = tuple(re.compile(pattern) for pattern in grammar.clear)
        self._literal = tuple((re.compile(a), re.compile(b)) for a, b in grammar.literal)
        self._opening = re.compile("|".join(f"(?:{a})" for a, _ in grammar.literal) or r"(?!)")

    def read(self, text: str) -> Block:
        """Return the configuration in `text`, nested by its indentation."""
        root: dict[str, Entry] = {}
        levels = [_Level(-1, root, self._scope(None))]
        pending: tuple[int, Entry] | None = None
        for indent, line in self._lines(text):
            if pending is not None and indent > pending[0]:
                levels.append(self._deeper(levels[-1], *pending))
            while indent <= levels[-1].indent:
                levels.pop()
            entries = self._entries(levels[-1].scope, line)
            for entry in entries:
                _put(levels[-1].block, entry)
            pending = (indent, entries[0]) if entries else pending
        return root

    def masked(self, line: str) -> str:
        """Return the line as it is compared, its stored secret masked."""
        return self._mask(line.strip())[1]

    def _lines(self, text: str) -> list[tuple[int, str]]:
        """Return (indentation, line) of every line that is configuration language."""
        lines: list[tuple[int, str]] = []
        until: re.Pattern[str] | None = None
        for raw in text.split("\n"):
            line = raw.strip()
            if until is not None:
                until = None if until.search(raw) else until
                continue
            if self._opening.match(line):  # one expression for all: hardly a line opens a literal
                until = next(end for start, end in self._literal if start.match(line))
            elif line:
                lines.append((len(raw) - len(raw.lstrip()), line))
        return lines

    def _deeper(self, level: _Level, indent: int, entry: Entry) -> _Level:
        """Open the block of the entry that was read last."""
        held = level.block.get(entry.key, entry)
        children: dict[str, Entry] = dict(held.block or {})
        level.block[entry.key] = held._replace(block=children)
        return _Level(indent, children, self._scope(entry.text))

    def _scope(self, header: str | None) -> _Scope:
        """Return the rules inside `header`; None is the top level."""
        found = self._within.get(header or "")
        if found is None:
            numbers = tuple(
                number
                for number, (_, _, within) in enumerate(self._rules)
                if (within is None if header is None else within and within.fullmatch(header))
            )
            rules = tuple(self._rules[number] for number in numbers)
            found = self._scopes.setdefault(numbers, _Scope(numbers, rules))
            self._within[header or ""] = found
        return found

    def _entries(self, scope: _Scope, line: str) -> tuple[Entry, ...]:
        key = (scope.numbers, line)
        found = self._seen.get(key)
        if found is None:
            if len(self._seen) >= self.remembers:
                self._seen.clear()
            found = self._seen[key] = self._classify(scope.rules, line)
        return found

    def _classify(self, rules: tuple[_Ruled, ...], line: str) -> tuple[Entry, ...]:
        """Return the entries a line stands for: none if it is dropped, several if it explodes."""
        if any(pattern.fullmatch(line) for pattern in self._drop):
            return ()
        for pattern, new in self._rewrite:
            line = pattern.sub(new, line)
        shown, text, secret = self._mask(line)
        for ruled in rules:
            match = ruled.match.fullmatch(text)
            if match:
                return self._entry(ruled, match, shown, text, secret)
        return (Entry(text, shown, text, _PLAIN, self._negated(shown), secret=secret),)

    def _mask(self, line: str) -> tuple[str, str, str | None]:
        """Return the line to send, the line to compare, and the digest of its secret."""
        match = _first(self._clear, line)
        if match is not None:
            named = self._named(line, match)
            return named, named, None
        match = _first(self._secrets, line)
        if match is None:
            return line, line, None
        text = _cut(line, match, MASK)
        if _PLACEHOLDER.search(match["secret"]):
            return line, text, None
        again = _first(self._reencoded, line)
        return text, text, REENCODED if again else digest(match["secret"])

    def _named(self, line: str, match: re.Match[str]) -> str:
        """Return a line that shows its secret in clear with the secret's name in its place."""
        return (
            line if _is_placeholder(match) else _cut(line, match, f"<secret:{self._name(match)}>")
        )

    def _name(self, match: re.Match[str]) -> str:
        """Return the name of a secret shown in clear: our own, or one that says it was seen.

        Sixteen bits tell a device's few secrets apart, and give nobody else a hold on them.
        """
        found = digest(match["secret"])
        return self.own.get(found) or f"{SEEN}{found[:4]}"

    def shown(self, text: str) -> dict[str, str]:
        """Return the secrets that a configuration shows in clear, by name."""
        lines = (line for _, line in self._lines(text))
        matches = (_first(self._clear, line) for line in lines)
        return {
            self._name(one): one["secret"] for one in matches if one and not _is_placeholder(one)
        }

    def _entry(
        self, ruled: _Ruled, match: re.Match[str], line: str, text: str, secret: str | None
    ) -> tuple[Entry, ...]:
        rule, groups = ruled.rule, match.groupdict()
        if groups.get("aside"):
            bare = text[: match.start("aside")]
            told, bars = groups.get("told") or "", groups.get("bars") or ""
            read = self._classify((ruled,), bare)
            return tuple(one._replace(told=told, bars=bars) for one in read)
        key = " ".join(part for part in (groups.get("key") or text, groups.get("also")) if part)
        if rule.ids is not None and groups.get("ids") is not None:
            members = ids.parse(groups["ids"], rule.ids)
            if rule.kind is Kind.LIST:
                removal = self._removal(rule, line, groups)
                return (Entry(key, line, text, rule, removal, members),)
            return tuple(self._numbered(rule, key, member, groups) for member in sorted(members))
        if unmet := groups.get("unmet"):
            line = line.removesuffix(unmet)
        # What is sent to take a secret away names it, so the groups are those of the line as sent.
        sent = (ruled.match.fullmatch(line) or match).groupdict()
        entry = Entry(key, line, text, rule, self._removal(rule, line, sent), secret=secret)
        subnet = _subnet(groups.get("address") or "")
        return (entry._replace(unmet=bool(unmet), subnet=subnet),)

    def _numbered(self, rule: Rule, key: str, member: int, groups: dict[str, str | None]) -> Entry:
        """Return one of the blocks that a header with several ids stands for."""
        line = f"{key} {member}"
        removal = self._removal(rule, line, {**groups, "ids": str(member)})
        return Entry(line, line, line, rule, removal)

    def _removal(self, rule: Rule, line: str, groups: dict[str, str | None]) -> str | None:
        if rule.negate is None:
            return self._negated(line)
        return rule.negate.format(**groups, line=line) or None

    def _negated(self, line: str) -> str:
        """Return the line with the negation put before it, or taken off if it has one."""
        negation = self.grammar.negation
        return line[len(negation) :] if line.startswith(negation) else negation + line


def _subnet(address: str) -> str:
    """Return the subnet of an address with its prefix length, "" where it is none."""
    try:
        return str(ip_interface(address).network)
    except ValueError:
        return ""


def _first(patterns: tuple[re.Pattern[str], ...], line: str) -> re.Match[str] | None:
    return next((match for one in patterns if (match := one.fullmatch(line))), None)


def _is_placeholder(match: re.Match[str]) -> bool:
    return _PLACEHOLDER.fullmatch(match["secret"]) is not None


def _cut(line: str, match: re.Match[str], instead: str) -> str:
    start, end = match.span("secret")
    return line[:start] + instead + line[end:]


def _put(block: dict[str, Entry], entry: Entry) -> None:
    """Add an entry: lists of one key are merged, equal masked lines are told apart.

    Lines of one key with another text are all kept: which of them the device means is unknown.
    """
    held = block.get(entry.key)
    if held is not None and entry.ids is not None and held.ids is not None:
        entry = held._replace(ids=held.ids | entry.ids)
    elif held is not None and entry.hidden:
        entry = entry._replace(key=_free(block, entry.key))
    elif held is not None and all(entry.text != one.text for one in held.each):
        entry = held._replace(others=(*held.others, entry))
    elif held is not None:
        entry = held
    block[entry.key] = entry


def _free(block: dict[str, Entry], key: str) -> str:
    while key in block:
        key = f"{key} (again)"
    return key
