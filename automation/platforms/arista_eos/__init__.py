"""Arista EOS 4.28 and later, in transport and core.

What is emitted, from which source, and what is not and why: docs/platforms.md.
"""

from __future__ import annotations

from automation.model import Platform, PortRole
from automation.platforms.arista_eos.cli import CLI
from automation.platforms.arista_eos.grammar import GRAMMAR
from automation.platforms.arista_eos.mibs import MIBS
from automation.platforms.arista_eos.traps import TRAPS

PLATFORM = Platform(
    name="arista_eos",
    roles=frozenset(
        {
            PortRole.INTERNAL,
            PortRole.COLO,
            PortRole.PARKED,
            PortRole.UPLINK,
            PortRole.DOWNLINK,
            PortRole.INTERCONNECT,
        }
    ),
    grammar=GRAMMAR,
    control=CLI,
    mibs=MIBS,
    abbreviations={"Et": "Ethernet", "Po": "Port-Channel"},
    traps=TRAPS,
)
