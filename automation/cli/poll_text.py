"""A poll as programs and people read it: a row a port, streamed, and a row a device."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final

from automation.cli import output
from automation.cli.options import Format
from automation.counters import COUNTERS, Column, Extras, Rates, Sample
from automation.tasks.poll import DevicePoll

DEVICE_COLUMNS = ("device", "ports", "requests", "seconds", "error")
_STATES: Final[Mapping[int, str]] = {
    1: "up",
    2: "down",
    3: "testing",
    4: "unknown",
    5: "dormant",
    6: "not present",
    7: "lower layer down",
}
NOT_KEPT: Final = "the rates of this reading are not kept any more"
Row = Mapping[str, object]


def ended_well(found: Iterable[DevicePoll]) -> bool:
    """Whether every device was read."""
    return all(one.polled.sample and not one.polled.warning for one in found)


def write_cycle(found: Sequence[DevicePoll], form: Format) -> None:
    """Write a cycle: the whole of it to JSON, ports to JSON lines and CSV, devices to people."""
    match form:
        case Format.JSON:
            _json(found)
        case Format.JSONL | Format.CSV:
            ports = chain.from_iterable(map(port_rows, found))
            output.rows(ports, ("device", "port", "ifName", "at", "counters", "rates"), form)
        case Format.TABLE:
            output.rows(map(device_row, found), DEVICE_COLUMNS, form)


def _json(found: Sequence[DevicePoll]) -> None:
    """Write one JSON document, port by port: 35,000 rows at once would be 200 MB of memory."""
    sys.stdout.write('{"ports": [')
    mark = "\n "
    for row in chain.from_iterable(map(port_rows, found)):
        sys.stdout.write(f"{mark}{output.json_text(row)}")
        mark = ",\n "
    devices = ",\n ".join(output.json_text(device_row(one)) for one in found)
    sys.stdout.write(f'\n],\n"devices": [\n {devices}\n]}}\n')


def device_row(one: DevicePoll) -> Row:
    """Return how one device ended."""
    polled = one.polled
    return {
        "device": one.device.name,
        "polled": polled.sample is not None,
        "ports": len(polled.sample.layout.ports) if polled.sample else 0,
        "at": polled.sample.at if polled.sample else None,
        "boots": polled.sample.boots if polled.sample else None,
        "requests": polled.requests,
        "seconds": round(polled.seconds, 3),
        "error": polled.error or polled.warning or None,
    }


def port_rows(one: DevicePoll) -> Iterator[Row]:
    """Yield a row for every port of a device, also for those that were not read."""
    sample = one.polled.sample
    if sample is not None and one.rates is not None:
        for row in range(len(sample.layout.ports)):
            yield {**port_row(sample, one.rates, row), **extra_row(one.extras, sample, row)}
    for port, why in one.missing():
        yield {
            "device": one.device.name,
            "port": port,
            "ifName": None,
            "counters": None,
            "rates": None,
            "reason": why,
        }


def port_row(sample: Sample, rates: Rates | None, row: int) -> Row:
    """Return one port: its counters, and its rates or why they are unknown; None: not kept.

    Rates are octets, packets and errors a second; `sysUpTime`, `lastChange` and `discontinuity`
    are hundredths of a second; `speed` is bit/s.
    """
    return {
        "device": sample.device,
        "port": sample.layout.ports[row],
        "ifName": sample.layout.if_names[row],
        "ifIndex": sample.layout.indexes[row],
        "alias": sample.labels.aliases[row],
        "at": sample.at,
        "sysUpTime": sample.uptimes[row],
        "boots": sample.boots,
        "admin": state(sample, Column.ADMIN, row),
        "oper": state(sample, Column.OPER, row),
        "lastChange": _value(sample, Column.LAST_CHANGE, row),
        "discontinuity": sample.labels.discontinuities[row],
        "speed": sample.labels.speeds[row],
        "counters": {column.word: _value(sample, column, row) for column in COUNTERS},
        "narrow": [Column(c).word for c, at in sorted(sample.layout.narrow) if at == row],
        "absent": _absent(sample, row),
        **_rates(rates, row),
    }


def _rates(rates: Rates | None, row: int) -> Row:
    """Return the rates of one port, and why those that are not known are not."""
    if rates is None:
        return {"rates": None, "seconds": None, "reason": NOT_KEPT, "reasons": {}}
    why = rates.all_unknown or rates.rows.get(row)
    cells = {Column(column).word: text for (column, at), text in rates.cells.items() if at == row}
    every = {column.word: _known(rates.columns[column], row) for column in COUNTERS}
    return {
        "rates": None if why else every,
        "seconds": _known(rates.seconds, row),
        "reason": why or None,
        "reasons": cells,
    }


def extra_row(extras: Extras | None, sample: Sample, row: int) -> Row:
    """Return light (dBm), power (W) and neighbour of one port; None for what is not known.

    `extrasAt` is the Unix time when they were read, `extrasAbsent` says which parts could not be
    read of the device, or not whole, and why.
    """
    port = sample.layout.ports[row]
    if extras is None:
        names = ("received", "usual", "sent", "watts", "neighbour", "extrasAt")
        return {**dict.fromkeys(names), "extrasAbsent": {}}
    neighbour = extras.neighbours.get(port)
    return {
        "received": extras.received.get(port),
        "usual": extras.usual.get(port),
        "sent": extras.sent.get(port),
        "watts": extras.watts.get(port),
        "neighbour": f"{neighbour.system} {neighbour.port}" if neighbour else None,
        "extrasAt": extras.at,
        "extrasAbsent": extras.absent,
    }


def _value(sample: Sample, column: Column, row: int) -> int | None:
    return None if (column, row) in sample.absent else sample.columns[column][row]


def state(sample: Sample, column: Column, row: int) -> str | None:
    """Return ifAdminStatus or ifOperStatus of a port in words; None where it was not read."""
    value = _value(sample, column, row)
    return None if value is None else _STATES.get(value, str(value))


def _absent(sample: Sample, row: int) -> dict[str, str]:
    if not sample.absent:
        return {}
    return {Column(c).word: why for (c, at), why in sample.absent.items() if at == row}


def _known(values: array[float], row: int) -> float | None:
    """Return a rate, None where it is NaN: JSON has no word for that."""
    value = values[row]
    return value if value == value else None
