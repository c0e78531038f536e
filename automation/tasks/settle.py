"""After a change that did not go to its end: find out what is so, and undo what is half done."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from automation.devices import Session
from automation.drift import Drift, Engine, Seen
from automation.model import Change, Sent, Stanza, StanzaState
from automation.tasks.subject import Subject


def seen_after(subject: Subject, change: Change) -> Seen:
    """Return how to look at a device after `change`: what it deferred is not missing.

    Secrets are taken as they are: we have just set them.
    """
    header = subject.platform.grammar.port_header
    waiting = {late.header for late in change.deferred if late.needs_binding}
    names = (port.name for port in subject.intent.ports)
    ready = frozenset(name for name in names if header.format(name=name) not in waiting)
    return Seen(bindings=ready, trust=True)


def after(subject: Subject, change: Change, running: str) -> Drift:
    """Compare a device with where `change` was to take it."""
    return subject.compare(running, seen_after(subject, change))


def read_back(session: Session, sent: Sent) -> str:
    """Return what a device runs once nothing of what was `sent` can change it any more.

    Raises:
        DeviceError: It cannot be read; or what is adrift cannot be kept out, so that a read
            would say nothing about the next moment.
    """
    if sent.adrift and session.fence is not None:
        session.fence()
    return session.fetch()


def judge(subject: Subject, change: Change, before: str, now: str) -> tuple[StanzaState, ...]:
    """Say of each stanza what a device shows: applied, untouched, or neither (unknown)."""
    engine = subject.tools.engine
    todo = _about(engine, after(subject, change, now).stanzas)
    touched = _about(engine, engine.back(subject.device, now, before, subject.intended()))
    settings = (engine.about(stanza) for stanza in change.stanzas)
    return tuple(_state(bool(one & todo), bool(one & touched)) for one in settings)


def _about(engine: Engine, stanzas: Iterable[Stanza]) -> frozenset[str]:
    return frozenset(one for stanza in stanzas for one in engine.about(stanza))


def _state(missing: bool, touched: bool) -> StanzaState:
    if not missing:
        return StanzaState.APPLIED
    return StanzaState.UNKNOWN if touched else StanzaState.UNTOUCHED


def settle(
    session: Session,
    subject: Subject,
    change: Change,
    before: str,
    now: str,
    reveal: Callable[[str], str],
    armed: str = "",
    *,
    refused: bool = False,
) -> tuple[tuple[StanzaState, ...], str]:
    """Undo what is half done, over a new session, and say what became of each stanza.

    What is undone is worked out from what the device shows `now`, so that a line that never took
    is not taken away a second time. A timed commit, `armed`, that was refused or is not all there
    is taken back whole by the device. Nothing is saved. Returns as well what the device says is
    wrong all the same, or "". Raises DeviceError if it cannot be done.
    """
    states = judge(subject, change, before, now)
    stands = set(states) == {StanzaState.APPLIED} and not refused
    if armed and session.timed is not None and not stands:
        caution = session.timed.revert(armed)
        return judged_anew(states, subject, change, before, session.fetch()), caution
    engine = subject.tools.engine
    unsure = (
        stanza
        for stanza, state in zip(change.stanzas, states, strict=True)
        if state is StanzaState.UNKNOWN
    )
    half = _about(engine, unsure)
    if not half:
        return states, ""
    back = engine.back(subject.device, now, before, subject.intended())
    undone = session.configure([stanza for stanza in back if stanza.subject in half], reveal)
    if undone.refusal is not None:
        return states, ""
    return judged_anew(states, subject, change, before, session.fetch()), ""


def judged_anew(
    states: tuple[StanzaState, ...], subject: Subject, change: Change, before: str, now: str
) -> tuple[StanzaState, ...]:
    """Judge once more; what stood as `states` say, and does no longer, is undone."""
    again = judge(subject, change, before, now)
    stood = (StanzaState.UNKNOWN, StanzaState.APPLIED)
    return tuple(
        StanzaState.UNDONE if old in stood and new is StanzaState.UNTOUCHED else new
        for old, new in zip(states, again, strict=True)
    )
