"""How hard a device may be asked: the poller must never be what hurts a switch.

A switch answers SNMP with what its CPU has left. When one answers much slower than it used to,
it is busy with something that matters more: it gets a pause as long as its own answers take,
and if that does not help, fewer cycles.
"""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import Final

from gufo.snmp.policer import BasePolicer

_SLOWER: Final = 4.0
"""How many times slower than usual counts as slow."""
_LEAST: Final = 0.25
"""Seconds below which no answer is slow: shorter waits may as well be our own."""
_PATIENCE: Final = 2
"""Slow cycles in a row before cycles are left out."""
_MOST_LEFT_OUT: Final = 8
_WEIGHT: Final = 0.2
_LONGEST_PAUSE: Final = 2.0


class Pace(BasePolicer):
    """What one device's answers take. The library asks it before each request it sends.

    `usual` is seconds, 0 before the first whole cycle; `sent` counts requests.
    """

    def __init__(self) -> None:
        """Know nothing yet."""
        self.usual = 0.0
        self.sent = 0
        self.begun = 0.0
        """When the last request was sent, by the monotonic clock."""
        self._recent = 0.0
        self._sum = 0.0
        self._count = 0
        self._slow_cycles = 0
        self._left_out = 0
        self._to_leave_out = 0

    async def wait(self) -> None:
        """Leave a device that is slow now alone for as long as its own answers take."""
        if self.is_slow and self.usual and self._recent > self.usual * _SLOWER:
            await asyncio.sleep(self.pause)
        self.sent += 1
        self.begun = monotonic()

    def get_timeout(self, ts: int) -> int | None:
        """Not used: `wait` decides."""
        return None

    def answered(self) -> None:
        """Take note that the last request was answered just now."""
        seconds = monotonic() - self.begun
        self._recent += _WEIGHT * (seconds - self._recent) if self._recent else seconds
        self._sum += seconds
        self._count += 1

    @property
    def is_slow(self) -> bool:
        """Whether answers take long just now."""
        return self._recent > _LEAST

    @property
    def pause(self) -> float:
        """Seconds that an answer takes just now, as far as that is waited for."""
        return min(self._recent, _LONGEST_PAUSE)

    def may_begin(self) -> bool:
        """Whether this cycle may ask the device; counts a cycle that is left out."""
        if not self._to_leave_out:
            return True
        self._to_leave_out -= 1
        return False

    @property
    def slower(self) -> float:
        """How many times slower than usual the device was in this cycle; 0 if it is not known."""
        return self._mean / self.usual if self._count and self.usual else 0.0

    @property
    def _mean(self) -> float:
        return self._sum / self._count

    def end_cycle(self, everybody: float) -> None:
        """Learn from a cycle in which the devices in the middle were `everybody` times slower.

        If all are slow it is us, or the network: no switch is spared by leaving it out.
        """
        if self._count:
            slow = self.slower > _SLOWER * max(everybody, 1.0) and self._mean > _LEAST
            self._slow_cycles = self._slow_cycles + 1 if slow else 0
            patient = self._slow_cycles < _PATIENCE
            self._left_out = 0 if patient else min(self._left_out * 2 or 1, _MOST_LEFT_OUT)
            self._to_leave_out = self._left_out
            # What is slow for long becomes usual: nothing is left out for ever.
            self.usual += _WEIGHT * (self._mean - self.usual) if self.usual else self._mean
        self._recent = self._sum = 0.0
        self._count = 0
