"""Light and power as VRP shows them over SNMP."""

from __future__ import annotations

from typing import Final

from automation.model import IndexedLight, Mibs, PortPower

_STATE: Final = "1.3.6.1.4.1.2011.5.25.31.1.1.3.1"
"""HUAWEI-ENTITY-EXTENT-MIB hwEntityStateEntry."""

MIBS: Final = Mibs(
    # The MIB says hundredths of dBm; LibreNMS takes what is above zero for microwatts.
    light=IndexedLight(
        receive=f"{_STATE}.8", transmit=f"{_STATE}.9", invalid=frozenset({-1, 2147483647})
    ),
    # HUAWEI-POE-MIB hwPoePortConsumingPower, by ifIndex; milliwatts in LibreNMS's recordings.
    power=PortPower("1.3.6.1.4.1.2011.5.25.195.3.1.10"),
)
