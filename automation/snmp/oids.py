"""The objects that every agent has, whoever made it (IF-MIB, SNMPv2-MIB, SNMP-FRAMEWORK-MIB)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeGuard

from automation.counters import Column

UPTIME: Final = "1.3.6.1.2.1.1.3.0"
"""sysUpTime (RFC 3418), hundredths of a second."""
WORDS: Final = 1 << 32
"""TimeTicks, Gauge32 and Counter32 are below it, whatever an agent sends them as (RFC 2578)."""
BOOTS: Final = "1.3.6.1.6.3.10.2.1.2.0"
"""snmpEngineBoots (RFC 3411)."""
IF_NUMBER: Final = "1.3.6.1.2.1.2.1.0"
TABLE_CHANGED: Final = "1.3.6.1.2.1.31.1.5.0"
"""ifTableLastChange: sysUpTime when a row came or went (RFC 2863)."""

_IF: Final = "1.3.6.1.2.1.2.2.1"
"""ifEntry; the ifIndex of the row follows the column."""
_IFX: Final = "1.3.6.1.2.1.31.1.1.1"
"""ifXEntry."""

DESCRIPTION: Final = f"{_IF}.2"
TYPE: Final = f"{_IF}.3"
SPEED: Final = f"{_IF}.5"
"""ifSpeed in bit/s; 4,294,967,295 says: see ifHighSpeed."""
NAME: Final = f"{_IFX}.1"
HIGH_SPEED: Final = f"{_IFX}.15"
"""ifHighSpeed in Mbit/s."""
ALIAS: Final = f"{_IFX}.18"
DISCONTINUITY: Final = f"{_IFX}.19"
"""ifCounterDiscontinuityTime, hundredths of a second."""

PORT_TYPES: Final = frozenset({6, 117, 161})
"""IANAifType of what carries frames: Ethernet, its old name for gigabit, link aggregates."""

COLUMNS: Final[Mapping[Column, str]] = {
    Column.IN_OCTETS: f"{_IFX}.6",
    Column.OUT_OCTETS: f"{_IFX}.10",
    Column.IN_UNICAST: f"{_IFX}.7",
    Column.OUT_UNICAST: f"{_IFX}.11",
    Column.IN_MULTICAST: f"{_IFX}.8",
    Column.OUT_MULTICAST: f"{_IFX}.12",
    Column.IN_BROADCAST: f"{_IFX}.9",
    Column.OUT_BROADCAST: f"{_IFX}.13",
    Column.IN_ERRORS: f"{_IF}.14",
    Column.OUT_ERRORS: f"{_IF}.20",
    Column.IN_DISCARDS: f"{_IF}.13",
    Column.OUT_DISCARDS: f"{_IF}.19",
    Column.ADMIN: f"{_IF}.7",
    Column.OPER: f"{_IF}.8",
    Column.LAST_CHANGE: f"{_IF}.9",
}
"""Where each column stands; the first eight are 64-bit counters (ifHC…)."""

NARROW: Final[Mapping[Column, str]] = {
    Column.IN_OCTETS: f"{_IF}.10",
    Column.OUT_OCTETS: f"{_IF}.16",
    Column.IN_UNICAST: f"{_IF}.11",
    Column.OUT_UNICAST: f"{_IF}.17",
    Column.IN_MULTICAST: f"{_IFX}.2",
    Column.OUT_MULTICAST: f"{_IFX}.4",
    Column.IN_BROADCAST: f"{_IFX}.3",
    Column.OUT_BROADCAST: f"{_IFX}.5",
}
"""The 32-bit counters that stand in where an agent has no 64-bit ones."""


def is_clock(value: object) -> TypeGuard[int]:
    """Whether a value can be sysUpTime or another 32-bit number from 0 up."""
    return isinstance(value, int) and 0 <= value < WORDS
