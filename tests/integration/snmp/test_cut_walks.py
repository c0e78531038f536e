"""Walks that an agent's errors end too soon: told, walked again, and never taken for whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from automation import platforms
from automation.counters import Neighbour
from automation.snmp import Polled, Poller, oids
from tests.integration.snmp.badagent import (
    GETBULK,
    GETNEXT,
    BadAgent,
    Request,
    Value,
    agent,
    oid_key,
    reply,
    well_behaved,
)
from tests.integration.snmp.table import HASTY, Table, good, ports, target
from tests.integration.snmp.test_extras import EVERY_CYCLE, FIRST, LLDP, NEIGHBOURS

pytestmark = pytest.mark.integration

MANY = ports(20)
"""As many as one answer of a walk holds."""
BUNDLE = "Po1"
"""A link aggregate, which the inventory does not name."""
EIGHT_MORE = 8
STATUS = {"tooBig": 1, "genErr": 5}
NO_SUCH_NAME = 2


class Sick:
    """An agent that ends walks of one column with an error where a row, or more, is passed."""

    def __init__(self, values: Callable[[], dict[str, Value]], column: str, last: str) -> None:
        """Be well: `values` are what it has; errors are to come behind `column` and `last`."""
        self._values = values
        self._last = oid_key(f"{column}{last}")
        self._column = column
        self.status = ""
        self.most = 0
        """The most rows that one answer may hold; 0 where there is none in any."""

    def __call__(self, request: Request) -> Sequence[bytes]:
        """Return the answer to one request."""
        walks = request.tag in (GETBULK, GETNEXT)
        rows = request.second if request.tag == GETBULK else 1
        asked = request.oids[0]
        hit = f"{asked}.".startswith(f"{self._column}.") and oid_key(asked) >= self._last
        if walks and self.status and hit and rows > self.most:
            return [reply(request, [(asked, None)], status=STATUS[self.status], index=1)]
        return [reply(request, well_behaved(request, self._values()))]


def _bundled(column: str) -> Sick:
    table = Table({**MANY, BUNDLE: 20_001})
    return Sick(table.values, column, ".10120")


def _polling(one: BadAgent) -> Poller:
    return Poller([target(one, MANY)], HASTY, {})


def _names(found: Polled) -> Sequence[str]:
    assert found.sample is not None, found.error
    return found.sample.layout.if_names


@pytest.mark.parametrize("status", STATUS)
@pytest.mark.parametrize("column", [oids.NAME, oids.TYPE])
def test_a_cut_walk_that_has_all_of_the_inventory_is_told_and_walked_again(
    column: str, status: str
) -> None:
    sick = _bundled(column)
    sick.status = status
    with agent(sick) as one, _polling(one) as poller:
        first, second = poller.cycle()[0], poller.cycle()[0]
        sick.status = ""
        third = poller.cycle()[0]
    for found in (first, second):
        assert _names(found) == tuple(MANY)
        assert found.warning.startswith("the walk of names gave ")
        assert f"; cut: {'that of types, ' * (column == oids.TYPE)}" in found.warning
        assert status in found.warning
        assert not found.faults
    assert _names(third) == (*MANY, BUNDLE)
    assert not third.warning


@pytest.mark.parametrize("column", [oids.NAME, oids.TYPE])
def test_a_walk_that_is_too_big_is_walked_in_smaller_steps(column: str) -> None:
    sick = _bundled(column)
    sick.status, sick.most = "tooBig", 1
    with agent(sick) as one, _polling(one) as poller:
        (found,) = poller.cycle()
    assert _names(found) == (*MANY, BUNDLE)
    assert not found.warning


@pytest.mark.parametrize("status", STATUS)
def test_a_walk_of_all_that_there_is_is_whole_whatever_ends_it(status: str) -> None:
    """As many rows as ifNumber says, and all of the inventory: a quirk of the agent's, no news."""
    sick = Sick(Table(MANY).values, oids.NAME, ".10120")
    sick.status = status
    with agent(sick) as one, _polling(one) as poller:
        found = [poller.cycle()[0] for _ in range(2)]
        walks = [request.oids[0] for request in one.requests if request.tag == GETBULK]
    assert all(_names(each) == tuple(MANY) and not each.warning for each in found)
    assert walks.count(oids.NAME) == 1


STEPS = {"tooBig": 3, "genErr": 1}
"""How often a walk is begun that ends with an error: any but one of size comes again."""


@pytest.mark.parametrize("status", STATUS)
@pytest.mark.parametrize("column", [oids.NAME, oids.TYPE])
def test_smaller_steps_are_tried_only_where_they_may_help(column: str, status: str) -> None:
    sick = _bundled(column)
    sick.status = status
    with agent(sick) as one, _polling(one) as poller:
        poller.cycle()
        walks = [request.oids[0] for request in one.requests if request.tag == GETBULK]
    assert walks.count(column) == STEPS[status]


def test_the_longest_of_the_walks_is_kept() -> None:
    """Of an agent that refuses whatever would follow the first answer of a walk."""
    table = Table({**MANY, BUNDLE: 20_001})

    def script(request: Request) -> Sequence[bytes]:
        if request.tag == GETBULK and request.oids[0].startswith(f"{oids.NAME}."):
            return [reply(request, [(request.oids[0], None)], status=STATUS["genErr"], index=1)]
        return good(table)(request)

    with agent(script) as one, _polling(one) as poller:
        (found,) = poller.cycle()
    assert _names(found) == tuple(MANY)
    why = f"cut: {oids.NAME}.20001 follows"
    assert found.warning == f"the walk of names gave 20 rows, ifNumber says 21; {why}"


ENDS: dict[str, tuple[Value, int]] = {
    "endOfMibView": ("endOfMibView", 0),
    "noSuchName, as v1 has it": (None, NO_SUCH_NAME),
}


@pytest.mark.parametrize("how", ENDS)
def test_a_walk_that_ends_where_nothing_follows_is_whole(how: str) -> None:
    """Even where the agent counts more interfaces than it has."""
    table, (value, status) = Table(MANY), ENDS[how]

    def script(request: Request) -> Sequence[bytes]:
        values = table.values() | {oids.IF_NUMBER: len(MANY) + EIGHT_MORE}
        if request.tag in (GETBULK, GETNEXT) and request.oids[0] == f"{oids.NAME}.10120":
            return [reply(request, [(request.oids[0], value)], status=status, index=1)]
        return [reply(request, well_behaved(request, values))]

    with agent(script) as one, _polling(one) as poller:
        (found,) = poller.cycle()
        asked = [request.oids[0] for request in one.requests if request.tag == GETNEXT]
    assert _names(found) == tuple(MANY)
    assert not found.warning
    assert asked == [f"{oids.NAME}.10120"]


def test_an_agent_that_counts_interfaces_which_are_not_there_is_walked_once() -> None:
    """Some count link aggregates in multiples of 8 (AlaxalA, AX1240S MIB reference, Ver. 2.2)."""
    table = Table(MANY)

    def script(request: Request) -> Sequence[bytes]:
        values = table.values() | {oids.IF_NUMBER: len(MANY) + EIGHT_MORE}
        return [reply(request, well_behaved(request, values))]

    with agent(script) as one, _polling(one) as poller:
        found = [poller.cycle()[0] for _ in range(2)]
        walks = [request.oids[0] for request in one.requests if request.tag == GETBULK]
    assert all(_names(each) == tuple(MANY) and not each.warning for each in found)
    assert walks.count(oids.NAME) == 1


def _seen(sick: Sick) -> tuple[Polled, Polled]:
    """Return two readings of an agent that has neighbours; before the second it is well again."""
    with agent(sick) as one:
        asked = replace(target(one, ports(2)), mibs=platforms.get("frr").mibs)
        with Poller([asked], EVERY_CYCLE, {}) as poller:
            (first,) = poller.cycle()
            sick.status = ""
            (second,) = poller.cycle()
    return first, second


LLDP_COLUMNS = ("3.7.1.3", "3.7.1.4", "4.1.1.6", "4.1.1.7", "4.1.1.9")


def _lldp(column: str, status: str, most: int = 0) -> Sick:
    table = Table(ports(2))
    sick = Sick(lambda: table.values() | NEIGHBOURS, f"{LLDP}.{column}", "")
    sick.status, sick.most = status, most
    return sick


@pytest.mark.parametrize("status", STATUS)
@pytest.mark.parametrize("column", LLDP_COLUMNS)
def test_neighbours_that_are_not_shown_are_not_taken_for_none(column: str, status: str) -> None:
    first, second = _seen(_lldp(column, status))
    assert first.extras is not None
    said = first.extras.absent["neighbours"]
    assert said.startswith(f"the walk of {LLDP}.{column} was cut after 0 rows: ")
    assert status in said
    assert not first.warning
    assert second.extras is not None
    assert second.extras.absent == {}
    assert second.extras.neighbours[FIRST] == Neighbour("city-tra-001", "Ethernet49")


@pytest.mark.parametrize("column", LLDP_COLUMNS)
def test_neighbours_that_are_too_big_are_read_one_by_one(column: str) -> None:
    first, second = _seen(_lldp(column, "tooBig", 1))
    assert first.extras is not None
    assert second.extras is not None
    assert first.extras.absent == {}
    assert first.extras.neighbours == second.extras.neighbours


@pytest.mark.parametrize("status", STATUS)
def test_an_error_that_smaller_steps_meet_again_costs_the_other_parts_no_time(status: str) -> None:
    column = f"{LLDP}.4.1.1.7"
    with agent(_lldp("4.1.1.7", status)) as one:
        asked = replace(target(one, ports(2)), mibs=platforms.get("frr").mibs)
        with Poller([asked], EVERY_CYCLE, {}) as poller:
            poller.cycle()
        walks = [request.oids[0] for request in one.requests if request.tag == GETBULK]
    assert walks.count(column) == STEPS[status]
