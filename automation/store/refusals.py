"""Who turned an SNMP login down, to and from its table."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, delete, insert, select

from automation.model import TurnedDown
from automation.store.rows import chunks
from automation.store.tables import POLL_REFUSED

_COLUMNS = (POLL_REFUSED.c.at, POLL_REFUSED.c.why, POLL_REFUSED.c.count, POLL_REFUSED.c.login)


def refusals(connection: Connection) -> dict[str, TurnedDown]:
    """Return how each device turned its login down that last did so; mostly there is none."""
    found = connection.execute(select(POLL_REFUSED.c.device, *_COLUMNS))
    return {device: TurnedDown(*rest) for device, *rest in found}


def record_refusals(connection: Connection, found: Mapping[str, TurnedDown | None]) -> None:
    """Keep each of `found` instead of what was known of its device; None: it has let us in."""
    for chunk in chunks(found):
        connection.execute(delete(POLL_REFUSED).where(POLL_REFUSED.c.device.in_(chunk)))
    values = [
        {"device": device, "at": one.at, "why": one.why, "count": one.count, "login": one.login}
        for device, one in found.items()
        if one is not None
    ]
    if values:
        connection.execute(insert(POLL_REFUSED), values)


def forget(connection: Connection, known: Collection[str], since: float) -> None:
    """Let go of refusals before `since` of devices that are not `known`."""
    old = select(POLL_REFUSED.c.device).where(POLL_REFUSED.c.at < since)
    gone = set(connection.scalars(old)).difference(known)
    for chunk in chunks(gone):
        connection.execute(delete(POLL_REFUSED).where(POLL_REFUSED.c.device.in_(chunk)))
