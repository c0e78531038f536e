"""Cisco IOS 15 on access and transport switches of the Catalyst 2960-X class.

What is emitted, from which source, and what is not and why: docs/platforms.md.
"""

from __future__ import annotations

from importlib.resources import files

from automation.model import Platform, PortRole
from automation.platforms.cisco_ios.cli import CLI
from automation.platforms.cisco_ios.grammar import GRAMMAR
from automation.platforms.cisco_ios.mibs import MIBS
from automation.platforms.cisco_ios.traps import TRAPS

PLATFORM = Platform(
    name="cisco_ios",
    roles=frozenset(PortRole),
    grammar=GRAMMAR,
    control=CLI,
    mibs=MIBS,
    facts={"bindings": (files(__package__) / "bindings.textfsm").read_text(encoding="utf-8")},
    abbreviations={
        "Fa": "FastEthernet",
        "Gi": "GigabitEthernet",
        "Te": "TenGigabitEthernet",
        "Po": "Port-channel",
    },
    traps=TRAPS,
)
