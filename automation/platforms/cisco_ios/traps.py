"""The notifications of Cisco's own that matter to an access network.

CISCO-ENTITY-SENSOR-MIB, as compiled in public collections of MIBs: a sensor that has crossed a
threshold, and in later releases one that has come back. They carry values without a port: the
entPhysicalIndex names the sensor.
"""

from __future__ import annotations

from typing import Final

from automation.model import FindingKind, Signal, TrapRule

_MIB: Final = "1.3.6.1.4.1.9.9.91"
_VALUE: Final = f"{_MIB}.1.1.1.1.4"
"""entSensorValue, in the sensor's own unit and precision."""
_LIMIT: Final = f"{_MIB}.1.2.1.1.4"
"""entSensorThresholdValue."""


def _rule(number: int, signal: Signal) -> TrapRule:
    return TrapRule(
        f"{_MIB}.2.0.{number}",
        FindingKind.SENSOR,
        signal,
        instance=_VALUE,
        word="sensor",
        shown={_VALUE: "value", _LIMIT: "limit"},
    )


TRAPS: Final = (_rule(1, Signal.RAISE), _rule(2, Signal.CLEAR))
