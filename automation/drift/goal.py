"""Where a change may go now: the intent, less what would cut somebody, with what must stay."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from automation.drift.block import MASK, Block, Entry, same
from automation.drift.difference import EVERY_VLAN, shutter
from automation.model import Deferred, Grammar, Kind

_NO_BINDING: Final = (
    "the device does not show a DHCP binding for each service here: it would cut a live customer"
)
_IN_USE: Final = "a line that nobody here owns still speaks of it"
_HIDDEN: Final = "its removal needs a secret that is never kept in a plan; remove it by hand"
_MEMBER: Final = "the port is part of a link aggregate, which nobody here owns; it is left alone"
_CARRIES: Final = (
    "the uplink is open and configured, and not among the device's `uplinks`: name it there, or "
    "shut it by hand"
)
_MODE: Final = "its mode would change, and our own session may run over it; change it by hand"
_RANGE: Final = re.compile(r"(\d+)(?:\s*(?:-|to)\s*(\d+))?")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a change must respect: ports that may be guarded now, and what is in use elsewhere.

    `unowned` are the VLANs, `names` all the words of lines that are not ours to change.
    """

    bindings: frozenset[str]
    unowned: frozenset[int]
    names: frozenset[str]

    @classmethod
    def of(cls, bindings: frozenset[str], foreign: Iterable[str]) -> Limits:
        """Return the limits that the lines `foreign`, which are not ours to change, set."""
        lines = tuple(foreign)
        words = frozenset(word for line in lines for word in line.split())
        return cls(bindings, vlan_mentions(lines), words)

    def uses(self, block: Entry) -> bool:
        """Whether a line that is not ours speaks of `block`: by its id, or by its name."""
        if block.rule.ids is not None:
            return bool(self.unowned & numbers(block.text))
        return block.text.rpartition(" ")[2] in self.names


@dataclass(frozen=True, slots=True)
class Goal:
    """The block to reach now, and what was left out of it or kept in it, and why."""

    block: Block
    deferred: tuple[Deferred, ...] = ()


def left_alone(running: Block) -> bool:
    """Whether a port is part of something that nobody here owns."""
    return any(entry.rule.hands_off for entry in running.values())


def port_goal(
    port: str, header: str, running: Block, intended: Block, grammar: Grammar, limits: Limits
) -> Goal:
    """Return the goal of a port: protection that cuts is deferred where there is no binding.

    A port that is shut in between, or was not open, takes all of it: nobody is in service.
    """
    if left_alone(running):
        return Goal(running, (Deferred(header, "", _MEMBER),))
    kept = goal(header, running, intended, limits)
    state = shutter(running, intended, grammar, lifeline=False)
    if port in limits.bindings or not state.stays_open:
        return kept
    late = [
        entry for key, entry in intended.items() if entry.rule.needs_binding and key not in running
    ]
    block = {key: entry for key, entry in kept.block.items() if entry not in late}
    deferred = (Deferred(header, one.line, _NO_BINDING, needs_binding=True) for one in late)
    return Goal(block, (*kept.deferred, *deferred))


def uplink_goal(
    header: str, running: Block, intended: Block, grammar: Grammar, limits: Limits
) -> Goal:
    """Return the goal of an uplink, over which our own session may run.

    It is not shut while it carries something, its mode stays, and so do VLANs in use elsewhere.
    """
    stays = uplink_stays(running, intended, grammar)
    if stays is not None:
        line, why = stays
        return Goal(running, (Deferred(header, line, why),))
    return trunk_goal(header, running, intended, limits)


def uplink_stays(running: Block, intended: Block, grammar: Grammar) -> tuple[str, str] | None:
    """Return the line for which an uplink stays as it is, and why; None if it may change."""
    if left_alone(running):
        return "", _MEMBER
    if running and grammar.closed in intended and grammar.closed not in running:
        return grammar.closed, _CARRIES
    mode = next((one for one in intended.values() if _overturns(running.get(one.key), one)), None)
    return None if mode is None else (mode.line, _MODE)


def _overturns(old: Entry | None, new: Entry) -> bool:
    return old is not None and new.rule.disrupts and not same(old, new)


def trunk_goal(header: str, running: Block, intended: Block, limits: Limits) -> Goal:
    """Return the goal of a port to another switch: it keeps VLANs that something unowned uses.

    Such a VLAN may be the one over which we reach this device, or those below it.
    """
    kept = goal(header, running, intended, limits)
    block, deferred = dict(kept.block), list(kept.deferred)
    for key, wanted in intended.items():
        used = _carried(running.get(key), wanted) & limits.unowned - (wanted.ids or frozenset())
        if used and wanted.ids:
            block[key] = wanted._replace(ids=wanted.ids | used)
            deferred.append(Deferred(header, f"{key} without {sorted(used)}", _IN_USE))
    return Goal(block, tuple(deferred))


def _carried(old: Entry | None, wanted: Entry) -> frozenset[int]:
    """Return the VLANs that the list `wanted` lets through now."""
    rule = wanted.rule
    if rule.kind is not Kind.LIST or rule.ids is None or not rule.keep_in_use:
        return frozenset()
    if old is None:
        return EVERY_VLAN if rule.ids.absent_is_all else frozenset()
    return old.ids or frozenset()


def goal(header: str, running: Block, intended: Block, limits: Limits) -> Goal:
    """Return the goal of any block: what cannot or must not be removed now stays."""
    kept: dict[str, Entry] = {}
    deferred: list[Deferred] = []
    for key, entry in running.items():
        if key in intended:
            continue
        why = _stays(entry, limits)
        if why is not None:
            kept[key] = entry
            deferred += [Deferred(header, entry.text, why)] if why else []
    return Goal({**intended, **kept} if kept else intended, tuple(deferred))


def _stays(entry: Entry, limits: Limits) -> str | None:
    """Return why an extra entry stays: None if it goes, "" if it is only ever replaced."""
    if entry.removal is None:
        return ""
    if MASK in entry.removal:
        return _HIDDEN
    if entry.rule.kind is Kind.BLOCK and entry.rule.keep_in_use:
        return _IN_USE if limits.uses(entry) else None
    return None


def vlan_mentions(lines: Iterable[str]) -> frozenset[int]:
    """Return every number in lines that speak of VLANs: rather one id too many than one lost.

    VLAN 1 is not kept for anybody: it is there on every device, whoever uses it.
    """
    speaking = (line for line in lines if "vlan" in line.lower())
    return frozenset(number for line in speaking for number in numbers(line)) - {1}


def numbers(text: str) -> frozenset[int]:
    """Return the numbers in `text` that can be VLAN ids, ranges spelled out.

    >>> sorted(numbers("switchport trunk allowed vlan 10,20-22"))
    [10, 20, 21, 22]
    """
    found: set[int] = set()
    for low, high in _RANGE.findall(text):
        first, last = int(low[:5]), int((high or low)[:5])
        found.update(range(first, min(last, max(EVERY_VLAN)) + 1))
    return frozenset(found & EVERY_VLAN)
