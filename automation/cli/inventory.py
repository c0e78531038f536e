"""`portvakt inventory`: what stands in `inventory/`, and what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from automation.cli import options

if TYPE_CHECKING:
    from automation.errors import Fault
    from automation.model import Device
    from automation.playbook import Network

_BAD = 2
_FAULT = ("where", "line", "what")
_DEVICE = ("device", "estate", "role", "site", "platform", "model", "address", "port")

Name = Annotated[str, typer.Argument(metavar="DEVICE", help="A device's name.")]


def commands() -> typer.Typer:
    """Return the commands of this group."""
    app = typer.Typer(no_args_is_help=True, help="Devices, models, catalogue, policy: in YAML.")
    app.command("check", epilog="Example: portvakt inventory check")(check)
    app.command("list", epilog="Example: portvakt inventory list -l estate=mkb,role=access")(list_)
    app.command("show", epilog="Example: portvakt inventory show city-acc-001")(show)
    return app


def check(
    output: options.Output = options.Format.TABLE,
    workspace: options.Workspace = None,
    verbose: options.Verbose = False,
) -> None:
    """Report every fault in the inventory, then of the store against it.

    Exits 2 if there is one.
    """
    from automation.cli.opening import opened
    from automation.cli.output import rows, write
    from automation.cli.text import counted

    with opened(workspace) as network:
        faults, known = _faults(network)
    if output is options.Format.TABLE:
        for fault in faults:
            write(str(fault))
    else:
        found = [{"where": one.where, "line": one.line, "what": one.what} for one in faults]
        rows(found, _FAULT, output)
    more = "" if known else "; the store is checked when the inventory has none"
    typer.echo(f"{counted(len(faults), 'fault')}{more}", err=True)
    raise typer.Exit(_BAD if faults else 0)


def _faults(network: Network) -> tuple[tuple[Fault, ...], bool]:
    """Return every fault, and whether the store could be checked, too."""
    from automation.errors import BadInput
    from automation.inventory import check_store

    try:
        inventory = network.inventory
    except BadInput as error:
        return error.faults, False
    store = network.store
    return check_store(inventory, store.ports(), store.subscriptions()), True


def list_(
    limit: options.Limit = options.EVERY_DEVICE,
    output: options.Output = options.Format.TABLE,
    workspace: options.Workspace = None,
    verbose: options.Verbose = False,
) -> None:
    """List devices."""
    from automation.cli.opening import limited, opened
    from automation.cli.output import rows

    with opened(workspace) as network:
        devices = limited(network.inventory.devices.values(), limit)
    rows([_row(device) for device in devices], _DEVICE, output)


def _row(device: Device) -> dict[str, object]:
    return {
        "device": device.name,
        "estate": device.estate,
        "role": device.role.value,
        "site": device.site,
        "platform": device.platform,
        "model": device.model.name,
        "address": device.address,
        "port": device.port,
    }


def show(
    device: Name,
    output: options.Output = options.Format.TABLE,
    workspace: options.Workspace = None,
    verbose: options.Verbose = False,
) -> None:
    """Show one device: what it is, what it inherits, and the policy merged for it."""
    from automation.cli.opening import opened
    from automation.cli.output import fields, record

    with opened(workspace) as network:
        found = _shown(network, device)
    record(found, output, fields(found))


def _shown(network: Network, name: str) -> dict[str, object]:
    from dataclasses import asdict

    from automation.errors import UsageError

    inventory = network.inventory
    if name not in inventory.devices:
        raise UsageError(f"no device {name!r} in the inventory; see: portvakt inventory list")
    device = inventory.devices[name]
    return {
        **_row(device),
        "uplinks": list(device.uplinks),
        "credentials": device.credentials,
        "jump": device.jump,
        "crypto": device.crypto,
        "groups": list(inventory.groups.get(name, ())),
        "traits": sorted(device.model.traits),
        "policy": asdict(inventory.policies[name]),
    }
