"""The Prometheus text format, version 0.0.4, written a device and family at a time.

A line a port and counter is half a million lines a cycle: a device's lines are one template, made
by one `join` and filled by one `%`. docs/performance.md has what that saves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from automation import __version__
from automation.counters import Labels, Layout, Neighbour, Sample
from automation.metrics import families
from automation.metrics.cycle import Cycle, Reading
from automation.metrics.families import LEVELS, PORTS, Family
from automation.model import Device

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_BUILD: Final = Family("portvakt_build_info", "gauge", "The version of Portvakt; always 1.")
_MODULE: Final = 'module="if_mib"'
_PER_DEVICE: Final = (
    *(families.UPTIME, families.BOOTS, families.DURATION, families.PACKETS, families.INFO),
    *(families.UP, families.READ, families.MISSING, families.UNKNOWN),
)
_SPEEDS: Final = (families.HIGH_SPEED, families.SPEED)
_OF_EXTRAS: Final = (
    *(*LEVELS, families.NEIGHBOUR),
    *(families.EXTRAS_READ, families.EXTRAS_ABSENT),
)
_EVERY: Final = (*PORTS, *_SPEEDS, *_OF_EXTRAS, *_PER_DEVICE)
_COUNT: Final = "} %d"
_LEVEL: Final = "} %s"
_NEIGHBOUR: Final = ',neighbour_port="%s",neighbour_system="%s"} 1'
"""How lines go on after the labels that every port has."""


def one(reading: Reading, *, stamped: bool = False, named: bool = False) -> str:
    """Return a device's series; `named` with its name as `instance`, which a scraper else adds.

    `stamped` gives each the time of its reading. The caller asks first whether it is stale.
    """
    shown = _Shown(reading, stamped=stamped, named=named)
    return "".join(family.head() + text for family in _EVERY if (text := shown.series(family)))


def total(cycle: Cycle, now: float, *, stamped: bool = False) -> Iterator[str]:
    """Yield the series of all devices, family by family; none of ports that are stale at `now`."""
    shown = [
        _Shown(reading, stamped=stamped, named=True, stale=bool(cycle.stale(reading, now)))
        for reading in cycle.readings
    ]
    yield from _of_all(cycle)
    more = [one for one in shown if one.has_extras]
    for family in _EVERY:
        text = "".join(one.series(family) for one in (more if family in _OF_EXTRAS else shown))
        if text:
            yield family.head() + text


def rest(cycle: Cycle, now: float) -> Iterator[str]:
    """Yield what no page of a device has: how the poller is, and the devices without a page.

    With those pages it is all that `total` is, and nothing twice.
    """
    yield from _of_all(cycle)
    shown = [
        _Shown(reading, stamped=False, named=True, stale=True)
        for reading in cycle.readings
        if cycle.stale(reading, now)
    ]
    for family in _PER_DEVICE:
        text = "".join(one.series(family) for one in shown)
        if text:
            yield family.head() + text


def _of_all(cycle: Cycle) -> Iterator[str]:
    yield f'{_BUILD.head()}{_BUILD.name}{{version="{__version__}"}} 1\n'
    found = (
        (families.INTERVAL, cycle.interval),
        (families.ENDED, cycle.ended),
        (families.TOOK, cycle.seconds),
        (families.STORED, cycle.stored),
    )
    for family, value in found:
        if value is not None:
            yield f"{family.head()}{family.name} {value:.3f}\n"


class _Shown:
    """One device's series."""

    def __init__(
        self, reading: Reading, *, stamped: bool, named: bool, stale: bool = False
    ) -> None:
        """Show `reading`; of a stale one only what it is, and that it is down."""
        sample = None if stale else reading.sample
        self._sample = sample
        self._prefix = f'instance="{escaped(reading.device.name)}",' if named else ""
        self._begins = self._prefix.replace("%", "%%")
        self._stamp = f" {sample.at * 1000:.0f}" if stamped and sample else ""
        self._ends = _ends(sample.layout, sample.labels) if sample else ()
        self._extras = reading.extras if sample else None
        ports = sample.layout.ports if sample and self._extras else ()
        self._rows = {port: row for row, port in enumerate(ports)}
        self._facts: dict[Family, str] = {}
        for family, labels, value in _facts(reading, sample):
            line = self._line(family.name, labels, value)
            self._facts[family] = self._facts.get(family, "") + line

    @property
    def has_extras(self) -> bool:
        """Whether there is light, power or a neighbour to show, of any port."""
        return self._extras is not None

    def series(self, family: Family) -> str:
        """Return the lines of one family; "" where there are none."""
        if family in self._facts or self._sample is None:
            return self._facts.get(family, "")
        if family in PORTS:
            return self._ports(family.name, *families.cells(self._sample, PORTS[family]))
        if family in _SPEEDS:
            return self._ports(family.name, *families.speeds(self._sample, family))
        if self._extras is None:
            return ""
        if family in LEVELS:
            return self._levels(family.name, LEVELS[family](self._extras))
        if family is families.NEIGHBOUR:
            return self._neighbours(family.name, self._extras.neighbours)
        return ""

    def _levels(self, name: str, found: Mapping[str, float]) -> str:
        """Return a line for each port of `found` that the sample has."""
        known = [(self._rows[port], level) for port, level in found.items() if port in self._rows]
        return self._ports(name, [level for _, level in known], [row for row, _ in known], _LEVEL)

    def _neighbours(self, name: str, found: Mapping[str, Neighbour]) -> str:
        known = [(self._rows[port], one) for port, one in found.items() if port in self._rows]
        texts = [escaped(text) for _, one in known for text in (one.port, one.system)]
        return self._ports(name, texts, [row for row, _ in known], _NEIGHBOUR)

    def _ports(
        self,
        name: str,
        values: Sequence[object],
        rows: Sequence[int] | None,
        value: str = _COUNT,
    ) -> str:
        """Return a line for each port in `rows`, None: all; `value` has places for `values`."""
        ends = self._ends if rows is None else [self._ends[row] for row in rows]
        if not ends:
            return ""
        head, end = f"{name}{{{self._begins}", f"{value}{self._stamp}\n"
        return (head + f"{end}{head}".join(ends) + end) % tuple(values)

    def _line(self, name: str, labels: str, value: str) -> str:
        both = f"{self._prefix}{labels}".rstrip(",")
        return f"{name}{f'{{{both}}}' if both else ''} {value}{self._stamp}\n"


def _facts(reading: Reading, sample: Sample | None) -> Iterator[tuple[Family, str, str]]:
    """Yield family, labels and value of each series of a device that is not a port's."""
    yield families.INFO, _described(reading.device), "1"
    yield families.UP, "", str(int(sample is not None))
    if reading.seconds is not None:
        yield families.DURATION, _MODULE, f"{reading.seconds:.6f}"
    if reading.requests is not None:
        yield families.PACKETS, _MODULE, str(reading.requests)
    if sample is not None:
        yield from _read(reading, sample)


def _read(reading: Reading, sample: Sample) -> Iterator[tuple[Family, str, str]]:
    """Yield what is only known of a device that was read."""
    yield families.READ, "", f"{sample.at:.3f}"
    if reading.extras is not None:
        yield families.EXTRAS_READ, "", f"{reading.extras.at:.3f}"
        for part in sorted(reading.extras.absent):
            yield families.EXTRAS_ABSENT, f'part="{part}"', "1"
    if sample.uptimes:
        yield families.UPTIME, "", str(sample.uptimes[0])
    if sample.boots is not None:
        yield families.BOOTS, "", str(sample.boots)
    if reading.missing is not None:
        yield families.MISSING, "", str(reading.missing)
    for reason, count in families.unknown(reading.rates) if reading.rates else ():
        yield families.UNKNOWN, f'reason="{reason}"', str(count)


def _described(device: Device) -> str:
    told = {
        "address": device.address,
        "estate": device.estate,
        "model": device.model.name,
        "platform": device.platform,
        "role": device.role,
        "site": device.site,
    }
    return ",".join(f'{name}="{escaped(value)}"' for name, value in told.items())


def _ends(layout: Layout, labels: Labels) -> tuple[str, ...]:
    """Return for each port its labels, to stand behind those of the device."""
    return tuple(
        f'ifAlias="{_template(alias)}",ifDescr="{_template(port)}",'
        f'ifIndex="{index}",ifName="{_template(name)}"'
        for alias, port, index, name in zip(
            labels.aliases, layout.ports, layout.indexes, layout.if_names, strict=True
        )
    )


def _template(text: str) -> str:
    return escaped(text).replace("%", "%%")


def escaped(text: str) -> str:
    """Return `text` as it stands between the quotes of a label."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
