"""Who may write to a device now: a row a device, taken before it is touched, let go after."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, or_, select

from automation.model import Claim, Owner
from automation.store.rows import inserted
from automation.store.tables import CLAIM, JOB


def take(
    connection: Connection, job: int, devices: Collection[str], now: datetime, until: datetime
) -> Mapping[str, Claim]:
    """Claim `devices` for `job`; return those that another job holds, which stay its own.

    A claim past its time, or of a job that is over or lost, is taken over.
    """
    over = select(JOB.c.id).where(or_(JOB.c.ended.is_not(None), JOB.c.lost.is_not(None)))
    dead = or_(CLAIM.c.until <= _text(now), CLAIM.c.job.in_(over))
    connection.execute(delete(CLAIM).where(CLAIM.c.device.in_(devices) & dead))
    # In one order, so that two programs that claim the same devices never wait for each other.
    rows = [
        {"device": device, "job": job, "since": _text(now), "until": _text(until)}
        for device in sorted(devices)
    ]
    connection.execute(inserted(connection, CLAIM).on_conflict_do_nothing(), rows)
    return _of_others(connection, job, devices)


def _of_others(connection: Connection, job: int, devices: Collection[str]) -> Mapping[str, Claim]:
    query = (
        select(CLAIM, JOB.c.who, JOB.c.host, JOB.c.pid, JOB.c.root)
        .join(JOB, CLAIM.c.job == JOB.c.id)
        .where(CLAIM.c.device.in_(devices) & (CLAIM.c.job != job))
    )
    return {
        row.device: Claim(
            row.device, row.job, Owner(row.who, row.host, row.pid, row.root), row.since, row.until
        )
        for row in connection.execute(query)
    }


def release(connection: Connection, job: int, devices: Collection[str] | None = None) -> None:
    """Let go of what `job` holds of `devices`, or of all."""
    mine = CLAIM.c.job == job
    here = mine if devices is None else mine & CLAIM.c.device.in_(devices)
    connection.execute(delete(CLAIM).where(here))


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
