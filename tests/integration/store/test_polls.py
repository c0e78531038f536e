"""What was counted: last samples, a ring of rates, days; bounded whatever happens."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, Select, Table, create_engine, delete, func, select, update

from automation.counters import Column, Daily, Day, Extras, Sample, rates
from automation.errors import StoreFailed, UsageError
from automation.store import Cycle, Store, polls
from automation.store.polls import KEPT
from automation.store.tables import POLL_DAY, POLL_LAYOUT, POLL_RATES, POLL_SAMPLE
from tests.unit.counters.samples import Seen, sample

INTERVAL = 300
BEGUN = 1_800_000_000.0


def _sample(device: str, cycle: int, value: int = 0) -> Sample:
    at = BEGUN + cycle * INTERVAL
    seen = Seen(value=value, uptime=100_000 + cycle * INTERVAL * 100, at=at)
    return replace(sample(seen), device=device)


def _cycle(cycle: int, *devices: str, before: dict[str, Sample] | None = None) -> Cycle:
    now = tuple(_sample(device, cycle, value=cycle * 300) for device in devices)
    counted = tuple(rates(_sample(one.device, cycle - 1, (cycle - 1) * 300), one) for one in now)
    return Cycle(now, counted, (), before or {}, INTERVAL)


def test_the_last_sample_is_kept(store: Store) -> None:
    assert store.samples() == {}
    store.record_cycle(_cycle(1, "sw-1", "sw-2"))
    store.record_cycle(_cycle(2, "sw-1"))
    found = store.samples()
    assert found["sw-1"] == _sample("sw-1", 2, 600)
    assert found["sw-2"] == _sample("sw-2", 1, 300)
    assert store.samples(["sw-2", "sw-9"]).keys() == {"sw-2"}


def test_a_layout_is_written_only_where_it_moved(store: Store, url: str) -> None:
    store.record_cycle(_cycle(1, "sw-1"))
    known = store.samples()
    same = replace(known["sw-1"], at=BEGUN + 600)
    store.record_cycle(replace(_cycle(2), samples=(same,), before=known))
    assert store.samples()["sw-1"] == same
    other = replace(same, layout=replace(same.layout, changed=9))
    store.record_cycle(replace(_cycle(3), samples=(other,), before=known))
    assert store.samples()["sw-1"].layout.changed == 9
    assert _count(url, "layout") == 1


def test_a_layout_that_another_process_read_is_not_written_again(store: Store, url: str) -> None:
    store.record_cycle(_cycle(1, "sw-1"))
    known = store.samples()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(delete(POLL_LAYOUT))
    engine.dispose()
    same = replace(deepcopy(known["sw-1"]), at=BEGUN + 600)
    store.record_cycle(replace(_cycle(2), samples=(same,), before=known))
    assert _count(url, "layout") == 0


def test_a_sample_is_read_with_its_own_layout(
    store: Store, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A poller keeps a cycle, with ports renumbered, while somebody reads."""
    store.record_cycle(_cycle(1, "sw-1"))
    before, rows = store.samples(), polls._rows
    (now,) = _cycle(2, "sw-1").samples
    moved = replace(now, layout=replace(now.layout, ports=("GigabitEthernet1/0/9",)))

    def overtaken(
        connection: Connection, table: Table, columns: Sequence[str], devices: None
    ) -> Iterator[tuple[Any, ...]]:
        found = list(rows(connection, table, columns, devices))
        if table is POLL_LAYOUT:
            with Store.open(url) as other:
                other.record_cycle(replace(_cycle(2), samples=(moved,)))
        return iter(found)

    with monkeypatch.context() as overtaking:
        overtaking.setattr(polls, "_rows", overtaken)
        assert store.samples() == before
    assert store.samples() == {"sw-1": moved}


def test_a_sample_that_cannot_be_read_is_the_stores_fault_and_has_a_name(
    store: Store, url: str
) -> None:
    store.record_cycle(_cycle(1, "sw-1", "sw-2"))
    engine = create_engine(url)
    with engine.begin() as connection:
        damaged = update(POLL_SAMPLE).where(POLL_SAMPLE.c.device == "sw-2")
        connection.execute(damaged.values(packed=b"?"))
    engine.dispose()
    with pytest.raises(StoreFailed, match="cannot be read: sw-2: not a packed sample"):
        store.samples()
    assert store.samples(["sw-1"]).keys() == {"sw-1"}


def test_rates_are_kept_for_six_hours_and_no_more(store: Store, url: str) -> None:
    slots = KEPT // INTERVAL
    for cycle in range(1, slots + 30):
        store.record_cycle(_cycle(cycle, "sw-1"))
    last = store.samples()["sw-1"]
    kept = store.rates(last, 0.0)
    assert [one.at for one in kept] == [BEGUN + n * INTERVAL for n in range(30, slots + 30)]
    assert {one.columns[Column.IN_OCTETS][0] for one in kept} == {1.0}
    assert _count(url, "rates") == slots
    assert len(store.rates(last, last.at - 900)) == 4


def test_a_second_reading_in_an_interval_takes_the_place_of_the_first(store: Store) -> None:
    store.record_cycle(_cycle(1, "sw-1", "sw-2"))
    again = _cycle(1, "sw-1")
    late = replace(again.rates[0], at=again.rates[0].at + 20)
    store.record_cycle(replace(again, rates=(late,)))
    assert [one.at for one in store.rates(_sample("sw-1", 1), 0.0)] == [late.at]
    assert len(store.rates(_sample("sw-2", 1), 0.0)) == 1


def _read(since: Sample, seconds: int) -> tuple[Sample, Cycle]:
    """Return a reading so many seconds after another, and what it adds to the store."""
    passed = array("Q", [since.uptimes[0] + seconds * 100])
    now = replace(since, at=since.at + seconds, uptimes=passed)
    return now, Cycle((now,), (rates(since, now),), (), {}, INTERVAL)


def test_a_reading_after_seconds_is_shown_and_takes_no_place_of_good_rates(
    store: Store, url: str
) -> None:
    store.record_cycle(_cycle(1, "sw-1"))
    good = last = _sample("sw-1", 1, 300)
    for seconds in (3, 149, 20):
        last, cycle = _read(last, seconds)
        store.record_cycle(cycle)
        assert store.last_rates({"sw-1": last})["sw-1"].span == seconds
    assert [one.at for one in store.rates(last, 0.0)] == [good.at]
    assert _count(url, "rates") == 2, "one beside the ring, however often"
    last, cycle = _read(last, 150)
    store.record_cycle(cycle)
    assert [one.at for one in store.rates(last, 0.0)] == [good.at, last.at]


def test_a_reading_by_hand_just_before_a_turn_costs_no_interval(store: Store) -> None:
    store.record_cycle(_cycle(1, "sw-1"))
    good = _sample("sw-1", 1, 300)
    by_hand, first = _read(good, 297)
    at_turn, second = _read(by_hand, 3)
    next_turn, third = _read(at_turn, 300)
    for cycle in (first, second, third):
        store.record_cycle(cycle)
    expected = [good.at, by_hand.at, next_turn.at]
    assert [one.at for one in store.rates(next_turn, 0.0)] == expected


def test_rates_of_ports_that_were_others_are_not_shown(store: Store) -> None:
    store.record_cycle(_cycle(1, "sw-1"))
    now = store.samples()["sw-1"]
    moved = replace(now, layout=replace(now.layout, ports=("GigabitEthernet1/0/9",)))
    assert store.rates(moved, 0.0) == ()


def test_the_rates_of_the_last_reading(store: Store) -> None:
    store.record_cycle(_cycle(1, "sw-1", "sw-2"))
    store.record_cycle(_cycle(2, "sw-2"))
    found = store.last_rates(store.samples())
    assert {name: one.at for name, one in found.items()} == {
        "sw-1": BEGUN + 300,
        "sw-2": BEGUN + 600,
    }
    assert store.last_rates({}) == {}


def test_a_device_that_is_long_dead_does_not_bring_the_whole_ring(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.record_cycle(_cycle(1, "sw-1", "sw-2"))
    for cycle in range(2, 9):
        store.record_cycle(_cycle(cycle, "sw-2"))
    fetched: list[object] = []
    with store._read() as connection:
        ask = connection.execute

        def counted(query: Select[Any]) -> list[Any]:
            rows = list(ask(query))
            fetched.extend(rows)
            return rows

        monkeypatch.setattr(connection, "execute", counted)
        found = polls.last_rates(connection, _last(8))
    assert {name: one.at for name, one in found.items()} == {
        "sw-1": BEGUN + INTERVAL,
        "sw-2": BEGUN + 8 * INTERVAL,
    }
    assert len(fetched) <= 3, "not all nine"


def _last(cycle: int) -> dict[str, Sample]:
    return {"sw-1": _sample("sw-1", 1, 300), "sw-2": _sample("sw-2", cycle, cycle * 300)}


def test_extras_are_replaced(store: Store) -> None:
    first = Extras("sw-1", BEGUN, received={"a": -5.0}, usual={"a": -5.0})
    store.record_cycle(replace(_cycle(1), extras=(first, replace(first, device="sw-2"))))
    later = replace(first, at=BEGUN + 1800, received={"a": -6.0})
    store.record_cycle(replace(_cycle(2), extras=(later,)))
    assert store.extras(["sw-1", "sw-9"]) == {"sw-1": later}
    assert store.extras().keys() == {"sw-1", "sw-2"}


def test_days_are_replaced_and_old_ones_let_go(store: Store, url: str) -> None:
    def day(name: str, octets: float) -> Day:
        empty = Day.empty("sw-1", name, ("a",))
        columns = [array("d", column) for column in empty.columns]
        columns[Daily.IN_OCTETS][0] = octets
        return replace(empty, columns=tuple(columns))

    for name, octets in (("2026-11-21", 1.0), ("2026-11-22", 2.0), ("2026-11-22", 3.0)):
        store.record_days([day(name, octets)], "2026-01-01")
    found = store.days("2026-11-21", ["sw-1", "sw-9"])
    assert [(one.day, one.columns[Daily.IN_OCTETS][0]) for one in found] == [
        ("2026-11-21", 1.0),
        ("2026-11-22", 3.0),
    ]
    store.record_days([], "2026-11-22")
    assert [one.day for one in store.days("2026-01-01")] == ["2026-11-22"]
    assert _count(url, "day") == 1


def test_what_left_the_inventory_is_let_go(store: Store, url: str) -> None:
    both = _cycle(1, "sw-1", "sw-2")
    light = tuple(Extras(one, BEGUN) for one in ("sw-1", "sw-2"))
    store.record_cycle(replace(both, extras=light))
    days = [Day.empty(one, "2026-11-21", ("a",)) for one in ("sw-1", "sw-2")]
    store.record_days(days, "2026-01-01")
    store.forget_polls({"sw-1"}, BEGUN + INTERVAL)
    assert store.samples().keys() == {"sw-1", "sw-2"}, "somebody still reads it"
    store.forget_polls({"sw-1"}, BEGUN + INTERVAL + 1)
    assert store.samples().keys() == store.extras().keys() == {"sw-1"}
    assert [day.device for day in store.days("2026-01-01")] == ["sw-1"]
    assert [_count(url, what) for what in ("layout", "sample", "rates", "day")] == [1] * 4


def test_a_cycle_is_kept_whole_or_not_at_all(store: Store) -> None:
    twice = _cycle(1, "sw-1", "sw-1")
    with pytest.raises(UsageError):
        store.record_cycle(twice)
    assert store.samples() == {}
    assert store.rates(_sample("sw-1", 1), 0.0) == ()


def test_a_cycle_of_nothing_keeps_what_was(store: Store) -> None:
    store.record_cycle(_cycle(1, "sw-1"))
    store.record_cycle(_cycle(2))
    assert store.samples().keys() == {"sw-1"}


def _count(url: str, what: str) -> int:
    """Return how many rows a table has."""
    tables = {"layout": POLL_LAYOUT, "rates": POLL_RATES, "day": POLL_DAY, "sample": POLL_SAMPLE}
    engine = create_engine(url)
    with engine.connect() as connection:
        found = connection.execute(select(func.count()).select_from(tables[what])).scalar_one()
    engine.dispose()
    return int(found)
