"""Jobs and their journal: what was going to be sent, and how each device ended."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from automation.errors import UsageError
from automation.model import (
    Change,
    DeviceResult,
    JobDeviceRow,
    JobRow,
    Outcome,
    Owner,
    Plan,
    StanzaState,
    natural_key,
)
from automation.store import claims
from automation.store.tables import JOB, JOB_DEVICE

_LEFT = (
    "its job was lost while it was being written to: what it runs is not known; run again, which "
    "reads it first"
)


def begin_job(connection: Connection, plan: Plan, owner: Owner, at: str | None) -> int:
    """Insert the job and return its number."""
    values = {
        "plan": plan.id,
        "playbook": plan.playbook,
        "who": owner.user,
        "host": owner.host,
        "pid": owner.pid,
        "root": owner.root,
        "planned": len(plan.changes) + len(plan.faults),
        "begun": at or _now(),
    }
    key = connection.execute(insert(JOB), values).inserted_primary_key
    assert key is not None  # noqa: S101 - an insert of one row has one key
    return int(key[0])


def begin_device(connection: Connection, job: int, change: Change, at: str | None) -> None:
    """Insert the device's row: its lines and its rollback, no outcome yet."""
    values = _blank(job, change.device, change.estate) | {
        "begun": at or _now(),
        "lines": json.dumps(change.lines, ensure_ascii=False),
        "rollback": json.dumps(change.rollback, ensure_ascii=False),
        "ports": len(change.ports),
        "deferred": len(change.deferred),
    }
    connection.execute(insert(JOB_DEVICE), values)


def end_device(connection: Connection, job: int, result: DeviceResult, at: str | None) -> None:
    """Complete the device's row, or insert it for a device that was never begun."""
    values = {
        "ended": at or _now(),
        "outcome": result.outcome.value,
        "why": result.why,
        "line": result.line,
        "text": result.text,
        "states": json.dumps(result.states),
        "standing": result.lines,
        "sent": result.sent,
        "accepted": result.accepted,
        "reached": result.reached,
        "diff": result.diff,
        "ports": result.ports,
        "ports_unchanged": result.ports_unchanged,
        "deferred": result.deferred,
        "saved": result.saved,
        "seconds": result.seconds,
    }
    here = (JOB_DEVICE.c.job == job) & (JOB_DEVICE.c.device == result.device)
    if connection.execute(update(JOB_DEVICE).where(here).values(values)).rowcount == 0:
        connection.execute(insert(JOB_DEVICE), _blank(job, result.device, result.estate) | values)


def unsaved(connection: Connection, devices: Collection[str]) -> frozenset[str]:
    """Return those of `devices` whose last change was begun and never saved."""
    table, wanted = JOB_DEVICE, frozenset(devices)
    last = (
        select(table.c.device, func.max(table.c.job).label("job"))
        .where(table.c.begun.is_not(None))
        .group_by(table.c.device)
        .subquery()
    )
    same = (table.c.device == last.c.device) & (table.c.job == last.c.job)
    query = select(table.c.device).join(last, same).where(table.c.saved.is_(False))
    return frozenset(connection.execute(query).scalars()) & wanted


def end_job(connection: Connection, job: int, at: str | None) -> None:
    """Set the job's end; it holds no device any more."""
    claims.release(connection, job)
    connection.execute(update(JOB).where(JOB.c.id == job).values(ended=at or _now()))


def open_jobs(connection: Connection, owner: Owner) -> tuple[int, ...]:
    """Return the jobs of the owner's workspace on its host that are neither over nor lost."""
    here = (JOB.c.host == owner.host) & (JOB.c.root == owner.root)
    still = JOB.c.ended.is_(None) & JOB.c.lost.is_(None)
    return tuple(connection.execute(select(JOB.c.id).where(here & still)).scalars())


def find_lost(connection: Connection, owner: Owner, at: str | None) -> tuple[JobRow, ...]:
    """Note that the open jobs of the owner's workspace are lost; return them."""
    numbers = open_jobs(connection, owner)
    connection.execute(update(JOB).where(JOB.c.id.in_(numbers)).values(lost=at or _now()))
    left = JOB_DEVICE.c.job.in_(numbers) & JOB_DEVICE.c.outcome.is_(None)
    unknown = {"outcome": Outcome.UNKNOWN.value, "why": _LEFT}
    connection.execute(update(JOB_DEVICE).where(left).values(unknown))
    return tuple(job(connection, number) for number in numbers)


def jobs(connection: Connection, limit: int) -> tuple[JobRow, ...]:
    """Return the newest jobs first, with counts of outcomes."""
    found = connection.execute(select(JOB).order_by(JOB.c.id.desc()).limit(limit)).all()
    counts = _counts(connection, [row.id for row in found])
    return tuple(_job_row(row, counts.get(row.id, {})) for row in found)


def job(connection: Connection, number: int) -> JobRow:
    """Return one job with its devices in the order in which they were begun."""
    found = connection.execute(select(JOB).where(JOB.c.id == number)).one_or_none()
    if found is None:
        raise UsageError(f"there is no job {number}")
    table = JOB_DEVICE
    query = select(table).where(table.c.job == number)
    devices = sorted((_device_row(row) for row in connection.execute(query)), key=_begun)
    return _job_row(found, _counts(connection, [number]).get(number, {}), tuple(devices))


def _begun(row: JobDeviceRow) -> tuple[object, ...]:
    """Sort by begin; those that were never begun come last, by name as people count."""
    return row.begun is None, row.begun or "", natural_key(row.device)


def _counts(connection: Connection, jobs: Sequence[int]) -> dict[int, dict[Outcome | None, int]]:
    """Return, by job, how many devices have each outcome; None counts those without one."""
    table = JOB_DEVICE
    query = (
        select(table.c.job, table.c.outcome, func.count())
        .where(table.c.job.in_(jobs))
        .group_by(table.c.job, table.c.outcome)
    )
    found: dict[int, dict[Outcome | None, int]] = {}
    for number, outcome, count in connection.execute(query):
        found.setdefault(number, {})[Outcome(outcome) if outcome else None] = count
    return found


def _job_row(
    row: Row[Any], counts: dict[Outcome | None, int], devices: tuple[JobDeviceRow, ...] = ()
) -> JobRow:
    return JobRow(
        id=row.id,
        plan=row.plan,
        playbook=row.playbook,
        owner=Owner(row.who, row.host, row.pid, row.root),
        begun=row.begun,
        ended=row.ended,
        outcomes={outcome: counts[outcome] for outcome in Outcome if outcome in counts},
        planned=row.planned,
        open=counts.get(None, 0),
        lost=row.lost,
        devices=devices,
    )


def _device_row(row: Row[Any]) -> JobDeviceRow:
    return JobDeviceRow(
        device=row.device,
        estate=row.estate,
        begun=row.begun,
        ended=row.ended,
        lines=tuple(json.loads(row.lines)),
        rollback=tuple(json.loads(row.rollback)),
        result=_result(row) if row.outcome else None,
    )


def _result(row: Row[Any]) -> DeviceResult:
    return DeviceResult(
        device=row.device,
        estate=row.estate,
        outcome=Outcome(row.outcome),
        why=row.why,
        line=row.line,
        text=row.text,
        states=tuple(StanzaState(state) for state in json.loads(row.states)),
        lines=row.standing,
        sent=row.sent,
        accepted=row.accepted,
        reached=row.reached,
        diff=row.diff,
        ports=row.ports,
        ports_unchanged=row.ports_unchanged,
        deferred=row.deferred,
        saved=row.saved,
        seconds=row.seconds,
    )


def _blank(job: int, device: str, estate: str) -> dict[str, Any]:
    """Return a device's row before anything is known of it."""
    return {
        "job": job,
        "device": device,
        "estate": estate,
        "lines": "[]",
        "rollback": "[]",
        "why": "",
        "line": "",
        "text": "",
        "states": "[]",
        "standing": 0,
        "sent": 0,
        "accepted": 0,
        "reached": "",
        "diff": "",
        "ports": 0,
        "ports_unchanged": 0,
        "deferred": 0,
        "saved": False,
        "seconds": 0.0,
    }


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
