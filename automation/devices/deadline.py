"""One moment that bounds everything done with a device, however slowly it answers."""

from __future__ import annotations

import time


class Deadline:
    """A moment on the monotonic clock; every blocking call waits at most until then.

    As text it says how long there was and which setting says so, for whoever ran into it.
    """

    __slots__ = ("_end", "_setting", "_whole", "seconds")

    def __init__(self, seconds: float, setting: str = "", whole: float | None = None) -> None:
        """Start the clock: the deadline is `seconds` from now, of `whole` that there are.

        `setting` is where a person may change `whole`.
        """
        self.seconds = seconds
        self._setting = setting
        self._whole = seconds if whole is None else whole
        self._end = time.monotonic() + seconds

    def __str__(self) -> str:
        """Return `240 s of its 300 s (run.deadline in portvakt.toml)`."""
        part = f"{_shown(self.seconds)} of " if self.seconds < self._whole else ""
        setting = f" ({self._setting})" if self._setting else ""
        return f"{part}its {_shown(self._whole)}{setting}"

    def share(self, part: float) -> Deadline:
        """Return a deadline at `part` (0 to 1) of what is left, under the same setting."""
        return Deadline(self.left * part, self._setting, self._whole)

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


def _shown(seconds: float) -> str:
    return f"{round(seconds, 1):.10g} s"
