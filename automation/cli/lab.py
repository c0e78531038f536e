"""`portvakt lab`: the twin, for demonstrations and tests. It listens on loopback only."""

from __future__ import annotations

from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from automation.cli import options

if TYPE_CHECKING:
    from automation.lab import LabStatus

Pace = tuple[float, float | None, float | None]
"""Milliseconds of a command, of a configuration line, and of a save."""

Scale = Annotated[
    Literal["demo", "city"],
    typer.Option(
        "--scale",
        envvar="PORTVAKT_LAB_SCALE",
        help="demo: 12 access switches. city: 730, with transport and core.",
    ),
]
Folder = Annotated[
    Path,
    typer.Option(
        "--dir",
        metavar="DIR",
        envvar="PORTVAKT_LAB_DIR",
        help="The lab's workspace, new or empty; or a lab that is stopped.",
    ),
]
Seed = Annotated[
    int, typer.Option("--seed", envvar="PORTVAKT_LAB_SEED", help="The same seed, the same ports.")
]
Latency = Annotated[
    float,
    typer.Option(
        "--latency", metavar="MS", min=0, envvar="PORTVAKT_LAB_LATENCY", help="Of a command."
    ),
]
LineLatency = Annotated[
    float | None,
    typer.Option(
        "--line-latency",
        metavar="MS",
        min=0,
        envvar="PORTVAKT_LAB_LINE_LATENCY",
        help="Of a configuration line; else a quarter of a command's.",
    ),
]
SaveLatency = Annotated[
    float | None,
    typer.Option(
        "--save-latency",
        metavar="MS",
        min=0,
        envvar="PORTVAKT_LAB_SAVE_LATENCY",
        help="Of a save; else fifty times a command's.",
    ),
]
Device = Annotated[str, typer.Argument(metavar="DEVICE", help="A switch of the lab.")]
Kind = Annotated[
    str,
    typer.Option("--fault", metavar="FAULT", envvar="PORTVAKT_LAB_FAULT", help="docs/lab.md."),
]
AtLine = Annotated[
    int | None,
    typer.Option("--line", metavar="K", envvar="PORTVAKT_LAB_LINE", help="At the Kth line."),
]
Match = Annotated[
    str | None,
    typer.Option("--match", metavar="REGEX", envvar="PORTVAKT_LAB_MATCH", help="At such a line."),
]
Wording = Annotated[
    str | None,
    typer.Option(
        "--wording", metavar="WORDING", envvar="PORTVAKT_LAB_WORDING", help="How it is refused."
    ),
]
Slowness = Annotated[
    int | None,
    typer.Option("--ms", metavar="MS", envvar="PORTVAKT_LAB_MS", help="How slow a slow one is."),
]
Clear = Annotated[
    bool, typer.Option("--clear", envvar="PORTVAKT_LAB_CLEAR", help="Make it forget them first.")
]
OutFile = Annotated[
    Path,
    typer.Option(
        "--out", metavar="FILE", envvar="PORTVAKT_LAB_OUT", help="The JSON file to write."
    ),
]
Lines = Annotated[
    list[str], typer.Argument(metavar="LINE", help="Configuration lines, each in quotes.")
]


def commands() -> typer.Typer:
    """Return the commands of this group."""
    app = typer.Typer(no_args_is_help=True, help="Switches that behave like the real ones.")
    app.command("up", epilog="Example: portvakt lab up --scale demo --dir lab")(up)
    app.command("status", epilog="Example: portvakt -w lab lab status")(status)
    app.command(
        "break", epilog="Example: portvakt -w lab lab break city-acc-001 --fault refuse --line 7"
    )(break_)
    app.command("mend", epilog="Example: portvakt -w lab lab mend city-acc-001")(mend)
    app.command("running", epilog="Example: portvakt -w lab lab running city-acc-001")(running)
    app.command(
        "edit",
        epilog="Example: portvakt -w lab lab edit city-acc-001 "
        "'interface GigabitEthernet1/0/7' 'description by hand'",
    )(edit)
    app.command("bindings", epilog="Example: portvakt -w lab lab bindings city-acc-001 --clear")(
        bindings
    )
    app.command("reboot", epilog="Example: portvakt -w lab lab reboot city-acc-001")(reboot)
    app.command("truth", epilog="Example: portvakt -w lab lab truth --out truth.json")(truth)
    app.command("freeze", epilog="Example: portvakt -w lab lab freeze")(freeze)
    app.command("unfreeze", epilog="Example: portvakt -w lab lab unfreeze")(unfreeze)
    app.command("down", epilog="Example: portvakt -w lab lab down")(down)
    return app


def up(
    folder: Folder,
    scale: Scale = "demo",
    seed: Seed = 1,
    latency: Latency = 0.0,
    line_latency: LineLatency = None,
    save_latency: SaveLatency = None,
    verbose: options.Verbose = False,
) -> None:
    """Write a workspace, start its switches at factory default, and import its ports.

    They run in the background; the command returns when every one of them answers.
    A lab that was stopped is started again, as it was written, at factory default.
    """
    started = start(folder, scale, seed, (latency, line_latency, save_latency))
    typer.echo(told(started))
    typer.echo(f"Next: portvakt -w {folder} run provision-access -C", err=True)


def start(
    folder: Path, scale: Literal["demo", "city"], seed: int = 1, pace: Pace = (0.0, None, None)
) -> LabStatus:
    """Start a lab with its ports in the store: a new one, or the one that `folder` has."""
    installed()
    from automation import lab
    from automation.cli.opening import opened
    from automation.cli.port_text import imported
    from automation.cli.writing import writing

    with writing(folder):
        if not lab.exists(folder):
            lab.write_workspace(folder, scale, seed)
    ports = folder / "ports.csv"
    with opened(folder) as network:
        if not network.store.ports():
            said = imported(network, ports.read_bytes(), str(ports), skip_bad=False)
            typer.echo(said, err=True)
    return lab.up(folder, *pace)


def installed() -> None:
    """Return if the twin can run here.

    Raises:
        UsageError: its extra is not installed; the message says how to.
    """
    from automation.errors import UsageError

    if find_spec("asyncssh") is None:
        raise UsageError("the lab needs asyncssh: pip install 'portvakt[lab]'")


def told(lab: LabStatus) -> str:
    """Return how a lab is, in a line."""
    if not lab.running:
        return f"{lab.scale}: {lab.devices} devices, not running"
    where = f"{lab.network}.0.0/16 port {lab.port}"
    return f"{lab.scale}: {lab.devices} devices at {where}, pid {lab.pid}"


def _folder(workspace: Path | None) -> Path:
    from automation.cli.opening import found

    installed()
    return found(workspace).root


def status(
    output: options.Output = options.Format.TABLE,
    workspace: options.Workspace = None,
    verbose: options.Verbose = False,
) -> None:
    """Say whether the lab of a workspace runs; exit 3 if not."""
    from automation import lab
    from automation.cli.output import record

    folder = _folder(workspace)
    found = lab.status(folder)
    row: dict[str, object] = asdict(found)
    if found.running and output in (options.Format.JSON, options.Format.JSONL):
        row["counters"] = {name: asdict(one) for name, one in lab.counters(folder).items()}
    record(row, output, told(found))
    raise typer.Exit(0 if found.running else 3)


def break_(
    device: Device,
    fault: Kind,
    line: AtLine = None,
    match: Match = None,
    wording: Wording = None,
    slowness: Slowness = None,
    workspace: options.Workspace = None,
    verbose: options.Verbose = False,
) -> None:
    """Give a switch a fault; it replaces the one it has."""
    from automation import lab

    given = {"line": line, "match": match, "wording": wording, "ms": slowness}
    lab.break_device(
        _folder(workspace),
        device,
        fault,
        **{name: value for name, value in given.items() if value is not None},
    )


def mend(
    device: Device, workspace: options.Workspace = None, verbose: options.Verbose = False
) -> None:
    """Take the fault away from a switch."""
    from automation import lab

    lab.mend(_folder(workspace), device)


def running(
    device: Device, workspace: options.Workspace = None, verbose: options.Verbose = False
) -> None:
    """Print what a switch runs, without a session on it."""
    from automation import lab
    from automation.cli.output import write

    write(lab.running(_folder(workspace), device).rstrip("\n"))


def edit(
    device: Device,
    lines: Lines,
    workspace: options.Workspace = None,
    verbose: options.Verbose = False,
) -> None:
    """Type configuration lines on a switch, as if by hand; shows what it says."""
    from automation import lab
    from automation.cli.output import write

    for said in lab.edit(_folder(workspace), device, lines):
        write(said.rstrip("\n"))


def bindings(
    device: Device,
    clear: Clear = False,
    workspace: options.Workspace = None,
    verbose: options.Verbose = False,
) -> None:
    """Print the DHCP bindings that a switch has now."""
    from automation import lab
    from automation.cli.output import write

    for one in lab.bindings(_folder(workspace), device, () if clear else None):
        write(f"{one.port} vlan {one.vlan} {one.address} {one.mac}")


def reboot(
    device: Device, workspace: options.Workspace = None, verbose: options.Verbose = False
) -> None:
    """Reboot a switch; what was not saved is lost.

    Sessions are cut, counters and sysUpTime begin at zero.
    """
    from automation import lab

    lab.reboot(_folder(workspace), device)


def truth(
    out: OutFile, workspace: options.Workspace = None, verbose: options.Verbose = False
) -> None:
    """Write what every agent should say: of each counter its start, rate and epoch."""
    import json

    from automation import lab
    from automation.cli.writing import writing

    told = {"devices": lab.truth(_folder(workspace))}
    with writing(out):
        out.write_text(json.dumps(told) + "\n", encoding="utf-8")


def freeze(workspace: options.Workspace = None, verbose: options.Verbose = False) -> None:
    """Hold the counters of all switches where they stand; time goes on."""
    from automation import lab

    lab.freeze(_folder(workspace))


def unfreeze(workspace: options.Workspace = None, verbose: options.Verbose = False) -> None:
    """Let the counters go on from where they stand."""
    from automation import lab

    lab.unfreeze(_folder(workspace))


def down(workspace: options.Workspace = None, verbose: options.Verbose = False) -> None:
    """Stop the lab of a workspace, and only that; its files stay."""
    from automation import lab

    lab.down(_folder(workspace))
