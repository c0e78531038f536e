"""How far a change came, in states and in words; whether it still is the one to make. Pure."""

from __future__ import annotations

from collections import Counter

from automation.errors import DeviceError, Lost
from automation.model import Change, Drift, Reached, Sent, StanzaState, sent_lines


def how_far(sent: Sent, error: DeviceError) -> Sent:
    """Return how far the lines had come when `error` ended the session."""
    if sent.states or not isinstance(error, Lost):
        return sent
    states = tuple(map(StanzaState, error.states))
    reached = Reached(error.sent, error.accepted, error.last, error.line)
    return Sent(states, reached=reached, adrift=StanzaState.UNKNOWN in states)


def unread(states: tuple[StanzaState, ...]) -> tuple[StanzaState, ...]:
    """Return what is known of stanzas without a read: only what was not touched is certain."""
    untouched = StanzaState.UNTOUCHED
    return tuple(state if state is untouched else StanzaState.UNKNOWN for state in states)


def moved_on(now: Drift, change: Change) -> str:
    """Return why a device is not any more what its plan was made for, or "".

    Where nothing is to be sent, somebody may have done it; or what was to be done cannot be, and
    then the target is another one.
    """
    if not now.stanzas and (not change.stanzas or now.base == change.target):
        return ""
    if (now.stanzas, now.target) == (change.stanzas, change.target):
        return ""
    if now.base != change.base:
        return "lines that we own have moved on the device since the plan"
    return "what may be done to the device has moved since the plan"


def taken(change: Change, states: tuple[StanzaState, ...]) -> int:
    """Return how many lines of the change stand on the device."""
    pairs = zip(change.stanzas, states, strict=True)
    return sum(len(sent_lines(one)) for one, state in pairs if state is StanzaState.APPLIED)


def in_words(states: tuple[StanzaState, ...]) -> str:
    """Return in words what became of the stanzas: `3 of 66 blocks applied, 1 undone`."""
    counts = Counter(states)
    others = (StanzaState.UNDONE, StanzaState.UNKNOWN)
    more = "".join(f", {counts[state]} {state}" for state in others if counts[state])
    return f"{counts[StanzaState.APPLIED]} of {len(states)} blocks applied{more}"


def first_difference(drift: Drift) -> str:
    """Return the first difference, as an operator would say it."""
    for unmet in drift.unmet:
        return f"{unmet} is configured and not in force"
    for stanza in drift.stanzas:
        return f"{stanza.subject}: {stanza.lines[0] if stanza.lines else 'missing'}"
    for late in drift.deferred:
        if not late.needs_binding:
            return f"{late.header or late.line}: {late.why}"
    return "lines outside the change moved meanwhile"
