"""Rates of whole devices: rows find their ports, and the quick way is the careful way."""

from __future__ import annotations

from dataclasses import replace
from math import isnan

from hypothesis import given
from hypothesis import strategies as st

from automation.counters import COUNTERS, HIGH_CAPACITY, Column, Rates, rates
from tests.unit.counters.samples import GIGABIT, Seen, sample

ONE = Seen(value=1000, port="GigabitEthernet1/0/1", index=1)
TWO = Seen(value=2000, port="GigabitEthernet1/0/2", index=2)
W32, W64 = 1 << 32, 1 << 64


def _later(one: Seen, carried: int) -> Seen:
    return replace(one, value=one.value + carried, uptime=130_000, at=1300.0)


def test_ports_keep_their_rates_when_rows_change_places() -> None:
    found = rates(sample(ONE, TWO), sample(_later(TWO, 300), _later(ONE, 600)))
    assert found.ports == (TWO.port, ONE.port)
    assert list(found.columns[Column.IN_OCTETS]) == [1.0, 2.0]


def test_ports_that_changed_numbers_with_one_another_have_no_rates() -> None:
    swapped = (replace(_later(ONE, 300), index=2), replace(_later(TWO, 300), index=1))
    found = rates(sample(ONE, TWO), sample(*swapped))
    assert all(isnan(rate) for rate in found.columns[Column.IN_OCTETS])
    assert {found.reason(Column.IN_OCTETS, row) for row in (0, 1)} == {found.rows[0]}


def test_a_new_port_does_not_cost_the_others_their_rates() -> None:
    found = rates(sample(ONE), sample(_later(TWO, 300), _later(ONE, 300)))
    assert isnan(found.columns[Column.IN_OCTETS][0])
    assert found.columns[Column.IN_OCTETS][1] == 1.0
    assert found.reason(Column.IN_OCTETS, 1) is None


def test_what_was_missing_then_is_missing_at_its_new_place() -> None:
    before = sample(replace(ONE, absent="genErr"), replace(TWO, absent="genErr"))
    gone = replace(_later(Seen(port="GigabitEthernet1/0/9", index=9), 0))
    found = rates(before, sample(gone, _later(TWO, 300)))
    assert "genErr" in str(found.reason(Column.IN_OCTETS, 1))
    assert "genErr" not in str(found.reason(Column.IN_OCTETS, 0))


def test_a_missing_status_costs_no_rate() -> None:
    after = sample(_later(ONE, 300))
    after = replace(after, absent={(int(Column.OPER), 0): "noSuchInstance"})
    assert rates(sample(ONE), after).reason(Column.IN_OCTETS, 0) is None


def test_a_device_without_ports_has_no_rates() -> None:
    found = rates(sample(), sample())
    assert found.ports == ()
    assert len(found.columns) == len(COUNTERS)


def test_each_row_divides_by_its_own_clock() -> None:
    after = sample(_later(ONE, 600), replace(_later(TWO, 620), uptime=131_000))
    found = rates(sample(ONE, TWO), after)
    assert list(found.columns[Column.IN_OCTETS]) == [600 / 300, 620 / 310]
    assert list(found.seconds) == [300.0, 310.0]


def _careful(
    then: int, now: int, seconds: float, speed: int, column: Column, narrow: bool
) -> float | None:
    """Return the rate by the rules as they read in `rates`, one value at a time."""
    if now == then:
        return 0.0
    size = W32 if narrow or column not in HIGH_CAPACITY else W64
    bits = 8 if column in (Column.IN_OCTETS, Column.OUT_OCTETS) else 672
    most = max(speed * 1.05, speed + 500_000) / bits if speed else 0
    went = (now - then) % size
    if not most or went / seconds > most:
        return None
    if narrow and (went + size) / seconds <= most:
        return None
    return went / seconds


values = st.one_of(
    st.integers(0, 10**12), st.integers(0, W64 - 1), st.integers(W32 - 10**6, W32 + 10**6)
)


@given(
    rows=st.lists(
        st.tuples(values, values, st.sampled_from([0, 10**7, GIGABIT, 10**10]), st.booleans()),
        min_size=1,
        max_size=6,
    ),
    column=st.sampled_from([Column.IN_OCTETS, Column.IN_UNICAST, Column.IN_ERRORS]),
    seconds=st.sampled_from([60, 300, 900]),
)
def test_the_quick_way_gives_what_the_careful_way_gives(
    rows: list[tuple[int, int, int, bool]], column: Column, seconds: int
) -> None:
    narrow = [one and column in HIGH_CAPACITY for *_, one in rows]
    if column not in HIGH_CAPACITY:
        rows = [(was % W32, now % W32, speed, one) for was, now, speed, one in rows]
    rows = [
        (was % W32, now % W32, speed, one) if one else (was, now, speed, one)
        for was, now, speed, one in rows
    ]
    then = [
        Seen(value=was, speed=speed, index=row, port=f"Ethernet{row}", narrow=narrow[row])
        for row, (was, _, speed, _) in enumerate(rows)
    ]
    now = [
        replace(one, value=rows[row][1], uptime=100_000 + seconds * 100, at=1000.0 + seconds)
        for row, one in enumerate(then)
    ]
    found = rates(sample(*then, column=column), sample(*now, column=column))
    for row, (was, is_now, speed, _) in enumerate(rows):
        expected = _careful(was, is_now, seconds, speed, column, narrow[row])
        _agrees(found, column, row, expected)
        if speed and expected is not None and column is Column.IN_OCTETS:
            assert expected * 8 <= max(speed * 1.05, speed + 500_000)


def test_columns_have_words_for_results() -> None:
    assert [one.word for one in COUNTERS[:2]] == ["in_octets", "out_octets"]


def _agrees(found: Rates, column: Column, row: int, expected: float | None) -> None:
    rate, reason = found.columns[column][row], found.reason(column, row)
    assert (reason is None) == (expected is not None)
    if expected is None:
        assert isnan(rate)
    else:
        assert abs(rate - expected) <= expected * 1e-9
