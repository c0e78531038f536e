"""Which port of a lab is plugged into which: access into transport, transport into core."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from automation.lab.city import LabDevice


@dataclass(frozen=True, slots=True)
class End:
    """One end of a cable."""

    device: str
    port: str


@dataclass(frozen=True, slots=True)
class Cable:
    """A cable from an uplink to a downlink."""

    lower: End
    upper: End


def cables(fleet: Sequence[LabDevice]) -> Iterator[Cable]:
    """Yield the first uplink of every switch below the core, and where it ends.

    A second uplink ends outside of the lab; so do all of an estate that has no switch above.
    """
    for _, estate in groupby(fleet, key=lambda device: device.estate):
        devices = list(estate)
        for lower, upper in (("access", "transport"), ("transport", "core")):
            yield from _between(_of(devices, lower), _of(devices, upper))


def _of(devices: Sequence[LabDevice], role: str) -> list[LabDevice]:
    return [device for device in devices if device.role == role]


def _between(below: Sequence[LabDevice], above: Sequence[LabDevice]) -> Iterator[Cable]:
    downlinks = (
        End(device.name, row.name)
        for device in above
        for row in device.ports
        if row.role == "downlink"
    )
    for device, downlink in zip(below, downlinks, strict=False):
        yield Cable(End(device.name, device.uplinks[0]), downlink)
