"""What 300 cycles add to the store: a day and more, from what the city's agents really count."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from operator import add
from pathlib import Path
from random import Random

from automation.counters import COUNTERS, Column, Day, Sample, rates, with_rates
from automation.playbook import Network
from automation.store import Cycle
from automation.workspace import find
from tests.bench.bench import Setting
from tests.bench.report import Finding

_INTERVAL = 300
_HOURLY = 12
"""Cycles from one writing of the days to the next."""
_TICKS = 100
_SHOWN = (1, 36, 72, 73, 150, 300)
_QUICK = 80


def growth(setting: Setting, folder: Path, limit: str) -> Finding:
    """Write 300 cycles five minutes apart, and look at the file in between."""
    count = _QUICK if setting.quick else _SHOWN[-1]
    with Network(find(folder, {})) as network:
        names = [device.name for device in network.select(limit)]
        samples = dict(network.store.samples(names))
        ports = sum(len(one.layout.ports) for one in samples.values())
        chance = Random(1)  # noqa: S311 - invented traffic
        sizes = {0: _size(folder)}
        days: dict[str, Day] = {}
        for number in range(1, count + 1):
            after = {name: _later(one, chance) for name, one in samples.items()}
            days = _write(network, samples, after, days)
            samples = after
            if number % _HOURLY == 0:
                network.store.record_days(tuple(days.values()), "2000-01-01")
            if number in _SHOWN or number == count:
                sizes[number] = _size(folder)
    rows = tuple((str(at), f"{size / 1e6:.1f}") for at, size in sizes.items())
    per_port = (sizes[count] - sizes[0]) / ports
    notes = (
        f"{len(names)} devices, {ports} interfaces, a cycle each {_INTERVAL} s of their own time; "
        "what each counted is what the twin's agents counted, at another speed each cycle.",
        f"Rates are a ring of six hours ({6 * 3600 // _INTERVAL} cycles): after that a cycle takes "
        f"the place of an old one, and only days add. {per_port:.0f} octets an interface in all.",
    )
    about = "Size of the SQLite file with its log, in 10^6 octets, after so many cycles."
    raw = {"sizes": sizes, "ports": ports}
    return Finding("snmp: the store's growth", about, ("cycles", "MB"), rows, (), notes, raw)


def _later(sample: Sample, chance: Random) -> Sample:
    """Return what an agent would say five minutes later: ports in use counted, dark ones not."""
    columns = list(sample.columns)
    for column in COUNTERS:
        share = chance.uniform(0.2, 1.0) * _INTERVAL
        grown = (int(share * (value % 9973)) if value else 0 for value in sample.columns[column])
        columns[column] = array("Q", map(add, sample.columns[column], grown))
    uptimes = array("Q", (uptime + _INTERVAL * _TICKS for uptime in sample.uptimes))
    return replace(sample, at=sample.at + _INTERVAL, uptimes=uptimes, columns=tuple(columns))


def _write(
    network: Network,
    before: Mapping[str, Sample],
    after: Mapping[str, Sample],
    days: Mapping[str, Day],
) -> dict[str, Day]:
    """Do with samples what a cycle does: rates, days, the store; return the days."""
    counted = tuple(rates(before.get(name), one) for name, one in after.items())
    kept = {}
    for one, each in zip(after.values(), counted, strict=True):
        day = datetime.fromtimestamp(one.at, UTC).date().isoformat()
        old = days.get(one.device)
        old = old if old and old.day == day else Day.empty(one.device, day, each.ports)
        kept[one.device] = with_rates(old, each, one.columns[Column.OPER], 0.0)
    network.store.record_cycle(Cycle(tuple(after.values()), counted, (), before, _INTERVAL))
    return kept


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in (folder / ".portvakt").glob("store.db*"))
