"""What a port cannot have now, and what of its intent it can have all the same. Pure.

bars="down: the kernel has no queue for a port of type patch; up: meter 5 is not ours"
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from automation.model import Deferred
from automation.platforms.openvswitch.line import OTHER, Held, PortLine


def spelled(reasons: Iterable[tuple[str, str]]) -> str:
    """Return words that a port cannot have and why, as its line has them.

    >>> spelled([("down up", "it is a bond")])
    'down up: it is a bond'
    """
    return "; ".join(f"{words}: {why}" for words, why in reasons)


def reasons(bars: str) -> Mapping[str, str]:
    """Return why a port cannot have each word that `spelled` names; the first reason counts."""
    found: dict[str, str] = {}
    for one in bars.split("; ") if bars else ():
        words, _, why = one.partition(": ")
        for word in words.split():
            found.setdefault(word, why)
    return found


def attainable(wanted: str, running: str, bars: str) -> tuple[str, tuple[Deferred, ...]]:
    """Return the line `wanted` with its barred words as they are in `running`, and those words.

    All else of it holds: whose VLAN a port is in must not wait for a meter. A queue stays whosever
    it is. What OpenFlow has of ours and we cannot read is not kept: the flows of a port are made
    anew together. A word that is to go is never barred.
    """
    new, old = PortLine.parse(wanted), PortLine.parse(running)
    kept = replace(old, up=_readable(old.up), dhcp_guard=_readable(old.dhcp_guard))
    why = {word: one for word, one in reasons(bars).items() if _waits(word, new, old, kept)}
    if "down" in why:
        new = replace(new, down=kept.down, qos=kept.qos)
    if "up" in why:
        new = replace(new, up=kept.up)
    if "dhcp_guard" in why:
        new = replace(new, dhcp_guard=kept.dhcp_guard)
    asked = PortLine.parse(wanted).words
    late: dict[str, list[str]] = {}
    for word, one in why.items():
        late.setdefault(one, []).append(f"{word}={asked[word]}")
    found = (Deferred(new.key, " ".join(late[one]), one, lacking=True) for one in late)
    return str(new), tuple(found)


def _waits(word: str, new: PortLine, old: PortLine, kept: PortLine) -> bool:
    """Whether a line asks for a word as it neither is nor stays."""
    return bool(new.words[word]) and new.words[word] not in (old.words[word], kept.words[word])


def _readable(held: Held) -> Held:
    live, stays = ("" if one == OTHER else one for one in (held.live, held.kept))
    return Held(live, stays)
