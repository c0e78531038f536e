"""The notifications of Arista's own that matter to an access network.

ARISTA-ENTITY-SENSOR-MIB, as compiled in public collections of MIBs: aristaEntSensorAlarm, with
entPhysicalDescr, entPhySensorValue and entStateAlarm, whose empty set of bits says that no alarm
is left (RFC 4268, EntityAlarmStatus).
"""

from __future__ import annotations

from typing import Final

from automation.model import FindingKind, Signal, TrapRule

_DESCR: Final = "1.3.6.1.2.1.47.1.1.1.1.2"
_VALUE: Final = "1.3.6.1.2.1.99.1.1.1.4"
_ALARM: Final = "1.3.6.1.2.1.131.1.1.1.5"

TRAPS: Final = (
    TrapRule(
        "1.3.6.1.4.1.30065.3.12.0.1",
        FindingKind.SENSOR,
        Signal.RAISE,
        name=_DESCR,
        pattern=r"(?:.* for )?(.+)",
        instance=_VALUE,
        word="sensor",
        state=_ALARM,
        good=frozenset({b"", b"\x00"}),
        shown={_DESCR: "", _VALUE: "value"},
    ),
)
