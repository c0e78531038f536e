"""What is shown: how every device ended in the last cycle, and which of it still holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from automation.counters import Extras, Rates, Sample
from automation.model import Device

_INTERVALS: Final = 2
"""How many intervals a sample may be old: after that its device has no series, not old ones.

Nor may it be of a time to come by more: nobody knows how old that is."""
_TOO_OLD: Final = "last read {ago:.0f} s ago"
_TO_COME: Final = "last read {ahead:.0f} s from now: the clock was set back"
_NEVER: Final = "not read yet"


@dataclass(frozen=True, slots=True)
class Reading:
    """How one device ended; without `sample` it has no series of ports, and `error` says why.

    `seconds` and `requests` are what reading it took, `missing` how many ports of the inventory
    could not be read; each is None where only the sample is known, as from the store. `extras` are
    those that still held when the sample was read: they are shown as long as it is.
    """

    device: Device
    sample: Sample | None = None
    rates: Rates | None = None
    error: str = ""
    seconds: float | None = None
    requests: int | None = None
    missing: int | None = None
    extras: Extras | None = None


@dataclass(frozen=True, slots=True)
class Cycle:
    """All readings, and `interval`, the seconds between two cycles.

    `ended` is Unix time, `seconds` what the cycle took, `stored` whether the store has it; None
    where that is not known.
    """

    readings: Sequence[Reading]
    interval: int
    ended: float | None = None
    seconds: float | None = None
    stored: bool | None = None

    def find(self, target: str) -> Reading | None:
        """Return the reading of a device by its name or its address."""
        for reading in self.readings:
            if target in (reading.device.name, reading.device.address):
                return reading
        return None

    def stale(self, reading: Reading, now: float) -> str:
        """Return why a reading is not to be shown at Unix time `now`; "" if it is."""
        if reading.sample is None:
            return reading.error or _NEVER
        ago = now - reading.sample.at
        if ago < -_INTERVALS * self.interval:
            return _TO_COME.format(ahead=-ago)
        return _TOO_OLD.format(ago=ago) if ago > _INTERVALS * self.interval else ""
