"""Whom we listen to: addresses of the inventory, how much of each, and a tally of the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from automation.model import Rejected

UNKNOWN: Final = "its address is not in the inventory"
UNNAMED: Final = "its address is not in the inventory, or that of a name without an answer so far"
SHARED: Final = "several devices of the inventory have this address"
TOO_MANY: Final = "too many notifications from one address"
_SOURCES: Final = 256
"""Sources that a tally keeps apart between two times that it is taken."""
_OTHERS: Final = "others"


@dataclass(frozen=True, slots=True)
class Sender:
    """A device that may send, and the names of the logins that it may use for it."""

    device: str
    logins: frozenset[str]


@dataclass(frozen=True, slots=True)
class Senders:
    """Which device an address belongs to.

    `shared` are addresses of more than one device: nobody can tell them apart. `relays` forward
    what others send and say whose it is (snmpTrapAddress, RFC 3584, 3.1); `relay_logins` are
    the logins that they use. `is_whole` says that no name of the inventory waits for its address.
    """

    known: Mapping[str, Sender]
    shared: frozenset[str] = frozenset()
    relays: frozenset[str] = frozenset()
    relay_logins: frozenset[str] = field(default_factory=frozenset)
    is_whole: bool = True

    def refusal(self, source: str) -> str:
        """Return why nothing from `source` is believed; empty for one that may send."""
        if source in self.known or source in self.relays:
            return ""
        if source in self.shared:
            return SHARED
        return UNKNOWN if self.is_whole else UNNAMED

    def logins(self, source: str) -> frozenset[str]:
        """Return the names of the logins that `source` may use."""
        if source in self.relays:
            return self.relay_logins
        return self.known[source].logins

    def device(self, source: str, said: str) -> str | None:
        """Return whose notification it is; `said` is its snmpTrapAddress, believed of relays."""
        address = said if source in self.relays else source
        sender = self.known.get(address)
        return None if sender is None else sender.device


class Allowance:
    """How many datagrams each known address may still send: a token bucket each.

    Bounded: only addresses that may send get one.
    """

    def __init__(self, rate: float, burst: float) -> None:
        """Allow `rate` datagrams a second for long, and `burst` at once."""
        self._rate = rate
        self._burst = burst
        self._left: dict[str, tuple[float, float]] = {}

    def take(self, source: str, now: float) -> bool:
        """Whether one more is allowed; `now` is seconds of any steady clock."""
        left, since = self._left.get(source, (self._burst, now))
        left = min(self._burst, left + (now - since) * self._rate)
        allowed = left >= 1
        self._left[source] = (left - allowed, now)
        return allowed


class Tally:
    """Counts what was not believed, by source and reason; takes bounded memory."""

    def __init__(self) -> None:
        """Count from nothing."""
        self._counts: dict[tuple[str, str], list[float]] = {}

    def add(self, source: str, why: str, now: float) -> None:
        """Count one datagram; `now` is Unix time."""
        self.put(Rejected(source, why, 1, now, now))

    def put(self, one: Rejected) -> None:
        """Add what was counted before."""
        key = (one.source, one.why)
        if key not in self._counts and len(self._counts) >= _SOURCES:
            key = (_OTHERS, one.why)
        count = self._counts.setdefault(key, [0, one.first, one.last])
        count[0] += one.count
        count[2] = one.last

    def taken(self) -> tuple[Rejected, ...]:
        """Return what was counted, and count from nothing again."""
        found = tuple(
            Rejected(source, why, int(count), first, last)
            for (source, why), (count, first, last) in self._counts.items()
        )
        self._counts = {}
        return found
