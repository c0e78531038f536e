"""Who turned an SNMP login down: one row a device, let go of when it lets us in or is gone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from automation.errors import StoreFailed
from automation.model import Secret, SnmpLogin, TurnedDown
from automation.snmp import Polled
from automation.store import Store
from automation.tasks.refusals import Refusals, mark
from tests.unit.counters.samples import Seen, sample

ONE = TurnedDown(1_800_000_000.0, "wrong key", 2, "ab" * 32)
OTHER = TurnedDown(1_800_000_300.0, "no such user", 1, "cd" * 32)


def test_the_last_refusal_of_each_device_is_kept_until_it_lets_us_in(store: Store) -> None:
    assert store.refusals() == {}
    store.record_refusals({"sw-1": ONE, "sw-2": ONE})
    store.record_refusals({"sw-1": OTHER})
    assert store.refusals() == {"sw-1": OTHER, "sw-2": ONE}
    store.record_refusals({"sw-1": None, "sw-9": None})
    assert store.refusals() == {"sw-2": ONE}


def test_old_refusals_of_devices_that_are_gone_are_let_go_of(store: Store) -> None:
    store.record_refusals({"here": ONE, "gone": ONE, "new": OTHER})
    store.forget_polls(["here"], OTHER.at)
    assert store.refusals().keys() == {"here", "new"}


LOGIN = SnmpLogin("net", user="u", auth_password=Secret("a-secret"), priv_password=Secret("p"))
TURNED_DOWN = Polled("sw-1", refusal=TurnedDown(1.0, "wrong key"))
LET_IN = Polled("sw-1", sample(Seen()))


def _refusals(store: Store, login: SnmpLogin = LOGIN, *, again: bool = False) -> Refusals:
    return Refusals(store, {"sw-1": login}, again=again)


def test_the_next_process_knows_who_turned_us_down_until_we_are_let_in(store: Store) -> None:
    _refusals(store).keep([TURNED_DOWN])
    later = _refusals(store)
    assert later.known()["sw-1"].why == "wrong key"
    later.keep([LET_IN])
    assert _refusals(store).known() == store.refusals() == {}


def test_a_poller_that_runs_learns_what_another_process_was_told(store: Store) -> None:
    daemon = _refusals(store)
    assert daemon.known() == {}
    _refusals(store).keep([TURNED_DOWN])
    assert daemon.known().keys() == {"sw-1"}
    other = _refusals(store, again=True)
    assert other.known() == {}
    other.keep([LET_IN])
    assert daemon.known() == {}


@pytest.mark.parametrize(
    "other",
    [
        replace(LOGIN, user="v"),
        replace(LOGIN, auth="sha512"),
        replace(LOGIN, auth_password=Secret("another")),
        replace(LOGIN, priv="aes256"),
        replace(LOGIN, priv_password=Secret("another")),
        SnmpLogin("net", community=Secret("public")),
    ],
)
def test_another_login_is_tried_at_once(store: Store, other: SnmpLogin) -> None:
    _refusals(store).keep([TURNED_DOWN])
    assert _refusals(store, other).known() == {}
    assert _refusals(store).known()


def test_the_mark_of_a_login_tells_no_secret_and_is_always_the_same() -> None:
    assert mark(LOGIN) == mark(replace(LOGIN))
    assert len(mark(LOGIN)) == 64
    assert mark(replace(LOGIN, name="other")) != mark(LOGIN)


def test_a_store_that_fails_costs_no_cycle_and_no_memory(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise StoreFailed("the disk is full")

    one = _refusals(store)
    with monkeypatch.context() as broken:
        broken.setattr(Store, "record_refusals", fails)
        one.keep([TURNED_DOWN])
        assert one.fault == "the disk is full"
        assert one.known().keys() == {"sw-1"}
        broken.setattr(Store, "refusals", fails)
        assert one.known().keys() == {"sw-1"}
        assert one.fault == "the disk is full"
    assert one.known().keys() == {"sw-1"}
    one.keep([])
    assert one.fault == ""
    assert store.refusals().keys() == {"sw-1"}
