"""Numbers as people say them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

_PREFIXES: Final = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
_ROUNDED: Final = 0.9995
"""What rounds to a thousand of a unit is said in the next: 1 G, not 1e+03 M."""
_AGES: Final = ((86_400.0, "d"), (3600.0, "h"), (60.0, "min"))
_AT_LEAST: Final = 2
"""How many of a larger unit are said in it: 90 s, not 1 min."""


def human(value: float, unit: str) -> str:
    """Return a number with a unit: `1.2 Gbit/s`; nothing is a bare `0`, so that the rest shows."""
    for size, prefix in _PREFIXES:
        if value >= size * _ROUNDED:
            return f"{value / size:.3g} {prefix}{unit}"
    return f"{value:.3g} {unit}" if value else "0"


def lasted(seconds: float) -> str:
    """Return a time in its largest unit: `90 s`, `12 min`, `3 d`."""
    for size, unit in _AGES:
        if seconds >= _AT_LEAST * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(seconds, 0):.0f} s"


def moment(at: float) -> str:
    """Return a Unix time as local date and time, with the zone."""
    return datetime.fromtimestamp(at).astimezone().isoformat(sep=" ", timespec="seconds")


def read(at: float, now: float) -> str:
    """Return when something was read: `read 2026-11-23 03:00:00+01:00, 12 s ago`."""
    return f"read {moment(at)}, {lasted(now - at)} ago"
