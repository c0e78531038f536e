"""`portvakt port`: the rows of the store, one a port, and what is delivered on them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from automation.cli import options
from automation.cli.capacity import capacity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from automation.model import Port, Subscription
    from automation.playbook import Network

_COLUMNS = ("device", "port", "role", "state", "outlet", "services", "cpe")

Source = Annotated[Path, typer.Argument(metavar="FILE", help="A CSV file; - reads standard input.")]
SkipBad = Annotated[
    bool,
    typer.Option(
        "--skip-bad", envvar="PORTVAKT_SKIP_BAD", help="Import the good ports, report the others."
    ),
]
Role = Annotated[
    str, typer.Option("--role", metavar="ROLE", envvar="PORTVAKT_ROLE", help="Ports of this role.")
]
State = Annotated[
    str,
    typer.Option("--state", metavar="STATE", envvar="PORTVAKT_STATE", help="Ports in this state."),
]
Outlet = Annotated[
    str,
    typer.Option("--outlet", metavar="OUTLET", envvar="PORTVAKT_OUTLET", help="The port of this."),
]
Gone = Annotated[
    list[str], typer.Argument(metavar="DEVICE", help="Devices that were taken out of hosts.yaml.")
]
Place = Annotated[
    list[str], typer.Argument(metavar="OUTLET|DEVICE PORT", help="An outlet, or device and port.")
]


def commands() -> typer.Typer:
    """Return the commands of this group."""
    app = typer.Typer(no_args_is_help=True, help="Ports and what is delivered on them.")
    app.command("list", epilog="Example: portvakt port list -l city-acc-001 --state active")(list_)
    app.command("show", epilog="Example: portvakt port show C-000017")(show)
    app.command("import", epilog="Example: portvakt port import ports.csv")(import_)
    app.command("export", epilog="Example: portvakt port export -l estate=mkb > mkb.csv")(export)
    app.command("capacity", epilog="Example: portvakt port capacity --by provider -l estate=city")(
        capacity
    )
    app.command("forget", epilog="Example: portvakt port forget city-acc-001 > gone.csv")(forget)
    return app


def list_(
    limit: options.Limit = options.EVERY_DEVICE,
    role: Role = "",
    state: State = "",
    outlet: Outlet = "",
    output: options.Output = options.Format.TABLE,
    workspace: options.Workspace = None,
    verbose: options.Verbose = False,
) -> None:
    """List ports with their services."""
    from automation.cli.opening import names, opened, today
    from automation.cli.output import rows
    from automation.cli.port_text import port_row
    from automation.model import PortRole, PortState

    _known("role", role, [one.value for one in PortRole])
    _known("state", state, [one.value for one in PortState])
    with opened(workspace) as network:
        devices = names(network, limit)
        ports = network.store.ports(devices)
        services = _by_outlet(network.store.subscriptions(devices=devices))
    found = [
        port_row(port, services.get(port.outlet or "", ()), today())
        for port in ports
        if role in ("", port.role) and state in ("", port.state) and outlet in ("", port.outlet)
    ]
    rows(found, _COLUMNS, output)


def _known(what: str, given: str, there: list[str]) -> None:
    from automation.errors import UsageError

    if given and given not in there:
        raise UsageError(f"no {what} {given!r}; there are: {', '.join(there)}")


def _by_outlet(subscriptions: Iterable[Subscription]) -> dict[str, list[Subscription]]:
    found: dict[str, list[Subscription]] = {}
    for one in subscriptions:
        found.setdefault(one.outlet, []).append(one)
    return found


def show(
    place: Place,
    output: options.Output = options.Format.TABLE,
    workspace: options.Workspace = None,
    verbose: options.Verbose = False,
) -> None:
    """Show one port: its row, its subscriptions, its intent and its intended lines."""
    from automation.cli.intended import of_port
    from automation.cli.opening import opened, today
    from automation.cli.output import fields, record
    from automation.cli.port_text import port_row, service_lines

    with opened(workspace) as network:
        port = _port(network, place)
        outlets = [port.outlet] if port.outlet else []
        subscriptions = network.store.subscriptions(outlets=outlets)
        intent, lines = of_port(network, port)
    row = port_row(port, subscriptions, today())
    parts = {
        "services": service_lines(port, subscriptions, today()),
        "intent": fields(intent).splitlines(),
        "lines": lines,
    }
    short = {key: row[key] for key in ("device", "port", "role", "state", "outlet", "cpe")}
    below = [line for name, part in parts.items() for line in (name, *(f"  {one}" for one in part))]
    found = {**row, "intent": intent, "lines": list(lines)}
    record(found, output, "\n".join([fields(short), *below]))


def _port(network: Network, place: list[str]) -> Port:
    """Return the port that an outlet, or a device and a port name, lead to."""
    from automation.errors import UsageError

    if len(place) > 2:
        raise UsageError("expected an outlet, or a device and a port")
    devices = place[:1] if len(place) == 2 else None
    for port in network.store.ports(devices):
        if place in ([port.outlet], [port.device, port.name]):
            return port
    raise UsageError(f"no port {' '.join(place)} in the store; {_near(network, place)}")


def _near(network: Network, place: list[str]) -> str:
    """Say what may have been meant: a port's full name, or the ports of a device."""
    from automation.inventory.port_names import look_alike

    names = [port.name for port in network.store.ports(place[:1])]
    if not names:
        return "see: portvakt port list"
    full = look_alike(place[1], names) if len(place) == 2 else ""
    return f"write {full}" if full else f"see: portvakt port list -l {place[0]}"


def import_(
    file: Source,
    skip_bad: SkipBad = False,
    workspace: options.Workspace = None,
    verbose: options.Verbose = False,
) -> None:
    """Take ports and subscriptions from a CSV file; with a bad row nothing is imported.

    Columns: device;port;role;outlet;service;provider;tier;state;from;to
    """
    from automation.cli.opening import opened
    from automation.cli.port_text import imported

    name = "standard input" if str(file) == "-" else str(file)
    content = _content(file)
    with opened(workspace) as network:
        typer.echo(imported(network, content, name, skip_bad=skip_bad))


def _content(file: Path) -> bytes:
    from automation.errors import UsageError

    if str(file) == "-":
        return sys.stdin.buffer.read()
    try:
        return file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from error


def export(
    limit: options.Limit = options.EVERY_DEVICE,
    workspace: options.Workspace = None,
    verbose: options.Verbose = False,
) -> None:
    """Write ports and subscriptions as the CSV that `port import` takes."""
    from automation.cli.opening import names, opened
    from automation.inventory import ports_csv

    with opened(workspace) as network:
        devices = names(network, limit)
        ports = network.store.ports(devices)
        text = ports_csv.write(ports, network.store.subscriptions(devices=devices))
    sys.stdout.write(text)


def forget(
    devices: Gone,
    yes: options.Yes = False,
    workspace: options.Workspace = None,
    verbose: options.Verbose = False,
) -> None:
    """Take the rows of decommissioned devices out of the store.

    Only rows that the inventory has no place for: the device is gone from hosts.yaml, or its
    model no longer has the port. They are written to stdout as CSV before they are deleted.
    Services that have not ended are named first. No device is touched.
    """
    from automation.cli.asking import go_on
    from automation.cli.forgetting import homeless, living, question
    from automation.cli.opening import opened, today
    from automation.cli.text import counted, plain

    with opened(workspace) as network:
        found = homeless(network, devices)
        live = living(found, network.inventory.catalogue, today())
        for line in live:
            typer.echo(plain(line), err=True)
        go_on(question(found, live), yes)
        # What is removed has to be in other hands first: a pipe that is closed removes nothing.
        sys.stdout.write(found.csv)
        sys.stdout.flush()
        network.store.remove_ports(found.ports, found.subscriptions)
    typer.echo(f"{counted(len(found.ports), 'port')} removed; keep the CSV", err=True)
