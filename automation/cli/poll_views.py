"""What the store holds of a device's ports: as tables, as one port's record, as a ranking."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isnan
from typing import Final

from automation.cli import output
from automation.cli.options import Format
from automation.cli.poll_text import extra_row, port_row
from automation.counters import Column, Extras, Rates, Sample, faded
from automation.errors import UsageError
from automation.model import Device
from automation.playbook import Network
from automation.store.polls import KEPT

_PORT_COLUMNS: Final = (
    *("port", "admin", "oper", "speed", "in", "out", "errors", "discards", "light", "alias"),
)
_TOP_COLUMNS: Final = (
    *("device", "port", "in", "out", "use", "errors", "discards", "light", "alias"),
)
_WORTH_SAYING: Final = 1.0
"""dB; transceivers read their own light no better."""
_BARS: Final = "▁▂▃▄▅▆▇█"
_UNITS: Final = ((1e9, "G"), (1e6, "M"), (1e3, "k"))
_BITS: Final = 8
Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Known:
    """The last sample of a device, the rates that came with it, and its last extras."""

    sample: Sample
    rates: Rates | None
    extras: Extras | None


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


def ports_of(network: Network, device: Device) -> Known:
    """Return what was last read of `device`.

    Raises:
        UsageError: it was never read.
    """
    samples = network.store.samples([device.name])
    if device.name not in samples:
        raise UsageError(f"{device.name} was never read; read it now: portvakt poll show --now")
    sample = samples[device.name]
    rates = network.store.last_rates(samples).get(device.name)
    return Known(sample, rates, network.store.extras([device.name]).get(device.name))


def write_ports(known: Known, form: Format) -> None:
    """Write every port of a device."""
    sample = known.sample
    if form is Format.TABLE:
        when = datetime.fromtimestamp(sample.at).astimezone().isoformat(sep=" ", timespec="seconds")
        output.write(f"{sample.device}, read {when}", strong=True)
    found = (_short(known, row) | {"device": sample.device} for row in range(len(sample.uptimes)))
    output.rows(found, _PORT_COLUMNS, form)


def write_port(network: Network, known: Known, device: Device, port: str, form: Format) -> None:
    """Write one port: its counters and rates, and how they went in the last six hours.

    Raises:
        UsageError: the device has no such port.
    """
    sample = known.sample
    if port not in sample.layout.ports:
        there = ", ".join(sample.layout.ports[:3])
        raise UsageError(f"{device.name} has no port {port!r}; it has {there} …")
    row = sample.layout.ports.index(port)
    history = network.store.rates(sample, sample.at - KEPT)
    found: Row = dict(port_row(sample, known.rates, row)) if known.rates else {}
    more = extra_row(known.extras, sample, row)
    found = {**_short(known, row), **found, **more, "history": _history(history, row)}
    lines = {
        "in, 6 h": sparkline([one.columns[Column.IN_OCTETS][row] for one in history]),
        "out, 6 h": sparkline([one.columns[Column.OUT_OCTETS][row] for one in history]),
    }
    shown = {key: value for key, value in found.items() if key not in _LONG}
    output.record(found, form, output.fields({**shown, **lines}))


_LONG: Final = frozenset({"history", "reasons", "narrow", "absent"})


def _history(history: Sequence[Rates], row: int) -> list[Row]:
    """Return the kept rates of one port, oldest first."""
    return [
        {
            "at": one.at,
            "in_octets": _number(one.columns[Column.IN_OCTETS][row]),
            "out_octets": _number(one.columns[Column.OUT_OCTETS][row]),
        }
        for one in history
    ]


def sparkline(values: Sequence[float]) -> str:
    """Return a line of bars from 0 to the highest value; a space where it is not known."""
    most = max((value for value in values if not isnan(value)), default=0.0)
    return "".join(
        " " if isnan(value) else _BARS[round(value / most * (len(_BARS) - 1)) if most else 0]
        for value in values
    )


def _short(known: Known, row: int) -> Row:
    """Return one port as a line of a table."""
    sample, rates = known.sample, known.rates
    full = port_row(sample, rates, row) if rates else {}
    found: Row = {
        "port": sample.layout.ports[row],
        "admin": full.get("admin"),
        "oper": full.get("oper"),
        "speed": human(float(sample.labels.speeds[row]), "bit/s"),
        "in": _bits(rates, Column.IN_OCTETS, row),
        "out": _bits(rates, Column.OUT_OCTETS, row),
        "errors": _sum(rates, (Column.IN_ERRORS, Column.OUT_ERRORS), row),
        "discards": _sum(rates, (Column.IN_DISCARDS, Column.OUT_DISCARDS), row),
        "light": _light(known, row),
        "alias": sample.labels.aliases[row],
    }
    return found


def _light(known: Known, row: int) -> str:
    """Return the light that a port receives, and by how much it has faded."""
    port = known.sample.layout.ports[row]
    level = known.extras.received.get(port) if known.extras else None
    if level is None or known.extras is None:
        return ""
    less = faded(known.extras)[port]
    return f"{level:g} dBm" + (f", {less:g} dB less" if less >= _WORTH_SAYING else "")


def _bits(rates: Rates | None, column: Column, row: int) -> str:
    value = rates.columns[column][row] if rates else float("nan")
    return "" if isnan(value) else human(value * _BITS, "bit/s")


def _sum(rates: Rates | None, columns: Sequence[Column], row: int) -> float | None:
    found = [rates.columns[column][row] for column in columns] if rates else []
    return round(sum(found), 3) if found and not any(map(isnan, found)) else None


def _number(value: float) -> float | None:
    return None if isnan(value) else value


def human(value: float, unit: str) -> str:
    """Return a number with a unit as people say it: `1.2 Gbit/s`."""
    for size, prefix in _UNITS:
        if value >= size:
            return f"{value / size:.3g} {prefix}{unit}"
    return f"{value:.3g} {unit}" if value else f"0 {unit}"


def _traffic(known: Known, row: int) -> float:
    rates = known.rates
    if rates is None:
        return 0.0
    return max(rates.columns[Column.IN_OCTETS][row], rates.columns[Column.OUT_OCTETS][row])


def _errors(known: Known, row: int) -> float:
    rates = known.rates
    if rates is None:
        return 0.0
    columns = (Column.IN_ERRORS, Column.OUT_ERRORS, Column.IN_DISCARDS, Column.OUT_DISCARDS)
    return sum(rates.columns[column][row] for column in columns)


def _fading(known: Known, row: int) -> float:
    if known.extras is None:
        return 0.0
    return faded(known.extras).get(known.sample.layout.ports[row], 0.0)


_BY: Final[Mapping[str, Callable[[Known, int], float]]] = {
    "traffic": _traffic,
    "errors": _errors,
    "light": _fading,
}
_UP: Final = 1


def write_top(
    network: Network, devices: Collection[str] | None, by: str, count: int, form: Format
) -> None:
    """Write the ports with the most of something, of those that are up.

    Raises:
        UsageError: there is no such something.
    """
    if by not in _BY:
        raise UsageError(f"no ranking by {by!r}; there are: {', '.join(_BY)}")
    samples = network.store.samples(devices)
    rates, extras = network.store.last_rates(samples), network.store.extras(devices)
    every = {
        device: Known(sample, rates.get(device), extras.get(device))
        for device, sample in samples.items()
    }
    ranked: list[tuple[float, str, int]] = []
    for device, known in every.items():
        up = (row for row, state in enumerate(known.sample.columns[Column.OPER]) if state == _UP)
        values = ((_BY[by](known, row), row) for row in up)
        ranked.extend((value, device, row) for value, row in values if value > 0)
    ranked.sort(key=lambda one: (-one[0], one[1], one[2]))
    found = [
        {"device": device, **_short(every[device], row), "use": _use(every[device], row)}
        for _, device, row in ranked[:count]
    ]
    output.rows(found, _TOP_COLUMNS, form)


def _use(known: Known, row: int) -> str:
    """Return how full a port is in its busier direction, in percent of its speed."""
    speed = known.sample.labels.speeds[row]
    if not speed or known.rates is None:
        return ""
    return f"{100 * _BITS * _traffic(known, row) / speed:.1f} %"
