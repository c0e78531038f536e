"""Ports that change their numbers, names, widths and speeds: never two under one name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from automation.counters import COUNTERS, HIGH_CAPACITY, Column, Sample, rates
from automation.snmp import Limits, Polled, Poller, oids
from tests.integration.snmp.badagent import (
    GET,
    Request,
    Value,
    agent,
    reply,
    well_behaved,
)
from tests.integration.snmp.table import HASTY, Table, polled, ports, target, whole

pytestmark = pytest.mark.integration

SIX = ports(6)
TURNED = dict(zip(SIX, reversed(SIX.values()), strict=True))


def _answers(table: Table, request: Request) -> Sequence[bytes]:
    return [reply(request, well_behaved(request, table.values()))]


def _right(found: Polled, table: Table) -> Sample:
    """Return a sample in which each name has the counters of its own number."""
    sample = found.sample
    assert sample is not None, found.error
    for row, name in enumerate(sample.layout.if_names):
        assert sample.layout.indexes[row] == table.ports[name]
        assert sample.columns[Column.IN_OCTETS][row] == table.ports[name] * 100
    return sample


def _sample(found: Polled) -> Sample:
    assert found.sample is not None, found.error
    return found.sample


def test_numbers_that_moved_with_a_reboot_are_walked_anew() -> None:
    table = Table(SIX)
    with (
        agent(lambda request: _answers(table, request)) as one,
        Poller([target(one, SIX)], HASTY, {}) as poller,
    ):
        before = _right(poller.cycle()[0], table)
        table.ports, table.boots, table.uptime = TURNED, table.boots + 1, 100
        after = _right(poller.cycle()[0], table)
    found = rates(before, after)
    assert "restarted" in str(found.reason(Column.IN_OCTETS, 0))


@pytest.mark.parametrize("sign", ["uptime", "changed"])
def test_one_sign_is_enough_to_walk_anew(sign: str) -> None:
    """An agent whose boots do not count, or one that moved numbers without a restart."""
    table = Table(SIX)
    with (
        agent(lambda request: _answers(table, request)) as one,
        Poller([target(one, SIX)], HASTY, {}) as poller,
    ):
        before = _right(poller.cycle()[0], table)
        table.ports = TURNED
        setattr(table, sign, 100)
        after = _right(poller.cycle()[0], table)
    found = rates(before, after)
    assert found.all_unknown or len(found.rows) == len(SIX)


def test_numbers_that_move_without_a_sign_are_found_where_the_agent_gives_none() -> None:
    """Without ifTableLastChange the names are read with every cycle."""
    table = Table(SIX, changed=None)
    with (
        agent(lambda request: _answers(table, request)) as one,
        Poller([target(one, SIX)], HASTY, {}) as poller,
    ):
        _right(poller.cycle()[0], table)
        table.ports = TURNED
        after = _right(poller.cycle()[0], table)
    assert set(after.layout.if_names) == set(TURNED)


def test_numbers_that_move_in_the_midst_of_a_cycle_are_read_anew() -> None:
    table = Table(SIX)
    asked = [0]

    def script(request: Request) -> Sequence[bytes]:
        if request.tag == GET and f"{oids.COLUMNS[Column.IN_OCTETS]}.10101" in request.oids:
            asked[0] += 1
            if asked[0] == 2:
                answer = _answers(table, request)
                table.ports, table.changed = TURNED, 78
                return answer
        return _answers(table, request)

    with agent(script) as one:
        first, after = polled(target(one, SIX), cycles=2)
    assert whole(first, SIX)
    _right(after, table)


def test_numbers_that_never_rest_are_not_believed() -> None:
    table = Table(SIX)

    def script(request: Request) -> Sequence[bytes]:
        answer = _answers(table, request)
        if request.tag == GET and f"{oids.COLUMNS[Column.IN_OCTETS]}.10101" in request.oids:
            table.ports = TURNED if table.ports is SIX else SIX
            table.changed = (table.changed or 0) + 1
        return answer

    with agent(script) as one:
        (found,) = polled(target(one, SIX))
    assert found.sample is None
    assert "moved while they were read" in found.error


def test_a_restart_in_the_midst_of_a_cycle_begins_it_anew() -> None:
    many = ports(8)
    table = Table(many)

    def script(request: Request) -> Sequence[bytes]:
        if f"{oids.COLUMNS[Column.IN_OCTETS]}.10105" in request.oids and table.boots == 3:
            table.uptime, table.boots = 50, 4
        return _answers(table, request)

    with agent(script) as one:
        (found,) = polled(target(one, many))
    assert whole(found, many)
    assert found.sample is not None
    assert found.sample.boots == 4


def test_a_port_that_came_and_one_that_went() -> None:
    table = Table(SIX)
    with (
        agent(lambda request: _answers(table, request)) as one,
        Poller([target(one, SIX)], HASTY, {}) as poller,
    ):
        poller.cycle()
        table.ports = {**dict(list(SIX.items())[1:]), "Gi1/0/7": 10_107}
        table.changed = 78
        after = poller.cycle()[0]
    sample = _right(after, table)
    assert "GigabitEthernet1/0/7" in sample.layout.ports
    assert set(after.faults) == {"GigabitEthernet1/0/1"}


def test_two_ports_of_one_name_are_neither_of_them() -> None:
    table = Table(SIX)

    def script(request: Request) -> Sequence[bytes]:
        values = table.values()
        if f"{oids.NAME}.10102" in values:
            values[f"{oids.NAME}.10102"] = b"Gi1/0/1"
        return [reply(request, well_behaved(request, values))]

    with agent(script) as one:
        (found,) = polled(target(one, SIX))
    assert found.sample is not None
    assert "GigabitEthernet1/0/1" not in found.sample.layout.ports
    assert "10101 and 10102" in found.faults["GigabitEthernet1/0/1"]
    assert "no interface" in found.faults["GigabitEthernet1/0/2"]


def test_what_is_no_port_is_not_read() -> None:
    table = Table({**SIX, "Vl10": 10})

    def script(request: Request) -> Sequence[bytes]:
        values = table.values() | {f"{oids.TYPE}.10": 53}
        return [reply(request, well_behaved(request, values))]

    with agent(script) as one:
        (found,) = polled(target(one, SIX))
    assert found.sample is not None
    assert found.sample.layout.if_names == tuple(SIX)


def test_an_agent_with_32_bits_is_read_at_32_bits() -> None:
    wide = {f"{oids.COLUMNS[one]}.{index}" for one in HIGH_CAPACITY for index in SIX.values()}
    table = Table(SIX, gone=wide)
    with agent(lambda request: _answers(table, request)) as one:
        first, second = polled(target(one, SIX), Limits(timeout=0.3, deadline=20), cycles=2)
    assert whole(first, SIX)
    assert whole(second, SIX)
    assert first.sample is not None
    assert len(first.sample.layout.narrow) == len(HIGH_CAPACITY) * len(SIX)
    assert second.requests < 6


@pytest.mark.parametrize("changed", [77, None])
def test_an_agent_older_than_its_names_is_read_by_its_descriptions(changed: int | None) -> None:
    names = {f"{oids.NAME}.{index}" for index in SIX.values()}
    table = Table(SIX, gone=names, changed=changed)
    with agent(lambda request: _answers(table, request)) as one:
        first, second = polled(target(one, SIX), cycles=2)
    assert whole(first, SIX)
    assert whole(second, SIX)


def test_an_old_agent_whose_numbers_moved_is_walked_anew() -> None:
    gone = {f"{oids.NAME}.{index}" for index in SIX.values()}
    table = Table(SIX, gone=gone, changed=None)
    with (
        agent(lambda request: _answers(table, request)) as one,
        Poller([target(one, SIX)], HASTY, {}) as poller,
    ):
        _right(poller.cycle()[0], table)
        table.ports = TURNED
        _right(poller.cycle()[0], table)


@pytest.mark.parametrize("boots", [3, None])
def test_a_clock_that_went_on_otherwise_than_ours_is_another_clock(boots: int | None) -> None:
    """Two hours off, and back with a greater uptime; neither boots nor ifTableLastChange tell."""
    gone = set() if boots else {oids.BOOTS}
    table = Table(SIX, uptime=100_000, changed=0, gone=gone)
    with agent(lambda request: _answers(table, request)) as one:
        (first,) = polled(target(one, SIX))
        before = _right(first, table)
        before = replace(before, at=before.at - 7200)
        table.ports, table.uptime = TURNED, 200_000
        with Poller([target(one, SIX)], HASTY, {"sw-1": before}) as poller:
            after = _right(poller.cycle()[0], table)
    found = rates(before, after)
    assert found.all_unknown or len(found.rows) == len(SIX)


def test_a_clock_that_went_on_as_ours_needs_no_walk() -> None:
    table = Table(SIX)
    with agent(lambda request: _answers(table, request)) as one:
        (first,) = polled(target(one, SIX))
        before = _right(first, table)
        one.requests.clear()
        table.uptime += 720_000
        before = replace(before, at=before.at - 7200, labels=replace(before.labels, at=before.at))
        with Poller([target(one, SIX)], HASTY, {"sw-1": before}) as poller:
            second = poller.cycle()[0]
        walks = [request for request in one.requests if request.oids[0] == oids.NAME]
    assert whole(second, SIX)
    assert walks == []


def test_a_name_that_is_another_when_descriptions_are_read_is_a_move() -> None:
    """Nothing else tells: an hour is the longest that a port has another's counters."""
    table = Table(SIX)
    with agent(lambda request: _answers(table, request)) as one:
        (first,) = polled(target(one, SIX))
        before = _right(first, table)
        table.ports = TURNED
        due = replace(before, labels=replace(before.labels, at=before.at - 4000))
        with Poller([target(one, SIX)], HASTY, {"sw-1": due}) as poller:
            after = _right(poller.cycle()[0], table)
    assert after.labels.aliases[0] == f"C-{after.layout.indexes[0]}"
    assert len(rates(before, after).rows) == len(SIX)


@dataclass
class Counting(Table):
    """A switch whose counters of the second port can begin anew."""

    began: int = 0
    offset: int = 1_000_000

    def values(self) -> dict[str, Value]:
        """Return every object as it is now."""
        found = super().values()
        for column in COUNTERS:
            found[f"{oids.COLUMNS[column]}.10102"] = self.offset + column
        found[f"{oids.DISCONTINUITY}.10102"] = self.began
        return found


def test_a_discontinuity_is_read_in_the_cycle_in_which_counters_fell() -> None:
    table = Counting(SIX)
    with (
        agent(lambda request: _answers(table, request)) as one,
        Poller([target(one, SIX)], HASTY, {}) as poller,
    ):
        before = _sample(poller.cycle()[0])
        quiet = poller.cycle()[0]
        table.offset, table.began = 0, table.uptime
        fallen = poller.cycle()[0]
        after = poller.cycle()[0]
    assert before.labels.discontinuities[1] == 0
    assert _sample(fallen).labels.discontinuities[1] == table.began
    assert fallen.requests == quiet.requests + 1
    assert after.requests == quiet.requests


def test_counters_that_began_anew_after_they_were_read_began_anew_in_the_next_sample() -> None:
    table = Counting(SIX)
    begins = [False]

    def script(request: Request) -> Sequence[bytes]:
        if begins[0] and f"{oids.DISCONTINUITY}.10102" in request.oids:
            table.offset, table.began, begins[0] = 0, table.uptime, False
        return _answers(table, request)

    with agent(script) as one:
        (first,) = polled(target(one, SIX))
        due = _sample(first)
        due = replace(due, labels=replace(due.labels, at=due.at - 4000))
        with Poller([target(one, SIX)], HASTY, {"sw-1": due}) as poller:
            begins[0] = True
            before, after = (_sample(poller.cycle()[0]) for _ in range(2))
    assert before.columns[Column.IN_OCTETS][1] == 1_000_000
    assert before.labels.discontinuities[1] == 0
    assert after.columns[Column.IN_OCTETS][1] == 0
    assert after.labels.discontinuities[1] == table.began


def test_speed_and_description_are_read_anew_when_a_port_changes() -> None:
    table = Table(SIX)
    changed: dict[str, Value] = {
        f"{oids.COLUMNS[Column.LAST_CHANGE]}.10102": 4242,
        f"{oids.HIGH_SPEED}.10102": 100,
        f"{oids.DISCONTINUITY}.10102": 4242,
    }
    extra: dict[str, Value] = {}

    def script(request: Request) -> Sequence[bytes]:
        return [reply(request, well_behaved(request, table.values() | extra))]

    with agent(script) as one, Poller([target(one, SIX)], HASTY, {}) as poller:
        before = poller.cycle()[0].sample
        extra.update(changed)
        after = poller.cycle()[0].sample
    assert before is not None
    assert after is not None
    assert before.labels.speeds[1] == 1_000_000_000
    assert list(after.labels.speeds[:3]) == [1_000_000_000, 100_000_000, 1_000_000_000]
    assert after.labels.discontinuities[1] == 4242
    assert after.labels.at == before.labels.at  # the others are due when they were
    assert (
        after.labels.aliases == before.labels.aliases == tuple(f"C-{one}" for one in SIX.values())
    )


def test_a_slow_port_has_its_speed_from_the_older_object() -> None:
    table = Table(SIX)
    slow: dict[str, Value] = {f"{oids.HIGH_SPEED}.10101": 0, f"{oids.SPEED}.10101": 64_000}

    def script(request: Request) -> Sequence[bytes]:
        return [reply(request, well_behaved(request, table.values() | slow))]

    with agent(script) as one:
        (found,) = polled(target(one, SIX))
    assert found.sample is not None
    assert found.sample.labels.speeds[0] == 64_000


def test_names_from_an_earlier_process_need_no_walk() -> None:
    table = Table(SIX)
    with agent(lambda request: _answers(table, request)) as one:
        (first,) = polled(target(one, SIX))
        assert first.sample is not None
        walked = sum(request.oids[0] == oids.NAME for request in one.requests)
        more = replace(target(one, SIX), ports=(*target(one, SIX).ports, "GigabitEthernet1/0/9"))
        with Poller([more], HASTY, {"sw-1": first.sample}) as poller:
            second = poller.cycle()[0]
        again = sum(request.oids[0] == oids.NAME for request in one.requests)
    assert whole(second, SIX)
    assert walked == again
    assert set(second.faults) == {"GigabitEthernet1/0/9"}
