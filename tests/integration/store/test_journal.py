"""The journal: what was going to be sent stands there before, how it ended after."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from automation.errors import PortvaktError, UsageError
from automation.model import (
    Change,
    DeviceResult,
    JobState,
    Outcome,
    Owner,
    Plan,
    Stanza,
    StanzaState,
)
from automation.store import Store

STANZA = Stanza(
    feature="ports",
    header="interface Gi1/0/1",
    lines=("description Å",),
    undo_header="interface Gi1/0/1",
    undo=("no description",),
)
ANNA = Owner("anna", "noc-1", 4711, "/srv/net")
PLAN = Plan(
    id="p" * 64,
    playbook="provision",
    features=("ports",),
    selection="all",
    created="2026-11-23T09:00:00+00:00",
    expires="2026-11-23T13:00:00+00:00",
    waves=(1, 5),
    stop=1,
    estates=("city",),
    verify=True,
    changes=(),
)


def _change(device: str) -> Change:
    return Change(device, "city", "os_a", "b", "t", "i", "m", (STANZA,), ports=("Gi1/0/1",))


def _result(device: str, outcome: Outcome = Outcome.CHANGED) -> DeviceResult:
    return DeviceResult(device, "city", outcome)


def test_change_is_written_before_it_is_sent(store: Store) -> None:
    job = store.begin_job(PLAN, ANNA, "2026-11-23T10:00:00+00:00")
    store.begin_device(job, _change("sw-1"), "2026-11-23T10:00:01+00:00")
    row = store.job(job)
    assert (row.plan, row.playbook, row.owner) == ("p" * 64, "provision", ANNA)
    assert (row.begun, row.ended, row.open) == ("2026-11-23T10:00:00+00:00", None, 1)
    (device,) = row.devices
    assert device.lines == ("interface Gi1/0/1", " description Å")
    assert device.rollback == ("interface Gi1/0/1", " no description")
    assert (device.begun, device.ended, device.result) == ("2026-11-23T10:00:01+00:00", None, None)


def test_end_of_a_device_keeps_its_lines(store: Store) -> None:
    job = store.begin_job(PLAN, ANNA)
    store.begin_device(job, _change("sw-1"))
    result = DeviceResult(
        "sw-1",
        "city",
        Outcome.FAILED,
        why="the device refused a line",
        line="description Å",
        text="% Invalid input",
        states=(StanzaState.APPLIED, StanzaState.UNDONE),
        lines=7,
        sent=9,
        accepted=8,
        reached="shutdown",
        diff="+shutdown",
        ports=1,
        ports_unchanged=47,
        deferred=2,
        saved=True,
        seconds=1.5,
    )
    store.end_device(job, result)
    (device,) = store.job(job).devices
    assert device.lines == ("interface Gi1/0/1", " description Å")
    assert device.result == result
    assert device.ended is not None


def test_device_that_was_never_begun(store: Store) -> None:
    job = store.begin_job(PLAN, ANNA)
    store.end_device(job, _result("sw-1", Outcome.SKIPPED))
    (device,) = store.job(job).devices
    assert device.result == _result("sw-1", Outcome.SKIPPED)
    assert (device.begun, device.lines) == (None, ())


def test_jobs_newest_first_with_counts(store: Store) -> None:
    jobs = [store.begin_job(PLAN, replace(ANNA, user=who)) for who in ("anna", "bo", "cia")]
    for device, outcome in (("a", Outcome.CHANGED), ("b", Outcome.CHANGED), ("c", Outcome.STALE)):
        store.end_device(jobs[1], _result(device, outcome))
    store.begin_device(jobs[1], _change("d"))
    store.end_job(jobs[1], "2026-11-23T12:00:00+00:00")
    found = store.jobs(limit=2)
    assert [row.owner.user for row in found] == ["cia", "bo"]
    assert found[1].outcomes == {Outcome.CHANGED: 2, Outcome.STALE: 1}
    assert (found[1].open, found[1].ended, found[1].devices) == (1, "2026-11-23T12:00:00+00:00", ())
    assert found[0].ended is None


def test_devices_in_the_order_in_which_they_were_begun(store: Store) -> None:
    job = store.begin_job(PLAN, ANNA)
    store.end_device(job, _result("sw-0", Outcome.SKIPPED))
    for second, name in enumerate(["sw-3", "sw-1", "sw-2"]):
        store.begin_device(job, _change(name), f"2026-11-23T10:00:0{second}+00:00")
    assert [row.device for row in store.job(job).devices] == ["sw-3", "sw-1", "sw-2", "sw-0"]


LOST = "2026-11-23T11:00:00+00:00"


def test_a_lost_job_says_where_it_was_writing(store: Store) -> None:
    job = store.begin_job(replace(PLAN, changes=tuple(map(_change, "abc"))), ANNA)
    for device in ("a", "b"):
        store.begin_device(job, _change(device))
    store.end_device(job, _result("a"))
    assert store.job(job).state is JobState.OPEN
    (found,) = store.find_lost(replace(ANNA, user="bo", pid=4712), LOST)
    assert (found.id, found.state, found.lost, found.ended) == (job, JobState.LOST, LOST, None)
    assert (found.planned, found.open) == (3, 0)
    assert found.outcomes == {Outcome.CHANGED: 1, Outcome.UNKNOWN: 1}
    assert [(row.device, row.left) for row in found.devices] == [("a", False), ("b", True)]
    left = found.devices[1].result
    assert left is not None
    assert (left.outcome, "being written to" in left.why) == (Outcome.UNKNOWN, True)
    assert store.unsaved(["a", "b", "c"]) == {"a", "b"}
    assert store.job(job) == found


@pytest.mark.parametrize("other", [replace(ANNA, host="noc-2"), replace(ANNA, root="/srv/other")])
def test_only_jobs_of_the_same_workspace_are_lost(store: Store, other: Owner) -> None:
    job = store.begin_job(PLAN, ANNA)
    assert not store.has_open(other)
    assert store.find_lost(other) == ()
    assert store.job(job).state is JobState.OPEN


def test_a_job_is_found_lost_once_and_never_after_its_end(store: Store) -> None:
    ended, lost = (store.begin_job(PLAN, ANNA) for _ in range(2))
    store.end_job(ended)
    assert [job.id for job in store.find_lost(ANNA)] == [lost]
    assert store.find_lost(ANNA) == ()
    assert store.job(ended).state is JobState.ENDED


def test_unknown_job(store: Store) -> None:
    with pytest.raises(UsageError, match="there is no job 7"):
        store.job(7)


def test_device_of_an_unknown_job_is_refused(store: Store) -> None:
    with pytest.raises(UsageError, match="the store refused rows"):
        store.begin_device(7, _change("sw-1"))


def test_device_is_begun_once_in_a_job(store: Store) -> None:
    job = store.begin_job(PLAN, ANNA)
    store.begin_device(job, _change("sw-1"))
    with pytest.raises(UsageError, match="the store refused rows"):
        store.begin_device(job, _change("sw-1"))


def test_fifty_threads_write_their_devices(store: Store) -> None:
    job = store.begin_job(PLAN, ANNA)
    names = [f"sw-{n}" for n in range(200)]

    def work(name: str) -> None:
        store.begin_device(job, _change(name))
        store.end_device(job, _result(name))
        assert store.job(job).id == job

    with ThreadPoolExecutor(50) as pool:
        list(pool.map(work, names))
    row = store.job(job)
    assert row.outcomes == {Outcome.CHANGED: 200}
    assert {device.device for device in row.devices} == set(names)
    assert all(device.lines for device in row.devices)


def test_two_programs_write_to_one_store(url: str) -> None:
    with Store.open(url) as first, Store.open(url) as second:
        job = first.begin_job(PLAN, ANNA)

        def work(number: int) -> None:
            one = (first, second)[number % 2]
            one.end_device(job, _result(f"sw-{number}"))

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(work, range(80)))
        assert first.job(job).outcomes == {Outcome.CHANGED: 80}


def test_store_that_has_lost_its_tables_says_so(url: str) -> None:
    with Store.open(url) as store:
        with store._write() as connection:
            connection.exec_driver_sql("DROP TABLE job_device")
        with pytest.raises(PortvaktError, match=r"the store failed: .*job_device"):
            store.jobs()
