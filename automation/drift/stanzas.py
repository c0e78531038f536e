"""Two sorted configurations become stanzas, in the order in which they are safe to send."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from automation.drift.block import MASK, SEEN, Block, Entry
from automation.drift.difference import Lines, block_lines, port_lines, removal_lines, set_lines
from automation.drift.owner import UPLINKS
from automation.model import Grammar, Kind, Stanza


class _Step(NamedTuple):
    """A stanza and its place: what is set goes first, in order; removals last, in reverse."""

    place: tuple[int, int, int, int]
    stanza: Stanza


@dataclass(frozen=True, slots=True)
class Stanzas:
    """Builds stanzas for one device.

    `ports` are the headers of port blocks. `again` are (header, key) that are set even where
    the masked texts agree, since the secret behind them is not known to be right. `lifelines`
    are headers of ports that our own session may run over; `trunks` those that lead to other
    switches, which come where the uplinks do: they are trusted before anybody is snooped on.
    """

    grammar: Grammar
    ports: frozenset[str]
    again: frozenset[tuple[str, str]]
    lifelines: frozenset[str] = frozenset()
    trunks: frozenset[str] = frozenset()

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
        return tuple(step.stanza for step in sorted(steps, key=lambda step: step.place))

    def _steps(
        self, feature: str, order: Mapping[str, int], has: Block, reached: Block
    ) -> Iterator[_Step]:
        for at, (key, new) in enumerate(reached.items()):
            stanza = self._setting(feature, has.get(key), new)
            if stanza is not None:
                place = order[UPLINKS] if key in self.trunks else order[feature]
                yield _Step((0, place, new.rule.order, at), replace(stanza, subject=key))
        for at, (key, old) in enumerate(has.items()):
            stanza = self._removal(feature, old, reached.get(key))
            if stanza is not None:
                last = (1, -order[feature], -old.rule.order, -at)
                yield _Step(last, replace(stanza, subject=key))

    def _setting(self, feature: str, old: Entry | None, new: Entry) -> Stanza | None:
        if new.line in self.ports or new.block is not None or new.rule.kind is Kind.BLOCK:
            return self._block(feature, old, new)
        again = ("", new.key) in self.again
        forward = block_lines(
            _one(old, _added(old, new)), _one(new), self.grammar, _one(new) if again else ()
        )
        back = block_lines(_one(new), _one(old, _added(old, new)), self.grammar)
        return _stanza(feature, "", Lines(forward), "", Lines(back), lost=again)

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
        return Lines(block_lines(before, after, self.grammar, again))

    def _removal(self, feature: str, old: Entry, new: Entry | None) -> Stanza | None:
        if new is not None and old.rule.kind is not Kind.LIST:
            return None
        lines = Lines(tuple(removal_lines(old, new)))
        if new is not None:
            return _stanza(feature, "", lines, "", Lines(tuple(set_lines(new, old, self.grammar))))
        if old.block is not None or old.rule.kind is Kind.BLOCK:
            return _stanza(
                feature, "", lines, old.line, Lines(block_lines({}, old.block or {}, self.grammar))
            )
        return _stanza(feature, "", lines, "", Lines(tuple(set_lines(None, old, self.grammar))))


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
