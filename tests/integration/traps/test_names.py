"""Switches that have a name: whom the DNS knows is heard from the start, others once it does."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from automation.model import Device
from automation.snmp.traps import Receiver
from automation.snmp.traps.senders import UNKNOWN, UNNAMED
from automation.tasks import senders
from automation.tasks.senders import Directory, LookedUp, looking_up
from automation.workspace import TrapSettings
from tests.integration.traps.receiving import (
    HERE,
    IDENTITY,
    LOGINS,
    PATIENCE,
    Listening,
    listening,
)
from tests.integration.traps.test_datagrams import send, trap
from tests.unit.findings.samples import device

pytestmark = pytest.mark.integration
NAMED = replace(device("sw-1", "access"), address="sw-1.net.example", snmp="v2")
ELSEWHERE = "192.0.2.7"


@dataclass
class Names:
    """A resolver: what it knows, which names it hangs at, and who was asked for."""

    known: dict[str, str] = field(default_factory=dict)
    hanging: frozenset[str] = frozenset()
    asked: list[str] = field(default_factory=list)
    goes_on: threading.Event = field(default_factory=threading.Event)

    def answer(self, host: str, *_: object, **__: object) -> list[tuple[object, ...]]:
        self.asked.append(host)
        if host in self.hanging:
            assert self.goes_on.wait(PATIENCE)
        if host not in self.known:
            raise socket.gaierror("no such name")
        return [(socket.AF_INET, socket.SOCK_DGRAM, 17, "", (self.known[host], 0))]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Iterator[Names]:
    """Nothing that has hung goes on before the end, unless a test says so."""
    found = Names()
    monkeypatch.setattr(socket, "getaddrinfo", found.answer)
    monkeypatch.setattr(senders, "_LOOK_UP", 0.01)
    yield found
    found.goes_on.set()


def silent(count: int, names: Names) -> list[Device]:
    """Return devices whose names have no answer, not even that there is none."""
    found = [replace(NAMED, name=f"dead-{n}", address=f"dead-{n}.example") for n in range(count)]
    names.hanging = frozenset(one.address for one in found)
    return found


def test_a_name_that_gets_an_address_is_heard(tmp_path: Path, names: Names) -> None:
    directory = Directory([NAMED], TrapSettings())
    found: list[LookedUp] = []
    with (
        listening(tmp_path, directory.senders()) as one,
        looking_up(directory, one.receiver, found.append, one.stop),
    ):
        send(one, trap())
        one.wait(lambda: one.rejected)
        assert one.rejected[0].why == UNNAMED
        names.known[NAMED.address] = HERE
        one.wait(lambda: len(found) == 2)
        while not one.heard:  # the next tick believes it
            one.take_in([trap()])
    assert found == [LookedUp(missing=(NAMED,)), LookedUp((NAMED,))]
    assert {notification.device for notification in one.heard} == {"sw-1"}


def test_what_comes_before_the_first_answer_waits_for_it(names: Names) -> None:
    names.known[NAMED.address] = HERE
    names.hanging = frozenset({NAMED.address})
    directory = Directory([NAMED], TrapSettings())
    receiver = Receiver([(HERE, 0)], directory.senders(), LOGINS, IDENTITY, 100)
    one, told = Listening(receiver, Path()), list[LookedUp]()
    send(one, *[trap()] * 20)
    threading.Timer(0.2, names.goes_on.set).start()
    with looking_up(directory, receiver, told.append, one.stop):
        one.stop.set()
        receiver.run(one.take, one.stop)
    assert [found.device for found in one.heard] == ["sw-1"] * 20
    assert (one.rejected, told) == ([], [])


def test_nothing_is_waited_for_once_each_name_was_asked_for(names: Names) -> None:
    lost = [replace(NAMED, name=f"lost-{n}") for n in range(3)]
    asking = senders._Names(Directory(lost, TrapSettings()), lambda _: None, lambda _: None)
    asking.begin()
    assert asking._all_tried.wait(PATIENCE)
    asking.end()
    asking = senders._Names(Directory([], TrapSettings()), lambda _: None, lambda _: None)
    asking.begin()
    assert asking._all_tried.is_set()


def test_nobody_waits_for_a_name_that_has_no_answer(
    tmp_path: Path, names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(senders, "_PATIENCE", 0.1)
    dead = silent(20, names)
    names.known[NAMED.address] = ELSEWHERE
    listed = replace(NAMED, name="sw-2", address=HERE)
    directory = Directory([*dead, NAMED, listed], TrapSettings())
    told: list[LookedUp] = []
    with (
        listening(tmp_path, directory.senders()) as one,
        looking_up(directory, one.receiver, told.append, one.stop),
    ):
        one.wait(lambda: one.receiver._senders.known.keys() == {HERE, ELSEWHERE})
        one.take_in([trap()])
        assert told[0].missing == tuple(dead)
    assert [found.device for found in one.heard] == ["sw-2"]
    assert sorted(names.asked) == sorted(one.address for one in (*dead, NAMED))


def test_a_name_that_was_answered_is_never_asked_for_again(tmp_path: Path, names: Names) -> None:
    lost = replace(NAMED, name="sw-9", address="sw-9.net.example")
    names.known[NAMED.address] = HERE
    directory = Directory([NAMED, lost], TrapSettings())
    with (
        listening(tmp_path, directory.senders()) as one,
        looking_up(directory, one.receiver, lambda _: None, one.stop),
    ):
        one.wait(lambda: names.asked.count(lost.address) > 5)
    assert names.asked.count(NAMED.address) == 1


def test_who_is_unknown_once_every_name_has_its_address_is_so(tmp_path: Path, names: Names) -> None:
    names.known[NAMED.address] = ELSEWHERE
    directory = Directory([NAMED], TrapSettings())
    with (
        listening(tmp_path, directory.senders()) as one,
        looking_up(directory, one.receiver, lambda _: None, one.stop),
    ):
        one.wait(lambda: one.receiver._senders.is_whole)
        one.take_in([trap()])
    assert [found.why for found in one.rejected] == [UNKNOWN]


def test_an_end_does_not_wait_for_names(
    names: Names, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(senders, "_PATIENCE", PATIENCE)
    directory = Directory(silent(1, names), TrapSettings())
    stop = threading.Event()
    stop.set()
    given_up = threading.Timer(PATIENCE / 6, names.goes_on.set)
    given_up.start()
    with listening(tmp_path) as one, looking_up(directory, one.receiver, lambda _: None, stop):
        assert not names.goes_on.is_set()
    given_up.cancel()


def test_an_address_that_two_names_have_is_told_in_whatever_order_they_come(
    tmp_path: Path, names: Names
) -> None:
    other = replace(NAMED, name="sw-2", address="sw-2.net.example")
    names.known = {NAMED.address: HERE, other.address: HERE}
    directory = Directory([other, NAMED], TrapSettings())
    told: list[LookedUp] = []
    with (
        listening(tmp_path, directory.senders()) as one,
        looking_up(directory, one.receiver, told.append, one.stop),
    ):
        pass
    assert told == [LookedUp(shared={HERE: ["sw-1", "sw-2"]})]
