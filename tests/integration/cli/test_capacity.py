"""What is full and what is idle, from days that were kept: any days that a test wants."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from automation.cli.opening import today
from automation.counters import Daily, Day
from automation.playbook import Network
from automation.store import Cycle
from automation.workspace import find
from tests.integration.cli.twin import Done, called
from tests.unit.metrics.readings import Port, sample

pytestmark = pytest.mark.integration

ONE, TWO, TRANSPORT = "city-acc-001", "city-acc-002", "city-tra-001"
UPLINKS = {ONE: "TenGigabitEthernet1/0/1", TWO: "XGigabitEthernet0/0/1", TRANSPORT: "Ethernet49"}
GIGABIT = 1_000_000_000
PORT = "GigabitEthernet1/0/1"


@dataclass(frozen=True)
class Carried:
    """What a port carried in its busiest interval of a day, and its speed then and now: bit/s."""

    port: str
    inward: float = 0.0
    outward: float = 0.0
    then: int = GIGABIT
    speed: int = GIGABIT
    seconds: float = 86_400.0
    more: Mapping[Daily, float] = field(default_factory=dict)


@dataclass
class Kept:
    """A workspace whose store has days."""

    folder: Path

    def day(self, device: str, *ports: Carried, day: date | None = None) -> None:
        """Keep a day (today, unless it is said) and a reading of a device."""
        read = [Port(one.port, one.port, at, speed=one.speed) for at, one in enumerate(ports)]
        empty = Day.empty(device, (day or today()).isoformat(), [one.port for one in ports])
        columns = [array("d", column) for column in empty.columns]
        for row, one in enumerate(ports):
            values = {
                Daily.SECONDS: one.seconds,
                Daily.UP: one.seconds,
                Daily.IN_PEAK: one.inward / 8,
                Daily.OUT_PEAK: one.outward / 8,
                Daily.IN_USE: one.inward / one.then,
                Daily.OUT_USE: one.outward / one.then,
                **one.more,
            }
            for column, value in values.items():
                columns[column][row] = value
        with Network(find(self.folder, {})) as network:
            network.store.record_days([replace(empty, columns=tuple(columns))], "2000-01-01")
            network.store.record_cycle(Cycle((sample(*read, name=device),), (), (), {}, 300))

    def capacity(self, *arguments: str) -> Done:
        return called("-w", self.folder, "port", "capacity", *arguments)

    def groups(self, *arguments: str) -> Mapping[str, Mapping[str, Any]]:
        return {row["group"]: row for row in self.capacity("-o", "json", *arguments).json}


@pytest.fixture
def kept(workspace: Path) -> Kept:
    assert called("-w", workspace, "port", "import", workspace / "ports.csv").returncode == 0
    return Kept(workspace)


def test_uplinks_say_how_full_they_once_were(kept: Kept) -> None:
    kept.day(ONE, Carried(UPLINKS[ONE], inward=100e6, outward=810e6))
    kept.day(TWO, Carried(UPLINKS[TWO], inward=790e6))
    row = kept.groups()["varvet"]
    assert (row["uplinks"], row["uplinksFull"], row["uplinksUnknown"]) == (3, 1, 1)
    assert row["fullestUplink"] == f"{ONE} {UPLINKS[ONE]}"
    assert row["fullestUse"] == pytest.approx(81.0)


def test_a_full_port_is_counted(kept: Kept) -> None:
    kept.day(ONE, Carried(PORT, inward=900e6), Carried("GigabitEthernet1/0/2", inward=700e6))
    row = kept.groups()["varvet"]
    assert row["full"] == 1
    assert row["total"] == sum(row[use] for use in ("active", "idle", "ready", "unknown"))


def test_a_port_whose_link_has_slowed_down_was_not_full(kept: Kept) -> None:
    """A customer's box that sleeps at 10 Mbit/s carried 12.5 by day, of a gigabit."""
    kept.day(ONE, Carried(PORT, inward=12.5e6, speed=10_000_000))
    kept.day(TWO, Carried(UPLINKS[TWO], inward=500e6, speed=10_000_000))
    row = kept.groups()["varvet"]
    assert (row["full"], row["uplinksFull"], row["fullestUse"]) == (0, 0, pytest.approx(50.0))


def test_an_uplink_that_was_made_faster_is_not_full_any_more(kept: Kept) -> None:
    kept.day(ONE, Carried(UPLINKS[ONE], inward=900e6, speed=10 * GIGABIT))
    row = kept.groups()["varvet"]
    assert (row["uplinksFull"], row["fullestUse"]) == (0, pytest.approx(9.0))


def test_a_group_of_which_nothing_was_read_knows_nothing(kept: Kept) -> None:
    row = kept.groups()["varvet"]
    assert (row["uplinks"], row["uplinksFull"], row["uplinksUnknown"]) == (3, 0, 3)
    assert (row["fullestUse"], row["fullestUplink"]) == (None, None)
    assert row["unknown"] == row["total"]


def test_only_the_days_that_were_asked_for_count(kept: Kept) -> None:
    before = today() - timedelta(days=2)
    kept.day(ONE, Carried(UPLINKS[ONE], inward=900e6), day=before)
    kept.day(ONE, Carried(UPLINKS[ONE], inward=100e6))
    assert kept.groups()["varvet"]["uplinksFull"] == 1
    assert kept.groups("--days", "2")["varvet"]["uplinksFull"] == 0
    assert kept.groups("--days", "2")["varvet"]["fullestUse"] == pytest.approx(10.0)


def test_uplinks_are_those_of_every_provider_behind_them(kept: Kept) -> None:
    kept.day(ONE, Carried(UPLINKS[ONE], inward=900e6))
    found = kept.groups("--by", "provider")
    with Network(find(kept.folder, {})) as network:
        outlets = {port.outlet for port in network.store.ports([ONE])}
        here = {one.provider for one in network.store.subscriptions() if one.outlet in outlets}
    assert here
    assert {group for group, row in found.items() if row["uplinksFull"]} - {"(none)"} == here


def test_a_device_that_left_the_inventory_counts_nowhere(kept: Kept) -> None:
    before = kept.groups("--by", "provider")
    with Network(find(kept.folder, {})) as network:
        (first, *_) = network.store.ports([ONE])
        network.store.write_ports([replace(first, device="gone-acc-001", outlet=None)], [])
    kept.day("gone-acc-001", Carried(first.name, inward=900e6))
    assert kept.groups("--by", "provider") == before
    assert kept.groups("--by", "site")["varvet"]["full"] == 0


def test_people_get_two_tables_that_fit(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("automation.cli.output._room", lambda: 80)
    kept.day(ONE, Carried(UPLINKS[ONE], inward=947e6))
    lines = kept.capacity("-l", "site=varvet").stdout.splitlines()
    since = today() - timedelta(days=6)
    assert lines[0] == (
        f"{since} to {today()}; full: a mean of 5 min was 80 % of the speed or more"
    )
    assert lines[2].split() == ["group", "total", "active", "idle", "ready", "unknown", "full"]
    assert lines[5].split() == ["group", "uplinks", "full", "unknown", "peak", "fullest"]
    assert lines[6] == f"varvet  3        1     2        95 %  {ONE} {UPLINKS[ONE]}"
    assert len(lines) == 7
    assert max(map(len, lines)) <= 80


def test_a_site_whose_switches_have_no_port_rows_still_has_uplinks(workspace: Path) -> None:
    kept = Kept(workspace)
    kept.day(TRANSPORT, Carried(UPLINKS[TRANSPORT], inward=900e6))
    row = kept.groups("-l", TRANSPORT)["varvet"]
    assert (row["total"], row["uplinks"], row["uplinksFull"]) == (0, 1, 1)


def test_a_csv_has_all_of_it_in_one_row(kept: Kept) -> None:
    kept.day(ONE, Carried(UPLINKS[ONE], inward=947e6))
    head, *rows = kept.capacity("-o", "csv", "-l", ONE).stdout.splitlines()
    assert head == (
        "group,total,active,idle,ready,unknown,full,"
        "uplinks,uplinksFull,uplinksUnknown,fullestUse,fullestUplink"
    )
    assert [row.split(",")[-4:-2] for row in rows] == [["1", "0"]]
