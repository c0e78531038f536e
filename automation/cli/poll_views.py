"""What the store holds of a device's ports: a line a port for people, all of it for programs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import isnan, nan
from time import time
from typing import Final

from automation.cli import output
from automation.cli.options import Format
from automation.cli.poll_text import extra_row, port_row, state
from automation.cli.units import human, read
from automation.counters import Column, Extras, Rates, Sample, faded, held
from automation.errors import Unreachable, UsageError
from automation.model import Device
from automation.playbook import Network

_FOR_PEOPLE: Final = (
    *("port", "state", "speed", "in", "out", "errors", "discards", "light", "alias"),
)
_SPARE: Final = ("speed", "discards", "light")
_IN_CSV: Final = (
    *("device", "port", "admin", "oper", "speed", "in", "out", "errors", "discards"),
    *("received", "usual", "sent", "watts", "neighbour", "alias", "at", "extrasAt"),
)
WORTH_SAYING: Final = 1.0
"""dB; transceivers read their own light no better."""
_NOT_READ: Final = "light, power and neighbours were not read, or not again when that was due"
_BITS: Final = 8
Row = dict[str, object]


def total(rates: Sequence[float]) -> float:
    """Return the sum of those rates that are known; NaN where that is 0 and others are not."""
    known = sum(value for value in rates if not isnan(value))
    return nan if known == 0 and any(map(isnan, rates)) else known


@dataclass(frozen=True, slots=True)
class Known:
    """The last sample of a device, and the rates and extras that it may be shown with."""

    sample: Sample
    rates: Rates | None
    extras: Extras | None

    def rate(self, columns: Sequence[Column], row: int) -> float | None:
        """Return the sum of rates of a port, or of those that are known; None where it is not known
        whether there is anything.
        """
        if self.rates is None:
            return None
        found = total([self.rates.columns[column][row] for column in columns])
        return None if isnan(found) else found

    def bits(self, column: Column, row: int) -> float | None:
        """Return what a port carries in one direction, in bit/s."""
        octets = self.rate((column,), row)
        return None if octets is None else octets * _BITS

    def less(self, row: int) -> float | None:
        """Return how many dB less light than usual a port receives; None where it is not known."""
        return faded(self.extras).get(self.sample.layout.ports[row]) if self.extras else None

    def unread(self) -> Mapping[str, str]:
        """Return which of light, power and neighbours could not be read, or not whole, and why."""
        return {"extras": _NOT_READ} if self.extras is None else self.extras.absent

    def use(self, row: int) -> float | None:
        """Return how full a port is in its busier direction, in percent of its speed."""
        speed = self.sample.labels.speeds[row]
        found = [self.bits(column, row) for column in (Column.IN_OCTETS, Column.OUT_OCTETS)]
        known = [bits for bits in found if bits is not None]
        return 100 * max(known) / speed if speed and known else None


ERRORS: Final = (Column.IN_ERRORS, Column.OUT_ERRORS)
DISCARDS: Final = (Column.IN_DISCARDS, Column.OUT_DISCARDS)


def where(network: Network, place: Sequence[str]) -> tuple[Device, str | None]:
    """Return the device, and maybe the port, that a device, device and port, or outlet names."""
    devices = network.inventory.devices
    if place[0] in devices and len(place) <= 2:
        return devices[place[0]], place[1] if len(place) == 2 else None
    if len(place) == 1:
        for port in network.store.ports():
            if port.outlet == place[0] and port.device in devices:
                return devices[port.device], port.name
    raise UsageError(f"no device and no outlet {' '.join(place)!r}; see: portvakt inventory list")


def known_of(network: Network, devices: Collection[str] | None) -> dict[str, Known]:
    """Return what was last read of `devices`, or of the whole inventory; of those that ever were.

    The store may know more devices: what is not in the inventory any more is not shown.
    """
    devices = network.inventory.devices.keys() if devices is None else devices
    samples = network.store.samples(devices)
    rates, extras = network.store.last_rates(samples), network.store.extras(devices)
    interval = network.workspace.settings.poll.interval
    return {
        name: Known(sample, rates.get(name), held(extras.get(name), sample.at, interval))
        for name, sample in samples.items()
    }


def ports_of(network: Network, device: Device) -> Known:
    """Return what was last read of `device`.

    Raises:
        UsageError: it was never read.
    """
    found = known_of(network, [device.name])
    if device.name not in found:
        raise UsageError(f"{device.name} was never read; read it now: portvakt poll show --now")
    return found[device.name]


def ports_now(network: Network, device: Device, again: bool) -> Known:
    """Read `device` here and now; nothing is kept, so a poller that runs is not in the way.

    `again` asks it also where it turned us down a short while ago.

    Raises:
        Unreachable: it could not be read.
    """
    with network.polling([device], all_now=True, again=again) as polling:
        (found,) = polling.look()
    sample = found.polled.sample
    if sample is None:
        fault = polling.refusals_fault
        forgotten = f"; that is not kept: {fault}" if fault else ""
        raise Unreachable(f"{device.name}: {found.polled.error}{forgotten}")
    return Known(sample, found.rates, found.extras)


def write_ports(known: Known, form: Format) -> None:
    """Write every port of a device."""
    rows = range(len(known.sample.layout.ports))
    if form is not Format.TABLE:
        output.rows((figures(known, row) for row in rows), _IN_CSV, form)
        return
    output.write(f"{known.sample.device}, {read(known.sample.at, time())}", strong=True)
    for part, why in known.unread().items():
        output.write(f"{part} not known: {why}")
    output.rows((said(known, row) for row in rows), _FOR_PEOPLE, form, _SPARE)


def figures(known: Known, row: int) -> Row:
    """Return one port for programs; `in` and `out` are bit/s, `use` is percent, `less` dB."""
    return {
        **port_row(known.sample, known.rates, row),
        **extra_row(known.extras, known.sample, row),
        "in": known.bits(Column.IN_OCTETS, row),
        "out": known.bits(Column.OUT_OCTETS, row),
        "use": known.use(row),
        "errors": known.rate(ERRORS, row),
        "discards": known.rate(DISCARDS, row),
        "less": known.less(row),
    }


def said(known: Known, row: int) -> dict[str, str]:
    """Return one port as people read it; "" for what is not known."""
    sample = known.sample
    rates = {
        "in": (known.bits(Column.IN_OCTETS, row), "bit/s"),
        "out": (known.bits(Column.OUT_OCTETS, row), "bit/s"),
        "errors": (known.rate(ERRORS, row), "/s"),
        "discards": (known.rate(DISCARDS, row), "/s"),
    }
    speed = sample.labels.speeds[row]
    return {
        "device": sample.device,
        "port": sample.layout.ports[row],
        "state": condition(sample, row),
        "speed": human(float(speed), "bit/s") if speed else "",
        **{key: "" if one is None else human(one, unit) for key, (one, unit) in rates.items()},
        "use": "" if (use := known.use(row)) is None else f"{use:.1f} %",
        "light": _light(known, row),
        "alias": sample.labels.aliases[row],
    }


def condition(sample: Sample, row: int) -> str:
    """Return what a port is: `shut` where it is switched off, else up, down and the like."""
    admin, oper = (state(sample, column, row) for column in (Column.ADMIN, Column.OPER))
    return "shut" if admin == "down" else oper or ""


def _light(known: Known, row: int) -> str:
    """Return the light that a port receives, and by how much it has faded."""
    port = known.sample.layout.ports[row]
    level = known.extras.received.get(port) if known.extras else None
    if level is None:
        return ""
    less = known.less(row) or 0.0
    return f"{level:g} dBm" + (f", {less:.1f} dB less" if less >= WORTH_SAYING else "")
