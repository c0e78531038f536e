"""What the ports of a device count: lines in time, so that nothing is done between two requests.

A counter is `start + rate * (now - epoch) / 100`, rounded down, modulo its width; `now` and
`epoch` are hundredths of a second since the device booted, `rate` is a whole number a second. The
32-bit objects are the low half of the 64-bit ones (RFC 2863, section 3.1.6).
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

COUNTERS: Final = (
    "in_octets",
    "in_unicast",
    "in_multicast",
    "in_broadcast",
    "in_discards",
    "in_errors",
    "out_octets",
    "out_unicast",
    "out_multicast",
    "out_broadcast",
    "out_discards",
    "out_errors",
)
WIDTH: Final = len(COUNTERS)
_MODULUS: Final = 2**64


class Counters:
    """The counters of all ports of a device; port and counter give the place."""

    def __init__(self, offered: Iterable[int], starts: Iterable[int], epoch: int) -> None:
        """Begin at `epoch` with `starts`; `offered` are the rates of a port whose link is up."""
        self.offered = array("Q", offered)
        self.starts = array("Q", starts)
        self.rates = array("Q", bytes(8 * len(self.offered)))
        self.epochs = array("Q", (epoch for _ in self.offered))
        self.held = False

    def value(self, place: int, now: int) -> int:
        """Return the counter at `place`, 64 bits wide."""
        grown = self.rates[place] * (now - self.epochs[place]) // 100
        return (self.starts[place] + grown) % _MODULUS

    def lines(self, port: int) -> Iterator[Mapping[str, int]]:
        """Yield the truth about a port's counters: `start`, `rate` and `epoch` of each."""
        for place in range(port * WIDTH, (port + 1) * WIDTH):
            start, rate, epoch = self.starts[place], self.rates[place], self.epochs[place]
            yield {"start": start, "rate": rate, "epoch": epoch}

    def run(self, port: int, now: int, *, up: bool) -> None:
        """Let a port count from `now` on, or stand still."""
        moving = up and not self.held
        for place in range(port * WIDTH, (port + 1) * WIDTH):
            self._rebase(place, self.value(place, now), now)
            self.rates[place] = self.offered[place] if moving else 0

    def hold(self, now: int, up: Sequence[bool], *, held: bool) -> None:
        """Hold every counter where it stands, or let them go on from there."""
        self.held = held
        for port, running in enumerate(up):
            self.run(port, now, up=running)

    def reset(self, now: int) -> None:
        """Set every counter to zero; the rates stay."""
        for place in range(len(self.starts)):
            self._rebase(place, 0, now)

    def near_wrap(self, now: int, seconds: float) -> None:
        """Set every counter that moves so that it wraps, at 32 and 64 bits, `seconds` from now."""
        for place, rate in enumerate(self.rates):
            if rate:
                self._rebase(place, _MODULUS - max(1, int(rate * seconds)), now)

    def _rebase(self, place: int, start: int, now: int) -> None:
        self.starts[place] = start
        self.epochs[place] = now
