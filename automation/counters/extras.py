"""What is read less often than counters: light, power, and who is at the other end."""

from __future__ import annotations

import json
import zlib
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from math import log10
from typing import Any, Final

EXTRAS_EVERY: Final = 1800.0
"""Seconds after which a device's extras are read again, in the next cycle that reads it."""
_WATTS: Final = 6
_DBM: Final = 14
_UNITS: Final = 9
"""EntitySensorDataScale: units; each step is a factor of a thousand (RFC 3433)."""
_WEIGHT: Final = 0.02
"""A reading's part in what is usual: at one in half an hour, about a day."""
_MOST_DBM: Final = 20.0
_LEAST_DBM: Final = -60.0
"""Levels beyond these are no light of any transceiver."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """What LLDP says of the other end of a cable."""

    system: str
    port: str


@dataclass(frozen=True, slots=True)
class Extras:
    """One reading of a device's light, power and neighbours, each by port.

    `received` and `sent` are dBm, `watts` is what PoE gives. `usual` is the light that each port
    used to receive. `absent` are parts (`light`, `power`, `neighbours`) that could not be read, or
    not whole, and why. `late` ones were not done in time, and are tried again before they are due.
    """

    device: str
    at: float
    received: Mapping[str, float] = field(default_factory=dict)
    sent: Mapping[str, float] = field(default_factory=dict)
    watts: Mapping[str, float] = field(default_factory=dict)
    neighbours: Mapping[str, Neighbour] = field(default_factory=dict)
    usual: Mapping[str, float] = field(default_factory=dict)
    absent: Mapping[str, str] = field(default_factory=dict)
    late: bool = False


def dbm(kind: int, scale: int, precision: int, value: int) -> float | None:
    """Return a sensor's value as dBm; None where there is no light, or it is no light sensor."""
    number = value * 10.0 ** (3 * (scale - _UNITS) - precision)
    if kind == _WATTS:
        return _level(10 * log10(number * 1000)) if number > 0 else None
    return _level(number) if kind == _DBM else None


def hundredths(value: int) -> float | None:
    """Return hundredths of dBm as dBm; None for what no transceiver can show."""
    return _level(value / 100)


def _level(level: float) -> float | None:
    return round(level, 2) if _LEAST_DBM < level < _MOST_DBM else None


def held(extras: Extras | None, at: float, interval: float) -> Extras | None:
    """Return `extras` if they still hold at Unix time `at`, else None.

    `interval` is the seconds between two cycles: extras that are due wait for the next of them.
    Older ones should have been read again and were not; they say what was, not what is.
    """
    return extras if extras and at - extras.at <= EXTRAS_EVERY + interval else None


def with_usual(before: Extras | None, now: Extras, up: Collection[str]) -> Extras:
    """Return `now` with what each port used to receive, learned from `before` and this reading.

    Only ports whose link is `up` teach: many receivers show darkness as a level of -40 dBm. What
    a port used to receive is not forgotten in the dark.
    """
    usual = dict(before.usual) if before else {}
    for port, level in now.received.items():
        if port not in up:
            continue
        known = usual.get(port)
        usual[port] = level if known is None else round(known + _WEIGHT * (level - known), 3)
    return replace(now, usual=usual)


def faded(extras: Extras) -> dict[str, float]:
    """Return how many dB less than usual each port receives; only ports that receive light."""
    return {
        port: round(extras.usual[port] - level, 2)
        for port, level in extras.received.items()
        if port in extras.usual
    }


def pack_extras(extras: Extras) -> bytes:
    """Return what changes by the half hour, but for device and time."""
    document = {key: value for key, value in asdict(extras).items() if key not in ("device", "at")}
    return zlib.compress(json.dumps(document, separators=(",", ":")).encode(), 1)


def unpack_extras(device: str, at: float, packed: bytes) -> Extras:
    """Return what `pack_extras` packed; ValueError where it did not."""
    try:
        found: dict[str, Any] = json.loads(zlib.decompress(packed))
        neighbours = {port: Neighbour(**one) for port, one in found.pop("neighbours").items()}
        return Extras(device, at, neighbours=neighbours, **found)
    except (zlib.error, KeyError, TypeError, AttributeError, ValueError) as fault:
        raise ValueError(f"not packed extras: {fault}") from fault
