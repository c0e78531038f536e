"""Agents that say nothing, nothing any more, or all too late: what was proved is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from threading import Event
from time import sleep

import pytest

from automation.counters import Column
from automation.snmp import Limits, Poller, oids
from tests.integration.snmp.badagent import GET, GETBULK, Request, agent, reply
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
PATIENT = Limits(timeout=20.0, tries=1, deadline=60.0)


def test_a_device_that_falls_silent_keeps_what_was_read() -> None:
    """It dies at its third request; in the midst of the second it said that its ports stay."""
    table, many = Table(ports(12)), ports(12)
    silent_from = f"{oids.COLUMNS[Column.IN_OCTETS]}.10109"
    alive = [True, True]

    def script(request: Request) -> Sequence[bytes]:
        alive[1] &= alive[0] or silent_from not in request.oids
        return good(table)(request) if alive[1] else []

    with agent(script) as one, Poller([target(one, many)], HASTY, {}) as poller:
        assert whole(poller.cycle()[0], many)
        alive[0] = False
        dying = poller.cycle()[0]
        dead = poller.cycle()[0]
        alive[:] = [True, True]
        one.requests.clear()
        again = poller.cycle()[0]
        walks = [request for request in one.requests if request.tag == GETBULK]
    assert dying.sample is not None
    assert {row for _, row in dying.sample.absent} == {8, 9, 10, 11}
    assert all("not read: no SNMP answer" in why for why in dying.sample.absent.values())
    assert dead.sample is None
    assert whole(again, many)
    assert walks == []


@pytest.mark.parametrize("changed", [77, None])
def test_a_device_that_is_too_slow_gives_what_it_can_and_is_not_asked_more(
    changed: int | None,
) -> None:
    table, many = Table(ports(48), changed=changed), ports(48)
    delay = [0.0]

    def script(request: Request) -> Sequence[bytes]:
        sleep(delay[0])
        return good(table)(request)

    limits = Limits(timeout=1.0, deadline=2.0)
    with agent(script) as one, Poller([target(one, many)], limits, {}) as poller:
        first = poller.cycle()[0]
        delay[0] = 0.15
        slow = [poller.cycle()[0] for _ in range(2)]
        walks = [request for request in one.requests if request.tag == GETBULK]
        delay[0] = 0.0
        last = poller.cycle()[0]
    assert whole(first, many)
    for found in slow:
        assert found.sample is not None, found.error
        assert "within its deadline" in found.sample.absent[0, 47]
        assert (0, 0) not in found.sample.absent
    assert len(walks) == sum(request.tag == GETBULK for request in one.requests)
    assert whole(last, many)


def test_a_dripping_agent_ends_at_its_deadline() -> None:
    """Answers to nobody's question, one just before each timeout: the deadline still counts."""
    table = Table(SIX)

    def drip(request: Request) -> Sequence[bytes]:
        one.keep_sending(reply(replace(request, id=request.id + 1), []), every=0.2)
        return []

    slow = spoiled(table, lambda request: request.tag == GET and len(request.oids) > 4, drip)
    with agent(slow) as one:
        (found,) = polled(target(one, SIX), Limits(timeout=0.4, deadline=1.5))
    assert found.sample is None
    assert found.error == "not done within the deadline of 1.5 s"
    dripping = [request for request in one.requests if request.tag == GET and len(request.oids) > 4]
    assert len(dripping) == 1, "it never was silent, so nothing was asked again"


def test_others_are_read_while_an_agent_is_silent() -> None:
    """It answers nothing before the other has all its ports: who waits for it first, waits long."""
    table, done = Table(SIX), Event()

    def slow(request: Request) -> Sequence[bytes]:
        return good(table)(request) if done.wait(PATIENT.timeout) else []

    def fast(request: Request) -> Sequence[bytes]:
        if f"{oids.COLUMNS[Column.LAST_CHANGE]}.10106" in request.oids:
            done.set()
        return good(table)(request)

    with agent(slow) as first, agent(fast) as second:
        targets = [target(first, SIX, "slow"), target(second, SIX, "fast")]
        with Poller(targets, PATIENT, {}) as poller:
            found = poller.cycle()
    assert [whole(one, SIX) for one in found] == [True, True]


def test_a_silent_agent_is_asked_less_and_costs_the_others_nothing() -> None:
    table = Table(SIX)
    with agent(good(table)) as fine, agent(lambda _: []) as silent:
        targets = [target(silent, SIX, "silent"), target(fine, SIX, "fine")]
        with Poller(targets, HASTY, {}) as poller:
            silent_one, fine_one = poller.cycle()
            again, _ = poller.cycle()
    assert whole(fine_one, SIX)
    assert "no SNMP answer" in silent_one.error
    assert (silent_one.requests, again.requests) == (HASTY.tries, 1)


def test_a_closed_port_is_told_from_a_silent_agent() -> None:
    with agent(lambda _: []) as one:
        gone = target(one, SIX)
    assert "nothing listens" in polled(gone)[0].error


def test_a_name_without_an_address_is_named() -> None:
    with agent(lambda _: []) as one:
        nowhere = replace(target(one, SIX), address="no.such.invalid")
    assert "no.such.invalid has no address" in polled(nowhere)[0].error


def test_an_agent_without_a_clock_is_not_read() -> None:
    table = Table(SIX, gone={oids.UPTIME})
    with agent(good(table)) as one:
        (found,) = polled(target(one, SIX))
    assert found.sample is None
    assert "sysUpTime" in found.error


def test_an_agent_without_interfaces_is_not_read() -> None:
    with agent(good(Table({}))) as one:
        (found,) = polled(target(one, SIX))
    assert found.sample is None
    assert "names no interface" in found.error
