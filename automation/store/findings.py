"""Findings and rejected datagrams, to and from their tables; both are bounded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, and_, bindparam, delete, func, insert, or_, select

from automation.model import Finding, FindingKind, Rejected
from automation.store.tables import FINDING, TRAP_REJECTED

MOST: Final = 100_000
"""Findings that are kept; beyond them those go first that have been over for longest."""
MOST_REJECTED: Final = 1000
"""Sources and reasons that are kept apart."""


def findings(connection: Connection, since: float | None) -> tuple[Finding, ...]:
    """Return the open findings and those that changed from `since` on, or all; oldest first."""
    query = select(FINDING).order_by(FINDING.c.first, FINDING.c.device, FINDING.c.subject)
    if since is not None:
        query = query.where(or_(FINDING.c.is_open, FINDING.c.last >= since))
    return tuple(
        Finding(
            row.device,
            row.subject,
            FindingKind(row.kind),
            row.is_open,
            row.first,
            row.last,
            row._mapping["count"],  # a row is a tuple, which has a count of its own
            row.repeats,
            row.detail,
            row.clock,
            row.clock_at,
        )
        for row in connection.execute(query)
    )


def record_findings(connection: Connection, found: Sequence[Finding], oldest: float) -> None:
    """Keep `found` instead of what was known of them; let go of what was over before `oldest`."""
    if found:
        here = and_(
            FINDING.c.device == bindparam("d"),
            FINDING.c.subject == bindparam("s"),
            FINDING.c.kind == bindparam("k"),
            FINDING.c.first == bindparam("f"),
        )
        keys = [
            {"d": one.device, "s": one.subject, "k": one.kind.value, "f": one.first}
            for one in found
        ]
        connection.execute(delete(FINDING).where(here), keys)
        connection.execute(insert(FINDING), [_row(one) for one in found])
    connection.execute(delete(FINDING).where(~FINDING.c.is_open, FINDING.c.last < oldest))
    _bound(connection)


def _bound(connection: Connection) -> None:
    """Let go of the oldest findings that are over, where there are too many."""
    held = connection.execute(select(func.count()).select_from(FINDING)).scalar_one()
    if held <= MOST:
        return
    last = select(FINDING.c.last).where(~FINDING.c.is_open).order_by(FINDING.c.last)
    limit = connection.execute(last.offset(held - MOST - 1).limit(1)).scalar()
    if limit is not None:
        connection.execute(delete(FINDING).where(~FINDING.c.is_open, FINDING.c.last <= limit))


def _row(one: Finding) -> dict[str, object]:
    return {
        "device": one.device,
        "subject": one.subject,
        "kind": one.kind.value,
        "first": one.first,
        "last": one.last,
        "is_open": one.is_open,
        "count": one.count,
        "repeats": one.repeats,
        "detail": one.detail,
        "clock": one.clock,
        "clock_at": one.clock_at,
    }


def rejected(connection: Connection) -> tuple[Rejected, ...]:
    """Return what was not believed, most often first."""
    query = select(TRAP_REJECTED).order_by(TRAP_REJECTED.c["count"].desc(), TRAP_REJECTED.c.source)
    return tuple(Rejected(*row) for row in connection.execute(query))


def record_rejected(connection: Connection, found: Sequence[Rejected], oldest: float) -> None:
    """Add to what was not believed; let go of what was last seen before `oldest`."""
    known = {(one.source, one.why): one for one in rejected(connection)} if found else {}
    for one in found:
        before = known.get((one.source, one.why))
        count = one.count + (before.count if before else 0)
        first = before.first if before else one.first
        known[one.source, one.why] = Rejected(one.source, one.why, count, first, one.last)
    if found:
        kept = sorted(known.values(), key=lambda one: -one.last)[:MOST_REJECTED]
        connection.execute(delete(TRAP_REJECTED))
        connection.execute(
            insert(TRAP_REJECTED),
            [
                {
                    "source": one.source,
                    "why": one.why,
                    "count": one.count,
                    "first": one.first,
                    "last": one.last,
                }
                for one in kept
            ],
        )
    connection.execute(delete(TRAP_REJECTED).where(TRAP_REJECTED.c.last < oldest))
