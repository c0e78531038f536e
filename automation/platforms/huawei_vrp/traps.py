"""The notifications of Huawei's own that matter to an access network.

HUAWEI-ENTITY-TRAP-MIB and HUAWEI-BASE-TRAP-MIB, as compiled in public collections of MIBs and as
Huawei's alarm reference describes them: light out of its limits, and back. entPhysicalName is the
port's name. Which notification reports PoE has no public source that says enough.
"""

from __future__ import annotations

from typing import Final

from automation.model import FindingKind, Signal, TrapRule

_NAME: Final = "1.3.6.1.2.1.47.1.1.1.1.7"
_REASON: Final = "1.3.6.1.4.1.2011.5.25.129.1.5"


def _rule(oid: str, signal: Signal) -> TrapRule:
    return TrapRule(
        oid,
        FindingKind.SENSOR,
        signal,
        name=_NAME,
        instance=_NAME,
        word="transceiver",
        shown={_REASON: ""},
    )


TRAPS: Final = (
    _rule("1.3.6.1.4.1.2011.5.25.219.2.4.5", Signal.RAISE),  # hwOpticalInvalid
    _rule("1.3.6.1.4.1.2011.5.25.219.2.4.6", Signal.CLEAR),
    _rule("1.3.6.1.4.1.2011.5.25.129.2.17.1", Signal.RAISE),  # hwOpticalPowerAbnormal
    _rule("1.3.6.1.4.1.2011.5.25.129.2.17.2", Signal.CLEAR),
)
