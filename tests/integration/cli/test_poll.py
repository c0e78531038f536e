"""`portvakt poll` on the twin: every counter is what the twin knows it to be, or absent."""

from __future__ import annotations

import json
import signal
import subprocess
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from filelock import FileLock

from automation.cli.opening import found
from automation.playbook import Network
from automation.store import Cycle
from tests.integration.cli.twin import COMMAND, Twin, environment, twin_in

ROWS = 7 * 48 + 5 * 48
HIGH_CAPACITY = ("octets", "unicast", "multicast", "broadcast")
IOS, VRP, V3 = "city-acc-001", "city-acc-002", "mkb-acc-001"
LIT = "city-acc-003"
"""A switch that no test has restarted: its light is read when it is due."""


@pytest.fixture(scope="module")
def polled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twin]:
    """A lab at factory default that was polled twice, so that there are rates."""
    with twin_in(tmp_path_factory.mktemp("poll") / "lab") as one:
        with (one.folder / "portvakt.toml").open("a", encoding="utf-8") as settings:
            settings.write("[poll]\ntimeout_ms = 300\ndeadline = 4\n")
        for _ in range(2):  # two samples within a second would have no rates
            assert one.portvakt("poll", "once").returncode == 0
            sleep(1.1)
        yield one


def _truth(twin: Twin, folder: Path) -> Mapping[str, Any]:
    assert twin.portvakt("lab", "truth", "--out", folder / "truth.json").returncode == 0
    found: dict[str, Any] = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    return found["devices"]  # type: ignore[no-any-return]


def _value(line: Mapping[str, int], uptime: int, counter: str) -> int:
    """Return a counter of the twin at a time of its own clock."""
    bits = 64 if counter.partition("_")[2] in HIGH_CAPACITY else 32
    moved = line["rate"] * (uptime - line["epoch"]) // 100
    return int((line["start"] + moved) % (1 << bits))


def _wrong(row: Mapping[str, Any], port: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a row has otherwise than the twin."""
    for counter, line in port["counters"].items():
        if row["counters"][counter] != _value(line, row["sysUpTime"], counter):
            yield f"{row['device']} {row['port']} {counter}"
        rate = row["rates"][counter]
        if rate is not None and abs(rate - line["rate"]) > 1.01 / row["seconds"]:
            yield f"{row['device']} {row['port']} rate of {counter}"
    if (row["admin"] == "up", row["oper"] == "up") != (port["admin"], port["oper"]):
        yield f"{row['device']} {row['port']} state"
    if row["speed"] != port["speed"] * 1_000_000 or row["ifIndex"] != port["ifIndex"]:
        yield f"{row['device']} {row['port']} speed or number"


@pytest.mark.parametrize("shards", ["1", "2"])
def test_every_port_has_the_twins_own_numbers(polled: Twin, tmp_path: Path, shards: str) -> None:
    sleep(1.1)  # two samples within a second have no rates
    done = polled.process("poll", "once", "-o", "json", "--shards", shards)
    truth = _truth(polled, tmp_path)
    assert done.returncode == 0
    rows = done.json["ports"]
    assert len(rows) >= ROWS
    wrong = [
        what
        for row in rows
        for what in _wrong(row, truth[row["device"]]["interfaces"][row["ifName"]])
    ]
    assert wrong == []
    assert sum(row["rates"] is not None for row in rows) == len(rows)
    assert len({(row["device"], row["port"]) for row in rows}) == len(rows)
    assert {row["device"] for row in done.json["devices"]} == truth.keys()


def test_counters_that_are_held_have_no_rates_but_zero(polled: Twin) -> None:
    assert polled.portvakt("lab", "freeze").returncode == 0
    try:
        first = polled.portvakt("poll", "once", "-l", IOS, "-o", "json").json["ports"]
        second = polled.portvakt("poll", "once", "-l", IOS, "-o", "json").json["ports"]
    finally:
        polled.portvakt("lab", "unfreeze")
    assert [row["counters"] for row in first] == [row["counters"] for row in second]
    known = [row["rates"] for row in second if row["rates"]]
    assert {rate for rates in known for rate in rates.values()} <= {0.0}


def test_a_port_that_is_shut_on_the_command_line_is_down_here(polled: Twin) -> None:
    polled.edit(IOS, "interface GigabitEthernet1/0/5", "shutdown")
    done = polled.portvakt("poll", "show", IOS, "--now", "-o", "json")
    rows = {row["port"]: row for row in done.json}
    assert rows["GigabitEthernet1/0/5"]["admin"] == "down"
    assert rows["GigabitEthernet1/0/5"]["oper"] == "down"
    assert rows["GigabitEthernet1/0/6"]["admin"] == "up"


def test_a_look_keeps_nothing_and_never_shows_an_old_reading(polled: Twin) -> None:
    kept = polled.portvakt("poll", "show", VRP, "-o", "json").json
    with FileLock(polled.folder / ".portvakt" / "poll.lock"):  # as a daemon has it
        assert polled.portvakt("poll", "once", "-l", VRP).returncode == 75
        now = polled.portvakt("poll", "show", VRP, "--now", "-o", "json")
    assert (now.returncode, len(now.json)) == (0, len(kept))
    assert min(row["at"] for row in now.json) > max(row["at"] for row in kept)
    assert polled.portvakt("poll", "show", VRP, "-o", "json").json == kept
    with polled.broken(VRP, "dead"):
        dead = polled.portvakt("poll", "show", VRP, "--now")
    assert (dead.returncode, dead.stdout) == (3, "")
    assert f"{VRP}: no SNMP answer" in dead.stderr


@pytest.mark.parametrize("device", [IOS, VRP, V3])
def test_a_dead_device_costs_itself_and_says_so(polled: Twin, device: str) -> None:
    with polled.broken(device, "dead"):
        done = polled.portvakt("poll", "once", "-o", "json")
    assert done.returncode == 3
    bad = {row["device"]: row["error"] for row in done.json["devices"] if not row["polled"]}
    assert bad.keys() == {device}
    lost = [row for row in done.json["ports"] if row["counters"] is None]
    assert {row["device"] for row in lost} == {device}
    assert {row["reason"] for row in lost} == set(bad.values())
    assert len(done.json["ports"]) >= ROWS


FAULTS = (
    *("drip", "loop", "repeat", "endless", "tooBig", "genErr", "truncated", "source"),
    *("narrow", "renumber", "wrap", "reset"),
)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("device", [IOS, V3])
def test_a_bad_agent_is_right_or_absent(
    polled: Twin, tmp_path: Path, device: str, fault: str
) -> None:
    """Whatever a device's agent does, each of its values is the twin's, or there is a reason.

    An agent to which a whole port is too big gives it in pieces, a tenth of a second apart at most.
    """
    apart = range(-10, 11) if fault == "tooBig" else (0,)
    with polled.broken(device, fault):
        done = polled.portvakt("poll", "once", "-l", f"{device},{VRP}", "-o", "json")
        truth = _truth(polled, tmp_path)
    polled.portvakt("poll", "once", "-l", device)
    for row in done.json["ports"]:
        if row["counters"] is None:
            assert row["reason"]
            assert row["device"] == device
            continue
        port = truth[row["device"]]["interfaces"][row["ifName"]]
        for counter, value in row["counters"].items():
            if value is None:
                assert row["absent"][counter]
            else:
                bits = 32 if counter in row["narrow"] else 64
                clocks = (row["sysUpTime"] + late for late in apart)
                true = {_value(port["counters"][counter], at, counter) for at in clocks}
                assert value in {one % (1 << bits) for one in true}, counter
            rate = row["rates"] and row["rates"][counter]
            assert rate is not None or row["reason"] or row["reasons"][counter]
            if rate is not None and "octets" in counter:
                assert rate * 8 <= row["speed"] * 1.05


@pytest.mark.parametrize("fault", ["genErr", "narrow"])
@pytest.mark.parametrize("device", [VRP, V3])
def test_a_fault_that_is_over_leaves_nothing_behind(polled: Twin, device: str, fault: str) -> None:
    """Every command is a process of its own; what it knows of the last one is in the store."""
    with polled.broken(device, fault, line=3):
        for _ in range(2):
            assert polled.portvakt("poll", "once", "-l", device).returncode == 0
        sick = polled.portvakt("poll", "show", device, "-o", "json").json
    if fault == "narrow":  # else the hour has to pass
        assert polled.portvakt("lab", "reboot", device).returncode == 0
    rows = polled.portvakt("poll", "once", "-l", device, "-o", "json").json["ports"]
    assert any(row["absent"] or row["narrow"] for row in sick)
    assert [row["port"] for row in rows if row["absent"] or row["narrow"]] == []


def test_counters_that_began_anew_say_so_in_the_cycle_that_finds_them(polled: Twin) -> None:
    assert polled.portvakt("poll", "once", "-l", V3).returncode == 0
    before = polled.portvakt("poll", "show", V3, "-o", "json").json
    with polled.broken(V3, "reset"):
        rows = polled.portvakt("poll", "once", "-l", V3, "-o", "json").json["ports"]
    moved = [
        old["discontinuity"] != row["discontinuity"] for old, row in zip(before, rows, strict=True)
    ]
    carried = [
        old["counters"]["in_octets"] > row["counters"]["in_octets"]
        for old, row in zip(before, rows, strict=True)
    ]
    assert any(carried)
    assert all(told for told, fell in zip(moved, carried, strict=True) if fell)


def test_a_reboot_is_no_rate(polled: Twin) -> None:
    assert polled.portvakt("poll", "once", "-l", V3).returncode == 0
    assert polled.portvakt("lab", "reboot", V3).returncode == 0
    rows = polled.portvakt("poll", "once", "-l", V3, "-o", "json").json["ports"]
    assert {row["reason"] for row in rows} == {"the agent restarted in between"}
    assert {row["rates"] for row in rows} == {None}


def test_one_port_is_shown_with_its_history(polled: Twin) -> None:
    sleep(1.1)  # the faults before this left no rate
    assert polled.portvakt("poll", "once", "-l", IOS).returncode == 0
    port = ("poll", "show", IOS, "GigabitEthernet1/0/1")
    row = polled.portvakt(*port, "-o", "json").json
    assert row["rates"]
    assert row["history"] == [], "seconds are none"
    assert "not known: no two readings half an interval apart" in polled.portvakt(*port).stdout
    with Network(found(polled.folder)) as network:
        last = network.store.last_rates(network.store.samples([IOS]))[IOS]
        longer = replace(last, seconds=array("d", [300.0]) * len(last.ports))
        network.store.record_cycle(Cycle((), (longer,), (), {}, 300))
    done = polled.portvakt(*port, "--now")
    assert done.returncode == 0
    for word in ("octets", "errors", "state", "in, 6 h", "out, 6 h", "GigabitEthernet1/0/1"):
        assert word in done.stdout
    assert "█" in done.stdout
    assert polled.portvakt(*port, "-o", "json").json["history"]


def test_an_outlet_leads_to_its_port(polled: Twin) -> None:
    ports = polled.portvakt("port", "list", "-l", IOS, "-o", "json").json
    port = next(row for row in ports if row["outlet"])
    shown = polled.portvakt("poll", "show", port["outlet"], "-o", "json").json
    assert (shown["device"], shown["port"]) == (port["device"], port["port"])


def test_the_busiest_ports_come_first_and_are_up(polled: Twin) -> None:
    assert polled.portvakt("poll", "once").returncode == 0
    rows = polled.portvakt("poll", "top", "-n", "5", "-o", "json").json
    assert len(rows) == 5
    assert {row["oper"] for row in rows} == {"up"}
    busiest = [max(row["in"], row["out"]) for row in rows]
    assert busiest == sorted(busiest, reverse=True)
    assert all(0 < row["use"] <= 100 for row in rows)
    assert polled.portvakt("poll", "top", "--by", "errors").returncode == 0


def test_light_is_that_of_the_lamp_and_of_its_own_past(polled: Twin) -> None:
    row = polled.portvakt("poll", "show", LIT, "TenGigabitEthernet1/0/1", "-o", "json").json
    assert -13 <= row["received"] <= -4
    assert row["usual"] == row["received"], "nothing has faded yet"
    with polled.broken(LIT, "dim"):
        assert polled.portvakt("poll", "once").returncode == 0
        assert polled.portvakt("poll", "top", "--by", "light").stdout == "", "it is not due"
        shown = polled.portvakt("poll", "show", LIT, "TenGigabitEthernet1/0/1", "--now").stdout
        assert polled.portvakt("poll", "top", "--by", "light").stdout == "", "nothing is kept"
        assert polled.portvakt("poll", "once", "-l", LIT, "--extras").returncode == 0
        rows = polled.portvakt("poll", "top", "--by", "light", "-o", "json").json
    assert f"{row['received'] - 6:g} dBm, usually " in shown
    assert {row["device"] for row in rows} == {LIT}
    assert all(row["less"] == pytest.approx(6, abs=0.2) for row in rows)


def test_light_that_was_not_read_in_time_is_read_in_the_next_poll(polled: Twin) -> None:
    with Network(found(polled.folder)) as network:
        (last,) = network.store.extras([LIT]).values()
        absent = {"light": "not done in time"}
        late = replace(last, received={}, absent=absent, late=True)
        network.store.record_cycle(Cycle((), (), (late,), {}, 300))
    rows = polled.portvakt("poll", "once", "-l", LIT, "-o", "json").json["ports"]
    assert any(row["received"] for row in rows)
    assert {str(row["extrasAbsent"]) for row in rows} == {"{}"}
    with Network(found(polled.folder)) as network:
        (again,) = network.store.extras([LIT]).values()
        network.store.record_cycle(
            Cycle((), (), (replace(late, late=False, at=again.at),), {}, 300)
        )
    rows = polled.portvakt("poll", "once", "-l", LIT, "-o", "json").json["ports"]
    assert {row["received"] for row in rows} == {None}, "what is refused waits until it is due"
    assert {str(row["extrasAbsent"]) for row in rows} == {str(absent)}


WRONG = (
    (("poll", "show", "nowhere"), "no device and no outlet 'nowhere'"),
    (("poll", "show", IOS, "GigabitEthernet9/9/9"), "has no port 'GigabitEthernet9/9/9'"),
    (("poll", "top", "--by", "colour"), "no ranking by 'colour'"),
)


@pytest.mark.parametrize(("arguments", "said"), WRONG)
def test_what_cannot_be_shown_is_named(polled: Twin, arguments: tuple[str, ...], said: str) -> None:
    done = polled.portvakt(*arguments)
    assert done.returncode == 2
    assert said in done.stderr


def test_a_device_that_was_never_read_is_named(workspace: Path) -> None:
    done = Twin(workspace).portvakt("poll", "show", IOS)
    assert done.returncode == 2
    assert "never read" in done.stderr


def test_without_a_way_to_ask_nothing_is_asked(workspace: Path) -> None:
    (workspace / "portvakt.toml").write_text("", encoding="utf-8")
    done = Twin(workspace).portvakt("poll", "once")
    assert done.returncode == 2
    assert "no snmp entry 'default'" in done.stderr


def test_the_daemon_ends_when_told_and_another_is_refused(polled: Twin) -> None:
    daemon = subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [*COMMAND, "-w", str(polled.folder), "poll", "run"],
        env={**environment(), "PYTHONPATH": str(Path(__file__).parents[3])},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert daemon.stderr is not None
    line = daemon.stderr.readline()
    try:
        assert "12 devices, 0 not read" in line
        assert polled.portvakt("poll", "once").returncode == 75
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.stderr.close()
    assert daemon.wait() == 0


def test_what_left_the_inventory_leaves_the_store(polled: Twin) -> None:
    day = 86_400.0
    with Network(found(polled.folder)) as network:
        last = network.store.samples([IOS])[IOS]
        kept, gone = (
            replace(last, device=name, at=last.at - ago)
            for name, ago in (("other-acc-001", 0.9 * day), ("gone-acc-001", 1.1 * day))
        )
        network.store.record_cycle(Cycle((kept, gone), (), (), {}, 300))
        assert polled.portvakt("poll", "once", "-l", IOS).returncode == 0
        known = network.store.samples().keys()
        assert known == {*network.inventory.devices, "other-acc-001"}, "somebody may read it"


def test_the_daemon_counts_its_cycles(polled: Twin) -> None:
    done = polled.portvakt("poll", "run", "--cycles", "1", "-l", IOS)
    assert done.returncode == 0
    assert "1 devices, 0 not read, 51 ports" in done.stderr


@pytest.mark.parametrize("by", ["site", "estate", "provider"])
def test_capacity_adds_up(polled: Twin, by: str) -> None:
    rows = polled.portvakt("port", "capacity", "--by", by, "-o", "json").json
    assert rows
    uses = ("active", "idle", "ready", "unknown")
    assert all(row["total"] == sum(row[use] for use in uses) for row in rows)
    ready = {row["group"]: row["ready"] for row in rows}
    assert sum(ready.values()) > 0
    if by == "provider":
        assert ready["(none)"] > 0, "what is dark but ready is no provider's"
    else:
        assert sum(row["total"] for row in rows) == len(
            polled.portvakt("port", "list", "-o", "json").json
        )
    assert sum(row["active"] for row in rows) > 0


def test_an_unknown_grouping_is_named(polled: Twin) -> None:
    done = polled.portvakt("port", "capacity", "--by", "colour")
    assert done.returncode == 2
    assert "site, estate, provider" in done.stderr
