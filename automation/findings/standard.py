"""The notifications that every agent may send, whoever made it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from automation.model import FindingKind, Signal, TrapRule

_TRAPS: Final = "1.3.6.1.6.3.1.1.5"
_POWER: Final = "1.3.6.1.2.1.105"
_DETECTION: Final = f"{_POWER}.1.1.1.6"
"""pethPsePortDetectionStatus: 1 disabled, 2 searching, 3 deliveringPower, 4 fault, 5 test,
6 otherFault. Its instance is group and port, numbered as the maker likes."""
_USED: Final = f"{_POWER}.1.3.1.1.4"
"""pethMainPseConsumptionPower, watts."""

_RULES: Final = (
    # SNMPv2-MIB (RFC 3418) and IF-MIB (RFC 2863)
    TrapRule(f"{_TRAPS}.1", FindingKind.RESTART, Signal.EVENT, word="cold start"),
    TrapRule(f"{_TRAPS}.2", FindingKind.RESTART, Signal.EVENT, word="warm start"),
    TrapRule(f"{_TRAPS}.3", FindingKind.LINK, Signal.RAISE),
    TrapRule(f"{_TRAPS}.4", FindingKind.LINK, Signal.CLEAR),
    TrapRule(f"{_TRAPS}.5", FindingKind.LOGIN, Signal.EVENT),
    # POWER-ETHERNET-MIB (RFC 3621)
    TrapRule(
        f"{_POWER}.0.1",
        FindingKind.POWER,
        Signal.RAISE,
        instance=_DETECTION,
        word="PoE",
        state=_DETECTION,
        good=frozenset({1, 2, 3, 5}),
        shown={_DETECTION: "detection status"},
    ),
    TrapRule(
        f"{_POWER}.0.2",
        FindingKind.POWER,
        Signal.RAISE,
        instance=_USED,
        word="PoE supply",
        shown={_USED: "watts used"},
    ),
    TrapRule(f"{_POWER}.0.3", FindingKind.POWER, Signal.CLEAR, instance=_USED, word="PoE supply"),
)

STANDARD: Final[Mapping[str, TrapRule]] = {rule.oid: rule for rule in _RULES}
"""How they are read, by snmpTrapOID."""
