"""`portvakt poll`: what each port carries and suffers, read from the switches' own counters."""

from __future__ import annotations

from typing import Annotated

import typer

from automation.cli import options

Shards = Annotated[
    int,
    typer.Option(
        "--shards", metavar="N", min=1, max=64, envvar="PORTVAKT_SHARDS", help="Processes."
    ),
]
Cycles = Annotated[
    int,
    typer.Option(
        "--cycles", metavar="N", min=0, envvar="PORTVAKT_CYCLES", help="End after N; 0: never."
    ),
]
Place = Annotated[
    list[str],
    typer.Argument(metavar="DEVICE [PORT]|OUTLET", help="A device, a port of it, or an outlet."),
]
Now = Annotated[
    bool, typer.Option("--now", envvar="PORTVAKT_NOW", help="Ask the switch first, here and now.")
]
By = Annotated[
    str,
    typer.Option("--by", metavar="WHAT", envvar="PORTVAKT_BY", help="traffic, errors or light."),
]
Count = Annotated[
    int, typer.Option("-n", "--count", metavar="N", min=1, envvar="PORTVAKT_COUNT", help="Ports.")
]


def commands() -> typer.Typer:
    """Return the commands of this group."""
    app = typer.Typer(no_args_is_help=True, help="Counters of every port, over SNMP.")
    app.command("once", epilog="Example: portvakt poll once -l site=north -o json")(once)
    app.command("run", epilog="Example: portvakt poll run --shards 2")(run)
    app.command("show", epilog="Example: portvakt poll show city-acc-001 --now")(show)
    app.command("top", epilog="Example: portvakt poll top --by errors -n 20")(top)
    return app


def once(
    limit: options.Limit = options.EVERY_DEVICE,
    shards: Shards = 1,
    output: options.Output = options.Format.TABLE,
    workspace: options.Workspace = None,
    verbose: options.Verbose = False,
) -> None:
    """Read every port once, keep what it counted, and show rates since the last reading."""
    from automation.cli.opening import limited, opened
    from automation.cli.poll_text import ended_well, write_cycle
    from automation.cli.polling import alone

    with opened(workspace) as network, alone(network.workspace):
        devices = limited(network.inventory.devices.values(), limit)
        with network.polling(devices, shards) as polling:
            found = polling.cycle()
    write_cycle(found, output)
    if not ended_well(found):
        raise typer.Exit(3)


def run(
    limit: options.Limit = options.EVERY_DEVICE,
    shards: Shards = 1,
    cycles: Cycles = 0,
    workspace: options.Workspace = None,
    verbose: options.Verbose = False,
) -> None:
    """Read every port in every interval until told to end; one line a cycle on stderr."""
    from automation.cli.opening import limited, opened
    from automation.cli.polling import alone, every_interval

    with opened(workspace) as network, alone(network.workspace):
        devices = limited(network.inventory.devices.values(), limit)
        with network.polling(devices, shards) as polling:
            every_interval(polling, network.workspace.settings.poll.interval, cycles, verbose)


def show(
    place: Place,
    now: Now = False,
    output: options.Output = options.Format.TABLE,
    workspace: options.Workspace = None,
    verbose: options.Verbose = False,
) -> None:
    """Show what was last read of a device's ports, or of one port with its kept history."""
    from automation.cli.opening import opened
    from automation.cli.poll_views import ports_of, where, write_port, write_ports
    from automation.cli.polling import alone

    with opened(workspace) as network:
        device, port = where(network, place)
        if now:
            with alone(network.workspace), network.polling([device]) as polling:
                polling.cycle()
        rows = ports_of(network, device)
        if port is None:
            write_ports(rows, output)
        else:
            write_port(network, rows, device, port, output)


def top(
    by: By = "traffic",
    count: Count = 10,
    limit: options.Limit = options.EVERY_DEVICE,
    output: options.Output = options.Format.TABLE,
    workspace: options.Workspace = None,
    verbose: options.Verbose = False,
) -> None:
    """Show the busiest ports, those with the most errors, or those that lost most light."""
    from automation.cli.opening import names, opened
    from automation.cli.poll_views import write_top

    with opened(workspace) as network:
        write_top(network, names(network, limit), by, count, output)
