"""What a poller keeps while the store fails: nothing is lost but what would grow without bound."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from math import isnan
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event, text

from automation.counters import Daily, Extras, Rates, Sample, rates
from automation.store import Store
from automation.tasks.keeping import Keeping
from automation.workspace import PollSettings
from tests.unit.counters.samples import Seen, sample

INTERVAL = 300
NOON = datetime.now().astimezone().replace(hour=12, minute=0, second=0, microsecond=0)
MIDNIGHT = NOON.replace(hour=0)
DEVICES = ("sw-1", "sw-2")


class Cycles:
    """Cycles of some devices from a time on, each with the rates since the one before."""

    def __init__(self, keeping: Keeping, begun: datetime, devices: tuple[str, ...]) -> None:
        self._keeping = keeping
        self._begun = begun.timestamp()
        self._devices = devices

    def read(self, cycle: int) -> None:
        """Keep a cycle."""
        now = [self._sample(device, cycle) for device in self._devices]
        counted = [rates(self._sample(one.device, cycle - 1), one) for one in now]
        extras = [Extras(one.device, one.at, {"Gi1/0/1": -float(cycle)}) for one in now]
        self._keeping.keep(now, counted, extras)

    def _sample(self, device: str, cycle: int) -> Sample:
        passed = cycle * INTERVAL
        seen = Seen(value=passed, uptime=100_000 + passed * 100, at=self._begun + passed)
        return replace(sample(seen), device=device)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def store(file: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{file}") as store:
        yield store


@contextmanager
def refusing(file: Path, table: str) -> Iterator[None]:
    """Let the database take no row of a table."""
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        told = f"BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'no more'); END"
        connection.execute(text(f"CREATE TRIGGER refusing {told}"))
    try:
        yield
    finally:
        with engine.begin() as connection:
            connection.execute(text("DROP TRIGGER refusing"))
        engine.dispose()


def kept(store: Store, device: str = "sw-1") -> tuple[Rates, ...]:
    return store.rates(store.samples()[device], 0.0)


@pytest.mark.parametrize("table", ["poll_layout", "poll_sample", "poll_rates", "poll_extra"])
def test_what_the_store_did_not_take_is_kept_with_the_next_cycle(
    store: Store, file: Path, table: str
) -> None:
    keeping = Keeping(store, DEVICES, PollSettings(), DEVICES)
    cycles = Cycles(keeping, NOON, DEVICES)
    with refusing(file, table):
        cycles.read(1)
        assert "no more" in keeping.fault
        cycles.read(2)
        assert store.samples() == {}
    cycles.read(3)
    assert keeping.fault == ""
    assert store.samples() == keeping.samples
    assert {len(kept(store, device)) for device in DEVICES} == {3}
    assert store.extras()["sw-1"].received == {"Gi1/0/1": -3.0}


def test_a_device_that_is_dead_when_the_store_is_well_again_keeps_its_last_sample(
    store: Store, file: Path
) -> None:
    keeping = Keeping(store, DEVICES, PollSettings(), DEVICES)
    with refusing(file, "poll_sample"):
        Cycles(keeping, NOON, DEVICES).read(1)
    Cycles(keeping, NOON, DEVICES[:1]).read(2)
    assert store.samples().keys() == set(DEVICES)


def test_what_waits_is_bounded(store: Store, file: Path) -> None:
    keeping = Keeping(store, DEVICES, PollSettings(), DEVICES)
    cycles = Cycles(keeping, NOON, DEVICES)
    with refusing(file, "poll_rates"):
        for cycle in range(1, 31):
            cycles.read(cycle)
    cycles.read(31)
    assert len(kept(store)) == 12


@pytest.mark.parametrize(("interval", "is_known"), [(INTERVAL, True), (3 * INTERVAL, False)])
def test_a_peak_is_made_of_readings_half_an_interval_apart(
    store: Store, interval: int, is_known: bool
) -> None:
    keeping = Keeping(store, DEVICES, PollSettings(interval=interval), DEVICES)
    Cycles(keeping, NOON, DEVICES).read(1)
    keeping.end()
    day, _ = store.days("2000-01-01")
    assert day.columns[Daily.IN_OCTETS][0] == INTERVAL
    assert (day.columns[Daily.IN_PEAK][0] == 1.0) == is_known
    assert isnan(day.columns[Daily.IN_PEAK][0]) != is_known


def test_the_end_keeps_what_waits(store: Store, file: Path) -> None:
    keeping = Keeping(store, DEVICES, PollSettings(), DEVICES)
    with refusing(file, "poll_sample"):
        Cycles(keeping, NOON, DEVICES).read(1)
    keeping.end()
    assert (keeping.fault, store.samples()) == ("", keeping.samples)
    assert {day.device for day in store.days("2000-01-01")} == set(DEVICES)


def test_days_that_were_refused_are_written_later(store: Store, file: Path) -> None:
    keeping = Keeping(store, DEVICES, PollSettings(), DEVICES)
    Cycles(keeping, NOON, DEVICES).read(1)
    with refusing(file, "poll_day"):
        keeping.end()
        assert "no more" in keeping.fault
    keeping.end()
    assert (keeping.fault, len(store.days("2000-01-01"))) == ("", len(DEVICES))


def test_midnight_is_one_transaction(store: Store) -> None:
    devices = tuple(f"sw-{number}" for number in range(20))
    keeping = Keeping(store, devices, PollSettings(), devices)
    cycles = Cycles(keeping, MIDNIGHT - timedelta(seconds=2 * INTERVAL), devices)
    cycles.read(1)
    commits: list[object] = []
    event.listen(store._engine, "commit", commits.append)
    cycles.read(2)
    assert len(commits) == 3, "the cycle, the days, and what left the inventory"
    days = store.days("2000-01-01")
    assert len({day.day for day in days}) == 2
    assert len(days) == 2 * len(devices)
