"""Light as EOS shows it over SNMP; no MIB with PoE is known."""

from __future__ import annotations

from typing import Final

from automation.model import Mibs, SensedLight

_SENSOR: Final = "1.3.6.1.2.1.99.1.1.1"
"""ENTITY-SENSOR-MIB entPhySensorEntry (RFC 3433): 1 type, 2 scale, 3 precision, 4 value."""

MIBS: Final = Mibs(
    light=SensedLight(
        names="1.3.6.1.2.1.47.1.1.1.1.2",  # entPhysicalDescr
        receive=r"DOM RX Power Sensor for (?P<port>\S+)",
        transmit=r"DOM TX Power Sensor for (?P<port>\S+)",
        kind=f"{_SENSOR}.1",
        scale=f"{_SENSOR}.2",
        precision=f"{_SENSOR}.3",
        value=f"{_SENSOR}.4",
    )
)
