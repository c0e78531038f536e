"""What a device's error means for its outcome; one table, so that every task says the same."""

from __future__ import annotations

from automation.errors import (
    Busy,
    DeviceError,
    HostKeyError,
    Lost,
    NotAuthorised,
    Refused,
    SaveFailed,
    Stale,
    Unreachable,
)
from automation.model import Outcome

_ENDINGS = (
    (Unreachable, Outcome.UNREACHABLE),
    (HostKeyError, Outcome.REFUSED),
    (NotAuthorised, Outcome.REFUSED),
    (Busy, Outcome.REFUSED),
    (Stale, Outcome.STALE),
    (Refused, Outcome.FAILED),
    (SaveFailed, Outcome.FAILED),
)


def before_change(error: DeviceError) -> Outcome:
    """Return the outcome of an error that came before any configuration line was sent.

    A session that was cut while reading left nothing behind: the device was not reachable.
    """
    if isinstance(error, Lost):
        return Outcome.UNREACHABLE
    return next((outcome for kind, outcome in _ENDINGS if isinstance(error, kind)), Outcome.UNKNOWN)
