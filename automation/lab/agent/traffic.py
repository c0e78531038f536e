"""What would flow on the ports of an invented network, by seed: the offered rates of counters."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Final

from automation.lab.agent.counters import WIDTH
from automation.lab.agent.face import ETHERNET, Interface

BUSIEST: Final = 0.3
"""The part of a port's speed that the busiest port carries."""
_A_PACKET: Final = 700
"""Octets of a packet, on average."""


def offered(interfaces: Sequence[Interface], chance: random.Random) -> Iterator[int]:
    """Yield the rates of every port while its link is up, in the order of `COUNTERS`."""
    for interface in interfaces:
        if interface.kind != ETHERNET:
            yield from [0] * WIDTH
            continue
        top = interface.speed * 125_000 * BUSIEST
        for octets in (_rate(top / 8, chance), _rate(top, chance)):
            packets = octets // _A_PACKET + 1
            yield from (octets, packets, chance.randrange(8), chance.randrange(4))
            yield from (_rarely(chance), _rarely(chance))


def starts(interfaces: Sequence[Interface], chance: random.Random) -> Iterator[int]:
    """Yield where every counter of every port stands: octets far above 32 bits."""
    for interface in interfaces:
        real = interface.kind == ETHERNET
        for top in (2**42, 2**34, 2**28, 2**26, 5000, 500) * 2:
            yield int(chance.random() * top) if real else 0


def _rate(top: float, chance: random.Random) -> int:
    """Return a rate below `top`: most ports are quiet, few are busy."""
    return int(top * chance.random() ** 4) + 1


def _rarely(chance: random.Random) -> int:
    """Return a rate of errors: none on 39 ports of 40."""
    return chance.randrange(1, 5) if chance.random() < 0.025 else 0
