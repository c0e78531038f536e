"""Huawei VRP on access switches of the S5700 class, V200 releases.

What is emitted, from which source, and what is not and why: docs/platforms.md.
"""

from __future__ import annotations

from importlib.resources import files

from automation.model import Platform, PortRole
from automation.platforms.huawei_vrp.cli import CLI
from automation.platforms.huawei_vrp.grammar import GRAMMAR
from automation.platforms.huawei_vrp.mibs import MIBS
from automation.platforms.huawei_vrp.traps import TRAPS

PLATFORM = Platform(
    name="huawei_vrp",
    roles=frozenset(PortRole) - {PortRole.INTERCONNECT},
    grammar=GRAMMAR,
    control=CLI,
    mibs=MIBS,
    facts={"bindings": (files(__package__) / "bindings.textfsm").read_text(encoding="utf-8")},
    abbreviations={"GE": "GigabitEthernet", "XGE": "XGigabitEthernet"},
    traps=TRAPS,
)
