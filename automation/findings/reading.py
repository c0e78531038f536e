"""What a notification means: which device's which port, and whether that is good or bad."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from automation.model import FindingKind, Notification, Signal, TrapRule, TrapValue

_IF_ENTRY: Final = "1.3.6.1.2.1.2.2.1."
_IF_X_ENTRY: Final = "1.3.6.1.2.1.31.1.1.1."
_IF_DESCR: Final = f"{_IF_ENTRY}2"
_IF_NAME: Final = f"{_IF_X_ENTRY}1"
_IF_ADMIN: Final = f"{_IF_ENTRY}7"
_ADMIN_DOWN: Final = 2
SHUT: Final = "shut"
"""The detail of a port that is down because it was shut by configuration."""
INDEX: Final = "ifIndex "
"""How the subject of a finding begins that is known by its number alone."""
_NUMBER: Final = re.compile("[0-9]{1,10}")
"""An ifIndex is an Integer32 (InterfaceIndex, RFC 2863); what a device sends may be any text."""
_HUNDREDTHS: Final = 100
_LONGEST: Final = 63


@dataclass(frozen=True, slots=True)
class PortNames:
    """What is known of a device's ports, to find the one that a notification speaks of.

    `names` are full names, `abbreviations` turn the short names of ifName into them. `indexes` is
    what the poller last read: ifIndex to full name; `read_at` is when, in Unix time.
    """

    names: frozenset[str] = frozenset()
    abbreviations: Mapping[str, str] = field(default_factory=dict)
    indexes: Mapping[int, str] = field(default_factory=dict)
    read_at: float = 0.0

    def full(self, name: str) -> str:
        """Return the full name of `name`; itself where no port has it."""
        if name in self.names:
            return name
        letters = name.rstrip("0123456789/.:-")
        whole = self.abbreviations.get(letters, letters) + name[len(letters) :]
        return whole if whole in self.names else name


@dataclass(frozen=True, slots=True)
class Note:
    """What a notification says.

    `booted` is the Unix time when the device started, by its own word; `at` and `clock` are those
    of the notification; a restart's `at` is when the device started.
    """

    device: str
    subject: str
    kind: FindingKind
    signal: Signal
    at: float
    clock: int | None = None
    booted: float | None = None
    detail: str = ""


def read(
    notification: Notification, rules: Mapping[str, TrapRule], ports: PortNames
) -> Note | None:
    """Return what a notification means; None where no rule knows it or it names no subject.

    `rules` are by snmpTrapOID.
    """
    rule = rules.get(notification.oid)
    if rule is None:
        return None
    booted = _booted(notification)
    if rule.kind is FindingKind.LINK:
        subject, detail = _port(notification, ports, booted), _shut(notification)
    else:
        subject, detail = _subject(notification, rule, ports), _detail(notification, rule)
    if subject is None:
        return None
    started = rule.kind is FindingKind.RESTART and booted is not None
    return Note(
        notification.device,
        subject,
        rule.kind,
        _signal(notification, rule),
        booted if started and booted is not None else notification.at,
        notification.uptime,
        booted,
        detail,
    )


def _booted(notification: Notification) -> float | None:
    if notification.uptime is None:
        return None
    return notification.at - notification.uptime / _HUNDREDTHS


def _signal(notification: Notification, rule: TrapRule) -> Signal:
    """Return the rule's signal, or what the value in its `state` column makes of it."""
    found = _value(notification, rule.state) if rule.state else None
    if found is None:
        return rule.signal
    return Signal.CLEAR if found in rule.good else Signal.RAISE


def _port(notification: Notification, ports: PortNames, booted: float | None) -> str | None:
    """Return the port that a linkDown or linkUp is about.

    What it says itself counts most (IOS sends ifDescr). An ifIndex is looked up in what the
    poller read, unless the device has restarted since and may have numbered its ports anew.
    """
    said = _names(notification, ports)
    known = [name for name in said if name in ports.names]
    if known:
        return known[0]
    index = _index(notification)
    is_fresh = booted is None or booted <= ports.read_at
    if index is not None and index in ports.indexes and is_fresh:
        return ports.indexes[index]
    if said:
        return said[0]
    return None if index is None else f"{INDEX}{index}"


def _names(notification: Notification, ports: PortNames) -> list[str]:
    """Return what a notification calls its port; what reads like our own word for a number is no
    name: it would be taken for one later.
    """
    values = (_value(notification, _IF_NAME), _value(notification, _IF_DESCR))
    said = [ports.full(plain(value)) for value in values if value is not None]
    return [name for name in said if name and not name.startswith(INDEX)]


def _index(notification: Notification) -> int | None:
    """Return the instance of the first value of ifTable or ifXTable."""
    for oid, _ in notification.values:
        for entry in (_IF_ENTRY, _IF_X_ENTRY):
            column, _, instance = oid.removeprefix(entry).partition(".")
            if oid.startswith(entry) and column.isdigit() and _NUMBER.fullmatch(instance):
                return int(instance)
    return None


def number(subject: str) -> int | None:
    """Return the ifIndex of a port that is known by its number alone, None of any other subject."""
    found = subject.removeprefix(INDEX)
    return int(found) if found != subject and _NUMBER.fullmatch(found) else None


def _shut(notification: Notification) -> str:
    """Return whether the port was shut by configuration (ifAdminStatus down)."""
    return SHUT if _value(notification, _IF_ADMIN) == _ADMIN_DOWN else ""


def _subject(notification: Notification, rule: TrapRule, ports: PortNames) -> str | None:
    """Return what a notification is about that is not about a link; empty for the device."""
    if not rule.name and not rule.instance:
        return ""
    value = _value(notification, rule.name) if rule.name else None
    found = re.search(rule.pattern, plain(value)) if value is not None else None
    if found:
        return ports.full(found[1])
    for oid, _ in notification.values:
        if rule.instance and oid.startswith(f"{rule.instance}."):
            return f"{rule.word} {oid.removeprefix(f'{rule.instance}.')}"[:_LONGEST]
    return None


def _detail(notification: Notification, rule: TrapRule) -> str:
    words = [] if rule.instance else [rule.word]
    for column, word in rule.shown.items():
        value = _value(notification, column)
        if value is not None:
            words.append(f"{word} {plain(value)}")
    return ", ".join(word for word in words if word)


def _value(notification: Notification, column: str) -> TrapValue | None:
    """Return the first value of a column."""
    for oid, value in notification.values:
        if oid == column or oid.startswith(f"{column}."):
            return value
    return None


def plain(value: TrapValue) -> str:
    """Return a value as short text that is safe to show: what a device sends is not trusted."""
    if isinstance(value, bytes):
        text = value.decode("utf-8", "replace")
        value = text if text.isprintable() and "\ufffd" not in text else value.hex(" ")
    return str(value)[:_LONGEST]
