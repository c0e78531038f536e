"""What is packed comes back the same; what is not ours is refused."""

from __future__ import annotations

import json
import zlib
from array import array
from collections.abc import Callable
from dataclasses import replace
from math import isnan

import pytest

from automation.counters import (
    Column,
    Daily,
    Day,
    Rates,
    Sample,
    pack_day,
    pack_layout,
    pack_rates,
    pack_sample,
    rates,
    unpack_day,
    unpack_layout,
    unpack_rates,
    unpack_sample,
    with_rates,
)
from tests.unit.counters.samples import Seen, sample

ONE = Seen(value=(1 << 64) - 1, port="GigabitEthernet1/0/1", index=1, narrow=True)
TWO = Seen(value=7, port="GigabitEthernet1/0/2", index=2, absent="noSuchInstance")
SAMPLES = (
    sample(ONE, TWO),
    replace(sample(ONE), boots=None),
    sample(),
)
COUNTED = rates(
    sample(Seen(value=0), Seen(port="GigabitEthernet1/0/2", index=2)),
    sample(Seen(value=300, uptime=130_000, at=1300.0), TWO),
)


@pytest.mark.parametrize("one", SAMPLES)
def test_a_sample_comes_back(one: Sample) -> None:
    given = one
    layout, labels = unpack_layout(pack_layout(given.layout, given.labels))
    assert (layout, labels) == (given.layout, given.labels)
    assert unpack_sample("sw-1", given.at, layout, labels, pack_sample(given)) == given


def test_that_a_walk_was_cut_comes_back_and_earlier_versions_did_not_say() -> None:
    given = sample(ONE)
    cut = replace(given.layout, cut=True)
    assert unpack_layout(pack_layout(cut, given.labels))[0] == cut
    document = json.loads(zlib.decompress(pack_layout(cut, given.labels)))
    del document["cut"]
    earlier = zlib.compress(json.dumps(document).encode())
    assert unpack_layout(earlier)[0] == given.layout


def test_rates_come_back_to_four_digits_and_a_half() -> None:
    columns = tuple(array("d", [value * 1.234567891, 0.0]) for value in (1e-3, 1.0, 1e9) * 4)
    found = unpack_rates("sw-1", 1.0, COUNTED.ports, pack_rates(replace(COUNTED, columns=columns)))
    assert found is not None
    for kept, given in zip(found.columns, columns, strict=True):
        assert kept[0] != given[0]
        assert list(kept) == pytest.approx(list(given), rel=2**-15)


def test_ports_whose_link_is_up_are_known_by_name_and_row() -> None:
    seen = [Seen(value=state, port=name) for name, state in (("a", 2), ("b", 1), ("c", 7))]
    assert sample(*seen, Seen(port="d", absent="gone"), column=Column.OPER).up() == {"b": 1}


def test_a_rate_that_is_unknown_stays_so() -> None:
    found = unpack_rates("sw-1", 1300.0, COUNTED.ports, pack_rates(COUNTED))
    assert found is not None
    assert found.columns[Column.IN_OCTETS][0] == 1.0
    assert isnan(found.columns[Column.IN_OCTETS][1])
    assert found.seconds[0] == 300.0


RESTARTED = rates(replace(sample(ONE), boots=6), sample(ONE))
RENUMBERED = rates(sample(ONE), sample(replace(ONE, index=9, uptime=130_000, at=1300.0)))


@pytest.mark.parametrize("given", [COUNTED, RESTARTED, RENUMBERED])
def test_why_a_rate_is_unknown_comes_back(given: Rates) -> None:
    found = unpack_rates("sw-1", given.at, given.ports, pack_rates(given))
    assert found is not None
    why = (found.all_unknown, found.rows, found.cells)
    assert why == (given.all_unknown, given.rows, given.cells)
    assert any(why)


def test_rates_of_other_ports_are_nobodys() -> None:
    packed = pack_rates(COUNTED)
    assert unpack_rates("sw-1", 1300.0, tuple(reversed(COUNTED.ports)), packed) is None


def test_rates_of_an_earlier_version_are_let_go() -> None:
    earlier = b"\x01" + zlib.decompress(pack_rates(COUNTED))[1:]
    assert unpack_rates("sw-1", 1300.0, COUNTED.ports, zlib.compress(earlier)) is None


def test_rates_of_a_device_without_ports_come_back() -> None:
    empty = rates(sample(), sample())
    assert unpack_rates("sw-1", 1.0, (), pack_rates(empty)) == replace(empty, at=1.0)


@pytest.mark.parametrize("ports", [(), ("a",), ("a", "b")])
def test_a_day_comes_back(ports: tuple[str, ...]) -> None:
    day = Day.empty("sw-1", "2026-11-23", ports)
    columns = tuple(array("d", [1.5 * row] * len(ports)) for row in Daily)
    day = replace(day, columns=columns)
    assert unpack_day("sw-1", "2026-11-23", pack_day(day)) == day


LAYOUT, LABELS = SAMPLES[0].layout, SAMPLES[0].labels
READERS: tuple[Callable[[bytes], object], ...] = (
    unpack_layout,
    lambda packed: unpack_sample("sw-1", 0.0, LAYOUT, LABELS, packed),
    lambda packed: unpack_rates("sw-1", 0.0, ("a",), packed),
    lambda packed: unpack_day("sw-1", "2026-11-23", packed),
)
BAD = (
    b"",
    b"not compressed",
    zlib.compress(b"{}"),
    zlib.compress(b"\x09" + bytes(64)),
    zlib.compress(b"\x01\xff\xff\xff\x7f"),
    zlib.compress(b"[1]"),
)


@pytest.mark.parametrize("packed", BAD)
@pytest.mark.parametrize("reader", READERS)
def test_what_is_not_packed_by_us_is_refused(
    reader: Callable[[bytes], object], packed: bytes
) -> None:
    with pytest.raises(ValueError, match=r"packed"):
        reader(packed)


def test_a_sample_of_another_layout_is_refused() -> None:
    with pytest.raises(ValueError, match="1 rows"):
        unpack_sample("sw-1", 0.0, LAYOUT, LABELS, pack_sample(sample(ONE)))


def test_a_day_adds_up() -> None:
    then = sample(Seen(value=0, index=1), Seen(port="b", index=2))
    now = sample(
        Seen(value=600, index=1, uptime=130_000, at=1300.0),
        Seen(port="b", index=2, uptime=130_000, at=1300.0, absent="genErr"),
    )
    counted = rates(then, now)
    day = Day.empty("sw-1", "2026-11-23", ())
    day = with_rates(day, counted, (1, 2))
    day = with_rates(day, counted, (2, 2))
    assert day.ports == counted.ports
    by = {one: list(day.columns[one]) for one in Daily}
    assert by[Daily.SECONDS] == [600.0, 0.0]
    assert by[Daily.UP] == [300.0, 0.0]
    assert by[Daily.IN_OCTETS] == [1200.0, 0.0]
    assert by[Daily.IN_PEAK] == [2.0, 0.0]
    assert by[Daily.ERRORS] == [0.0, 0.0]


def test_a_day_follows_its_ports_to_other_rows() -> None:
    counted = rates(sample(Seen(value=0)), sample(Seen(value=600, uptime=130_000, at=1300.0)))
    day = with_rates(Day.empty("sw-1", "2026-11-23", ()), counted, (1,))
    new = Seen(port="new", index=2)
    unknown = rates(None, sample(new, Seen(value=0)))
    moved = with_rates(day, unknown, (1, 1))
    assert moved.ports == ("new", counted.ports[0])
    assert list(moved.columns[Daily.IN_OCTETS]) == [0.0, 600.0]
