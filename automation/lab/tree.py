"""Configuration as a switch holds it: blocks of slots, and the rows that fill them.

A table of rows is a view (`interface`, `vlan`, the whole configuration). A row says how a
line is written, which slot it fills, and how it is taken away; the table's order is the order
in which the device prints.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from sys import intern
from typing import TYPE_CHECKING

from automation.lab.grammar import Found, Language, Misfit, Mismatch, Take

if TYPE_CHECKING:
    from automation.lab.switch import Switch

Value = str | frozenset[int]
"""A stored line, or the ids of a list."""


class Block:
    """One block of configuration: its header, its slots, and the blocks inside it."""

    __slots__ = ("blocks", "header", "slots", "view")

    def __init__(self, header: str, view: str) -> None:
        """Start empty: every setting at its default."""
        self.header = header
        self.view = view
        self.slots: dict[str, Value] = {}
        self.blocks: dict[str, Block] = {}

    def line(self, slot: str, default: str = "") -> str:
        """Return the line stored in `slot`, or `default`."""
        value = self.slots.get(slot, default)
        return value if isinstance(value, str) else default

    def ids(self, slot: str) -> frozenset[int] | None:
        """Return the list stored in `slot`, or None when there is none."""
        value = self.slots.get(slot)
        return value if isinstance(value, frozenset) else None

    def number(self, slot: str, default: int) -> int:
        """Return the last word of the line in `slot` as a number, or `default`."""
        line = self.line(slot)
        return int(line.rsplit(" ", 1)[-1]) if line else default

    def copy(self) -> Block:
        """Return a copy that shares nothing that can change."""
        twin = Block(self.header, self.view)
        twin.slots = dict(self.slots)
        twin.blocks = {name: block.copy() for name, block in self.blocks.items()}
        return twin


@dataclass(frozen=True, slots=True)
class At:
    """Where a line is entered: the switch, the whole configuration, the block in hand."""

    switch: Switch
    config: Block
    block: Block


@dataclass(frozen=True, slots=True)
class Match:
    """A line that fits a row, taken away (`negated`) or not."""

    row: Row
    negated: bool
    args: Mapping[str, str]
    line: str
    negation: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A question the device asks; `answer` carries the person's answer out."""

    text: str
    answer: Callable[[str], Said]
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Entered:
    """The line entered the block with this header, after the device said `text`."""

    header: str
    text: str = ""


Said = str | Question | Entered | Mismatch
"""What a device makes of a line: its words, mostly none; a question; a block entered; or why
it is no command here after all."""
NOT_HERE = Mismatch(Misfit.INVALID, -1, 0)
"""A line that fits the language but not this device: the caret points at its last word."""
Do = Callable[[At, Match], Said]
Check = Callable[[At, Match], str]
Show = Callable[[At, Value], Iterable[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One command. `no` is the syntax behind the negation; None when it has no such form.

    `into` names the view that the line enters; `refuse` returns a refusal or nothing, before
    anything is done; `then` returns what the device remarks after it.
    """

    slot: str
    syntax: str
    do: Do
    no: str | None = None
    into: str = ""
    header: str = ""
    show: Show | None = None
    refuse: Check | None = None
    then: Check | None = None


def stores(default: str = "") -> Do:
    """Return the action of a setting with one value; storing `default` clears it."""

    def do(at: At, match: Match) -> str:
        if match.negated or match.line == default:
            at.block.slots.pop(match.row.slot, None)
        else:
            at.block.slots[match.row.slot] = match.line
        return ""

    return do


def _clears(negation: str) -> Do:
    """Return the action of a setting that is on by default: only its negation is stored."""

    def do(at: At, match: Match) -> str:
        if match.negated:
            at.block.slots[match.row.slot] = intern(f"{negation} {match.line}")
        else:
            at.block.slots.pop(match.row.slot, None)
        return ""

    return do


def keyed(slot: str, match: Match, key: Iterable[str]) -> str:
    """Return the slot's name for the entry that `match` speaks of."""
    return " ".join((slot, *(match.args[name] for name in key if name in match.args)))


def _stores_each(key: tuple[str, ...]) -> Do:
    """Return the action of a setting with one line a key."""

    def do(at: At, match: Match) -> str:
        slot = keyed(match.row.slot, match, key)
        if match.negated:
            at.block.slots.pop(slot, None)
        else:
            at.block.slots[slot] = match.line
        return ""

    return do


def value(
    slot: str,
    syntax: str,
    no: str | None = None,
    *,
    default: str = "",
    refuse: Check | None = None,
    then: Check | None = None,
) -> Row:
    """A setting with one value: entering it again replaces it. `no` is as `syntax` if None."""
    return Row(
        slot=slot,
        syntax=syntax,
        no=syntax if no is None else no,
        do=stores(default),
        refuse=refuse,
        then=then,
    )


def usual(slot: str, syntax: str, negation: str = "no") -> Row:
    """A setting that is on by default: the device prints only its negation."""
    return Row(slot=slot, syntax=syntax, no=syntax, do=_clears(negation))


def each(slot: str, syntax: str, key: str, no: str | None = None) -> Row:
    """A setting with one line for each value of the parameters named in `key`."""
    return Row(
        slot=slot,
        syntax=syntax,
        no=syntax if no is None else no,
        do=_stores_each(tuple(key.split())),
    )


def special(
    slot: str,
    syntax: str,
    do: Do,
    no: str | None = None,
    show: Show | None = None,
    into: str = "",
) -> Row:
    """A command with an action of its own; `into` is the view of the blocks it makes, if any."""
    return Row(slot=slot, syntax=syntax, no=no, do=do, show=show, into=into)


def block(slot: str, syntax: str, view: str, header: str, no: str | None = None) -> Row:
    """A line that enters a block: `header` is a format of its arguments. `no` removes it."""
    return Row(slot=slot, syntax=syntax, no=no, do=_enters, into=view, header=header)


def _enters(at: At, match: Match) -> Said:
    """Make the block if it is not there; its negation takes it away with all it holds."""
    header = match.row.header.format(**match.args)
    if match.negated:
        at.block.blocks.pop(header, None)
        return ""
    return entered(at.block, header, match.row.into)


def entered(parent: Block, header: str, view: str) -> Entered:
    """Enter the block `header` of `parent`; it is made if it is not there."""
    if header not in parent.blocks:
        parent.blocks[intern(header)] = Block(intern(header), view)
    return Entered(header)


@dataclass(frozen=True, slots=True)
class View:
    """A table of rows ready for use: the language of its lines, and their order of display."""

    language: Language[tuple[Row, bool]]
    ranks: Mapping[str, tuple[int, Row]]
    views: Mapping[str, int] = field(default_factory=dict)

    def match(self, line: str) -> Match | Mismatch:
        """Return the row that `line` fits, or how it fails to fit one."""
        found = self.language.find(line)
        return _matched(found) if isinstance(found, Found) else found


def _matched(found: Found[tuple[Row, bool]]) -> Match:
    row, negated = found.row
    if not negated:
        return Match(row, False, found.args, found.line)
    negation, _, line = found.line.partition(" ")
    return Match(row, True, found.args, intern(line), negation)


def view(
    rows: Iterable[Row], negations: tuple[str, ...], types: Mapping[str, Take] | None = None
) -> View:
    """Build a view from its rows; the first of `negations` is the one that is printed."""
    rows = tuple(rows)
    syntaxes: list[tuple[str, tuple[Row, bool]]] = []
    for row in rows:
        syntaxes += [(row.syntax, (row, False))] if row.syntax else []
        if row.no is not None:
            syntaxes += [(f"{negation} {row.no}", (row, True)) for negation in negations]
    ranks: dict[str, tuple[int, Row]] = {}
    views: dict[str, int] = {}
    for rank, row in enumerate(rows):
        ranks.setdefault(row.slot, (rank, row))
        if row.into:
            views.setdefault(row.into, rank)
    return View(Language(syntaxes, types), ranks, views)


def lines(at: At, table: View) -> Iterator[tuple[int, str | Block]]:
    """Yield (rank, line or inner block) of the block in hand, in the order of display."""
    found: list[tuple[int, int, str | Block]] = []
    for key, stored in at.block.slots.items():
        rank, row = table.ranks[key.partition(" ")[0]]
        shown = row.show(at, stored) if row.show else (stored,)
        found.extend((rank, 0, line) for line in shown if isinstance(line, str))
    for inner in at.block.blocks.values():
        number = inner.header.rpartition(" ")[2] if inner.view == "vlan" else ""
        found.append((table.views[inner.view], int(number or 0), inner))
    found.sort(key=lambda entry: entry[:2])
    for rank, _, shown_line in found:
        yield rank, shown_line

