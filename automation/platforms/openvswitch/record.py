"""What a switch has noted of a timed commit in its own database, and whether it is dead. Pure.

The clock of a commit ends with the kernel that it runs under, and the note does not. So the note
says which kernel that was, and how long after its start all was to be over.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from automation.model import Pending

COMMIT: Final = "portvakt-commit"
UNDO: Final = "portvakt-undo"
SINCE: Final = "portvakt-since"
UNTIL: Final = "portvakt-until"
RECORD: Final = (COMMIT, UNDO, SINCE, UNTIL)
"""The keys of a timed commit, in `external_ids` of the database's one root row."""
_SLACK: Final = 300
"""Seconds after its time from which on a clock counts as dead. The time is worked out from when the
switch was read, the commit comes after that, and a clock tries more than once."""


def until(boot: str, uptime: float, seconds: int) -> str:
    """Return what the record says of a commit that is to wait for so many seconds."""
    return f"{boot} {round(uptime) + seconds + _SLACK}"


def pending(kept: Mapping[str, str], boot: str, uptime: float) -> Pending | None:
    """Return the timed commit of a record, and why nobody is going to end it, if that is so.

    `boot` is the kernel that runs now, and `uptime` how long it has.
    """
    if COMMIT not in kept:
        return None
    since = kept.get(SINCE, "nobody says what")
    begun, _, end = kept.get(UNTIL, "").partition(" ")
    left = int(end) - round(uptime) if end.isdecimal() else 0
    if not begun:
        return Pending(kept[COMMIT], since, "nothing says until when it waits")
    if begun != boot:
        return Pending(kept[COMMIT], since, "the device was restarted before that")
    if left <= 0:
        return Pending(kept[COMMIT], since, "its clock has not taken it back in its time")
    return Pending(kept[COMMIT], f"{since}; over in {left} s at the latest")
