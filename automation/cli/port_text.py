"""A port as people and programs read it, and ports taken in from a file."""

from __future__ import annotations

from collections.abc import Iterable

import typer

from automation.cli.text import counted, plain
from automation.errors import BadInput
from automation.inventory import ports_csv
from automation.model import Port, Subscription
from automation.playbook import Network


def port_row(port: Port, subscriptions: Iterable[Subscription]) -> dict[str, object]:
    """Return a port and what is delivered on it as one row."""
    subscriptions = tuple(subscriptions)
    return {
        "device": port.device,
        "port": port.name,
        "role": port.role.value,
        "state": port.state.value,
        "outlet": port.outlet,
        "cpe": port.cpe,
        "services": [f"{one.service}/{one.provider}" for one in subscriptions],
        "subscriptions": [subscription_row(one) for one in subscriptions],
    }


def subscription_row(one: Subscription) -> dict[str, object]:
    """Return one service on an outlet as a row, with the words of the CSV file."""
    return {
        "service": one.service,
        "provider": one.provider,
        "vlan": one.vlan,
        "tagged": one.tagged,
        "tier": one.tier,
        "state": one.state.value,
        "from": one.start.isoformat(),
        "to": one.end.isoformat() if one.end else None,
    }


def imported(network: Network, content: bytes, name: str, *, skip_bad: bool) -> str:
    """Write the rows of a CSV file to the store, and say how many there were.

    Raises:
        BadInput: with every bad row; nothing was imported. `skip_bad` only reports them.
    """
    store = network.store
    rows = ports_csv.read(content, name, network.inventory, store.ports(), store.subscriptions())
    if rows.faults and not skip_bad:
        raise BadInput(rows.faults)
    for fault in rows.faults:
        typer.echo(plain(str(fault)), err=True)
    store.write_ports(rows.ports, rows.subscriptions)
    skipped = f"; {counted(len(rows.faults), 'fault')} left out" if rows.faults else ""
    ports, services = len(rows.ports), len(rows.subscriptions)
    return f"{counted(ports, 'port')} with {counted(services, 'subscription')} imported{skipped}"
