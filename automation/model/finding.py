"""What devices report unasked, and what we make of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

TrapValue = int | str | bytes
"""A value in a notification: a number, an object identifier as dotted text, or octets."""


class FindingKind(StrEnum):
    """What a finding is about."""

    LINK = "link"
    """A port is down."""
    SENSOR = "sensor"
    """A sensor is out of its limits; on a switch mostly the light of a transceiver."""
    POWER = "power"
    """A port cannot feed what is plugged in, or the supply is nearly used up (PoE)."""
    RESTART = "restart"
    """The device has restarted."""
    LOGIN = "login"
    """Somebody asked the device's agent with a wrong community or key."""


class Signal(StrEnum):
    """What a notification says of its subject."""

    RAISE = "raise"
    CLEAR = "clear"
    EVENT = "event"
    """It happened; nothing will say that it is over."""


@dataclass(frozen=True, slots=True)
class TrapRule:
    r"""How one notification is read.

    `oid` is its snmpTrapOID. `name` is the column (an OID without its instance) whose value names
    the subject, by the group 1 of `pattern`; where it is not sent, the subject is `word` and the
    instance of the column `instance`. `state` is a column whose value says whether the signal is
    CLEAR: then it is one of `good`. `shown` are columns worth telling, with a word for each.
    """

    oid: str
    kind: FindingKind
    signal: Signal
    name: str = ""
    pattern: str = r"(.+)"
    instance: str = ""
    word: str = ""
    state: str = ""
    good: frozenset[TrapValue] = frozenset()
    shown: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Notification:
    """A trap or an inform of a device that we know, by a login that is the device's.

    `at` is Unix time of its arrival, `uptime` the device's sysUpTime in hundredths of a second.
    `oid` is its snmpTrapOID, `values` all other variables in their order.
    """

    device: str
    at: float
    oid: str
    uptime: int | None = None
    values: tuple[tuple[str, TrapValue], ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is or was wrong, once, however often it was reported.

    `subject` is a port's full name, a sensor, or empty for the device itself. `first` and `last`
    are the Unix time when it was first raised, and of its last change. `count` says how often
    it was raised (a port that flaps is one finding; 0 is one of which only the end was heard),
    `repeats` how many reports changed nothing. `clock` is the device's sysUpTime in the newest of
    them, also where it changed nothing, and `clock_at` the Unix time when that one was heard.
    """

    device: str
    subject: str
    kind: FindingKind
    is_open: bool
    first: float
    last: float
    count: int = 1
    repeats: int = 0
    detail: str = ""
    clock: int | None = None
    clock_at: float | None = None

    @property
    def key(self) -> tuple[str, str, FindingKind]:
        """What there is at most one current finding of."""
        return self.device, self.subject, self.kind


@dataclass(frozen=True, slots=True)
class Rejected:
    """Datagrams that were not believed: from where, why, and how many."""

    source: str
    why: str
    count: int
    first: float
    last: float
