"""`portvakt poll`: what each port carries and suffers, read from the switches' own counters."""

from __future__ import annotations

from pathlib import Path
from time import monotonic
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
    bool,
    typer.Option(
        "--now", envvar="PORTVAKT_NOW", help="Ask the switch, here and now, and keep nothing."
    ),
]
AllExtras = Annotated[
    bool,
    typer.Option(
        "--extras",
        envvar="PORTVAKT_EXTRAS",
        help="Read light, power and neighbours as well, whether due or not.",
    ),
]
Again = Annotated[
    bool,
    typer.Option(
        "--again",
        envvar="PORTVAKT_AGAIN",
        help="Ask switches, too, that turned our login down a short while ago.",
    ),
]
By = Annotated[
    str,
    typer.Option("--by", metavar="WHAT", envvar="PORTVAKT_BY", help="traffic, errors or light."),
]
Count = Annotated[
    int, typer.Option("-n", "--count", metavar="N", min=1, envvar="PORTVAKT_COUNT", help="Ports.")
]
Listen = Annotated[
    str | None,
    typer.Option(
        "--listen",
        metavar="[ADDRESS:]PORT",
        envvar="PORTVAKT_LISTEN",
        help="Serve /metrics, /snmp?target=DEVICE and /poller to Prometheus there; a bare PORT is "
        "on 127.0.0.1.",
    ),
]
InFile = Annotated[
    Path | None,
    typer.Option(
        "--textfile",
        metavar="FILE.prom",
        envvar="PORTVAKT_TEXTFILE",
        help="Write the metrics there, for node_exporter's textfile collector.",
    ),
]
PushTo = Annotated[
    str | None,
    typer.Option(
        "--push",
        metavar="URL",
        envvar="PORTVAKT_PUSH",
        help="Send the metrics there, to VictoriaMetrics or vmagent.",
    ),
]
Timestamps = Annotated[
    bool,
    typer.Option(
        "--timestamps",
        envvar="PORTVAKT_TIMESTAMPS",
        help="Give each series the time of its reading.",
    ),
]


def commands() -> typer.Typer:
    """Return the commands of this group."""
    app = typer.Typer(no_args_is_help=True, help="Counters of every port, over SNMP.")
    app.command("once", epilog="Example: portvakt poll once -l site=north -o json")(once)
    app.command("run", epilog="Example: portvakt poll run --listen 127.0.0.1:9116")(run)
    app.command("export", epilog="Example: portvakt poll export -l city-acc-001")(export)
    app.command("show", epilog="Example: portvakt poll show city-acc-001 --now")(show)
    app.command("top", epilog="Example: portvakt poll top --by errors -n 20")(top)
    return app


def once(
    limit: options.Limit = options.EVERY_DEVICE,
    extras: AllExtras = False,
    again: Again = False,
    shards: Shards = 1,
    textfile: InFile = None,
    push: PushTo = None,
    output: options.Output = options.Format.TABLE,
    workspace: options.Workspace = None,
    verbose: options.Verbose = False,
) -> None:
    """Read every port once, keep what it counted, and show rates since the last reading."""
    from automation.cli.exporting import Exits, cycled, ended
    from automation.cli.opening import limited, opened
    from automation.cli.poll_text import ended_well, write_cycle
    from automation.cli.polling import alone, say_unread

    exits = Exits.of(textfile, push)
    with opened(workspace) as network, alone(network.workspace):
        devices = limited(network.inventory.devices.values(), limit)
        interval = network.workspace.settings.poll.interval
        begun = monotonic()
        with network.polling(devices, shards, all_now=extras, again=again) as polling:
            found = polling.cycle()
    write_cycle(found, output)
    say_unread(polling)
    ended(polling, exits, cycled(found, interval, monotonic() - begun, not polling.fault))
    if not ended_well(found):
        raise typer.Exit(3)


def run(
    limit: options.Limit = options.EVERY_DEVICE,
    shards: Shards = 1,
    cycles: Cycles = 0,
    listen: Listen = None,
    textfile: InFile = None,
    push: PushTo = None,
    workspace: options.Workspace = None,
    verbose: options.Verbose = False,
) -> None:
    """Read every port in every interval until told to end; one line a cycle on stderr.

    Started again, it waits for the next interval, so that no restart asks the switches twice.
    """
    from automation.cli.ending import Ending, told
    from automation.cli.exporting import Exits, showing
    from automation.cli.opening import limited, opened
    from automation.cli.polling import Turns, alone, every_interval, if_kept

    exits = Exits.of(textfile, push, listen)
    with opened(workspace) as network, alone(network.workspace):
        devices = limited(network.inventory.devices.values(), limit)
        interval = network.workspace.settings.poll.interval
        turns = Turns(interval, cycles, network.workspace.poll_begun)
        with told(end := Ending()):
            with (
                network.polling(devices, shards) as polling,
                showing(network, devices, exits) as shown,
            ):
                every_interval(polling, turns(end), verbose, shown.show)
            if_kept(polling)


def export(
    limit: options.Limit = options.EVERY_DEVICE,
    timestamps: Timestamps = False,
    textfile: InFile = None,
    push: PushTo = None,
    workspace: options.Workspace = None,
    verbose: options.Verbose = False,
) -> None:
    """Print what was last read in the Prometheus text format, or write or push it."""
    from automation.cli.exporting import Exits, stored, write_text
    from automation.cli.opening import limited, opened

    exits = Exits.of(textfile, push)
    with opened(workspace) as network:
        cycle = stored(network, limited(network.inventory.devices.values(), limit))
    if textfile or push:
        exits.deliver(cycle)
    else:
        write_text(cycle, timestamps)


def show(
    place: Place,
    now: Now = False,
    again: Again = False,
    output: options.Output = options.Format.TABLE,
    workspace: options.Workspace = None,
    verbose: options.Verbose = False,
) -> None:
    """Show what was last read of a device's ports, or of one port with its kept history."""
    from automation.cli.opening import opened
    from automation.cli.poll_port import write_port
    from automation.cli.poll_views import ports_now, ports_of, where, write_ports

    with opened(workspace) as network:
        device, port = where(network, place)
        ask = now or again
        rows = ports_now(network, device, again) if ask else ports_of(network, device)
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
    from automation.cli.poll_top import write_top

    with opened(workspace) as network:
        write_top(network, names(network, limit), by, count, output)
