"""One moment that bounds everything done with a device, however slowly it answers."""

from __future__ import annotations

import time


class Deadline:
    """A moment on the monotonic clock; every blocking call waits at most until then."""

    __slots__ = ("_end", "seconds")

    def __init__(self, seconds: float) -> None:
        """Start the clock: the deadline is `seconds` from now."""
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds that are left, never below zero."""
        return max(0.0, self._end - time.monotonic())

    @property
    def passed(self) -> bool:
        """Whether the moment has come."""
        return time.monotonic() >= self._end

    def within(self, seconds: float) -> float:
        """Return `seconds`, or what is left when that is less."""
        return min(seconds, self.left)
