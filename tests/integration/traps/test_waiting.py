"""A store that is slow or fails, and a kernel that drops: nothing is lost without a word."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from automation.errors import StoreFailed
from automation.snmp.traps import Heard, Receiver, receiver, sockets
from automation.snmp.traps.receiver import DROPPED, FULL
from tests.integration.traps.receiving import (
    HERE,
    IDENTITY,
    LOGINS,
    PATIENCE,
    SENDERS,
    Listening,
    listening,
)
from tests.integration.traps.test_datagrams import INFORM, send, trap

pytestmark = pytest.mark.integration


@dataclass
class Store:
    """A store that takes the first notification and then hangs until it is let go."""

    hangs: threading.Event = field(default_factory=threading.Event)
    goes_on: threading.Event = field(default_factory=threading.Event)

    def take(self, found: Listening, heard: Heard) -> None:
        if heard.notifications:
            self.hangs.set()
            assert self.goes_on.wait(PATIENCE)
        found.take(heard)


@contextmanager
def hanging(home: Path) -> Iterator[tuple[Listening, Store]]:
    """Receive with a store that hangs with one trap in hand."""
    store = Store()
    try:
        with listening(home, rate=1000, take=store.take) as one:
            send(one, trap())
            assert store.hangs.wait(PATIENCE)
            yield one, store
            store.goes_on.set()
    finally:
        store.goes_on.set()


def test_what_arrives_while_the_store_hangs_is_read(tmp_path: Path) -> None:
    with hanging(tmp_path) as (one, store):
        for sent in range(100, 2001, 100):
            send(one, *[trap()] * 100)  # no more at a time than the smallest buffer holds
            one.wait(lambda: len(one.receiver._waiting) == 1 + sent)  # noqa: B023 - waited for at once
        assert one.heard == []
        store.goes_on.set()
        one.wait(lambda: one.seen == 2001)
    assert (len(one.heard), one.rejected) == (2001, [])


def test_what_is_more_than_may_wait_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiver, "_WAITING", 10)
    with hanging(tmp_path) as (one, store):
        send(one, *[trap()] * 30)
        one.wait(lambda: one.receiver._tally._counts)
        store.goes_on.set()
        one.wait(lambda: one.seen == 31)
    (rejected,) = one.rejected
    assert (len(one.heard), rejected.why, rejected.count) == (10, FULL, 21)


def test_what_waited_when_the_end_was_asked_for_is_kept(tmp_path: Path) -> None:
    with hanging(tmp_path) as (one, store):
        send(one, *[INFORM] * 20)
        one.wait(lambda: len(one.receiver._waiting) == 21)
        one.stop.set()
        store.goes_on.set()
    assert len(one.heard) == 21
    assert one.held() == 0


def test_what_the_kernel_drops_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "BUFFER", 1)  # the kernel makes it the least that it knows
    one = Receiver([(HERE, 0)], SENDERS, LOGINS, IDENTITY, 1000)
    found = Listening(one, Path())
    place = f"{HERE} port {found.port}"
    send(found, *[trap()] * 100)  # nobody reads yet
    ends = time.monotonic() + PATIENCE

    def take(heard: Heard) -> None:
        found.take(heard)
        if found.seen >= 100 or time.monotonic() > ends:
            found.stop.set()

    assert one.run(take, found.stop) == 0
    lost = [said for said in found.rejected if said.why == DROPPED]
    assert {said.source for said in lost} == {place}
    assert len(found.heard) + sum(said.count for said in lost) == 100


def test_a_system_that_gives_too_little_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with_enough = sockets.bound([(HERE, 0)])
    monkeypatch.setattr(sockets, "BUFFER", 1 << 30)
    monkeypatch.setattr(sockets, "_SO_MEMINFO", 9999)
    one = Receiver([(HERE, 0), (HERE, 0)], SENDERS, LOGINS, IDENTITY, 20)
    try:
        small, silent = one.wanting
        assert "sysctl net.core.rmem_max=1073741824" in small
        assert "does not tell what it drops" in silent
        assert sockets.dropped(with_enough[0]) is None
    finally:
        for place in (*with_enough, *one._sockets):
            place.close()


@pytest.mark.parametrize("answerable", [30.0, 0.0], ids=["pysnmp forgot it", "given up"])
def test_a_store_that_is_back_after_minutes_costs_answers_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answerable: float
) -> None:
    monkeypatch.setattr(receiver, "_ANSWERABLE", answerable)
    tried: list[int] = []

    def take(found: Listening, heard: Heard) -> None:
        if heard.notifications and not tried:
            tried.append(len(heard.notifications))
            for _ in range(601 if answerable else 0):  # a minute of pysnmp's clock
                for model in found.receiver._engine.pysnmp.message_processing_subsystems.values():
                    model._cache.expire_caches()
            raise StoreFailed("the store is down")
        found.take(heard)

    with (
        listening(tmp_path, take=take) as one,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
    ):
        sender.settimeout(PATIENCE)
        for _ in range(3):
            sender.sendto(INFORM, (HERE, one.port))
        one.wait(lambda: len(one.heard) == 3)
        if not answerable:
            assert one.held() == 0
        monkeypatch.setattr(receiver, "_ANSWERABLE", 30.0)
        sender.sendto(INFORM, (HERE, one.port))
        assert sender.recv(2000)[:1] == b"\x30"  # it lives, and answers what comes again
        one.wait(lambda: len(one.heard) == 4)
