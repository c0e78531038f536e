"""Ports and subscriptions, to and from their tables."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, Row, Select, Table, bindparam, delete, insert, select
from sqlalchemy.sql import ColumnElement

from automation.model import (
    Port,
    PortRole,
    PortState,
    Subscription,
    SubscriptionState,
    natural_key,
)
from automation.store.tables import PORT, SUBSCRIPTION

if TYPE_CHECKING:
    from sqlalchemy.dialects.postgresql import Insert as IntoPostgresql
    from sqlalchemy.dialects.sqlite import Insert as IntoSqlite

CHUNK: Final = 500
"""Values in one IN (…): far below the limits of SQLite and PostgreSQL."""


def chunks(values: Collection[str]) -> Iterator[list[str]]:
    """Yield `values`, sorted, in lists short enough for one statement."""
    ordered = sorted(set(values))
    for start in range(0, len(ordered), CHUNK):
        yield ordered[start : start + CHUNK]


def inserted(connection: Connection, table: Table) -> IntoPostgresql | IntoSqlite:
    """Return an INSERT that may say what is to be done where a row is there already.

    Only the dialect in use is imported.
    """
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as into

        return into(table)
    from sqlalchemy.dialects.sqlite import insert as into_sqlite

    return into_sqlite(table)


def ports(connection: Connection, devices: Collection[str] | None) -> tuple[Port, ...]:
    """Return port rows sorted by device, then as people count ports."""
    roles, states = {role.value: role for role in PortRole}, {one.value: one for one in PortState}
    found = [
        Port(device, name, roles[role], states[state], outlet, cpe)
        for device, name, role, state, outlet, cpe in _rows(
            connection, select(PORT), PORT.c.device, devices
        )
    ]
    order = {name: natural_key(name) for name in {port.name for port in found}}
    return tuple(sorted(found, key=lambda port: (port.device, order[port.name])))


def subscriptions(
    connection: Connection, outlets: Collection[str] | None, devices: Collection[str] | None
) -> tuple[Subscription, ...]:
    """Return subscription rows sorted by outlet and service."""
    query = select(SUBSCRIPTION)
    column, wanted = SUBSCRIPTION.c.outlet, outlets
    if devices is not None:
        query = query.join(PORT, PORT.c.outlet == SUBSCRIPTION.c.outlet)
        column, wanted = PORT.c.device, devices
        if outlets is not None:
            query = query.where(SUBSCRIPTION.c.outlet.in_(outlets))
    states = {one.value: one for one in SubscriptionState}
    found = [
        Subscription(outlet, service, provider, vlan, tagged, tier, states[state], start, end)
        for outlet, service, provider, vlan, tagged, tier, state, start, end in _rows(
            connection, query, column, wanted
        )
    ]
    return tuple(sorted(found, key=lambda one: (one.outlet, one.service)))


def _rows(
    connection: Connection,
    query: Select[*tuple[Any, ...]],
    column: ColumnElement[str],
    wanted: Collection[str] | None,
) -> Iterator[Row[*tuple[Any, ...]]]:
    """Yield the rows of `query` whose `column` is among `wanted`, or all of them."""
    if wanted is None:
        yield from connection.execute(query)
        return
    for chunk in chunks(wanted):
        yield from connection.execute(query.where(column.in_(chunk)))


def write(
    connection: Connection, ports: Sequence[Port], subscriptions: Sequence[Subscription]
) -> None:
    """Replace `ports`, and the subscriptions of the outlets they had and now have."""
    keys = [{"d": port.device, "n": port.name} for port in ports]
    here = (PORT.c.device == bindparam("d")) & (PORT.c.name == bindparam("n"))
    outlets = {port.outlet for port in ports if port.outlet} | _outlets_now(connection, ports)
    if keys:
        connection.execute(delete(PORT).where(here), keys)
        connection.execute(insert(PORT), [_port_row(port) for port in ports])
    for chunk in chunks(outlets):
        connection.execute(delete(SUBSCRIPTION).where(SUBSCRIPTION.c.outlet.in_(chunk)))
    if subscriptions:
        connection.execute(insert(SUBSCRIPTION), [_subscription_row(one) for one in subscriptions])


def remove(connection: Connection, ports: Sequence[Port]) -> None:
    """Delete `ports` and the subscriptions of their outlets."""
    here = (PORT.c.device == bindparam("d")) & (PORT.c.name == bindparam("n"))
    connection.execute(
        delete(PORT).where(here), [{"d": one.device, "n": one.name} for one in ports]
    )
    for chunk in chunks([port.outlet for port in ports if port.outlet]):
        connection.execute(delete(SUBSCRIPTION).where(SUBSCRIPTION.c.outlet.in_(chunk)))


def _outlets_now(connection: Connection, ports: Sequence[Port]) -> set[str]:
    """Return the outlets that `ports` have in the store."""
    replaced = {(port.device, port.name) for port in ports}
    query = select(PORT.c.device, PORT.c.name, PORT.c.outlet).where(PORT.c.outlet.is_not(None))
    devices = {port.device for port in ports}
    return {
        outlet
        for device, name, outlet in _rows(connection, query, PORT.c.device, devices)
        if (device, name) in replaced
    }


def _port_row(port: Port) -> dict[str, object]:
    return {
        "device": port.device,
        "name": port.name,
        "role": port.role.value,
        "state": port.state.value,
        "outlet": port.outlet,
        "cpe": port.cpe,
    }


def _subscription_row(one: Subscription) -> dict[str, object]:
    return {
        "outlet": one.outlet,
        "service": one.service,
        "provider": one.provider,
        "vlan": one.vlan,
        "tagged": one.tagged,
        "tier": one.tier,
        "state": one.state.value,
        "start_on": one.start,
        "end_on": one.end,
    }
