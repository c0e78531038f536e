"""Devices that were read, to show."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field

from automation.counters import COLUMNS, Column, Labels, Layout, Rates, Sample, rates
from automation.metrics import Reading
from automation.model import Device, DeviceModel
from automation.model.words import DeviceRole

AT = 1_000_000.0
MODEL = DeviceModel("ws-c2960x-48", "cisco_ios", ())


@dataclass(frozen=True)
class Port:
    """A port as it was read; what is not said of it is 0."""

    name: str = "GigabitEthernet1/0/1"
    if_name: str = "Gi1/0/1"
    index: int = 10101
    alias: str = ""
    speed: int = 1_000_000_000
    values: Mapping[Column, int] = field(default_factory=dict)
    narrow: frozenset[Column] = frozenset()
    absent: Mapping[Column, str] = field(default_factory=dict)


def device(name: str = "sw-1", address: str = "192.0.2.1") -> Device:
    return Device(name, "city", DeviceRole.ACCESS, "kajen", "cisco_ios", MODEL, address)


def sample(
    *ports: Port, name: str = "sw-1", at: float = AT, boots: int | None = 7, uptime: int = 4_200
) -> Sample:
    """Return what was read of a device with these ports."""
    rows = range(len(ports))
    columns = tuple(
        array("Q", (port.values.get(column, 0) for port in ports)) for column in COLUMNS
    )
    return Sample(
        name,
        at,
        boots,
        Layout(
            tuple(port.name for port in ports),
            tuple(port.if_name for port in ports),
            tuple(port.index for port in ports),
            frozenset((int(column), row) for row in rows for column in ports[row].narrow),
        ),
        Labels(
            at,
            tuple(port.alias for port in ports),
            array("Q", (port.speed for port in ports)),
            array("Q", [0] * len(ports)),
        ),
        array("Q", [uptime] * len(ports)),
        columns,
        {(int(column), row): why for row in rows for column, why in ports[row].absent.items()},
    )


def reading(*ports: Port, name: str = "sw-1", at: float = AT) -> Reading:
    """Return a device that was read in a cycle, for the first time."""
    found = sample(*ports, name=name, at=at)
    return Reading(device(name), found, rates(None, found), "", 0.25, 26, 0)


def unread(name: str = "sw-2", error: str = "no answer") -> Reading:
    """Return a device that could not be read."""
    return Reading(device(name, "192.0.2.2"), None, None, error, 2.0, 2, 48)


def with_rates(found: Sample, of: Rates) -> Reading:
    """Return a reading of which no more is known than its sample and rates."""
    return Reading(device(found.device), found, of)
