"""Timed commits: what a plan says of them, what a change is told, and one that nobody ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from automation.devices import Session
from automation.errors import Stale
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


def dead(session: Session) -> Pending | None:
    """Return the timed commit on the device that nobody is going to end, if there is one."""
    pending = standing(session)
    return pending if pending is not None and pending.abandoned else None


def keep(session: Session, died: Pending | None) -> str:
    """End what the device has noted of a dead timed commit, and say so; what runs is kept.

    A timed commit asks for a new login as its proof, and this is one. To take it back now could
    cut what has come to live on it since.

    Raises:
        Stale: It does not stand there any more, so what was read may be gone with it.
        Refused, Lost: It still stands there; nothing was written.
        DeviceError: It is not known whether it does.
    """
    if session.timed is None or died is None:
        return ""
    if not session.timed.confirm(died.token):
        raise Stale(f"{_described(died)} was ended by somebody else meanwhile; plan again")
    return f"{_described(died)} stood on it; what runs is kept"


def _described(died: Pending) -> str:
    return f"a timed commit whose clock died ({died.since}; {died.abandoned})"


def cautions(session: Session, subject: Subject, stanzas: Sequence[Stanza]) -> tuple[str, ...]:
    """Say what whoever applies `stanzas` should know before."""
    pending = standing(session)
    if pending is not None and not pending.abandoned:
        waits = f"a timed commit ({pending.since}) waits on it"
        return (f"{waits}, and until then it takes no other change",)
    told = (f"{_described(pending)} stands on it; what runs is kept",) if pending else ()
    if session.timed is None or not subject.proves(stanzas) or session.timed.survives_reboot:
        return told
    return (*told, f"the change is a timed commit, which a restart would make stay: {_NO_HOOK}")
