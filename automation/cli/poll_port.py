"""One port: what it is, what it carried and suffered, and how that went in hours and days."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import isnan
from time import time
from typing import Final

from automation.cli import output
from automation.cli.options import Format
from automation.cli.poll_days import days_of
from automation.cli.poll_days import table as per_day
from automation.cli.poll_text import NOT_KEPT
from automation.cli.poll_views import DISCARDS, ERRORS, Known, Row, condition, figures, said, total
from automation.cli.units import human, lasted, moment, read
from automation.counters import Column, Rates, Sample
from automation.errors import UsageError
from automation.model import Device
from automation.playbook import Network
from automation.store.polls import KEPT

_BARS: Final = "▁▂▃▄▅▆▇█"
_GAP: Final = "·"
_NO_HISTORY: Final = "not known: no two readings half an interval apart are kept"
_WIDTH: Final = 48
"""Columns of a sparkline: with its words it fits into a terminal of 80."""
_BITS: Final = 8
_TICKS: Final = 100.0
_COUNTED: Final[Mapping[str, tuple[Column, Column]]] = {
    "octets": (Column.IN_OCTETS, Column.OUT_OCTETS),
    "unicast": (Column.IN_UNICAST, Column.OUT_UNICAST),
    "multicast": (Column.IN_MULTICAST, Column.OUT_MULTICAST),
    "broadcast": (Column.IN_BROADCAST, Column.OUT_BROADCAST),
    "errors": ERRORS,
    "discards": DISCARDS,
}
_HEADER: Final = ("", "in", "out", "counted in", "counted out")
Point = tuple[float, float]
"""Unix time and value."""


def write_port(network: Network, known: Known, device: Device, port: str, form: Format) -> None:
    """Write one port, named by its full name or its ifName, with its last hours and days.

    Raises:
        UsageError: the device has no such port.
    """
    row = _row(known.sample, device, port)
    history = network.store.rates(known.sample, known.sample.at - KEPT)
    days = days_of(network, known.sample, row)
    past = {"history": [_past(one, row) for one in history], "days": days}
    text = "" if form is not Format.TABLE else _text(known, row, history, days)
    output.record({**figures(known, row), **past}, form, text)


def _row(sample: Sample, device: Device, port: str) -> int:
    for names in (sample.layout.ports, sample.layout.if_names):
        if port in names:
            return names.index(port)
    there = ", ".join(sample.layout.ports[:3])
    raise UsageError(f"{device.name} has no port {port!r}; it has {there} …")


def _past(one: Rates, row: int) -> Row:
    """Return what a port did in one of the kept intervals, a second."""
    columns = (Column.IN_OCTETS, Column.OUT_OCTETS, *ERRORS, *DISCARDS)
    values = {column.word: one.columns[column][row] for column in columns}
    return {"at": one.at, **{key: None if isnan(one) else one for key, one in values.items()}}


def _text(known: Known, row: int, history: Sequence[Rates], days: Sequence[Row]) -> str:
    """Return a port as people read it."""
    sample = known.sample
    head = f"{sample.device} {sample.layout.ports[row]}, {read(sample.at, time())}"
    about = {key: text for key, text in _about(known, row) if text}
    lines = dict(_lines(sample, row, history))
    counted = [_HEADER, *_counted(known, row)]
    table = output.aligned(counted, output.widths(counted))
    parts = [output.fields(about), "\n".join(table), output.fields(lines), per_day(days)]
    return "\n\n".join(part for part in (head, *parts) if part)


def _about(known: Known, row: int) -> Iterator[tuple[str, str]]:
    """Yield what is said of a port before its counters."""
    sample, extras = known.sample, known.extras
    found, port = said(known, row), sample.layout.ports[row]
    yield "alias", found["alias"]
    yield "ifName", f"{sample.layout.if_names[row]}, ifIndex {sample.layout.indexes[row]}"
    yield "state", condition(sample, row) + _since(sample, row)
    yield "speed", found["speed"] + (f", {found['use']} used" if found["use"] else "")
    for part, why in known.unread().items():  # what is known of a part in spite of it comes later
        yield part, f"not known: {why}"
    if extras:
        age = f" ({lasted(time() - extras.at)} ago)"
        levels = {"": extras.received, "usually ": extras.usual, "sends ": extras.sent}
        light = [f"{what}{of[port]:.4g} dBm" for what, of in levels.items() if port in of]
        yield "light", f"{', '.join(light)}{age}" if light else ""
        yield "power", f"{extras.watts[port]:g} W{age}" if port in extras.watts else ""
        if port in extras.neighbours:
            far = extras.neighbours[port]
            yield "neighbour", f"{far.system} {far.port}{age}".strip()
    yield from _unknown(known, row)


def _since(sample: Sample, row: int) -> str:
    """Return since when a port is what it is; "" where that was before the agent's clock began."""
    changed, uptime = sample.columns[Column.LAST_CHANGE][row], sample.uptimes[row]
    if not 0 < changed <= uptime:
        return ""
    return f" since {moment(sample.at - (uptime - changed) / _TICKS)}"


def _unknown(known: Known, row: int) -> Iterator[tuple[str, str]]:
    """Yield why rates are not known."""
    rates = known.rates
    if rates is None:
        yield "rates", f"not known: {NOT_KEPT}"
        return
    why = rates.all_unknown or rates.rows.get(row)
    if why:
        yield "rates", f"not known: {why}"
        return
    for (column, at), text in rates.cells.items():
        if at == row:
            yield Column(column).word, f"rate not known: {text}"


def _counted(known: Known, row: int) -> Iterator[Sequence[str]]:
    """Yield a line of the table of counters for each kind."""
    for name, columns in _COUNTED.items():
        rates = [known.rate((column,), row) for column in columns]
        shown = ["" if one is None else _rate(name, one) for one in rates]
        yield (name, *shown, *(_count(known.sample, column, row) for column in columns))


def _rate(name: str, value: float) -> str:
    return human(value * _BITS, "bit/s") if name == "octets" else human(value, "/s")


def _count(sample: Sample, column: Column, row: int) -> str:
    return "" if (column, row) in sample.absent else str(sample.columns[column][row])


def _lines(sample: Sample, row: int, history: Sequence[Rates]) -> Iterator[tuple[str, str]]:
    """Yield what the kept hours looked like; errors only where there were any."""
    if not history:
        yield "6 h", _NO_HISTORY
        return
    for name, column in (("in, 6 h", Column.IN_OCTETS), ("out, 6 h", Column.OUT_OCTETS)):
        points = [(one.at, one.columns[column][row] * _BITS) for one in history]
        yield name, _line(points, sample.at, "bit/s")
    wrong = [(one.at, total([one.columns[column][row] for column in ERRORS])) for one in history]
    if any(value > 0 for _, value in wrong):
        yield "errors, 6 h", _line(wrong, sample.at, "/s")


def _line(points: Sequence[Point], end: float, unit: str) -> str:
    known = [value for _, value in points if not isnan(value)]
    return f"{sparkline(points, end)}  at most {human(max(known), unit)}" if known else "not known"


def sparkline(points: Sequence[Point], end: float, width: int = _WIDTH) -> str:
    """Return the kept hours up to Unix time `end` as bars, from 0 to the highest value.

    Each of `width` bars is an equal time, and the most of it: a gap in the readings is a gap here.
    """
    most: dict[int, float] = {}
    for at, value in points:
        place = width - 1 - int((end - at) * width / KEPT)
        if 0 <= place < width and not isnan(value):
            most[place] = max(value, most.get(place, 0.0))
    highest = max(most.values(), default=0.0)
    return "".join(_bar(most[at], highest) if at in most else _GAP for at in range(width))


def _bar(value: float, highest: float) -> str:
    return _BARS[round(value / highest * (len(_BARS) - 1)) if highest else 0]
