"""Rates of whole devices: rows find their ports, and the quick way is the careful way."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import replace
from math import isnan

from hypothesis import given
from hypothesis import strategies as st

from automation.counters import COLUMNS, COUNTERS, HIGH_CAPACITY, Column, Rates, Sample, rates
from automation.counters.rates import WENT_BACK
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


MEGABIT = 1_000_000
BUSY = {Column.IN_OCTETS: 9_000_000_000_000, Column.OUT_OCTETS: 8_000_000_000_000}


def _between(
    then: Mapping[Column, int], now: Mapping[Column, int], seen: Seen = ONE, **layout: object
) -> Rates:
    """Return the rates of one port whose counters were `then` and are `now`, 300 s later."""

    def counted(one: Seen, values: Mapping[Column, int]) -> Sample:
        bare = sample(replace(one, value=0))
        columns = tuple(array("Q", [values.get(column, 0)]) for column in COLUMNS)
        return replace(bare, layout=replace(bare.layout, **layout), columns=columns)  # type: ignore[arg-type]

    return rates(counted(seen, then), counted(_later(seen, 0), now))


def test_counters_that_rose_after_a_reset_are_not_known_either() -> None:
    then = {**BUSY, Column.IN_ERRORS: 3, Column.IN_BROADCAST: 100}
    now = {Column.IN_OCTETS: 50_000_000, Column.IN_ERRORS: 63, Column.IN_BROADCAST: 700}
    found = _between(then, now)
    assert {found.reason(column, 0) for column in COUNTERS} == {WENT_BACK}
    assert all(isnan(found.columns[column][0]) for column in COUNTERS)
    assert isnan(found.seconds[0])
    assert not found.cells


def test_a_reset_of_one_port_costs_the_next_one_nothing() -> None:
    found = rates(sample(ONE, TWO), sample(replace(_later(ONE, 0), value=1), _later(TWO, 300)))
    assert found.rows == {0: WENT_BACK}
    assert found.columns[Column.IN_OCTETS][1] == 1.0


def test_one_counter_that_wobbles_costs_a_busy_port_only_that_one() -> None:
    # net-snmp/net-snmp#1079: ifHCInUcastPkts is a difference that can decrease a little
    then = {**BUSY, Column.IN_UNICAST: 1_000_000, Column.IN_ERRORS: 3}
    now = {**then, Column.IN_UNICAST: 999_990, Column.OUT_OCTETS: BUSY[Column.OUT_OCTETS] + 300}
    found = _between(then, {**now, Column.IN_ERRORS: 6})
    assert found.reason(Column.IN_UNICAST, 0) == WENT_BACK
    assert found.columns[Column.OUT_OCTETS][0] == 1.0
    assert found.columns[Column.IN_ERRORS][0] == 0.01


def test_a_counter_that_could_have_counted_its_all_anew_proves_nothing() -> None:
    full = 300 * 131_250_000
    then = {Column.IN_UNICAST: 1000, Column.IN_OCTETS: full}
    now = {Column.IN_UNICAST: 10, Column.IN_OCTETS: full}
    assert _between(then, now).rows == {0: WENT_BACK}
    above = {**then, Column.IN_OCTETS: full + 1}, {**now, Column.IN_OCTETS: full + 1}
    assert not _between(*above).rows


def test_a_counter_that_was_not_read_proves_nothing() -> None:
    before = sample(replace(ONE, value=BUSY[Column.IN_OCTETS]))
    before.columns[Column.IN_UNICAST][0] = 1000
    after = sample(replace(_later(ONE, 0), value=BUSY[Column.IN_OCTETS]))
    assert not rates(before, after).rows
    after = replace(after, absent={(int(Column.IN_OCTETS), 0): "genErr"})
    assert rates(before, after).rows == {0: WENT_BACK}


def test_a_counter_that_was_not_read_did_not_go_back() -> None:
    found = rates(sample(ONE), sample(replace(_later(ONE, 0), value=0, absent="genErr")))
    assert found.rows == {}
    assert found.reason(Column.IN_OCTETS, 0) == "genErr"


NARROW = frozenset({(int(Column.IN_OCTETS), 0), (int(Column.OUT_OCTETS), 0)})
ABOUT_TO_WRAP = {Column.IN_OCTETS: W32 - 1000, Column.OUT_OCTETS: W32 - 2000}
WRAPPED = {Column.IN_OCTETS: 2000, Column.OUT_OCTETS: 4000}


def test_two_wraps_at_once_are_sooner_a_reset() -> None:
    # SteScho/manubulon-snmp#62: both at once is extremely rare
    found = _between(ABOUT_TO_WRAP, WRAPPED, replace(ONE, speed=100 * MEGABIT), narrow=NARROW)
    assert found.rows == {0: WENT_BACK}


def test_two_wraps_at_once_count_where_a_third_counter_went_on() -> None:
    packets = {Column.IN_UNICAST: 50_000_000}
    seen = replace(ONE, speed=100 * MEGABIT)
    found = _between({**ABOUT_TO_WRAP, **packets}, {**WRAPPED, **packets}, seen, narrow=NARROW)
    assert found.reason(Column.IN_OCTETS, 0) is None
    assert found.columns[Column.IN_OCTETS][0] == 10.0
    assert found.columns[Column.OUT_OCTETS][0] == 20.0


def test_a_wrap_is_found_where_rows_changed_places() -> None:
    one = replace(ONE, value=W32 - 100, speed=10 * MEGABIT, narrow=True)
    wrapped = replace(_later(one, 0), value=200)
    found = rates(sample(TWO, one), sample(wrapped, _later(TWO, 300)))
    assert list(found.columns[Column.IN_OCTETS]) == [1.0, 1.0]


def _careful(
    then: int, now: int, seconds: float, speed: int, column: Column, narrow: bool
) -> float | None:
    """Return the rate by the rules as they read in `rates`, one value at a time."""
    if now == then:
        return 0.0
    size = W32 if narrow or column not in HIGH_CAPACITY else W64
    bits = 8 if column in (Column.IN_OCTETS, Column.OUT_OCTETS) else 672
    most = max(speed * 1.05, speed + 500_000) / bits if speed else 0
    likely = most if column in HIGH_CAPACITY else min(most, 650_000_000 / 672)
    went = (now - then) % size
    if not most or went / seconds > most or (went + size) / seconds <= likely:
        return None
    if now < then and (went * 2 > size or went / seconds > likely):
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
    seconds=st.sampled_from([60, 300, 900, 7200]),
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


def test_rates_span_the_longest_time_that_is_known() -> None:
    then = sample(Seen(), Seen(port="b"))
    now = sample(Seen(uptime=130_000, at=1300.0), Seen(port="b", uptime=129_000, at=1300.0))
    assert rates(then, now).span == 300.0
    assert rates(then, sample(Seen(uptime=130_000, at=1300.0, index=9))).span == 0.0
    assert rates(None, now).span == 0.0


def test_columns_have_words_for_results() -> None:
    assert [one.word for one in COUNTERS[:2]] == ["in_octets", "out_octets"]


def _agrees(found: Rates, column: Column, row: int, expected: float | None) -> None:
    rate, reason = found.columns[column][row], found.reason(column, row)
    assert (reason is None) == (expected is not None)
    if expected is None:
        assert isnan(rate)
    else:
        assert abs(rate - expected) <= expected * 1e-9
