"""Device text becomes facts, by the TextFSM templates of a platform. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import StringIO

from textfsm import TextFSM, TextFSMError  # type: ignore[import-untyped]

from automation.errors import DeviceError
from automation.model import Platform

BINDINGS = "bindings"
"""The fact that every platform with DHCP snooping gives: one record a binding,
values PORT and VLAN."""
PORTS = "ports"
"""The fact that every platform gives whose configuration does not show its ports: one record a
port, value PORT, and KIND for one that is configured and not there."""

_LETTERS = re.compile(r"[A-Za-z-]+")


def records(template: str, text: str) -> tuple[Mapping[str, str], ...]:
    """Return the records that a TextFSM `template` finds in `text`, in order.

    Shipped templates end every state in `-> Error`, so that text of another shape is an error
    and never an empty answer: no bindings and unreadable bindings are not the same.

    Raises:
        DeviceError: A line fits none of the template's rules; the message holds it.
    """
    machine = TextFSM(StringIO(template))
    try:
        rows = machine.ParseText(text)
    except TextFSMError as error:
        raise DeviceError(f"the device's answer has an unknown shape: {error}") from error
    return tuple(dict(zip(machine.header, row, strict=True)) for row in rows)


def bindings(platform: Platform, text: str) -> frozenset[tuple[str, int]]:
    """Return where `text` shows a DHCP binding: a port's full name, and the id of the VLAN.

    `text` is what the device answered to the platform's `Cli.bindings`.

    Raises:
        DeviceError: The text has a shape that the platform's template does not know.
    """
    found = records(platform.facts[BINDINGS], text)
    return frozenset(
        (_full(platform.abbreviations, record["PORT"]), int(record["VLAN"])) for record in found
    )


def ports(platform: Platform, text: str) -> frozenset[str]:
    """Return the ports that there are, by `text`, the answer to the platform's `Cli.ports`.

    Raises:
        DeviceError: The text has a shape that the platform's template does not know.
    """
    found = records(platform.facts[PORTS], text)
    return frozenset(record["PORT"] for record in found if not record["KIND"])


def _full(abbreviations: Mapping[str, str], name: str) -> str:
    """Return a port's full name: `Gi1/0/1` is `GigabitEthernet1/0/1`."""
    kind = _LETTERS.match(name)
    if kind is None:
        return name
    return abbreviations.get(kind[0], kind[0]) + name[kind.end() :]
