"""A change of three stanzas, what must be typed for it, and what a device may throw in."""

from __future__ import annotations

from typing import Final

from automation.model import StanzaState
from tests.integration.devices.bench import stanza
from tests.integration.devices.fake import Part, Script

A, U, X = StanzaState.APPLIED, StanzaState.UNTOUCHED, StanzaState.UNKNOWN
IF: Final = "sw1(config-if)#"
LOG: Final = (
    "*Nov 23 12:00:00.000: %LINK-3-UPDOWN: Interface GigabitEthernet1/0/9, changed state to up"
)

PORTS = (
    stanza("interface Gi1/0/1", "description A", "shutdown"),
    stanza("interface Gi1/0/2", "description B", "switchport mode access", "no shutdown"),
    stanza("", "ntp server 192.0.2.1"),
)
LINES = [
    "configure terminal",
    *("interface Gi1/0/1", "description A", "shutdown", "exit"),
    *("interface Gi1/0/2", "description B", "switchport mode access", "no shutdown", "exit"),
    *("ntp server 192.0.2.1", "end"),
]
"""What must be typed for PORTS, to the letter."""


def typed(script: Script) -> list[str]:
    """Return what was typed from configuration mode on."""
    return script.lines[script.lines.index("configure terminal") :]


def split(answer: str, *at: int) -> list[Part]:
    """Cut an answer into packets."""
    data, parts, last = answer.encode(), list[Part](), 0
    for place in (*at, len(data)):
        parts += [data[last:place], 0.01]
        last = place
    return parts
