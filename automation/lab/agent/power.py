"""POWER-ETHERNET-MIB (RFC 3621): which ports feed what is plugged in, and what that takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from automation.lab.agent import ber
from automation.lab.agent.ber import Oid
from automation.lab.agent.device import Device
from automation.lab.agent.standard import number, text
from automation.lab.agent.tree import Instance, Read

_PORTS: Final[Oid] = (1, 3, 6, 1, 2, 1, 105, 1, 1, 1)
_MAIN: Final[Oid] = (1, 3, 6, 1, 2, 1, 105, 1, 3, 1, 1)
_GROUP = 1
_TRUE, _FALSE = 1, 2
_DISABLED, _SEARCHING, _DELIVERING = 1, 2, 3
_SIGNAL = 1
_LOW = 3
_CLASS_0 = 1
_ON = 1
_THRESHOLD = 80
"""Percent of the supply's power."""


def power(ports: Iterable[int], watts: int) -> Iterator[Instance[Device]]:
    """Yield the rows of the feeding `ports`, and of a supply of so many watts."""
    columns: dict[int, Read[Device]] = {
        3: _enabled,
        4: number(_FALSE),
        5: number(_SIGNAL),
        6: _status,
        7: number(_LOW),
        8: number(0, ber.COUNTER32),
        9: text(""),
        10: number(_CLASS_0),
        11: number(0, ber.COUNTER32),
        12: number(0, ber.COUNTER32),
        13: number(0, ber.COUNTER32),
        14: number(0, ber.COUNTER32),
    }
    for port in ports:
        for column, read in columns.items():
            yield Instance((*_PORTS, column), (_GROUP, port + 1), read, port)
    supply: dict[int, Read[Device]] = {
        2: number(watts, ber.GAUGE32),
        3: number(_ON),
        4: _drawn,
        5: number(_THRESHOLD),
    }
    for column, read in supply.items():
        yield Instance((*_MAIN, column), (_GROUP,), read)


def _enabled(device: Device, key: int, now: int) -> bytes:
    return ber.unsigned(ber.INTEGER, _TRUE if device.feeds(key) else _FALSE)


def _status(device: Device, key: int, now: int) -> bytes:
    if not device.feeds(key):
        return ber.unsigned(ber.INTEGER, _DISABLED)
    return ber.unsigned(ber.INTEGER, _DELIVERING if device.milliwatts(key) else _SEARCHING)


def _drawn(device: Device, key: int, now: int) -> bytes:
    total = sum(device.milliwatts(port) for port in range(len(device.interfaces)))
    return ber.unsigned(ber.GAUGE32, total // 1000)
