"""Configuration as a switch holds it: blocks of slots, and the rows that fill them.

A table of rows is a view (`interface`, `vlan`, the whole configuration). A row says how a
line is written, which slot it fills, and how it is taken away; the table's order is the order
in which the device prints.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from sys import intern

from automation.lab.grammar import Found, Language, Misfit, Mismatch, Take

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
    """Where a line stands: the block in hand, the whole configuration, and what the device is.

    `newer` is its train; `displays` counts how often it has shown its configuration.
    """

    newer: bool
    displays: int
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
    """The line entered the block with this header, after the device said `text`.

    `shown` is how the prompt names the view where that is not the block's own name: several
    VLANs entered at once.
    """

    header: str
    text: str = ""
    shown: str = ""


Said = str | Question | Entered | Mismatch
"""What a device makes of a line: its words, mostly none; a question; a block entered; or why
it is no command here after all."""
NOT_HERE = Mismatch(Misfit.INVALID, -1, 1)
"""A line that fits the language but not this device: the caret points at its last word."""
Do = Callable[[At, Match], Said]
Check = Callable[[At, Match], str]
Show = Callable[[At, Value], Iterable[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One command. `no` is the syntax behind the negation: None is what the platform makes of
    `syntax`, empty when the command has no such form. `key` are the parameters that tell one
    entry of its slot from another.

    `into` names the view that the line enters; `refuse` returns a refusal or nothing, before
    anything is done; `then` returns what the device remarks after it.
    """

    slot: str
    syntax: str
    do: Do
    no: str | None = None
    key: tuple[str, ...] = ()
    into: str = ""
    header: str = ""
    show: Show | None = None
    refuse: Check | None = None
    then: Check | None = None


def store(at: At, match: Match) -> str:
    """Keep a line, or take it away: the action of a setting with one value a key."""
    slot = " ".join(
        (match.row.slot, *(match.args[name] for name in match.row.key if name in match.args))
    )
    if match.negated:
        at.block.slots.pop(slot, None)
    else:
        at.block.slots[slot] = match.line
    return ""


def _store_unless(default: str) -> Do:
    """Return the action of a setting whose default is not shown."""

    def do(at: At, match: Match) -> str:
        if match.line != default:
            return store(at, match)
        at.block.slots.pop(match.row.slot, None)
        return ""

    return do


def _store_negation(negation: str) -> Do:
    """Return the action of a setting that is on by default: only its negation is kept."""

    def do(at: At, match: Match) -> str:
        if match.negated:
            at.block.slots[match.row.slot] = intern(f"{negation} {match.line}")
        else:
            at.block.slots.pop(match.row.slot, None)
        return ""

    return do


def value(
    slot: str,
    syntax: str,
    default: str = "",
    *,
    no: str | None = None,
    refuse: Check | None = None,
    then: Check | None = None,
) -> Row:
    """A setting with one value: entering it again replaces it, `default` is not shown."""
    do = _store_unless(f"{_head(syntax)} {default}") if default else store
    return Row(slot=slot, syntax=syntax, no=no, do=do, refuse=refuse, then=then)


def usual(slot: str, syntax: str, negation: str = "no") -> Row:
    """A setting that is on by default: the device prints only its negation."""
    return Row(slot=slot, syntax=syntax, do=_store_negation(negation))


def each(slot: str, syntax: str, key: str, no: str | None = None) -> Row:
    """A setting with one line for each value of the parameters named in `key`."""
    return Row(slot=slot, syntax=syntax, no=no, do=store, key=tuple(key.split()))


def special(
    slot: str,
    syntax: str,
    do: Do,
    no: str | None = None,
    *,
    show: Show | None = None,
    into: str = "",
) -> Row:
    """A command with an action of its own; `into` is the view of the blocks it makes, if any."""
    return Row(slot=slot, syntax=syntax, no=no, do=do, show=show, into=into)


def block(slot: str, syntax: str, view: str, header: str = "", no: str | None = None) -> Row:
    """A line that enters a block; `header` is how the device prints it, if not as entered."""
    keys = tuple(part for part in _NAMES.findall(syntax))
    return Row(slot=slot, syntax=syntax, no=no, do=_enters, into=view, header=header, key=keys)


def _enters(at: At, match: Match) -> Said:
    """Make the block if it is not there; its negation takes it away with all it holds."""
    header = match.row.header.format(**match.args) if match.row.header else match.line
    if match.negated:
        at.block.blocks.pop(header, None)
        return ""
    return entered(at.block, header, match.row.into)


def entered(parent: Block, header: str, view: str) -> Entered:
    """Enter the block `header` of `parent`; it is made if it is not there."""
    if header not in parent.blocks:
        parent.blocks[intern(header)] = Block(intern(header), view)
    return Entered(header)


_NAMES = re.compile(r"<(\w+)(?::[^>]+)?>")
_OPEN = re.compile(r"[<\[{]")


def _head(syntax: str) -> str:
    """Return the words of a syntax before its first parameter, option or choice."""
    found = _OPEN.search(syntax)
    return (syntax[: found.start()] if found else syntax).strip()


def _negated(row: Row, *, bare: bool) -> str:
    """Return what stands behind a row's negation: its words and keys, then what may follow.

    Where `bare` nothing may: VRP wants `undo description`; IOS and EOS also take the value.
    """
    if row.no is not None:
        return row.no
    ends = [found.end() for found in _NAMES.finditer(row.syntax) if found[1] in row.key]
    cut = max(ends, default=0)
    head = row.syntax[:cut] + " " + _head(row.syntax[cut:])
    rest = row.syntax[cut:].strip()[len(_head(row.syntax[cut:])) :].strip()
    return head.strip() if bare or not rest else f"{head.strip()} [{rest}]"


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
    rows: Iterable[Row],
    negations: tuple[str, ...],
    types: Mapping[str, Take],
    *,
    bare: bool = False,
) -> View:
    """Build a view from its rows. With `bare` a negation takes no value behind its words."""
    rows = tuple(rows)
    syntaxes: list[tuple[str, tuple[Row, bool]]] = []
    for row in rows:
        syntaxes += [(row.syntax, (row, False))] if row.syntax else []
        if behind := _negated(row, bare=bare):
            syntaxes += [(f"{negation} {behind}", (row, True)) for negation in negations]
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


def block_lines(at: At, views: Mapping[str, View], pad: str) -> list[str]:
    """Return what stands inside the block in hand, `pad` before the lines of each level."""
    found: list[str] = []
    for _, item in lines(at, views[at.block.view]):
        if isinstance(item, str):
            found.append(pad + item)
        else:
            found.append(pad + item.header)
            inner = block_lines(replace(at, block=item), views, pad)
            found += [pad + line for line in inner]
    return found
