"""Who turned an SNMP login down: a row a device and login, let go of when let in, or old."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from automation.errors import StoreFailed
from automation.model import Secret, SnmpLogin, TurnedDown
from automation.snmp import Polled
from automation.store import RefusalKey, Store
from automation.tasks.refusals import Refusals, mark
from tests.unit.counters.samples import Seen, sample

ONE = TurnedDown(1_800_000_000.0, "wrong key", 2, "ab" * 32)
OTHER = TurnedDown(1_800_000_300.0, "no such user", 1, "cd" * 32)
LATER = replace(ONE, at=OTHER.at, count=3)


def _rows(*found: tuple[str, TurnedDown]) -> dict[RefusalKey, TurnedDown]:
    return {(device, one.login): one for device, one in found}


def test_the_last_refusal_of_each_login_is_kept_until_it_is_let_in(store: Store) -> None:
    assert store.refusals() == {}
    store.record_refusals(_rows(("sw-1", ONE), ("sw-2", ONE), ("sw-1", OTHER)))
    store.record_refusals(_rows(("sw-1", LATER)))
    assert store.refusals() == _rows(("sw-1", LATER), ("sw-2", ONE), ("sw-1", OTHER))
    store.record_refusals({("sw-1", LATER.login): None, ("sw-9", LATER.login): None})
    assert store.refusals() == _rows(("sw-2", ONE), ("sw-1", OTHER))


def test_old_refusals_are_let_go_of(store: Store) -> None:
    """In a day every device is asked again: who has a refusal that old is not asked any more."""
    store.record_refusals(_rows(("old", ONE), ("new", OTHER)))
    store.forget_polls(["old"], OTHER.at)
    assert store.refusals() == _rows(("new", OTHER))


def test_two_programs_may_be_turned_down_together(store: Store) -> None:
    """Each finds no row when it begins, and both have one in the end."""
    with ThreadPoolExecutor(8) as several:
        rows = [_rows(("sw-1", replace(ONE, count=count))) for count in range(1, 41)]
        list(several.map(store.record_refusals, rows))
    assert store.refusals().keys() == {("sw-1", ONE.login)}


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
    assert (_refusals(store).known(), store.refusals()) == ({}, {})


def test_a_poller_that_runs_learns_what_another_process_was_told(store: Store) -> None:
    daemon = _refusals(store)
    assert daemon.known() == {}
    _refusals(store).keep([TURNED_DOWN])
    assert daemon.known().keys() == {"sw-1"}
    other = _refusals(store, again=True)
    assert other.known() == {}
    other.keep([LET_IN])
    assert daemon.known() == {}


def test_who_asks_with_two_logins_has_two_refusals(store: Store) -> None:
    """A daemon with the old key, and somebody who mistypes the new one: neither frees the other."""
    daemon, typing = _refusals(store), _refusals(store, replace(LOGIN, auth="sha512"))
    daemon.keep([TURNED_DOWN])
    assert typing.known() == {}
    typing.keep([TURNED_DOWN])
    assert daemon.known().keys() == typing.known().keys() == {"sw-1"}
    mended = _refusals(store, replace(LOGIN, priv_password=Secret("new")))
    assert mended.known() == {}
    mended.keep([LET_IN])
    assert daemon.known().keys() == typing.known().keys() == {"sw-1"}


@pytest.mark.parametrize("count", [0, 1])
def test_who_is_asked_out_of_turn_is_not_taken_for_one_that_turned_us_down_less_often(
    store: Store, count: int
) -> None:
    """`--again` knows of no refusal, and what it is told counts from the beginning."""
    refused = TurnedDown(1.0, "wrong key", 5)
    _refusals(store).keep([replace(TURNED_DOWN, refusal=refused)])
    again = _refusals(store, again=True)
    assert again.known() == {}
    again.keep([replace(TURNED_DOWN, refusal=TurnedDown(2.0, "silent", count))])
    assert store.refusals()["sw-1", mark(LOGIN)] == TurnedDown(2.0, "silent", 5, mark(LOGIN))


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
        assert (one.fault, one.unread) == ("the disk is full", "the disk is full")
    assert one.known().keys() == {"sw-1"}
    one.keep([])
    assert (one.fault, one.unread) == ("", "")
    assert store.refusals().keys() == {("sw-1", mark(LOGIN))}
