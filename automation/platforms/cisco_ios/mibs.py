"""Light and power as IOS shows them over SNMP."""

from __future__ import annotations

from typing import Final

from automation.model import Mibs, PortPower, SensedLight

_SENSOR: Final = "1.3.6.1.4.1.9.9.91.1.1.1.1"
"""CISCO-ENTITY-SENSOR-MIB entSensorValueEntry: 1 type, 2 scale, 3 precision, 4 value."""

MIBS: Final = Mibs(
    light=SensedLight(
        names="1.3.6.1.2.1.47.1.1.1.1.7",  # entPhysicalName: `Te1/0/1 Receive Power Sensor`
        receive=r"(?P<port>\S+) Receive Power Sensor",
        transmit=r"(?P<port>\S+) Transmit Power Sensor",
        kind=f"{_SENSOR}.1",
        scale=f"{_SENSOR}.2",
        precision=f"{_SENSOR}.3",
        value=f"{_SENSOR}.4",
    ),
    # CISCO-POWER-ETHERNET-EXT-MIB cpeExtPsePortPwrConsumption, by pethPsePortGroupIndex (the
    # switch in its stack) and pethPsePortIndex. LibreNMS pairs them by switch and port too.
    power=PortPower("1.3.6.1.4.1.9.9.402.1.2.1.9", port="GigabitEthernet{0}/0/{1}"),
)
