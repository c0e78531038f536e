"""Who turned an SNMP login down, to and from its table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from sqlalchemy import Connection, bindparam, delete, select

from automation.model import TurnedDown
from automation.store.rows import inserted
from automation.store.tables import POLL_REFUSED

RefusalKey: TypeAlias = tuple[str, str]
"""A device, and the mark of the login that it turned down."""
_KEY = (POLL_REFUSED.c.device, POLL_REFUSED.c.login)
_REST = (POLL_REFUSED.c.at, POLL_REFUSED.c.why, POLL_REFUSED.c.count)


def refusals(connection: Connection) -> dict[RefusalKey, TurnedDown]:
    """Return how devices turned logins down that they last turned down; mostly there is none."""
    return {
        (device, login): TurnedDown(at, why, count, login)
        for device, login, at, why, count in connection.execute(select(*_KEY, *_REST))
    }


def record_refusals(connection: Connection, found: Mapping[RefusalKey, TurnedDown | None]) -> None:
    """Keep each of `found` instead of what was known of it; None: that login was let in.

    Another process may be told the same at the same time.
    """
    let_in = [{"one": device, "of": login} for (device, login), one in found.items() if one is None]
    if let_in:
        device, login = _KEY
        gone = (device == bindparam("one")) & (login == bindparam("of"))
        connection.execute(delete(POLL_REFUSED).where(gone), let_in)
    values = [
        {"device": device, "login": login, "at": one.at, "why": one.why, "count": one.count}
        for (device, login), one in found.items()
        if one is not None
    ]
    if values:
        into = inserted(connection, POLL_REFUSED)
        later = {column.name: into.excluded[column.name] for column in _REST}
        connection.execute(into.on_conflict_do_update(index_elements=_KEY, set_=later), values)


def forget(connection: Connection, since: float) -> None:
    """Let go of refusals before `since`: of devices that are gone, of logins that nobody uses."""
    connection.execute(delete(POLL_REFUSED).where(POLL_REFUSED.c.at < since))
