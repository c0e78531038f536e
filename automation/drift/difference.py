"""The lines that take one block to another, in an order that is safe on a live port.

A port that stays open gets what is new before it loses what is old; one that is shut, or that
must be shut because its mode changes, is emptied first, filled, and opened last.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from automation.drift import ids
from automation.drift.block import Block, Entry, same
from automation.model import Grammar, IdList, Kind

EVERY_VLAN: Final = frozenset(range(1, 4095))
"""Every VLAN id there is (IEEE 802.1Q: 0 and 4095 are reserved)."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines inside a block, and whether they shut the port for a moment."""

    lines: tuple[str, ...]
    interrupts: bool = False


@dataclass(frozen=True, slots=True)
class Shutter:
    """Whether a port is open before, open after, and must be shut in between."""

    was_open: bool
    stays_open: bool

    @property
    def quiet(self) -> bool:
        """Whether the lines meet a port that carries nothing."""
        return not self.stays_open


def shutter(running: Block, intended: Block, grammar: Grammar, *, lifeline: bool) -> Shutter:
    """Say how a port goes from `running` to `intended`.

    A `lifeline` is a port that our own session may run over: it is not shut in between.
    """
    was_open = grammar.closed not in running
    opens = grammar.closed not in intended
    calm = lifeline or not _disrupted(running, intended)
    return Shutter(was_open, was_open and opens and calm)


def _disrupted(running: Block, intended: Block) -> bool:
    keys = running.keys() | intended.keys()
    return any(_disrupts(running.get(key), intended.get(key)) for key in keys)


def _disrupts(old: Entry | None, new: Entry | None) -> bool:
    entry = new or old
    if entry is None or not entry.rule.disrupts:
        return False
    return old is None or new is None or not same(old, new)


def port_lines(
    running: Block,
    intended: Block,
    grammar: Grammar,
    again: Collection[str] = (),
    *,
    lifeline: bool = False,
) -> Lines:
    """Return the lines inside a port's block that take it from `running` to `intended`.

    `again` are keys that are set even where the texts agree.
    """
    state = shutter(running, intended, grammar, lifeline=lifeline)
    opens = grammar.closed not in intended
    old = {key: entry for key, entry in running.items() if key != grammar.closed}
    new = {key: entry for key, entry in intended.items() if key != grammar.closed}
    if state.stays_open and not _disrupted(running, intended):
        old |= {key: _everything(entry) for key, entry in new.items() if _unlisted(key, old, entry)}
    body = block_lines(old, new, grammar, again, removals_first=state.quiet)
    shut = (grammar.closed,) if state.was_open and not state.stays_open else ()
    opened = (grammar.opened,) if opens and not state.stays_open else ()
    cut = state.stays_open and cuts_off(running, intended)
    return Lines((*shut, *body, *opened), interrupts=cut or bool(shut and opened))


def cuts_off(running: Block, intended: Block) -> bool:
    """Whether an address that is in force goes: whoever spoke with it is cut off."""
    gone = (entry for key, entry in running.items() if key not in intended)
    return any(entry.subnet and not entry.unmet for entry in gone)


def _unlisted(key: str, old: Block, new: Entry) -> bool:
    """Whether an open port has no list where that means all VLANs: it is narrowed in place."""
    return key not in old and new.rule.ids is not None and new.rule.ids.absent_is_all


def _everything(entry: Entry) -> Entry:
    return entry._replace(ids=EVERY_VLAN)


def block_lines(
    running: Block,
    intended: Block,
    grammar: Grammar,
    again: Collection[str] = (),
    *,
    removals_first: bool = False,
) -> tuple[str, ...]:
    """Return the lines that take a block from `running` to `intended`.

    What is set goes in ascending order of the rules, what is removed in descending order. Where one
    of a subnet's addresses goes, all go, just before those are set that stay, then those that come.
    """
    falling = _falling(running, intended)
    old = _but(running, falling) if falling else running
    sets = sorted(
        (key for key in intended if _to_set(old.get(key), intended[key], key in again)),
        key=lambda key: (intended[key].rule.order, key in old or key not in running),
    )
    removed = sorted(
        (key for key in old if _to_remove(old[key], intended.get(key))),
        key=lambda key: -old[key].rule.order,
    )
    setting: list[str] = []
    for key in sets:
        if subnet := falling & {intended[key].subnet}:
            setting += _removals(running, subnet)
            falling -= subnet
        setting += set_lines(old.get(key), intended[key], grammar)
    removing = [line for key in removed for line in removal_lines(old[key], intended.get(key))]
    return tuple(removing + setting if removals_first else setting + removing)


def _falling(running: Block, intended: Block) -> frozenset[str]:
    """Return the subnets of which one address goes and another is there afterwards."""
    gone = {one.subnet for key, one in running.items() if one.subnet and key not in intended}
    return frozenset(gone & {one.subnet for one in intended.values()}) if gone else frozenset()


def _but(block: Block, subnets: frozenset[str]) -> Block:
    return {key: entry for key, entry in block.items() if entry.subnet not in subnets}


def _removals(block: Block, subnets: frozenset[str]) -> list[str]:
    """Return what takes all addresses of `subnets` away: the first, which holds the rest, last.

    Were it to go before them, the device might make another the first while that one goes.
    """
    found = (entry for entry in reversed(tuple(block.values())) if entry.subnet in subnets)
    return [line for entry in found for line in removal_lines(entry, None)]


def _to_set(old: Entry | None, new: Entry, again: bool) -> bool:
    if old is None or again:
        return True
    if new.rule.kind is Kind.LIST and new.ids is not None:
        return bool(new.ids - _members(old)) or (_emptied(new) and bool(old.ids))
    return not same(old, new)


def _to_remove(old: Entry, new: Entry | None) -> bool:
    if new is None:
        return old.removal is not None
    if old.rule.kind is not Kind.LIST or old.ids is None or _emptied(new):
        return False
    return bool(old.ids - _members(new))


def _emptied(new: Entry) -> bool:
    """Whether the list is empty and the platform has a word for that."""
    return not new.ids and new.rule.ids is not None and new.rule.ids.empty is not None


def set_lines(old: Entry | None, new: Entry, grammar: Grammar) -> Iterator[str]:
    """Yield the lines that set `new` where `old` stands now."""
    style = new.rule.ids
    if new.rule.kind is Kind.LIST and style is not None:
        yield from _list_lines(_members(old), new, style)
    elif new.block or (old and old.block):
        yield new.line
        inner = block_lines((old.block if old else None) or {}, new.block or {}, grammar)
        yield from (f" {line}" for line in inner)
    elif new.others or (old and old.others):
        yield from _several(old, new)
    else:
        if old is not None and new.rule.undo_first and old.removal and not same(old, new):
            yield old.removal
        yield new.line


def _several(old: Entry | None, new: Entry) -> Iterator[str]:
    """Yield the lines that set all of a key's lines: what takes one away may take them all."""
    kept = {one.text for one in new.each}
    gone = (one for one in (old.each if old else ()) if one.text not in kept)
    yield from dict.fromkeys(one.removal for one in gone if one.removal is not None)
    yield from (one.line for one in new.each)


def _members(entry: Entry | None) -> frozenset[int]:
    return (entry.ids if entry else None) or frozenset()


def _list_lines(has: frozenset[int], new: Entry, style: IdList) -> Iterator[str]:
    if _emptied(new):
        yield (style.whole or style.add).format(key=new.key, ids=style.empty)
    for number, text in enumerate(ids.chunks(_members(new) - has, style)):
        form = style.whole if style.whole and not has and number == 0 else style.add
        yield form.format(key=new.key, ids=text)


def removal_lines(old: Entry, new: Entry | None) -> Iterator[str]:
    """Yield the lines that take `old` away, or those of its members that `new` has not."""
    style = old.rule.ids
    if old.rule.kind is Kind.LIST and style is not None and (new or old.rule.negate is None):
        for text in ids.chunks(_members(old) - _members(new), style):
            yield style.remove.format(key=old.key, ids=text)
    else:
        yield from dict.fromkeys(one.removal for one in old.each if one.removal is not None)
