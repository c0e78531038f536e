"""A device's sample and its rates as one piece of bytes each: a row a device, not a row a port.

Little-endian, compressed at the cheapest level: idle columns are zeros and cost next to nothing.
The window is small, as the pieces are: making one of the usual 32 KiB costs more than the rest.
"""

from __future__ import annotations

import json
import zlib
from array import array
from collections.abc import Sequence
from hashlib import blake2b
from itertools import chain
from math import isnan, nan
from struct import Struct, error
from typing import Any, Final

from automation.counters.daily import Daily, Day
from automation.counters.sample import COLUMNS, COUNTERS, Labels, Layout, Rates, Sample

_LEVEL: Final = 1
_WINDOW: Final = 13
"""2^13 octets (RFC 1950 takes 8 to 15)."""
_HEAD: Final = Struct("<BIq")
"""Format, rows, snmpEngineBoots (-1: the agent does not say)."""
_RATES_HEAD: Final = Struct("<BI8s")
"""Format, rows, and which ports they are."""
_DAY_HEAD: Final = Struct("<BI")
_FORMAT: Final = 1
_RATES_FORMAT: Final = 2
_DAY_FORMAT: Final = 2
_PRECISE: Final = Daily.IN_USE
"""The first columns of a day are of double precision, and all that the first format had."""
_SHARES: Final = len(Daily) - _PRECISE
"""The others are parts of a speed: hundredths of a percent in two octets, a fifth of the room."""
_WHOLE: Final = 10_000
_NO_SHARE: Final = 0xFFFF
_SINGLE: Final = 4
"""Octets of a number of single precision (IEEE 754)."""
_KEPT: Final = (3, 2, 1)
"""Which of them are kept, and in this order: sign and exponent first."""


def pack_layout(layout: Layout, labels: Labels) -> bytes:
    """Return what changes by the week: names, numbers, descriptions, speeds."""
    document = {
        "ports": layout.ports,
        "if_names": layout.if_names,
        "indexes": layout.indexes,
        "narrow": sorted(layout.narrow),
        "changed": layout.changed,
        "cut": layout.cut,
        "at": labels.at,
        "aliases": labels.aliases,
        "speeds": list(labels.speeds),
        "discontinuities": list(labels.discontinuities),
    }
    return _compressed(json.dumps(document, separators=(",", ":")).encode())


def unpack_layout(packed: bytes) -> tuple[Layout, Labels]:
    """Return what `pack_layout` packed; ValueError where it did not."""
    try:
        found: dict[str, Any] = json.loads(zlib.decompress(packed))
        layout = Layout(
            tuple(found["ports"]),
            tuple(found["if_names"]),
            tuple(found["indexes"]),
            frozenset((column, row) for column, row in found["narrow"]),
            found["changed"],
            found.get("cut", False),  # earlier versions did not say
        )
        labels = Labels(
            found["at"],
            tuple(found["aliases"]),
            array("Q", found["speeds"]),
            array("Q", found["discontinuities"]),
        )
    except (zlib.error, KeyError, TypeError, ValueError) as fault:
        raise ValueError(f"not a packed layout: {fault}") from fault
    return layout, labels


def pack_sample(sample: Sample) -> bytes:
    """Return what changes with every cycle; `pack_layout` has the rest."""
    size = len(sample.uptimes)
    boots = -1 if sample.boots is None else sample.boots
    values = chain(sample.uptimes, *sample.columns)
    numbers = Struct(f"<{size * (len(COLUMNS) + 1)}Q").pack(*values)
    absent = [[*at, why] for at, why in sample.absent.items()]
    tail = json.dumps(absent, separators=(",", ":")).encode() if absent else b""
    return _compressed(_HEAD.pack(_FORMAT, size, boots) + numbers + tail)


def unpack_sample(device: str, at: float, layout: Layout, labels: Labels, packed: bytes) -> Sample:
    """Return what `pack_sample` packed; ValueError where it did not, or for another layout."""
    try:
        data = zlib.decompress(packed)
        form, size, boots = _HEAD.unpack_from(data)
        numbers = Struct(f"<{size * (len(COLUMNS) + 1)}Q")
        values = array("Q", numbers.unpack_from(data, _HEAD.size))
    except (zlib.error, error) as fault:
        raise ValueError(f"not a packed sample: {fault}") from fault
    if form != _FORMAT or size != len(layout.ports):
        raise ValueError(f"packed: a sample of format {form} and {size} rows; expected another")
    tail = data[_HEAD.size + numbers.size :]
    columns = tuple(values[start : start + size] for start in range(size, len(values), size or 1))
    return Sample(
        device,
        at,
        None if boots < 0 else boots,
        layout,
        labels,
        values[:size],
        columns or tuple(array("Q") for _ in COLUMNS),
        {(column, row): why for column, row, why in json.loads(tail or b"[]")},
    )


def pack_rates(rates: Rates) -> bytes:
    """Return rates to four digits and a half, and why those that are unknown are.

    Of each number of single precision the upper three octets are kept, all first ones, all second
    ones, all third ones: with the last, which no curve shows, a device's rates would fill more
    than half of a page of the database, and so a whole one.
    """
    size = len(rates.ports)
    values = chain(rates.seconds, *rates.columns)
    numbers = Struct(f"<{size * (len(COUNTERS) + 1)}f").pack(*values)
    upper = b"".join(numbers[octet::_SINGLE] for octet in _KEPT)
    rows, cells = list(rates.rows.items()), [[*at, why] for at, why in rates.cells.items()]
    why = [rates.all_unknown, rows, cells]
    tail = json.dumps(why, separators=(",", ":")).encode() if any(why) else b""
    return _compressed(_RATES_HEAD.pack(_RATES_FORMAT, size, _mark(rates.ports)) + upper + tail)


def unpack_rates(device: str, at: float, ports: Sequence[str], packed: bytes) -> Rates | None:
    """Return what `pack_rates` packed.

    None if they were other ports than `ports` are now, or an earlier version packed them: history
    that is kept for hours begins anew then.
    """
    try:
        data = zlib.decompress(packed)
        form, size, mark = _RATES_HEAD.unpack_from(data)
    except (zlib.error, error) as fault:
        raise ValueError(f"not packed rates: {fault}") from fault
    if form < _RATES_FORMAT:
        return None
    count = size * (len(COUNTERS) + 1)
    end = _RATES_HEAD.size + count * len(_KEPT)
    if form > _RATES_FORMAT or len(data) < end:
        raise ValueError(f"packed rates of format {form}; expected {_RATES_FORMAT}")
    if mark != _mark(ports):
        return None
    numbers = bytearray(count * _SINGLE)
    for octet, start in zip(_KEPT, range(_RATES_HEAD.size, end, count or 1), strict=False):
        numbers[octet::_SINGLE] = data[start : start + count]
    values = array("d", Struct(f"<{count}f").unpack(numbers))
    columns = tuple(values[start : start + size] for start in range(size, len(values), size or 1))
    empty = tuple(array("d") for _ in COUNTERS)
    whole, rows, cells = json.loads(data[end:] or b'["",[],[]]')
    return Rates(
        device,
        at,
        tuple(ports),
        values[:size],
        columns or empty,
        whole,
        dict(rows),
        {(column, row): why for column, row, why in cells},
    )


def _compressed(data: bytes) -> bytes:
    packer = zlib.compressobj(_LEVEL, wbits=_WINDOW)
    return packer.compress(data) + packer.flush()


def _mark(ports: Sequence[str]) -> bytes:
    """Return what tells these ports in this order from others."""
    return blake2b("\n".join(ports).encode(), digest_size=8).digest()


def pack_day(day: Day) -> bytes:
    """Return a day with its ports' names: it outlives the layout that it was read by."""
    size = len(day.ports)
    shares = map(_packed_share, chain(*day.columns[_PRECISE:]))
    numbers = _day_numbers(size, _SHARES).pack(*chain(*day.columns[:_PRECISE]), *shares)
    names = "\n".join(day.ports).encode()
    return _compressed(_DAY_HEAD.pack(_DAY_FORMAT, size) + numbers + names)


def unpack_day(device: str, day: str, packed: bytes) -> Day:
    """Return what `pack_day` packed, shares to a hundredth of a percent; else ValueError.

    An earlier version kept no shares: of its days they are not known.
    """
    try:
        data = zlib.decompress(packed)
        form, size = _DAY_HEAD.unpack_from(data)
        numbers = _day_numbers(size, 0 if form == _FORMAT else _SHARES)
        values = numbers.unpack_from(data, _DAY_HEAD.size)
    except (zlib.error, error) as fault:
        raise ValueError(f"not a packed day: {fault}") from fault
    names = data[_DAY_HEAD.size + numbers.size :].decode()
    if form not in (_FORMAT, _DAY_FORMAT) or names.count("\n") != max(size - 1, 0):
        raise ValueError(f"a packed day of format {form}; expected {_DAY_FORMAT}")
    precise = size * _PRECISE
    shares = map(_share, values[precise:] or (_NO_SHARE,) * (size * _SHARES))
    whole = array("d", chain(values[:precise], shares))
    columns = (whole[row * size : (row + 1) * size] for row in range(len(Daily)))
    return Day(device, day, tuple(names.split("\n")) if size else (), tuple(columns))


def _day_numbers(size: int, shares: int) -> Struct:
    return Struct(f"<{size * _PRECISE}d{size * shares}H")


def _packed_share(share: float) -> int:
    return _NO_SHARE if isnan(share) else min(round(share * _WHOLE), _NO_SHARE - 1)


def _share(packed: int) -> float:
    return nan if packed == _NO_SHARE else packed / _WHOLE
