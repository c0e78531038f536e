"""`portvakt hostkeys`: which host keys are trusted. Only a person's yes makes one so."""

from __future__ import annotations

from typing import Annotated

import typer

from automation.cli import options

_SCANNED = ("device", "address", "port", "state", "type", "fingerprint", "error")
_KNOWN = ("hosts", "type", "fingerprint", "revoked")
_NOT_WELL = 3

Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="DEVICE", help="Devices or jump hosts by name; else as -l says."),
]
Some = Annotated[list[str], typer.Argument(metavar="DEVICE", help="Devices or jump hosts.")]


def commands() -> typer.Typer:
    """Return the commands of this group."""
    app = typer.Typer(no_args_is_help=True, help="The host keys that people have accepted.")
    app.command("scan", epilog="Example: portvakt hostkeys scan -l site=varvet")(scan)
    app.command("accept", epilog="Example: portvakt hostkeys accept city-acc-001")(accept)
    app.command("list", epilog="Example: portvakt hostkeys list -o csv")(list_)
    app.command("forget", epilog="Example: portvakt hostkeys forget city-acc-001")(forget)
    return app


def scan(
    devices: Names = None,
    limit: options.Limit = options.EVERY_DEVICE,
    output: options.Output = options.Format.TABLE,
    workspace: options.Workspace = None,
    verbose: options.Verbose = False,
) -> None:
    """Ask devices for their host keys and compare them with the known ones; trusts none.

    Exits 3 if a key has changed or a device could not be asked.
    """
    from automation.cli.keys import scanned
    from automation.cli.opening import opened
    from automation.cli.output import rows

    with opened(workspace) as network:
        found = scanned(network, devices or (), limit)
    rows([one.row() for one in found], _SCANNED, output)
    raise typer.Exit(0 if all(one.well for one in found) else _NOT_WELL)


def accept(
    devices: Names = None,
    limit: options.Limit = options.EVERY_DEVICE,
    yes: options.Yes = False,
    workspace: options.Workspace = None,
    verbose: options.Verbose = False,
) -> None:
    """Scan, show the fingerprints that are not known yet, ask, and trust them.

    A key that has changed is not accepted: forget the old one first.
    """
    from automation.cli.asking import can_ask, go_on
    from automation.cli.keys import State, scanned, trust
    from automation.cli.opening import opened
    from automation.cli.output import rows
    from automation.cli.text import counted
    from automation.cli.writing import writing

    can_ask(yes)
    with opened(workspace) as network:
        found = scanned(network, devices or (), limit)
        new = [one for one in found if one.state is State.UNKNOWN]
        left = [one for one in found if not one.well]
        rows([one.row() for one in (*new, *left)], _SCANNED, options.Format.TABLE)
        if new:
            go_on(f"Do these {counted(len(new), 'key')} match the devices' own?", yes)
            with writing(network.workspace.known_hosts):
                trust(network.host_keys, new)
    typer.echo(f"{counted(len(new), 'key')} accepted", err=True)
    raise typer.Exit(_NOT_WELL if left else 0)


def list_(
    output: options.Output = options.Format.TABLE,
    workspace: options.Workspace = None,
    verbose: options.Verbose = False,
) -> None:
    """List the known host keys."""
    from automation.cli.opening import opened
    from automation.cli.output import rows

    with opened(workspace) as network:
        known = network.host_keys.list()
    found = [
        {
            "hosts": key.hosts,
            "type": key.kind,
            "fingerprint": key.fingerprint,
            "revoked": key.revoked,
        }
        for key in known
    ]
    rows(found, _KNOWN, output)


def forget(
    devices: Some,
    workspace: options.Workspace = None,
    verbose: options.Verbose = False,
) -> None:
    """Trust the keys of these devices no more."""
    from automation.cli.keys import targets
    from automation.cli.opening import opened
    from automation.cli.text import counted
    from automation.cli.writing import writing

    with opened(workspace) as network:
        for target in targets(network, devices, options.EVERY_DEVICE):
            with writing(network.workspace.known_hosts):
                count = network.host_keys.forget(target)
            typer.echo(f"{target.name}: {counted(count, 'key')} forgotten")
