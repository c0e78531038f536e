"""FRR 8.4, the routing suite on Linux, as a core router; over OpenSSH that lets in to vtysh.

What is emitted, from which source, and what is not and why: docs/platforms.md.
"""

from __future__ import annotations

from importlib.resources import files

from automation.model import Platform, PortRole
from automation.platforms.frr.cli import CLI
from automation.platforms.frr.grammar import GRAMMAR

PLATFORM = Platform(
    name="frr",
    roles=frozenset({PortRole.PARKED, PortRole.UPLINK, PortRole.DOWNLINK, PortRole.INTERCONNECT}),
    grammar=GRAMMAR,
    control=CLI,
    facts={"ports": (files(__package__) / "ports.textfsm").read_text(encoding="utf-8")},
    routes=True,
)
