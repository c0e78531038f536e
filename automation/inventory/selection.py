"""What `-l/--limit` means: which devices a command is about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import Final

from automation.errors import UsageError
from automation.model import Device

KEYS: Final = ("estate", "role", "platform", "site", "model")
_SHOWN: Final = 12


def select(devices: Iterable[Device], limit: str) -> tuple[Device, ...]:
    """Return the devices that `limit` chooses, in their own order.

    `limit` is a comma list of terms: a name or a glob of names, or `key=value` (the value may
    be a glob). Terms of the same kind widen (`sw1,sw2`; `site=a,site=b`), different kinds
    narrow (`estate=city,role=access`), and `!term` takes away what it matches.

    Raises:
        UsageError: a term is empty, has an unknown key or matches nothing (a slip of the
            finger must not widen or narrow a run unseen), or no device is left.
    """
    every = tuple(devices)
    wanted: dict[str, set[str]] = {}
    unwanted: set[str] = set()
    for text in limit.split(","):
        term = text.strip()
        negated = term.startswith("!")
        key, matched = _matched(every, term.removeprefix("!").strip(), term)
        if negated:
            unwanted |= matched
        else:
            wanted.setdefault(key, set()).update(matched)
    chosen = tuple(
        device
        for device in every
        if device.name not in unwanted and all(device.name in names for names in wanted.values())
    )
    if not chosen:
        raise UsageError(f"limit {limit!r} leaves no device of {len(every)}")
    return chosen


def _matched(devices: Sequence[Device], term: str, shown: str) -> tuple[str, set[str]]:
    """Return the kind of a term and the names of the devices that it matches."""
    key, sign, pattern = term.partition("=")
    if not sign:
        key, pattern = "name", term
    elif key not in KEYS:
        raise UsageError(f"limit has unknown key {key!r}; there are: {', '.join(KEYS)}")
    if not pattern:
        raise UsageError("limit has an empty term; expected a name, a glob or key=value")
    found = {one.name for one in devices if fnmatchcase(_value(one, key), pattern)}
    if not found:
        there = sorted({_value(device, key) for device in devices})
        more = f" and {len(there) - _SHOWN} more" if len(there) > _SHOWN else ""
        what = f"limit {shown!r} matches no device; there are: {', '.join(there[:_SHOWN])}{more}"
        raise UsageError(what)
    return key, found


def _value(device: Device, key: str) -> str:
    return device.model.name if key == "model" else str(getattr(device, key))
