"""From notifications to what is kept and told: with a store, without a wire."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from automation.counters import Column
from automation.errors import PortvaktError
from automation.findings import Trouble
from automation.model import (
    Notification,
    Port,
    PortRole,
    PortState,
    Rejected,
    Subscription,
    SubscriptionState,
)
from automation.snmp.traps import Heard
from automation.store import Cycle, Store
from automation.tasks import traps
from automation.tasks.traps import ODD, UNREAD, News, Trapping
from automation.workspace import TrapSettings
from tests.integration.traps.network import INVENTORY
from tests.unit.counters.samples import Seen, sample
from tests.unit.findings.samples import MODEL

pytestmark = pytest.mark.integration
LINK = "1.3.6.1.6.3.1.1.5."


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open("sqlite:///store.db", tmp_path) as one:
        yield one


@pytest.fixture
def told() -> list[News]:
    return []


@pytest.fixture
def trapping(store: Store, told: list[News], monkeypatch: pytest.MonkeyPatch) -> Trapping:
    """What tells at once: nothing is waited for."""
    monkeypatch.setattr(traps, "_SETTLE", 0.0)
    return Trapping(INVENTORY, store, TrapSettings(), told.append)


def down(device: str, port: str, number: int = 3) -> Notification:
    name = ("1.3.6.1.2.1.2.2.1.2.7", port.encode())
    return Notification(device, time.time(), f"{LINK}{number}", None, (name,))


def heard(*notifications: Notification, rejected: tuple[Rejected, ...] = ()) -> Heard:
    return Heard(notifications, rejected)


def test_what_begins_and_what_is_over_is_told_once(trapping: Trapping, told: list[News]) -> None:
    trapping.take(heard(down("acc-1", "Te1/0/1"), down("acc-1", "Gi1/0/7")))
    trapping.take(heard())
    trapping.take(heard(down("acc-1", "Gi1/0/8")))
    trapping.take(heard(down("acc-1", "Te1/0/1", 4)))
    assert [[one.trouble for one in news.begun] for news in told] == [
        [Trouble.CUT_OFF],
        [Trouble.DOWN, Trouble.DOWN],
    ]
    assert [[one.key for one in news.over] for news in told] == [
        [],
        [(Trouble.CUT_OFF, "acc-1", "Te1/0/1")],
    ]


def test_whom_it_hits_is_told(trapping: Trapping, store: Store, told: list[News]) -> None:
    port = Port("acc-1", "Gi1/0/7", PortRole.CUSTOMER, PortState.ACTIVE, "C-7")
    active = SubscriptionState.ACTIVE
    care = Subscription("C-7", "care", "trygghet", 1401, True, "t", active, date(2025, 1, 1))
    store.write_ports([port], [care])
    trapping.take(heard(down("core-1", "Gi1/0/1")))
    (one,) = told[0].begun
    assert (one.impact.welfare, one.devices) == (("C-7",), ("tra-1", "acc-1", "acc-2"))


def test_a_service_that_the_catalogue_does_not_have_is_told_as_welfare(
    trapping: Trapping, store: Store, told: list[News]
) -> None:
    port = Port("acc-1", "Gi1/0/7", PortRole.CUSTOMER, PortState.ACTIVE, "C-7")
    active = SubscriptionState.ACTIVE
    renamed = Subscription("C-7", "alarm", "trygghet", 1401, True, "t", active, date(2025, 1, 1))
    store.write_ports([port], [renamed])
    trapping.take(heard(down("acc-1", "Gi1/0/7")))
    assert [one.impact.welfare for one in told[0].begun] == [("C-7",)]


def test_a_new_receiver_goes_on_where_the_last_one_ended(
    trapping: Trapping, store: Store, told: list[News]
) -> None:
    trapping.take(heard(down("acc-1", "Te1/0/1")))
    later = Trapping(INVENTORY, store, TrapSettings(), told.append)
    assert [one.trouble for one in later.current] == [Trouble.CUT_OFF]
    later.take(heard(down("acc-1", "Te1/0/1", 4)))
    assert [one.is_open for one in store.findings()] == [False]


def test_what_cannot_be_kept_is_told_once_and_taken_again(
    trapping: Trapping, store: Store, told: list[News], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise PortvaktError("the store failed: disk full")

    found = heard(down("acc-1", "Gi1/0/7"))
    with monkeypatch.context() as broken:
        broken.setattr(store, "record_heard", fails)
        for _ in range(3):
            with pytest.raises(PortvaktError):
                trapping.take(found)
    assert [news.fault for news in told] == ["the store failed: disk full"]
    trapping.take(found)
    (one,) = store.findings()
    assert (one.count, one.repeats) == (1, 0)


def test_a_trouble_that_cannot_be_told_now_is_told_later(
    trapping: Trapping, store: Store, told: list[News], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise PortvaktError("the store failed: busy")

    with monkeypatch.context() as broken:
        broken.setattr(store, "ports", fails)
        trapping.take(heard(down("acc-1", "Gi1/0/7")))
    trapping.take(heard())
    assert [len(news.begun) for news in told] == [0, 0, 1]
    assert [news.is_well for news in told] == [False, True, False]


def test_a_store_that_cannot_be_read_is_told_once_and_again_when_it_can(
    trapping: Trapping, store: Store, told: list[News], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise PortvaktError("the store failed: the server is gone")

    found = heard(down("acc-1", "Gi1/0/7"))
    with monkeypatch.context() as broken:
        broken.setattr(store, "samples", fails)
        for _ in range(3):
            with pytest.raises(PortvaktError):
                trapping.take(found)
    assert [news.fault for news in told] == ["the store failed: the server is gone"]
    trapping.take(found)
    assert [news.is_well for news in told[:2]] == [False, True]


def test_what_has_no_rule_or_names_nothing_is_counted(trapping: Trapping, store: Store) -> None:
    now = time.time()
    trapping.take(
        heard(Notification("acc-1", now, f"{LINK}3"), Notification("acc-1", now, "1.3.6.1.9"))
    )
    assert {one.why for one in store.rejected()} == {UNREAD, "no rule for 1.3.6.1.9"}
    assert store.findings() == ()


def test_a_device_that_invents_ports_is_bounded(trapping: Trapping, store: Store) -> None:
    trapping.take(heard(*(down("acc-1", f"Bogus{n}") for n in range(1000))))
    trapping.take(heard(*(down("acc-1", one) for one in MODEL.access), down("acc-2", "Bogus1")))
    (rejected,) = store.rejected()
    assert rejected.why == ODD
    kept = [one for one in store.findings() if one.device == "acc-1"]
    assert len(kept) <= len(MODEL.access) * 2 + 100
    assert {one.subject for one in kept} >= set(MODEL.access)
    assert rejected.count + len(store.findings()) == 1000 + len(MODEL.access) + 1


def test_what_was_rejected_is_kept_and_told(
    trapping: Trapping, store: Store, told: list[News]
) -> None:
    one = Rejected("192.0.2.9", "unknown", 3, 1e9, time.time())
    trapping.take(heard(rejected=(one,)))
    assert (told[0].rejected, store.rejected()) == ((one,), (one,))


@pytest.mark.parametrize(
    ("again", "subject"), [(0.0, "Gi1/0/2"), (5.0, "ifIndex 7")], ids=["looked again", "too soon"]
)
def test_the_ports_of_a_device_that_started_are_those_that_the_poller_read_since(
    trapping: Trapping,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    again: float,
    subject: str,
) -> None:
    monkeypatch.setattr(traps, "_AGAIN", again)

    def polled(port: str, at: float) -> None:
        read = replace(sample(Seen(port=port, at=at, index=7)), device="acc-1")
        store.record_cycle(Cycle(samples=(read,), rates=(), before={}, interval=300, extras=()))

    def failed(uptime: int) -> Notification:
        index = ("1.3.6.1.2.1.2.2.1.1.7", 7)
        return Notification("acc-1", time.time(), f"{LINK}3", uptime, (index,))

    polled("Gi1/0/1", time.time() - 60)
    trapping.take(heard(failed(900_000)))
    polled("Gi1/0/2", time.time())
    trapping.take(heard(failed(100)))
    assert {one.subject for one in store.findings()} == {"Gi1/0/1", subject}


def test_the_poller_ends_what_a_lost_report_left_open(
    trapping: Trapping, store: Store, told: list[News], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(traps, "_FRESH", 0.0)
    trapping.take(heard(down("acc-1", "Gi1/0/1"), down("acc-1", "Gi1/0/2")))
    soon = time.time() + 1
    seen = [Seen(state, at=soon, port=f"Gi1/0/{state}") for state in (1, 2)]
    read = replace(sample(*seen, column=Column.OPER), device="acc-1")
    store.record_cycle(Cycle(samples=(read,), rates=(), before={}, interval=300, extras=()))
    trapping.take(heard())
    assert {one.subject: one.is_open for one in store.findings()} == {
        "Gi1/0/1": False,
        "Gi1/0/2": True,
    }


def test_a_port_that_was_a_number_is_known_by_its_name_once_it_is_read(
    trapping: Trapping, store: Store, told: list[News], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(traps, "_FRESH", 0.0)
    index = ("1.3.6.1.2.1.2.2.1.1.7", 7)
    trapping.take(heard(Notification("acc-1", time.time(), f"{LINK}3", 100, (index,))))
    port = Port("acc-1", "Gi1/0/2", PortRole.CUSTOMER, PortState.ACTIVE, "C-7")
    care = Subscription(
        *("C-7", "care", "trygghet", 1401, True, "t", SubscriptionState.ACTIVE, date(2025, 1, 1))
    )
    store.write_ports([port], [care])
    seen = Seen(2, at=time.time() + 1, uptime=200, port="Gi1/0/2", index=7)
    read = replace(sample(seen, column=Column.OPER), device="acc-1")
    store.record_cycle(Cycle(samples=(read,), rates=(), before={}, interval=300, extras=()))
    trapping.take(heard())
    assert {one.subject: one.is_open for one in store.findings()} == {
        "ifIndex 7": False,
        "Gi1/0/2": True,
    }
    assert [(one.subject, one.impact.welfare) for one in told[-1].begun] == [("Gi1/0/2", ("C-7",))]
