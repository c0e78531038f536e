"""What is packed comes back the same; what is not ours is refused."""

from __future__ import annotations

import json
import struct
import zlib
from array import array
from collections.abc import Callable
from dataclasses import replace
from math import isnan, nan

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
from tests.unit.counters.samples import GIGABIT, Seen, sample

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


def _filled(ports: tuple[str, ...]) -> Day:
    """Return a day whose every column has another value, shares to a hundredth of a percent."""
    columns = tuple(array("d", [0.1234 * (row + 1)] * len(ports)) for row in Daily)
    return replace(Day.empty("sw-1", "2026-11-23", ports), columns=columns)


@pytest.mark.parametrize("ports", [(), ("a",), ("a", "b")])
def test_a_day_comes_back(ports: tuple[str, ...]) -> None:
    day = _filled(ports)
    assert unpack_day("sw-1", "2026-11-23", pack_day(day)) == day


def test_a_share_that_is_not_known_stays_so_and_none_is_too_large() -> None:
    day = Day.empty("sw-1", "2026-11-23", ("a", "b"))
    day.columns[Daily.IN_USE][:] = array("d", [0.123456, 70.0])
    found = unpack_day("sw-1", "2026-11-23", pack_day(day))
    assert list(found.columns[Daily.IN_USE]) == [0.1235, 6.5534]
    assert all(map(isnan, found.columns[Daily.OUT_USE]))
    assert all(map(isnan, found.columns[Daily.IN_PEAK]))


@pytest.mark.parametrize("ports", [(), ("a",), ("a", "b")])
def test_of_a_day_that_an_earlier_version_packed_no_share_is_known(ports: tuple[str, ...]) -> None:
    day = _filled(ports)
    numbers = [value for column in day.columns[: Daily.IN_USE] for value in column]
    packed = struct.pack(f"<BI{len(numbers)}d", 1, len(ports), *numbers)
    found = unpack_day("sw-1", "2026-11-23", zlib.compress(packed + "\n".join(ports).encode()))
    assert (found.ports, found.columns[: Daily.IN_USE]) == (ports, day.columns[: Daily.IN_USE])
    assert [len(column) for column in found.columns] == [len(ports)] * len(Daily)
    assert all(map(isnan, (*found.columns[Daily.IN_USE], *found.columns[Daily.OUT_USE])))


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
    day = with_rates(day, counted, (1, 2), 150.0)
    day = with_rates(day, counted, (2, 2), 150.0)
    assert day.ports == counted.ports
    by = {one: list(day.columns[one]) for one in Daily}
    assert by[Daily.SECONDS] == [600.0, 0.0]
    assert by[Daily.UP] == [300.0, 0.0]
    assert by[Daily.IN_OCTETS] == [1200.0, 0.0]
    assert by[Daily.IN_PEAK] == [2.0, pytest.approx(nan, nan_ok=True)]
    assert by[Daily.IN_USE] == [16e-9, pytest.approx(nan, nan_ok=True)]
    assert by[Daily.ERRORS] == [0.0, 0.0]


def _carried(octets: int, seconds: int = 300, then: int = GIGABIT, now: int = GIGABIT) -> Rates:
    """Return what one port carried, that had a speed `then` and has one `now`."""
    later = Seen(octets, uptime=100_000 + seconds * 100, at=1000.0 + seconds, speed=now)
    return rates(sample(Seen(speed=then)), sample(later))


SLEEPS = _carried(300_000_000, now=10_000_000)
"""8 Mbit/s in an interval at the end of which the link fell from 1 Gbit/s to 10 Mbit/s."""


@pytest.mark.parametrize(
    ("intervals", "peak", "use"),
    [
        pytest.param([_carried(300_000_000)], 1e6, 0.008, id="of its speed"),
        pytest.param([SLEEPS], 1e6, 0.008, id="of the faster of both ends"),
        pytest.param(
            [_carried(300_000_000), _carried(150_000_000, then=10**7, now=10**7)],
            1e6,
            0.4,
            id="the fuller interval is not the busier one",
        ),
        pytest.param(
            [_carried(300_000_000), _carried(0, now=0, then=0)], 1e6, 0.008, id="no speed, once"
        ),
        pytest.param([_carried(300_000_000, seconds=149)], nan, nan, id="seconds are no peak"),
        pytest.param([_carried(150_000_000, seconds=150)], 1e6, 0.008, id="half an interval is"),
    ],
)
def test_a_peak_is_of_an_interval_and_of_its_own_speed(
    intervals: list[Rates], peak: float, use: float
) -> None:
    day = Day.empty("sw-1", "2026-11-23", intervals[0].ports)
    for each in intervals:
        day = with_rates(day, each, (1,), 150.0)
    found = [day.columns[one][0] for one in (Daily.IN_PEAK, Daily.IN_USE)]
    assert found == pytest.approx([peak, use], nan_ok=True)


def test_a_few_seconds_add_to_what_was_carried() -> None:
    day = with_rates(Day.empty("sw-1", "1", ()), _carried(3000, seconds=3), (1,), 150.0)
    sums = (Daily.SECONDS, Daily.UP, Daily.IN_OCTETS)
    assert [day.columns[one][0] for one in sums] == [3.0, 3.0, 3000.0]


def test_a_day_follows_its_ports_to_other_rows() -> None:
    counted = rates(sample(Seen(value=0)), sample(Seen(value=600, uptime=130_000, at=1300.0)))
    day = with_rates(Day.empty("sw-1", "2026-11-23", ()), counted, (1,), 150.0)
    new = Seen(port="new", index=2)
    unknown = rates(None, sample(new, Seen(value=0)))
    moved = with_rates(day, unknown, (1, 1), 150.0)
    assert moved.ports == ("new", counted.ports[0])
    assert list(moved.columns[Daily.IN_OCTETS]) == [0.0, 600.0]
    assert list(moved.columns[Daily.IN_PEAK]) == pytest.approx([nan, 2.0], nan_ok=True)
