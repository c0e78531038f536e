"""The last days of one port: what it carried in all and at most, and what went wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from math import isnan
from typing import Final

from automation.cli import output
from automation.cli.units import human, lasted
from automation.counters import Daily, Day, Sample
from automation.playbook import Network

_DAYS: Final = 7
_BITS, _PERCENT = 8, 100
_SHOWN: Final[Mapping[Daily, int]] = {
    Daily.IN_PEAK: _BITS,
    Daily.OUT_PEAK: _BITS,
    Daily.IN_USE: _PERCENT,
    Daily.OUT_USE: _PERCENT,
}
"""By what a figure is multiplied to be shown; octets, seconds and counts are shown as kept."""
_HEADER: Final = ("day", "seen", "in", "out", "peak in", "peak out", "errors", "discards")
Row = dict[str, object]


def days_of(network: Network, sample: Sample, row: int) -> list[Row]:
    """Return the last days of a port for programs; None for what is not known of a day.

    `seconds` is how long its traffic was known, `up` how long its link was up meanwhile; octets,
    errors and discards are totals of that time. Peaks are the highest mean of one interval, in
    bit/s; `in_use` and `out_use` are the highest percent of the speed that the port had meanwhile.
    """
    first = datetime.fromtimestamp(sample.at).astimezone().date() - timedelta(days=_DAYS - 1)
    port = sample.layout.ports[row]
    days = network.store.days(first.isoformat(), [sample.device])
    return [_figures(day, day.ports.index(port)) for day in days if port in day.ports]


def _figures(day: Day, row: int) -> Row:
    seen = day.columns[Daily.SECONDS][row]
    found = {one: day.columns[one][row] * _SHOWN.get(one, 1) for one in Daily}
    known = {one: value if seen and not isnan(value) else None for one, value in found.items()}
    values = {one.name.lower(): value for one, value in known.items()}
    return {"day": day.day, **values, "seconds": seen}


def table(days: Sequence[Row]) -> str:
    """Return the days as people read them; "" where there are none.

    Rates are without their unit, which the headline has: a table of 80 columns has no room.
    """
    if not days:
        return ""
    cells = [_HEADER, *map(_said, days)]
    lines = output.aligned(cells, output.widths(cells))
    return "\n".join(["per day; peaks in bit/s, and of the speed", *lines])


def _said(day: Row) -> Sequence[str]:
    seen = day["seconds"]
    return (
        str(day["day"]),
        lasted(seen) if isinstance(seen, float) else "",
        _number(day["in_octets"], "B"),
        _number(day["out_octets"], "B"),
        *(f"{_number(day[f'{way}_peak'])}{_part(day[f'{way}_use'])}" for way in ("in", "out")),
        _number(day["errors"]),
        _number(day["discards"]),
    )


def _number(value: object, unit: str = "") -> str:
    return human(value, unit).rstrip() if isinstance(value, float) else ""


def _part(percent: object) -> str:
    return f" {percent:.0f} %" if isinstance(percent, float) and percent else ""
