"""A port as people and programs read it, and ports taken in from a file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import typer

from automation.cli.output import aligned, widths
from automation.cli.text import counted, plain
from automation.errors import BadInput
from automation.inventory import ports_csv
from automation.model import Port, PortState, Standing, Subscription
from automation.playbook import Network


def port_row(port: Port, subscriptions: Iterable[Subscription], day: date) -> dict[str, object]:
    """Return a port and its services, as they stand on `day`, as one row."""
    subscriptions = tuple(subscriptions)
    return {
        "device": port.device,
        "port": port.name,
        "role": port.role.value,
        "state": port.state.value,
        "outlet": port.outlet,
        "cpe": port.cpe,
        "services": [_named(one, day) for one in subscriptions],
        "subscriptions": [_row(port, one, day) for one in subscriptions],
    }


def _named(one: Subscription, day: date) -> str:
    """Return service and provider, and where it is not delivered, how it stands instead."""
    standing = one.standing(day)
    named = f"{one.service}/{one.provider}"
    return named if standing is Standing.DELIVERED else f"{named} ({standing.value})"


def _row(port: Port, one: Subscription, day: date) -> dict[str, object]:
    """Return one service as a row with the words of the CSV file, and how it stands on `day`."""
    return {
        "service": one.service,
        "provider": one.provider,
        "vlan": one.vlan,
        "tagged": one.tagged,
        "tier": one.tier,
        "state": one.state.value,
        "from": one.start.isoformat(),
        "to": one.end.isoformat() if one.end else None,
        "standing": one.standing(day).value,
        "why": _why(port, one, day),
    }


def _why(port: Port, one: Subscription, day: date) -> str:
    """Say why a service stands as it does on `day`."""
    match one.standing(day):
        case Standing.ENDED:
            return f"{one.end} was the first day without it"
        case Standing.FUTURE:
            return f"begins on {one.start}"
        case Standing.SUSPENDED:
            return "its state is suspended"
        case Standing.DELIVERED if port.state is not PortState.ACTIVE:
            return f"not on the wire: the port is {port.state.value}"
    return f"since {one.start}" + (f", until {one.end}" if one.end else "")


def service_lines(port: Port, subscriptions: Iterable[Subscription], day: date) -> list[str]:
    """Return a line a service for people: what it is, how it stands on `day`, and why."""
    cells = [
        (
            f"{one.service}/{one.provider}",
            one.tier,
            f"VLAN {one.vlan} {'tagged' if one.tagged else 'untagged'}",
            one.standing(day).value,
            _why(port, one, day),
        )
        for one in subscriptions
    ]
    return aligned(cells, widths(cells)) if cells else ["none"]


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
