"""Agents that no one should meet: each costs itself, none is believed, none stops the others."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest

from automation.counters import COUNTERS
from automation.snmp import Limits, Poller, oids
from tests.integration.snmp.badagent import (
    GET,
    GETBULK,
    Request,
    Script,
    Value,
    agent,
    reply,
    well_behaved,
)
from tests.integration.snmp.table import (
    HASTY,
    Table,
    good,
    polled,
    ports,
    spoiled,
    target,
    whole,
)

pytestmark = pytest.mark.integration

SIX = ports(6)
TOO_BIG, NO_SUCH_NAME, GEN_ERR = 1, 2, 5
NAMES = oids.NAME


def walks_names(request: Request) -> bool:
    return request.tag == GETBULK and request.oids[0].startswith(NAMES)


def test_a_good_agent_is_read_whole_and_walked_once() -> None:
    table = Table(SIX)
    with agent(good(table)) as one:
        first, second = polled(target(one, SIX), cycles=2)
        walks = [request for request in one.requests if walks_names(request)]
    assert whole(first, SIX)
    assert whole(second, SIX)
    assert second.requests < first.requests
    assert len(walks) == 1


def test_more_ports_than_one_answer_holds_are_read_whole() -> None:
    many = ports(53)
    with agent(good(Table(many))) as one:
        assert whole(polled(target(one, many))[0], many)


# -- walks that do not end

WALKS: dict[str, tuple[Callable[[int], list[int]], str]] = {
    "repeats": (lambda _: [5, 5, 5], "repeats"),
    "goes back": (lambda _: [9, 8, 7], "goes back"),
    "loops": (lambda last: [(last + step) % 30 + 1 for step in range(10)], "goes back"),
    "endless": (lambda last: [last + step for step in range(1, 21)], "does not end"),
}


@pytest.mark.parametrize("how", WALKS)
def test_a_walk_that_would_not_end_is_ended_and_named(how: str) -> None:
    steps, said = WALKS[how]

    def bad(request: Request) -> Sequence[bytes]:
        rest = request.oids[0].removeprefix(NAMES).strip(".")
        return [reply(request, [(f"{NAMES}.{row}", b"x") for row in steps(int(rest or 0))])]

    with agent(spoiled(Table(SIX), walks_names, bad)) as one:
        (found,) = polled(target(one, SIX))
        asked = len(one.requests)
    assert found.sample is None
    assert said in found.error
    assert NAMES in found.error
    assert asked < 40


def test_a_walk_that_is_cut_is_found_out_by_counting() -> None:
    """`tooBig` on big steps looks like the end of the walk: it is walked again in smaller ones."""
    table = Table(SIX)

    def when(request: Request) -> bool:
        return walks_names(request) and request.second > 1 and request.oids[0] != NAMES

    def begun(request: Request) -> bool:
        return walks_names(request) and request.second > 1 and request.oids[0] == NAMES

    def two(request: Request) -> Sequence[bytes]:
        return [reply(request, well_behaved(request, table.values())[:2])]

    cut = spoiled(table, when, lambda request: [reply(request, [], status=TOO_BIG)])
    with agent(lambda request: two(request) if begun(request) else cut(request)) as one:
        assert whole(polled(target(one, SIX))[0], SIX)


def test_a_walk_that_stays_cut_leaves_ports_out_and_says_so() -> None:
    table = Table(SIX)

    def bad(request: Request) -> Sequence[bytes]:
        return [
            reply(request, [] if request.oids[0] != NAMES else [(f"{NAMES}.10101", b"Gi1/0/1")])
        ]

    with agent(spoiled(table, walks_names, bad)) as one:
        (found,) = polled(target(one, SIX))
    assert found.sample is not None
    assert found.sample.layout.if_names == ("Gi1/0/1",)
    assert "1 rows, ifNumber says 6" in found.warning
    assert set(found.faults) == {f"GigabitEthernet1/0/{number}" for number in range(2, 7)}


# -- answers that are not what was asked for


def limited(table: Table, most: int) -> Script:
    """Return the script of an agent whose answers hold at most `most` variables."""

    def script(request: Request) -> Sequence[bytes]:
        if request.tag == GET and len(request.oids) > most:
            return [reply(request, [], status=TOO_BIG)]
        return good(table)(request)

    return script


@pytest.mark.parametrize("most", [40, 20, 8])
def test_what_is_too_big_is_asked_in_smaller_pieces(most: int) -> None:
    with agent(limited(Table(SIX), most)) as one:
        assert whole(polled(target(one, SIX))[0], SIX)


@dataclass
class Running(Table):
    """A switch whose counters run with its clock, which jumps `step` with each look at it."""

    step: int = 1

    def values(self) -> dict[str, Value]:
        """Return every object; each counter is a thousand times the clock."""
        self.uptime += self.step
        found = super().values()
        counters = {
            f"{oids.COLUMNS[column]}.{index}": found[oids.UPTIME] * 1000  # type: ignore[operator]
            for column in COUNTERS
            for index in self.ports.values()
        }
        return found | counters


@pytest.mark.parametrize(("most", "step"), [(8, 1), (8, 4), (8, 40), (1, 0), (1, 4)])
def test_a_counter_is_of_the_time_that_its_clock_says(most: int, step: int) -> None:
    """A row in pieces: what was not read within a tenth of a second of its clock is absent.

    An agent that answers one object at a time is asked for the clock after each.
    """
    slack = 10 + (step + 1 if most == 1 else 0)
    with agent(limited(Running(SIX, step=step), most)) as one:
        first, second = polled(target(one, SIX), Limits(timeout=0.3, deadline=20), cycles=2)
    for found in (first, second):
        sample = found.sample
        assert sample is not None
        for column in COUNTERS:
            for row, clock in enumerate(sample.uptimes):
                if (column, row) in sample.absent:
                    assert "s apart from" in sample.absent[column, row]
                    assert step > 1 or most == 1
                else:
                    assert abs(sample.columns[column][row] // 1000 - clock) <= slack
        assert any((column, 0) not in sample.absent for column in COUNTERS)


def test_the_size_that_fits_is_learned() -> None:
    many = ports(16)
    with agent(limited(Table(many), 40)) as one:
        cycles = polled(target(one, many), cycles=3)
    assert all(whole(found, many) for found in cycles)
    assert cycles[2].requests == 1 + 8  # the clock, then two ports at a time, nothing in vain


def _refuses(table: Table, oid: str, status: int) -> Script:
    return spoiled(
        table,
        lambda request: request.tag == GET and oid in request.oids,
        lambda request: [
            reply(
                request,
                [(name, None) for name in request.oids],
                status=status,
                index=request.oids.index(oid) + 1,
            )
        ],
    )


@pytest.mark.parametrize(("status", "said"), [(GEN_ERR, "genErr"), (NO_SUCH_NAME, "noSuchName")])
def test_an_object_that_is_refused_costs_only_itself(status: int, said: str) -> None:
    oid = f"{oids.COLUMNS[9]}.10103"  # type: ignore[index]
    with agent(_refuses(Table(SIX), oid, status)) as one:
        (found,) = polled(target(one, SIX))
    assert found.sample is not None
    ((cell, why),) = found.sample.absent.items()
    assert cell == (9, 2)
    assert said in why


@pytest.mark.parametrize("status", ["noSuchInstance", "noSuchObject"])
def test_an_object_that_is_not_there_is_explained_and_not_asked_again(status: str) -> None:
    table = Table(SIX)
    oid = f"{oids.COLUMNS[14]}.10106"  # type: ignore[index]
    values: Callable[[], dict[str, Value]] = lambda: table.values() | {oid: status}  # noqa: E731

    def script(request: Request) -> Sequence[bytes]:
        return [reply(request, well_behaved(request, values()))]

    with agent(script) as one:
        with Poller([target(one, SIX)], HASTY, {}) as poller:
            first = poller.cycle()[0].sample
            before = len(one.requests)
            second = poller.cycle()[0].sample
        asked = [name for request in one.requests[before:] for name in request.oids]
    assert first is not None
    assert second is not None
    assert status in first.absent[14, 5]
    assert status in second.absent[14, 5]
    assert oid not in asked


def test_an_answer_about_another_object_is_no_answer() -> None:
    table = Table(SIX)
    oid = f"{oids.COLUMNS[0]}.10102"  # type: ignore[index]

    def script(request: Request) -> Sequence[bytes]:
        pairs = well_behaved(request, table.values())
        return [reply(request, [(f"{name}.1" if name == oid else name, v) for name, v in pairs])]

    with agent(script) as one:
        (found,) = polled(target(one, SIX))
    assert found.sample is not None
    assert (0, 1) in found.sample.absent


def test_what_is_no_counter_is_no_value() -> None:
    table = Table(SIX)
    odd: dict[str, Value] = {f"{oids.COLUMNS[8]}.10101": b"many"}  # type: ignore[index]

    def script(request: Request) -> Sequence[bytes]:
        return [reply(request, well_behaved(request, table.values() | odd))]

    with agent(script) as one:
        (found,) = polled(target(one, SIX))
    assert found.sample is not None
    assert found.sample.absent == {(8, 0): "the agent sends no counter but b'many'"}


# -- answers that come late, twice, from elsewhere, or broken


def test_a_late_answer_is_not_taken_for_the_next_one() -> None:
    table = Table(SIX)
    kept: list[bytes] = []

    def script(request: Request) -> Sequence[bytes]:
        answers = [*kept, *good(table)(request)]
        kept[:] = answers[-1:]
        return answers

    with agent(script) as one:
        assert whole(polled(target(one, SIX))[0], SIX)


def test_an_answer_from_another_address_is_not_heard() -> None:
    table = Table(SIX)

    def script(request: Request) -> Sequence[bytes]:
        lie = reply(request, [(name, 666) for name in request.oids])
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.bind(("127.0.0.2", 0))
            other.sendto(lie, one.peer)
        return good(table)(request)

    with agent(script) as one:
        assert whole(polled(target(one, SIX))[0], SIX)


BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "truncated": lambda data: data[:-9],
    "garbage": lambda _: b"\xff\x00hello",
    "a length beyond its end": lambda data: data[:1] + b"\x84\x7f\xff\xff\xff" + data[2:],
    "empty sequence": lambda _: b"\x30\x00",
}


@pytest.mark.parametrize("how", BROKEN)
def test_broken_answers_are_named(how: str) -> None:
    def script(request: Request) -> Sequence[bytes]:
        return [BROKEN[how](answer) for answer in good(Table(SIX))(request)]

    with agent(script) as one:
        (found,) = polled(target(one, SIX))
        asked = len(one.requests)
    assert found.sample is None
    assert "no SNMP message" in found.error
    assert asked == HASTY.tries


def test_a_broken_answer_now_and_then_is_asked_for_again() -> None:
    table, count = Table(SIX), [0]

    def script(request: Request) -> Sequence[bytes]:
        count[0] += 1
        answers = good(table)(request)
        return [answer[:-3] for answer in answers] if count[0] % 3 == 0 else answers

    with agent(script) as one:
        assert whole(polled(target(one, SIX))[0], SIX)


HUGE: dict[str, tuple[dict[str, Value], str]] = {
    "a clock": ({oids.UPTIME: 1 << 63}, "sysUpTime is no clock"),
    "a speed": ({f"{oids.HIGH_SPEED}.10101": 1 << 63, f"{oids.SPEED}.10101": 1 << 63}, ""),
    "a discontinuity": ({f"{oids.DISCONTINUITY}.10101": (1 << 64) - 1}, ""),
    "a number of ports": ({oids.IF_NUMBER: (1 << 64) - 1}, ""),
    "boots": ({oids.BOOTS: (1 << 64) - 1}, ""),
    "a change": ({oids.TABLE_CHANGED: (1 << 64) - 1}, ""),
}


@pytest.mark.parametrize("what", HUGE)
def test_a_number_that_is_too_large_is_no_fault_of_ours(what: str) -> None:
    """Sent as Counter64 where the MIB has 32 bits."""
    table, (odd, said) = Table(SIX), HUGE[what]

    def script(request: Request) -> Sequence[bytes]:
        return [reply(request, well_behaved(request, table.values() | odd))]

    with agent(script) as one:
        (found,) = polled(target(one, SIX))
    if said:
        assert said in found.error
    else:
        assert whole(found, SIX)
