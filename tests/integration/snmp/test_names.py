"""Names that move: the poller follows, and no switch is read under another's name for long."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from threading import Event
from threading import enumerate as enumerate_threads

import pytest

from automation.errors import Unreachable
from automation.snmp import Poller, place
from tests.integration.snmp.badagent import GETBULK, BadAgent, agent
from tests.integration.snmp.table import HASTY, Table, good, ports, target, whole

pytestmark = pytest.mark.integration

NAME, HERE, THERE = "sw-1.mgmt.example", "127.0.0.1", "127.0.0.2"
SIX = ports(6)
MANY = ports(8)


class Names:
    """A name server: where a name is, and how it is asked."""

    def __init__(self) -> None:
        """Know one name."""
        self.found: tuple[str, ...] = (HERE,)
        self.asked = 0
        self.answers = asyncio.Event()
        self.answers.set()

    async def addresses(self, host: str) -> tuple[str, ...]:
        """Return the addresses of `host`, when the server answers."""
        assert host == NAME
        self.asked += 1
        await self.answers.wait()
        if not self.found:
            raise Unreachable(f"{host} has no address: Name or service not known")
        return self.found


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    one = Names()
    monkeypatch.setattr(place, "addresses", one.addresses)
    return one


@contextmanager
def _always_due() -> Iterator[tuple[Poller, BadAgent]]:
    """Poll one switch, whose labels are due in each cycle, by its name, at a port of one address.

    What is given beside the poller has the same ports and clock at another address.
    """
    table, always = Table(SIX), replace(HASTY, labels=0.0)
    with (
        agent(good(table)) as one,
        agent(good(table), THERE, one.port) as other,
        Poller([replace(target(one, SIX), address=NAME)], always, {}) as poller,
    ):
        assert whole(poller.cycle()[0], SIX)
        yield poller, other


def _walks(one: BadAgent) -> Sequence[object]:
    return [request for request in one.requests if request.tag == GETBULK]


def test_a_switch_that_went_silent_is_found_at_its_new_address(names: Names) -> None:
    table, alive = Table(SIX), [True]
    with (
        agent(lambda request: good(table)(request) if alive[0] else []) as one,
        agent(good(table), THERE, one.port) as other,
        Poller([replace(target(one, SIX), address=NAME)], HASTY, {}) as poller,
    ):
        assert whole(poller.cycle()[0], SIX)
        alive[0], names.found = False, (THERE,)
        assert poller.cycle()[0].sample is None
        assert names.asked == 1, "one that answers is not looked up each time"
        assert whole(poller.cycle()[0], SIX)
        assert _walks(other), "its ports are proved anew"
        asked = names.asked
        assert whole(poller.cycle()[0], SIX)
    assert names.asked == asked


def test_a_switch_that_took_anothers_address_is_not_read_under_its_name(names: Names) -> None:
    """It begins with another clock; the name says where the right one went."""
    mine, other = Table(SIX), Table(MANY, uptime=9_000_000)
    with agent(good(mine)) as one:
        looked_for = replace(target(one, SIX), address=NAME)
        poller = Poller([looked_for], HASTY, {})
        assert whole(poller.cycle()[0], SIX)
        port = one.port
    names.found = (THERE,)
    with agent(good(other), HERE, port) as wrong, agent(good(mine), THERE, port), poller:
        poller.cycle()
        wrong.requests.clear()
        assert whole(poller.cycle()[0], SIX)
        assert wrong.requests == []


def test_a_name_is_looked_up_when_labels_are_due(names: Names) -> None:
    """The switch moved with ports and clock, and what is at the old address still answers."""
    with _always_due() as (poller, other):
        names.found = (THERE,)
        assert whole(poller.cycle()[0], SIX)
    assert _walks(other)


def test_of_several_addresses_the_one_in_use_is_kept(names: Names) -> None:
    with _always_due() as (poller, other):
        names.found = (THERE, HERE)
        assert whole(poller.cycle()[0], SIX)
    assert other.requests == []


def test_a_name_server_that_fails_or_is_slow_changes_nothing_and_is_not_asked_twice(
    names: Names,
) -> None:
    with _always_due() as (poller, other):
        names.found = ()
        assert whole(poller.cycle()[0], SIX)
        asked = names.asked
        names.answers.clear()
        assert whole(poller.cycle()[0], SIX)
        assert whole(poller.cycle()[0], SIX)
        assert names.asked == asked + 1
        assert other.requests == []
        names.found = (THERE,)
        names.answers.set()
        assert whole(poller.cycle()[0], SIX)
        assert other.requests, "the late answer counts"


def test_an_address_is_never_looked_up(names: Names) -> None:
    with agent(lambda _: []) as one, Poller([target(one, SIX)], HASTY, {}) as poller:
        for _ in range(3):
            poller.cycle()
    assert names.asked == 0


def test_a_lookup_that_never_ends_keeps_nobody_from_closing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A name server that is gone is waited for half a minute, and longer, for each name."""
    table, asked, over = Table(SIX), Event(), Event()

    def found(*_: object, **__: object) -> list[object]:
        return [(0, 0, 0, "", (HERE, 0))]

    def never(*_: object, **__: object) -> list[object]:
        asked.set()
        over.wait()
        return []

    monkeypatch.setattr(socket, "getaddrinfo", found)

    with agent(good(table)) as one:
        named = replace(target(one, SIX), address=NAME)
        with Poller([named], replace(HASTY, labels=0.0), {}) as poller:
            assert whole(poller.cycle()[0], SIX)
            monkeypatch.setattr(socket, "getaddrinfo", never)
            assert whole(poller.cycle()[0], SIX)
            assert asked.is_set()
    (waits,) = [one for one in enumerate_threads() if one.name == f"looks up {NAME}"]
    assert waits.daemon
    over.set()
    waits.join()
