"""Two sorted configurations become stanzas, in the order in which they are safe to send."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from automation.drift import ids
from automation.drift.block import MASK, SEEN, Block, Entry, same
from automation.drift.difference import (
    Lines,
    block_lines,
    cuts_off,
    port_lines,
    removal_lines,
    set_lines,
)
from automation.drift.owner import UPLINKS
from automation.model import Grammar, Kind, Stanza, inverse

_LAST = 1
"""The first number of the place of what is removed."""


class _Step(NamedTuple):
    """A stanza and its place: what is set goes first, in order; removals last, in reverse.

    `bare` is the block that it makes or removes, where that has an id and nothing inside.
    """

    place: tuple[int, int, int, int]
    stanza: Stanza
    bare: Entry | None = None


@dataclass(frozen=True, slots=True)
class Stanzas:
    """Builds stanzas for one device.

    `ports` are the headers of port blocks. `again` are (header, key) that are set even where
    the masked texts agree, since the secret behind them is not known to be right. `lifelines`
    are headers of ports that our own session may run over; `trunks` those that lead to other
    switches, which come where the uplinks do: they are trusted before anybody is snooped on.
    With `together` blocks that are but an id (a thousand VLANs without a name) share a line.
    """

    grammar: Grammar
    ports: frozenset[str]
    again: frozenset[tuple[str, str]]
    lifelines: frozenset[str] = frozenset()
    trunks: frozenset[str] = frozenset()
    together: bool = True

    def between(
        self, running: Mapping[str, Block], reached: Mapping[str, Block]
    ) -> tuple[Stanza, ...]:
        """Return what takes `running` to `reached`: features in the platform's order."""
        order = {feature.name: at for at, feature in enumerate(self.grammar.features)}
        steps = [
            step
            for name, block in reached.items()
            for step in self._steps(name, order, running[name], block)
        ]
        placed = sorted(steps, key=lambda step: step.place)
        return tuple(step.stanza for step in (_joined(placed) if self.together else placed))

    def _steps(
        self, feature: str, order: Mapping[str, int], has: Block, reached: Block
    ) -> Iterator[_Step]:
        for at, (key, new) in enumerate(reached.items()):
            stanza = self._setting(feature, has.get(key), new)
            if stanza is not None:
                place = order[UPLINKS] if key in self.trunks else order[feature]
                bare = new if key not in has and _bare(new) else None
                yield _Step((0, place, new.rule.order, at), replace(stanza, subject=key), bare)
        for at, (key, old) in enumerate(has.items()):
            stanza = self._removal(feature, old, reached.get(key))
            if stanza is not None:
                last = (_LAST, -order[feature], -old.rule.order, -at)
                yield _Step(last, replace(stanza, subject=key), old if _bare(old) else None)

    def _setting(self, feature: str, old: Entry | None, new: Entry) -> Stanza | None:
        if new.line in self.ports or new.block is not None or new.rule.kind is Kind.BLOCK:
            return self._block(feature, old, new)
        again = ("", new.key) in self.again
        forward = block_lines(
            _one(old, _added(old, new)), _one(new), self.grammar, _one(new) if again else ()
        )
        back = block_lines(_one(new), _one(old, _added(old, new)), self.grammar)
        sent = Lines(forward, interrupts=new.rule.disrupts)
        return _stanza(feature, "", sent, "", Lines(back), lost=again)

    def _block(self, feature: str, old: Entry | None, new: Entry) -> Stanza | None:
        if old is None:
            lines = Lines(block_lines({}, new.block or {}, self.grammar))
            undo = (new.removal,) if new.removal else ()
            return _stanza(feature, new.line, lines, "", Lines(undo), force=True)
        again = {key for header, key in self.again if header == new.key}
        forward = self._inner(old, new, again)
        return _stanza(
            feature, new.line, forward, new.line, self._inner(new, old), lost=bool(again)
        )

    def _inner(
        self, old: Entry, new: Entry, again: set[str] | frozenset[str] = frozenset()
    ) -> Lines:
        before, after = old.block or {}, new.block or {}
        if new.line in self.ports:
            lifeline = new.line in self.lifelines
            return port_lines(before, after, self.grammar, again, lifeline=lifeline)
        lines = block_lines(before, after, self.grammar, again)
        return Lines(lines, interrupts=_interrupts(before, after))

    def _removal(self, feature: str, old: Entry, new: Entry | None) -> Stanza | None:
        if new is not None and old.rule.kind is not Kind.LIST:
            return None
        lines = Lines(tuple(removal_lines(old, new)), interrupts=old.rule.disrupts)
        if new is not None:
            return _stanza(feature, "", lines, "", Lines(tuple(set_lines(new, old, self.grammar))))
        if old.block is not None or old.rule.kind is Kind.BLOCK:
            return _stanza(
                feature, "", lines, old.line, Lines(block_lines({}, old.block or {}, self.grammar))
            )
        return _stanza(feature, "", lines, "", Lines(tuple(set_lines(None, old, self.grammar))))


def _interrupts(before: Block, after: Block) -> bool:
    """Whether something in a block that is no port is cut: what is new there cuts nothing."""
    return cuts_off(before, after) or any(
        (old.rule.disrupts and (key not in after or not same(old, after[key])))
        or _interrupts(old.block or {}, (after[key].block or {}) if key in after else {})
        for key, old in before.items()
    )


def _bare(entry: Entry) -> bool:
    """Whether an entry is an empty block of a kind of which one line makes several."""
    rule = entry.rule
    return rule.kind is Kind.BLOCK and rule.ids is not None and not entry.block


def _joined(steps: list[_Step]) -> list[_Step]:
    """Return the steps, bare blocks of one kind together where the first of them stands."""
    kinds: dict[object, list[_Step]] = {}
    for step in steps:
        kinds.setdefault(_kind(step), []).append(step)
    return [
        one for alike in kinds.values() for one in (_together(alike) if len(alike) > 1 else alike)
    ]


def _kind(step: _Step) -> object:
    """Return what steps have in common that may be one; a step that stays alone is its own."""
    if step.bare is None:
        return step.place, step.stanza.subject
    return step.place[0], step.bare.rule, _family(step.bare)


def _family(entry: Entry) -> str:
    return entry.key.rpartition(" ")[0]


def _together(alike: list[_Step]) -> Iterator[_Step]:
    """Yield steps that make, or take away, the bare blocks of `alike`, many with one line."""
    first = alike[0]
    removes = first.place[0] == _LAST
    blocks = [step.bare for step in alike if step.bare is not None]
    style = blocks[0].rule.ids
    assert style is not None  # noqa: S101 - what is bare has an id
    members = (int(block.key.rpartition(" ")[2]) for block in blocks)
    for text in ids.chunks(members, style):
        words = {"key": _family(blocks[0]), "ids": text}
        made, gone = style.add.format(**words), style.remove.format(**words)
        stanza = Stanza(first.stanza.feature, "", (made,), "", (gone,), subject=made)
        yield first._replace(stanza=inverse(stanza) if removes else stanza)


def _one(entry: Entry | None, instead: Entry | None = None) -> dict[str, Entry]:
    """Return a block of one entry, or an empty one."""
    chosen = instead or entry
    return {} if chosen is None else {chosen.key: chosen}


def _added(old: Entry | None, new: Entry) -> Entry | None:
    """Return `old` without the members that `new` lacks: those go in a step of their own."""
    if old is None or old.ids is None or new.ids is None:
        return None
    return old._replace(ids=old.ids & new.ids)


def _stanza(
    feature: str,
    header: str,
    forward: Lines,
    undo_header: str,
    back: Lines,
    *,
    force: bool = False,
    lost: bool = False,
) -> Stanza | None:
    """Return the stanza, or None if there is nothing to send; `lost` is an old secret replaced."""
    sent = tuple(line for line in forward.lines if MASK not in line)
    if not sent and not force:
        return None
    undo = tuple(line for line in back.lines if MASK not in line)
    return Stanza(
        feature=feature,
        header=header,
        lines=sent,
        undo_header=undo_header,
        undo=undo,
        irreversible=lost or len(undo) != len(back.lines) or any(f":{SEEN}" in one for one in undo),
        interrupts=forward.interrupts,
    )
