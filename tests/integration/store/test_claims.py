"""Claims: two programs on one store never write to the same device at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from automation.model import Claim, Owner
from automation.store import Store
from tests.integration.store.test_journal import ANNA, PLAN

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
UNTIL = NOW + timedelta(minutes=10)
BO = Owner("bo", "noc-2", 99, "/srv/other")


def test_a_device_is_held_until_it_is_let_go(store: Store) -> None:
    anna, bo = store.begin_job(PLAN, ANNA), store.begin_job(PLAN, BO)
    assert store.claim(anna, ["a", "b"], UNTIL, NOW) == {}
    held = store.claim(bo, ["b", "c"], UNTIL, NOW)
    assert held == {"b": Claim("b", anna, ANNA, NOW.isoformat(), UNTIL.isoformat())}
    assert str(held["b"]) == (
        f"job {anna} of anna@noc-1 (process 4711, workspace /srv/net) has been writing to it since "
        "2026-11-23T03:00:00+00:00, and holds it until 2026-11-23T03:10:00+00:00 at most"
    )
    assert store.claim(anna, ["c"], UNTIL, NOW).keys() == {"c"}
    store.release(anna, ["b"])
    assert store.claim(bo, ["a", "b"], UNTIL, NOW).keys() == {"a"}
    store.release(bo, ["a"])
    assert store.claim(bo, ["a"], UNTIL, NOW).keys() == {"a"}


@pytest.mark.parametrize("how", ["expired", "ended", "lost"])
def test_what_nobody_can_be_at_work_in_is_taken_over(store: Store, how: str) -> None:
    anna, bo = store.begin_job(PLAN, ANNA), store.begin_job(PLAN, BO)
    store.claim(anna, ["a"], UNTIL, NOW)
    now = NOW
    if how == "ended":
        store.end_job(anna)
    elif how == "lost":
        store.find_lost(replace(ANNA, pid=1))
    else:
        assert store.claim(bo, ["a"], UNTIL, UNTIL - timedelta(seconds=1)).keys() == {"a"}
        now = UNTIL
    assert store.claim(bo, ["a"], now + timedelta(minutes=10), now) == {}
    third = store.begin_job(PLAN, ANNA)
    assert store.claim(third, ["a"], UNTIL, now)["a"].job == bo


def test_of_many_that_want_a_device_one_gets_it(url: str) -> None:
    with Store.open(url) as first, Store.open(url) as second:
        jobs = [first.begin_job(PLAN, ANNA) for _ in range(16)]

        def want(job: int) -> bool:
            one = (first, second)[job % 2]
            devices = ["a", "b", "c"] if job % 3 else ["c", "b", "a"]
            return not one.claim(job, devices, UNTIL, NOW)

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(want, jobs)) == 1
