"""ENTITY-MIB (RFC 6933) as far as light needs it: physical things, their names and numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from automation.lab.agent import ber
from automation.lab.agent.ber import Oid
from automation.lab.agent.device import Device
from automation.lab.agent.standard import fixed, number, text
from automation.lab.agent.tree import Instance
from automation.lab.faults import FaultKind

_PHYSICAL: Final[Oid] = (1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1)
_ALIAS: Final[Oid] = (1, 3, 6, 1, 2, 1, 47, 1, 3, 2, 1, 2)
_IF_INDEX: Final[Oid] = (1, 3, 6, 1, 2, 1, 2, 2, 1, 1)
SENSOR: Final = 8
PORT: Final = 10
"""entPhysicalClass."""
DARK: Final = -4000
"""Hundredths of dBm that stand for no light: -40 dBm."""
_DIMMED: Final = 600
"""Hundredths of dB that a bent or dirty fibre costs."""


def physical(index: int, kind: int, descr: str, name: str) -> Iterator[Instance[Device]]:
    """Yield the row of entPhysicalTable of one thing."""
    for column, read in {2: text(descr), 5: number(kind), 7: text(name)}.items():
        yield Instance((*_PHYSICAL, column), (index,), read)


def alias(index: int, if_index: int) -> Instance[Device]:
    """Return the row of entAliasMappingTable that says which interface a physical port is."""
    return Instance(_ALIAS, (index, 0), fixed(ber.oid((*_IF_INDEX, if_index))))


def received(device: Device, port: int) -> int:
    """Return the light that arrives at a port, in hundredths of dBm."""
    fault = device.switch.fault
    lost = _DIMMED if fault and fault.kind is FaultKind.DIM else 0
    return -400 - device.chance(port, "rx") % 900 - lost if device.lit(port) else DARK


def sent(device: Device, port: int) -> int:
    """Return the light that a port sends, in hundredths of dBm."""
    return -150 - device.chance(port, "tx") % 200 if device.admin[port] else DARK
