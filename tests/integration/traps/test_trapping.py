"""From notifications to what is kept and told: with a store, without a wire."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from automation.counters import Column
from automation.errors import PortvaktError, StoreFailed
from automation.findings import Trouble, read
from automation.model import (
    Finding,
    FindingKind,
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


def numbered(said: bytes) -> Notification:
    """Return a linkDown of ifIndex 7 that calls its port what it likes."""
    return Notification("acc-1", time.time(), f"{LINK}3", None, (("1.3.6.1.2.1.2.2.1.2.7", said),))


def polled(store: Store, state: int = 2) -> None:
    """Have the poller read the port of ifIndex 7 a moment later."""
    seen = Seen(state, at=time.time() + 1, uptime=200, port="Gi1/0/2", index=7)
    read = replace(sample(seen, column=Column.OPER), device="acc-1")
    store.record_cycle(Cycle(samples=(read,), rates=(), before={}, interval=300, extras=()))


@pytest.mark.parametrize("said", [b"ifIndex abc", b"ifIndex ", b"ifIndex \xc2\xb2", b"ifIndex 7x"])
def test_a_name_that_looks_like_a_number_ends_nothing(
    trapping: Trapping, store: Store, monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    monkeypatch.setattr(traps, "_FRESH", 0.0)
    trapping.take(heard(numbered(said)))
    polled(store)
    trapping.take(heard(down("acc-1", "Gi1/0/9")))
    assert {one.subject: one.is_open for one in store.findings()} == {
        "ifIndex 7": False,
        "Gi1/0/2": True,
        "Gi1/0/9": True,
    }


def test_a_finding_of_such_a_name_from_before_is_over_at_the_next_reading(store: Store) -> None:
    before = Finding("acc-1", "ifIndex abc", FindingKind.LINK, True, time.time(), time.time())
    store.record_heard([before], (), 0.0)
    polled(store)
    Trapping(INVENTORY, store, TrapSettings(), lambda _: None).take(heard())
    assert [one.is_open for one in store.findings()] == [False]


@dataclass
class Broken:
    """A fault of ours: whoever is asked about `port` raises; all else is as it was."""

    port: str
    asked: Callable[..., Any]
    error: Exception = field(default_factory=lambda: ZeroDivisionError("chosen by a device"))

    def __call__(self, one: Any, *more: Any) -> Any:  # noqa: ANN401 - stands for any function
        if self.port in repr(one):
            raise self.error
        return self.asked(one, *more)


WHY = r"our own fault: ZeroDivisionError in __call__ \(test_trapping\.py:\d+\)"


def test_what_makes_us_go_wrong_costs_itself_and_is_said(
    trapping: Trapping, store: Store, told: list[News], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Broken("Gi1/0/7", read)
    monkeypatch.setattr(traps, "read", broken)
    trapping.take(heard(*(down("acc-1", f"Gi1/0/{n}") for n in (6, 7, 8)), down("acc-2", "Bogus")))
    assert {one.subject for one in store.findings()} == {"Gi1/0/6", "Gi1/0/8", "Bogus"}
    (rejected,) = store.rejected()
    assert (rejected.source, rejected.count) == ("acc-1", 1)
    assert re.fullmatch(WHY, rejected.why)
    assert (told[0].rejected, told[0].own) == ((rejected,), {rejected.why: broken.error})


@pytest.mark.parametrize(
    ("what", "left"), [("_reading", {"Gi1/0/2", "ifIndex 99"}), ("ended", {"Gi1/0/2"})]
)
def test_a_reading_that_makes_us_go_wrong_costs_what_it_is_about_and_is_said(
    trapping: Trapping, store: Store, monkeypatch: pytest.MonkeyPatch, what: str, left: set[str]
) -> None:
    monkeypatch.setattr(traps, "_FRESH", 0.0)
    index = ("1.3.6.1.2.1.2.2.1.1.99", 99)
    unnamed = Notification("acc-1", time.time(), f"{LINK}3", None, (index,))
    trapping.take(heard(down("acc-1", "Gi1/0/2"), unnamed))
    polled(store, state=1)
    monkeypatch.setattr(traps, what, Broken("Gi1/0/2", getattr(traps, what)))
    trapping.take(heard(down("acc-2", "Gi1/0/9")))
    assert {one.subject for one in store.findings() if one.is_open} == {*left, "Gi1/0/9"}
    assert [one.source for one in store.rejected()] == ["acc-1"]


@pytest.mark.parametrize("error", [StoreFailed("gone"), OSError(28, "full"), MemoryError()])
def test_what_fails_around_us_is_nobodys_word(
    trapping: Trapping, store: Store, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(traps, "read", Broken("Gi1/0/7", read, error))
    with pytest.raises(type(error)):
        trapping.take(heard(down("acc-1", "Gi1/0/7"), down("acc-1", "Gi1/0/8")))
    assert (store.findings(), store.rejected()) == ((), ())


@pytest.mark.parametrize("uptime", [0, (1 << 32) - 1])
def test_every_clock_that_a_device_can_have_is_kept(
    trapping: Trapping, store: Store, uptime: int
) -> None:
    trapping.take(heard(replace(down("acc-1", "Gi1/0/7"), uptime=uptime)))
    assert [one.clock for one in store.findings()] == [uptime]


def test_a_wall_clock_that_is_set_back_holds_nothing_up(
    trapping: Trapping, store: Store, told: list[News], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(traps, "_SETTLE", 3600.0)
    trapping.take(heard(down("acc-1", "Gi1/0/2"), down("acc-1", "Gi1/0/9")))
    polled(store, state=1)
    assert told == []
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() - 3600)
    monkeypatch.setattr(traps, "_SETTLE", 0.0)
    monkeypatch.setattr(traps, "_FRESH", 0.0)
    trapping.take(heard())
    assert [one.subject for one in told[0].begun] == ["Gi1/0/9"]


def test_a_steady_clock_that_has_just_begun_is_old_enough_for_a_first_look(
    trapping: Trapping, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    trapping.take(heard(down("acc-1", "Gi1/0/2")))
    polled(store, state=1)
    monkeypatch.setattr(time, "monotonic", lambda: 0.5)
    Trapping(INVENTORY, store, TrapSettings(), lambda _: None).take(heard())
    assert [one.is_open for one in store.findings()] == [False]
