"""Light, power and neighbours by each platform's own tables; a fault costs its part alone."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain, repeat

import pytest

from automation import platforms
from automation.counters import Extras, Neighbour
from automation.snmp import Limits, Poller
from tests.integration.snmp.badagent import (
    GET,
    GETBULK,
    Oid,
    Request,
    Value,
    agent,
    reply,
    well_behaved,
)
from tests.integration.snmp.table import HASTY, Table, ports, target, whole

pytestmark = pytest.mark.integration

TWO = ports(2)
FIRST, SECOND = "GigabitEthernet1/0/1", "GigabitEthernet1/0/2"
PHYSICAL = "1.3.6.1.2.1.47.1.1.1.1"
IOS_SENSOR = "1.3.6.1.4.1.9.9.91.1.1.1.1"
EOS_SENSOR = "1.3.6.1.2.1.99.1.1.1"
VRP_LIGHT = "1.3.6.1.4.1.2011.5.25.31.1.1.3.1"
LLDP = "1.0.8802.1.1.2.1"
GOES_BACK = [(f"{PHYSICAL}.7.5", b"x"), (f"{PHYSICAL}.7.4", b"x")]


def _sensor(table: str, index: int, values: Sequence[int]) -> dict[str, Value]:
    return {f"{table}.{column}.{index}": value for column, value in enumerate(values, 1)}


IOS: dict[str, Value] = {
    f"{PHYSICAL}.7.1041": b"Gi1/0/1 Transmit Power Sensor",
    f"{PHYSICAL}.7.1042": b"Gi1/0/1 Receive Power Sensor",
    f"{PHYSICAL}.7.1043": b"Gi1/0/9 Receive Power Sensor",
    f"{PHYSICAL}.7.1": b"Switch 1",
    **_sensor(IOS_SENSOR, 1041, (14, 9, 3, 1500)),
    **_sensor(IOS_SENSOR, 1042, (14, 9, 3, 0)),
    **_sensor(IOS_SENSOR, 1043, (14, 9, 3, 1)),
    "1.3.6.1.4.1.9.9.402.1.2.1.9.1.2": 4200,
    "1.3.6.1.4.1.9.9.402.1.2.1.9.1.9": 1,
}
EOS: dict[str, Value] = {
    f"{PHYSICAL}.2.100301212": f"DOM TX Power Sensor for {FIRST}".encode(),
    f"{PHYSICAL}.2.100301213": f"DOM RX Power Sensor for {FIRST}".encode(),
    **_sensor(EOS_SENSOR, 100301212, (6, 8, 4, 10_000)),
    **_sensor(EOS_SENSOR, 100301213, (6, 8, 4, 1000)),
}
VRP: dict[str, Value] = {
    f"{VRP_LIGHT}.8.67108868": 2147483647,
    f"{VRP_LIGHT}.9.67108868": 0,
    "1.3.6.1.4.1.2011.5.25.195.3.1.10.10102": 4240,
}
NEIGHBOURS: dict[str, Value] = {
    f"{LLDP}.3.7.1.3.1": b"Gi1/0/1",
    f"{LLDP}.3.7.1.3.2": b"2",
    f"{LLDP}.3.7.1.4.2": b"Gi1/0/2",
    f"{LLDP}.4.1.1.6.0.1.1": 5,
    f"{LLDP}.4.1.1.7.0.1.1": b"Ethernet49",
    f"{LLDP}.4.1.1.9.0.1.1": b"city-tra-001",
    f"{LLDP}.4.1.1.6.777.2.3": 3,
    f"{LLDP}.4.1.1.7.777.2.3": b"\x00\x1b\x21\x00\x00\x01",
    f"{LLDP}.4.1.1.7.777.9.1": b"elsewhere",
}


def _extras(platform: str, more: dict[str, Value], cycles: int = 1) -> Extras | None:
    table = Table(TWO)

    def script(request: Request) -> Sequence[bytes]:
        return [reply(request, well_behaved(request, table.values() | more))]

    with agent(script) as one:
        asked = replace(target(one, TWO), mibs=platforms.get(platform).mibs)
        with Poller([asked], Limits(timeout=0.3, deadline=5.0), {}) as poller:
            found = [poller.cycle()[0] for _ in range(cycles)]
    assert all(whole(each, TWO) for each in found)
    assert all(each.extras is None for each in found[1:])
    return found[0].extras


def test_ios_shows_light_by_names_and_power_by_numbers() -> None:
    found = _extras("cisco_ios", IOS, cycles=2)
    assert found is not None
    assert found.received == {FIRST: 0.0}
    assert found.sent == {FIRST: 1.5}
    assert found.watts == {SECOND: 4.2}
    assert found.absent == {}


def test_eos_shows_light_in_milliwatts() -> None:
    found = _extras("arista_eos", EOS)
    assert found is not None
    assert found.received == {FIRST: -10.0}
    assert found.sent == {FIRST: 0.0}


def test_vrp_shows_light_through_its_alias_table() -> None:
    alias = "1.3.6.1.2.1.47.1.3.2.1.2.67108868.0"
    found = _extras("huawei_vrp", {**VRP, alias: Oid("1.3.6.1.2.1.2.2.1.1.10101")})
    assert found is not None
    assert found.received == {}
    assert found.sent == {FIRST: 0.0}
    assert found.watts == {SECOND: 4.24}


def test_what_may_be_microwatts_is_not_believed() -> None:
    alias = "1.3.6.1.2.1.47.1.3.2.1.2.67108868.0"
    doubtful = {**VRP, alias: Oid("1.3.6.1.2.1.2.2.1.1.10101"), f"{VRP_LIGHT}.8.67108868": 480}
    found = _extras("huawei_vrp", doubtful)
    assert found is not None
    assert found.received == {}


def test_neighbours_are_found_by_the_name_of_our_port() -> None:
    found = _extras("arista_eos", NEIGHBOURS)
    assert found is not None
    assert found.neighbours == {
        FIRST: Neighbour("city-tra-001", "Ethernet49"),
        SECOND: Neighbour("", "00:1b:21:00:00:01"),
    }


def test_a_fault_in_one_table_costs_nothing_else() -> None:
    table = Table(TWO)

    def script(request: Request) -> Sequence[bytes]:
        values = table.values() | IOS | NEIGHBOURS
        if request.tag == GETBULK and request.oids[0].startswith(f"{PHYSICAL}.7"):
            return [reply(request, GOES_BACK)]
        return [reply(request, well_behaved(request, values))]

    with agent(script) as one:
        asked = replace(target(one, TWO), mibs=platforms.get("cisco_ios").mibs)
        with Poller([asked], HASTY, {}) as poller:
            (found,) = poller.cycle()
    assert whole(found, TWO)
    assert found.extras is not None
    assert "goes back" in found.extras.absent["light"]
    assert found.extras.watts == {SECOND: 4.2}
    assert FIRST in found.extras.neighbours


@pytest.mark.parametrize(
    ("minutes", "read"), [(9, True), (11, False)], ids=["just started", "long up"]
)
def test_extras_that_were_read_not_long_ago_are_read_of_a_device_that_just_started(
    minutes: int, read: bool
) -> None:
    table = Table(TWO, uptime=minutes * 6000)

    def script(request: Request) -> Sequence[bytes]:
        return [reply(request, well_behaved(request, table.values() | IOS))]

    with agent(script) as one:
        asked = replace(target(one, TWO), mibs=platforms.get("cisco_ios").mibs)
        with Poller([asked], HASTY, {}, {"sw-1": 4e9}) as poller:
            (found,) = poller.cycle()
    assert whole(found, TWO)
    assert (found.extras is not None) == read


BUSY = Limits(timeout=10.0, deadline=2.0)
"""An agent that leaves one question unanswered is not done within its deadline."""
LATE = "not done within the deadline of 2 s; tried again in "


def test_extras_that_were_not_done_in_time_say_so_and_are_tried_again_soon_and_then_less() -> None:
    table, busy = Table(TWO), {1}

    def script(request: Request) -> Sequence[bytes]:
        if busy and request.oids[0].startswith(PHYSICAL):
            return []
        return [reply(request, well_behaved(request, table.values() | IOS))]

    with agent(script) as one:
        asked = replace(target(one, TWO), mibs=platforms.get("cisco_ios").mibs)
        with Poller([asked], BUSY, {}) as poller:
            late = [poller.cycle()[0] for _ in range(3)]
            busy.clear()
            done = [poller.cycle()[0] for _ in range(6)]
    assert all(whole(found, TWO) for found in (*late, *done))
    assert [found.extras and (found.extras.late, found.extras.absent) for found in late] == [
        (True, dict.fromkeys(("light", "power", "neighbours"), f"{LATE}the next cycle")),
        (True, dict.fromkeys(("light", "power", "neighbours"), f"{LATE}2 cycles")),
        None,
    ]
    first = done[0].extras
    assert first is not None
    assert (first.received, first.absent, first.late) == ({FIRST: 0.0}, {}, False)
    assert [found.extras for found in done[1:]] == [None] * 5, "not again before it is due"


def test_a_value_that_is_not_given_is_told_by_its_part() -> None:
    table = Table(TWO)

    def script(request: Request) -> Sequence[bytes]:
        if request.tag == GET and any(IOS_SENSOR in oid for oid in request.oids):
            return []
        return [reply(request, well_behaved(request, table.values() | IOS))]

    with agent(script) as one:
        asked = replace(target(one, TWO), mibs=platforms.get("cisco_ios").mibs)
        with Poller([asked], HASTY, {}) as poller:
            (found,) = poller.cycle()
    assert found.extras is not None
    assert found.extras.absent.keys() == {"light"}
    assert found.extras.watts == {SECOND: 4.2}


def test_a_fault_of_ours_in_extras_costs_only_them_and_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(*_: object) -> float:
        raise IndexError("of a tuple")

    monkeypatch.setattr("automation.snmp.extras.dbm", fails)
    with _polling("cisco_ios", Table(TWO), IOS) as poller:
        (found,) = poller.cycle()
    assert whole(found, TWO)
    assert found.error == "", "it was read"
    why = "our own fault: IndexError: of a tuple"
    assert found.warning == f"light, power and neighbours: {why}"
    assert found.extras is not None
    assert found.extras.absent == dict.fromkeys(("light", "power", "neighbours"), why)


EVERY_CYCLE = Limits(timeout=0.3, deadline=5.0, extras=0.0)


@contextmanager
def _polling(
    platform: str, table: Table, more: dict[str, Value], faults: Collection[int] = ()
) -> Iterator[Poller]:
    """Poll an agent whose objects are those of `table` and `more` as they are when asked.

    While there are `faults`, walks of physical names go back.
    """

    def script(request: Request) -> Sequence[bytes]:
        if faults and request.tag == GETBULK and request.oids[0].startswith(f"{PHYSICAL}.7"):
            return [reply(request, GOES_BACK)]
        return [reply(request, well_behaved(request, table.values() | more))]

    with agent(script) as one:
        asked = replace(target(one, TWO), mibs=platforms.get(platform).mibs)
        with Poller([asked], EVERY_CYCLE, {}) as poller:
            yield poller


def _read(poller: Poller) -> Extras:
    (found,) = poller.cycle()
    assert found.extras is not None
    return found.extras


def test_what_could_not_be_walked_once_is_walked_again() -> None:
    faults = {1}
    with _polling("cisco_ios", Table(TWO), IOS, faults) as poller:
        assert "goes back" in _read(poller).absent["light"]
        faults.clear()
        found = _read(poller)
    assert found.received == {FIRST: 0.0}
    assert found.absent == {}


def test_power_follows_ports_that_were_renumbered() -> None:
    power = "1.3.6.1.4.1.2011.5.25.195.3.1.10"
    table, more = Table(TWO), dict(VRP)
    with _polling("huawei_vrp", table, more) as poller:
        assert _read(poller).watts == {SECOND: 4.24}
        table.ports = {name: index + 1 for name, index in TWO.items()}
        table.changed = 99
        more |= {f"{power}.10102": 7000, f"{power}.10103": 4240}
        assert _read(poller).watts == {FIRST: 7.0, SECOND: 4.24}


def test_a_transceiver_that_was_plugged_in_shows_within_a_day(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = chain((1e9, 1e9 + 80_000), repeat(1e9 + 90_000))
    monkeypatch.setattr("automation.snmp.poller.time", lambda: next(clock))
    more: dict[str, Value] = {}
    with _polling("cisco_ios", Table(TWO), more) as poller:
        assert _read(poller).received == {}
        more |= IOS
        assert _read(poller).received == {}
        assert _read(poller).received == {FIRST: 0.0}


@pytest.mark.parametrize("sign", ["boots", "nothing"])
def test_a_number_that_became_anothers_shows_no_light_of_that(sign: str) -> None:
    """1042 was the receiver of the first port; now it is that of the second."""
    table, more = Table(TWO), dict(IOS)
    with _polling("cisco_ios", table, more) as poller:
        assert _read(poller).received == {FIRST: 0.0}
        if sign == "boots":
            table.boots, table.uptime = table.boots + 1, 100
        more[f"{PHYSICAL}.7.1042"] = b"Gi1/0/2 Receive Power Sensor"
        more |= _sensor(IOS_SENSOR, 1042, (14, 9, 3, 500))
        assert _read(poller).received == {SECOND: 0.5}


def test_an_alias_that_became_anothers_shows_no_light_of_that() -> None:
    alias = "1.3.6.1.2.1.47.1.3.2.1.2.67108868.0"
    more = {**VRP, alias: Oid("1.3.6.1.2.1.2.2.1.1.10101")}
    with _polling("huawei_vrp", Table(TWO), more) as poller:
        assert _read(poller).sent == {FIRST: 0.0}
        more[alias] = Oid("1.3.6.1.2.1.2.2.1.1.10102")
        assert _read(poller).sent == {SECOND: 0.0}


def test_light_whose_port_cannot_be_read_again_is_no_light() -> None:
    more = dict(IOS)
    with _polling("cisco_ios", Table(TWO), more) as poller:
        assert _read(poller).received == {FIRST: 0.0}
        del more[f"{PHYSICAL}.7.1042"]
        assert _read(poller).received == {}


def test_a_transceiver_shows_at_once_where_the_agent_says_that_things_changed() -> None:
    changed = "1.3.6.1.2.1.47.1.4.1.0"
    more: dict[str, Value] = {changed: 5}
    with _polling("cisco_ios", Table(TWO), more) as poller:
        assert _read(poller).received == {}
        more |= IOS | {changed: 4711}
        assert _read(poller).received == {FIRST: 0.0}


def test_a_walk_that_was_cut_is_told_by_its_rows_and_walked_again() -> None:
    more = {name: value for name, value in IOS.items() if name != f"{IOS_SENSOR}.3.1042"}
    with _polling("cisco_ios", Table(TWO), more) as poller:
        first = _read(poller)
        more |= IOS
        second = _read(poller)
    assert first.received == {}
    assert "different rows" in first.absent["light"]
    assert second.received == {FIRST: 0.0}
    assert second.absent == {}
