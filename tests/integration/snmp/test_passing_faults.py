"""What an agent could not say once it can say again: a passing fault leaves nothing behind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import pytest

from automation.counters import COLUMNS, HIGH_CAPACITY, Column, Sample
from automation.snmp import Polled, Poller, oids
from tests.integration.snmp.badagent import (
    GET,
    GETBULK,
    BadAgent,
    Request,
    Value,
    agent,
    reply,
    well_behaved,
)
from tests.integration.snmp.table import HASTY, Table, polled, ports, target, whole

pytestmark = pytest.mark.integration

SIX = ports(6)
GEN_ERR = 5
THIRD = frozenset(f"{oids.COLUMNS[column]}.10103" for column in COLUMNS)
ERRORS = frozenset(
    f"{oids.COLUMNS[column]}.{index}"
    for column in (Column.IN_ERRORS, Column.OUT_ERRORS)
    for index in SIX.values()
)
WIDE = frozenset(
    f"{oids.COLUMNS[column]}.{index}" for column in HIGH_CAPACITY for index in SIX.values()
)


@dataclass
class Sick:
    """An agent that has faults until they are taken away."""

    table: Table = field(default_factory=lambda: Table(SIX))
    refused: set[str] = field(default_factory=set)
    """Objects that it cannot read: it answers with genErr."""
    without: set[str] = field(default_factory=set)
    """Objects of which it says noSuchInstance."""
    bent: Callable[[Request], Sequence[bytes] | None] = lambda _: None

    def __call__(self, request: Request) -> Sequence[bytes]:
        if (answer := self.bent(request)) is not None:
            return answer
        if request.tag == GET and self.refused.intersection(request.oids):
            nothing: list[tuple[str, Value]] = [(name, None) for name in request.oids]
            return [reply(request, nothing, status=GEN_ERR, index=1)]
        values = self.table.values()
        for name in self.without:
            values.pop(name, None)
        return [reply(request, well_behaved(request, values))]

    def mend(self) -> None:
        """Be well again."""
        self.refused, self.without, self.bent = set(), set(), lambda _: None


def _next(one: BadAgent, before: Sample | None, names: dict[str, int] = SIX) -> Polled:
    """Return what a new process finds that has the last sample from the store."""
    known = {"sw-1": before} if before else {}
    with Poller([target(one, names)], HASTY, known) as poller:
        return poller.cycle()[0]


def _sample(found: Polled) -> Sample:
    assert found.sample is not None, found.error
    return found.sample


def _an_hour_later(sample: Sample) -> Sample:
    """Return a sample whose descriptions are due to be read again."""
    return replace(sample, labels=replace(sample.labels, at=sample.at - 4000))


# -- values


def test_a_port_that_was_refused_is_whole_in_the_cycle_after_it_is_mended() -> None:
    sick = Sick(refused=set(THIRD))
    with agent(sick) as one:
        first = _sample(_next(one, None))
        assert first.absent.keys() == {(column, 2) for column in COLUMNS}
        second = _sample(_next(one, first))
        assert second.absent.keys() == first.absent.keys()
        sick.mend()
        third = _next(one, second)
        again = _next(one, _sample(third))
    assert whole(third, SIX)
    assert whole(again, SIX)


def test_a_port_that_stays_refused_costs_one_request_a_cycle() -> None:
    sick = Sick(refused=set(THIRD))
    with agent(sick) as one, Poller([target(one, SIX)], HASTY, {}) as poller:
        cycles = [poller.cycle()[0] for _ in range(3)]
    # The clock, two requests for six ports, the port; and whether the ports are as they were.
    assert cycles[2].requests <= 1 + 2 + 1 + 1


@pytest.mark.parametrize("sign", ["hour", "boots"])
def test_what_the_agent_did_not_have_is_asked_for_again_in_time(sign: str) -> None:
    """More of it than is explained object by object."""
    sick = Sick(without=set(ERRORS))
    with agent(sick) as one:
        first = _sample(_next(one, None))
        assert len(first.absent) == len(ERRORS) == 12
        sick.mend()
        one.requests.clear()
        second = _sample(_next(one, first))
        assert second.absent.keys() == first.absent.keys()
        asked = {name for request in one.requests for name in request.oids}
        assert not asked & ERRORS
        if sign == "boots":
            sick.table.boots += 1
        third = _next(one, _an_hour_later(second) if sign == "hour" else second)
    assert whole(third, SIX)


# -- widths


@pytest.mark.parametrize("sign", ["hour", "boots"])
def test_counters_of_64_bits_are_taken_as_soon_as_there_are_some(sign: str) -> None:
    sick = Sick(without=set(WIDE))
    with agent(sick) as one:
        first = _sample(_next(one, None))
        assert len(first.layout.narrow) == len(WIDE)
        sick.mend()
        second = _sample(_next(one, first))
        assert second.layout.narrow == first.layout.narrow
        if sign == "boots":
            sick.table.boots += 1
        third = _next(one, _an_hour_later(second) if sign == "hour" else second)
    assert whole(third, SIX)
    assert _sample(third).layout.narrow == frozenset()


def test_an_agent_that_stays_at_32_bits_is_asked_again_hourly_and_loses_no_cycle() -> None:
    sick = Sick(without=set(WIDE))
    with agent(sick) as one:
        first = _next(one, None)
        later = _next(one, _an_hour_later(_sample(first)))
    assert whole(first, SIX)
    assert whole(later, SIX)
    assert _sample(later).layout.narrow == _sample(first).layout.narrow


def test_an_agent_that_falls_silent_at_its_32_bits_is_asked_for_them_again() -> None:
    narrow = {f"{column}.{index}" for column in oids.NARROW.values() for index in SIX.values()}
    sick = Sick(without=set(WIDE))
    sick.bent = lambda request: [] if narrow.intersection(request.oids) else None
    with agent(sick) as one:
        first = _sample(_next(one, None))
        assert {column for column, _ in first.absent} == set(HIGH_CAPACITY)
        sick.bent = lambda _: None
        assert whole(_next(one, first), SIX)


def test_a_counter_that_is_refused_is_not_narrow() -> None:
    refused = {name for name in WIDE if name.endswith((".10101", ".10102"))}
    sick = Sick(refused=set(refused))
    with agent(sick) as one:
        first = _sample(_next(one, None))
        assert len(first.absent) == len(refused)
        assert first.layout.narrow == frozenset()
        sick.mend()
        assert whole(_next(one, first), SIX)


# -- ports


def _cut(request: Request) -> Sequence[bytes] | None:
    """Answer walks of names with the first port and nothing behind it."""
    if request.tag != GETBULK or not request.oids[0].startswith(oids.NAME):
        return None
    first: list[tuple[str, Value]] = [(f"{oids.NAME}.10101", b"Gi1/0/1")]
    return [reply(request, first if request.oids[0] == oids.NAME else [])]


@pytest.mark.parametrize("number", [True, False])
def test_ports_that_a_cut_walk_lost_are_back_in_the_next_cycle(number: bool) -> None:
    sick = Sick(bent=_cut)
    sick.table.gone = set() if number else {oids.IF_NUMBER}
    with agent(sick) as one, Poller([target(one, SIX)], HASTY, {}) as poller:
        first, second = (poller.cycle()[0] for _ in range(2))
        sick.mend()
        third = poller.cycle()[0]
    for found in (first, second):
        assert len(_sample(found).layout.ports) == 1
        assert "the walk of names gave 1 rows" in found.warning
        assert len(found.faults) == 5
    assert whole(third, SIX)
    assert not third.faults
    assert not third.warning


def test_a_new_process_walks_again_where_the_last_walk_was_cut() -> None:
    sick = Sick(bent=_cut)
    with agent(sick) as one:
        first = _sample(_next(one, None))
        still = _next(one, first)
        sick.mend()
        well = _next(one, _sample(still))
    assert "1 rows, ifNumber says 6" in still.warning
    assert whole(well, SIX)


def test_a_walk_that_finds_less_takes_no_port_away() -> None:
    sick = Sick()
    seven = SIX | {"Gi1/0/7": 10_107}
    with agent(sick) as one:
        first = _sample(_next(one, None, seven))
        assert len(first.layout.ports) == len(SIX)
        sick.bent = _cut
        second = _next(one, _an_hour_later(first), seven)
    assert whole(second, SIX)
    assert second.faults.keys() == {"GigabitEthernet1/0/7"}


def test_a_process_that_did_not_walk_does_not_say_what_the_device_has() -> None:
    seven = SIX | {"Gi1/0/7": 10_107}
    sick = Sick()
    with agent(sick) as one:
        (first,) = polled(target(one, seven))
        second = _next(one, _sample(first), seven)
        sick.table.ports = seven
        third = _next(one, _an_hour_later(_sample(second)), seven)
    assert first.faults == {"GigabitEthernet1/0/7": "the device has no interface of this name"}
    (said,) = second.faults.values()
    assert said.startswith("the last walk of the device's names")
    assert whole(third, seven)
