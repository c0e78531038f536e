"""How a task ended, and what a device's error means for that: one table for every task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

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
from automation.model import DeviceResult, Outcome, Verified

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


@dataclass(frozen=True, slots=True)
class Applied:
    """How a change ended, and what may be remembered of the device when it ended well."""

    result: DeviceResult
    verified: Verified | None = None
    secrets: Mapping[str, str] = field(default_factory=dict)
