"""What agents counted, to and from its tables; always a device at a time, never a port."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Table, delete, insert, select
from sqlalchemy.sql import ColumnElement

from automation.counters import (
    Day,
    Extras,
    Rates,
    Sample,
    least_span,
    pack_day,
    pack_extras,
    pack_layout,
    pack_rates,
    pack_sample,
    unpack_day,
    unpack_extras,
    unpack_layout,
    unpack_rates,
    unpack_sample,
)
from automation.store.rows import chunks
from automation.store.tables import POLL_DAY, POLL_EXTRA, POLL_LAYOUT, POLL_RATES, POLL_SAMPLE

KEPT: Final = 6 * 3600
"""Seconds of rates that are kept; longer history belongs to Prometheus."""
_ASIDE: Final = -1
"""The slot beside the ring, of rates over less time than stands for an interval."""


@dataclass(frozen=True, slots=True)
class Cycle:
    """What one cycle adds to the store.

    `before` are the samples that the store held, so that layouts are only written where they
    moved. `interval` is seconds.
    """

    samples: tuple[Sample, ...]
    rates: tuple[Rates, ...]
    extras: tuple[Extras, ...]
    before: Mapping[str, Sample]
    interval: int


def samples(connection: Connection, devices: Collection[str] | None) -> dict[str, Sample]:
    """Return the last sample of `devices`, or of all, by device."""
    layouts: dict[str, bytes] = dict(_rows(connection, POLL_LAYOUT, ("device", "packed"), devices))
    found = {}
    for device, at, packed in _rows(connection, POLL_SAMPLE, ("device", "at", "packed"), devices):
        if device in layouts:
            found[device] = _unpacked(device, at, layouts[device], packed)
    return found


def _unpacked(device: str, at: float, layout: bytes, packed: bytes) -> Sample:
    try:
        ports, labels = unpack_layout(layout)
        return unpack_sample(device, at, ports, labels, packed)
    except ValueError as error:
        raise ValueError(f"{device}: {error}") from error


def record_samples(
    connection: Connection, found: Sequence[Sample], known: Mapping[str, Sample]
) -> None:
    """Keep `found` as the last samples; layouts only where they differ from those in `known`."""
    moved = [one for one in found if not _same_layout(one, known.get(one.device))]
    _replace(
        connection,
        POLL_LAYOUT,
        [{"device": one.device, "packed": pack_layout(one.layout, one.labels)} for one in moved],
    )
    _replace(
        connection,
        POLL_SAMPLE,
        [{"device": one.device, "at": one.at, "packed": pack_sample(one)} for one in found],
    )


def _same_layout(one: Sample, other: Sample | None) -> bool:
    """Whether they are of the same ports; what came from another process is equal, not the same."""
    return other is not None and (one.layout, one.labels) == (other.layout, other.labels)


def record_rates(connection: Connection, found: Sequence[Rates], interval: int) -> None:
    """Keep `found` in the slot of their interval, where those of six hours ago stand.

    They may be of several cycles, oldest first; of two in one slot the later one stays.
    """
    by_slot: dict[int, dict[str, Rates]] = {}
    for one in found:
        by_slot.setdefault(_slot(one, interval), {})[one.device] = one
    for slot, some in by_slot.items():
        for chunk in chunks(some):
            connection.execute(
                delete(POLL_RATES).where(POLL_RATES.c.slot == slot, POLL_RATES.c.device.in_(chunk))
            )
        connection.execute(
            insert(POLL_RATES),
            [
                {"slot": slot, "device": one.device, "at": one.at, "packed": pack_rates(one)}
                for one in some.values()
            ],
        )


def _slot(rates: Rates, interval: int) -> int:
    """Return the slot of the interval that the midst of `rates` lies in.

    By their midst, a reading by hand just before a turn and the one at it do not share a slot with
    the good rates of the turn before. What spans too little is no history: it is only kept to be
    shown as the latest.
    """
    span = rates.span
    if span < least_span(interval):
        return _ASIDE
    return int((rates.at - min(span, interval) / 2) // interval) % max(1, KEPT // interval)


def history(connection: Connection, sample: Sample, since: float) -> tuple[Rates, ...]:
    """Return the kept rates of one device from `since` on, of the ports that it has now."""
    query = (
        select(POLL_RATES.c.at, POLL_RATES.c.packed)
        .where(
            POLL_RATES.c.device == sample.device,
            POLL_RATES.c.at >= since,
            POLL_RATES.c.slot != _ASIDE,
        )
        .order_by(POLL_RATES.c.at)
    )
    ports = sample.layout.ports
    found = (
        unpack_rates(sample.device, at, ports, packed) for at, packed in connection.execute(query)
    )
    return tuple(one for one in found if one is not None)


def last_rates(connection: Connection, samples: Mapping[str, Sample]) -> dict[str, Rates]:
    """Return the rates that came with each of `samples`, by device; those that are kept.

    Asked for by their times: from the oldest on, one device that died six hours ago would bring
    the ring of all.
    """
    query = select(POLL_RATES.c.device, POLL_RATES.c.at, POLL_RATES.c.packed)
    found: dict[str, Rates] = {}
    for chunk in chunks(samples):
        times = {samples[device].at for device in chunk}
        for device, at, packed in connection.execute(query.where(POLL_RATES.c.at.in_(times))):
            sample = samples.get(device)
            if sample is not None and at == sample.at:
                rates = unpack_rates(device, at, sample.layout.ports, packed)
                if rates is not None:
                    found[device] = rates
    return found


def extras(connection: Connection, devices: Collection[str] | None) -> dict[str, Extras]:
    """Return the last light, power and neighbours of `devices`, or of all, by device."""
    rows = _rows(connection, POLL_EXTRA, ("device", "at", "packed"), devices)
    return {device: unpack_extras(device, at, packed) for device, at, packed in rows}


def record_extras(connection: Connection, found: Sequence[Extras]) -> None:
    """Keep `found` instead of what was known of those devices."""
    values = [{"device": one.device, "at": one.at, "packed": pack_extras(one)} for one in found]
    _replace(connection, POLL_EXTRA, values)


def days(connection: Connection, devices: Collection[str] | None, since: str) -> tuple[Day, ...]:
    """Return the days from `since` (`2026-11-23`) on of `devices`, or of all."""
    rows = _rows(
        connection, POLL_DAY, ("device", "day", "packed"), devices, POLL_DAY.c.day >= since
    )
    found = (unpack_day(device, day, packed) for device, day, packed in rows)
    return tuple(sorted(found, key=lambda one: (one.device, one.day)))


def record_days(connection: Connection, found: Sequence[Day], oldest: str) -> None:
    """Keep `found` instead of what was known of those days; let go of those before `oldest`."""
    by_day: dict[str, list[Day]] = {}
    for one in found:
        by_day.setdefault(one.day, []).append(one)
    for day, some in by_day.items():
        for chunk in chunks([one.device for one in some]):
            connection.execute(
                delete(POLL_DAY).where(POLL_DAY.c.day == day, POLL_DAY.c.device.in_(chunk))
            )
    if found:
        connection.execute(
            insert(POLL_DAY),
            [{"day": one.day, "device": one.device, "packed": pack_day(one)} for one in found],
        )
    connection.execute(delete(POLL_DAY).where(POLL_DAY.c.day < oldest))


def forget(connection: Connection, known: Collection[str], unread_since: float) -> None:
    """Let go of all that was counted on devices that are not `known` and were not read since then.

    What is read all the same is another workspace's: one store may serve several.
    """
    old = select(POLL_SAMPLE.c.device).where(POLL_SAMPLE.c.at < unread_since)
    gone = set(connection.scalars(old)).difference(known)
    for table in (POLL_LAYOUT, POLL_SAMPLE, POLL_RATES, POLL_EXTRA, POLL_DAY):
        for chunk in chunks(gone):
            connection.execute(delete(table).where(table.c.device.in_(chunk)))


def _rows(
    connection: Connection,
    table: Table,
    columns: Sequence[str],
    devices: Collection[str] | None,
    *where: ColumnElement[bool],
) -> Iterator[tuple[Any, ...]]:
    """Yield `columns` of the rows of `devices`, or of all."""
    query = select(*(table.c[name] for name in columns)).where(*where)
    if devices is None:
        yield from map(tuple, connection.execute(query))
        return
    for chunk in chunks(devices):
        yield from map(tuple, connection.execute(query.where(table.c.device.in_(chunk))))


def _replace(connection: Connection, table: Table, values: Sequence[Mapping[str, Any]]) -> None:
    """Write `values`, each instead of its device's former row."""
    for chunk in chunks([value["device"] for value in values]):
        connection.execute(delete(table).where(table.c.device.in_(chunk)))
    if values:
        connection.execute(insert(table), list(values))
