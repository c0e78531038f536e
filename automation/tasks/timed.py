"""Timed commits: what a plan says of them, what a change is told, and one that nobody ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from automation.devices import Session
from automation.model import Pending, Stanza
from automation.tasks.subject import Subject

_NO_HOOK: Final = "its boot hook has not run (docs/platforms.md)"


@dataclass(frozen=True, slots=True)
class Armed:
    """A change that the device takes back unless `name` is confirmed.

    It is `lasting` if the device does so also where it restarts before.
    """

    name: str
    lasting: bool

    @property
    def promise(self) -> str:
        """What becomes of it if nobody comes."""
        back = "unless it was confirmed the device takes it back"
        return back if self.lasting else f"{back}, but not if it restarts before: {_NO_HOOK}"


def arm(session: Session, seconds: float) -> Armed | None:
    """Let the device take the next change back by itself, if it can."""
    if session.timed is None:
        return None
    lasting = session.timed.survives_reboot
    return Armed(session.timed.arm(seconds), lasting)


def standing(session: Session) -> Pending | None:
    """Return the timed commit that stands on the device."""
    return session.timed.pending if session.timed is not None else None


def described(pending: Pending) -> str:
    """Return in words which one it is, and why nobody ends it."""
    if not pending.abandoned:
        return f"a timed commit ({pending.since})"
    return f"a timed commit that nobody confirmed ({pending.since}; {pending.abandoned})"


def cautions(session: Session, subject: Subject, stanzas: Sequence[Stanza]) -> tuple[str, ...]:
    """Say what whoever applies `stanzas` should know before."""
    pending = standing(session)
    if pending is not None and pending.abandoned:
        then = "applying this takes it back and does nothing else; then plan again"
        return (f"{described(pending)} stands on it: {then}",)
    if pending is not None:
        return (f"{described(pending)} waits on it, and until then it takes no other change",)
    if session.timed is None or not subject.proves(stanzas) or session.timed.survives_reboot:
        return ()
    return (f"the change is a timed commit, which a restart would make stay: {_NO_HOOK}",)
