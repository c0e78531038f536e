"""Where a change may go now: the intent, less what would cut somebody, with what must stay."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from automation.drift.block import Block, Entry
from automation.drift.difference import shutter
from automation.model import Deferred, Grammar

_NO_BINDING = "the device shows no DHCP binding for this port, so it would cut a live customer"
_IN_USE = "a line that nobody here owns still speaks of it"
_HIDDEN = "its removal needs a secret that is never kept in a plan; remove it by hand"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a change must respect: ports with a DHCP binding, and running lines not our own."""

    bindings: frozenset[str]
    unowned: frozenset[str]


@dataclass(frozen=True, slots=True)
class Goal:
    """The block to reach now, and what was left out of it or kept in it, and why."""

    block: Block
    deferred: tuple[Deferred, ...] = ()


def port_goal(
    port: str, header: str, running: Block, intended: Block, grammar: Grammar, limits: Limits
) -> Goal:
    """Return the goal of a port: protection that cuts is deferred where there is no binding.

    A port that is shut in between, or was not open, takes all of it: nobody is in service.
    """
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


def uplink_goal(header: str, running: Block, intended: Block, limits: Limits) -> Goal:
    """Return the goal of an uplink: it keeps a VLAN that a line not our own speaks of.

    Such a VLAN may be the one over which we reach the device.
    """
    kept = goal(header, running, intended, limits)
    block, deferred = dict(kept.block), list(kept.deferred)
    for key, entry in running.items():
        wanted = intended.get(key)
        if wanted is None or not entry.rule.keep_in_use or not entry.ids or not wanted.ids:
            continue
        used = frozenset(vlan for vlan in entry.ids - wanted.ids if str(vlan) in limits.unowned)
        if used:
            block[key] = wanted._replace(ids=wanted.ids | used)
            deferred.append(Deferred(header, f"{key} without {sorted(used)}", _IN_USE))
    return Goal(block, tuple(deferred))


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
    if entry.hidden and entry.line in entry.removal:
        return _HIDDEN
    if entry.rule.keep_in_use and limits.unowned & set(_numbers(entry.text)):
        return _IN_USE
    return None


def vlan_mentions(lines: Iterable[str]) -> frozenset[str]:
    """Return every number in lines that speak of VLANs: rather one id too many than one lost."""
    speaking = (line for line in lines if "vlan" in line.lower())
    return frozenset(number for line in speaking for number in _numbers(line))


def _numbers(text: str) -> list[str]:
    return re.findall(r"\d+", text)
