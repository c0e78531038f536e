"""`portvakt plan` and `portvakt apply`: a plan as a file in between."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from automation.cli import options

PlaybookName = Annotated[
    str | None,
    typer.Argument(
        metavar="PLAYBOOK",
        help="A playbook, by path or by name; without one, all features in careful waves.",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="FILE", envvar="PORTVAKT_OUT", help="Write the plan here, for `apply`."
    ),
]
PlanFile = Annotated[Path, typer.Argument(metavar="FILE", help="A plan that `plan` wrote.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(
        "plan", epilog="Example: portvakt plan provision-access -l city-acc-001 --out plan.json"
    )(plan)
    app.command("apply", epilog="Example: portvakt apply plan.json")(apply)


def plan(
    playbook: PlaybookName = None,
    limit: options.Limit = options.EVERY_DEVICE,
    out: Out = None,
    diff: options.Diff = False,
    forks: options.Forks = None,
    output: options.Output = options.Format.TABLE,
    workspace: options.Workspace = None,
    verbose: options.Verbose = False,
) -> None:
    """Read devices, compare them, write down what would mend them.

    Nothing is sent, and with --out the plan is a file. The exit code is 0
    with changes pending, too.
    """
    from automation.cli import operation
    from automation.cli.opening import opened
    from automation.cli.reporting import Form, show_plan
    from automation.cli.writing import can_write, writing
    from automation.playbook import Playbook, dump

    if out is not None:
        can_write(out)
    how = operation.How(Form(output, diff, names=verbose), verbose=verbose)
    with opened(workspace, forks) as network:
        every = Playbook("plan", "All features.", select=options.EVERY_DEVICE, change=True)
        book = network.playbook(playbook) if playbook else every
        _, made = operation.planned(network, book, limit, how)
    if out is not None:
        with writing(out):
            out.write_text(dump(made), encoding="utf-8")
    show_plan(made, how.form)
    raise typer.Exit(operation.NOT_WELL if made.faults else 0)


def apply(
    file: PlanFile,
    diff: options.Diff = False,
    yes: options.Yes = False,
    forks: options.Forks = None,
    output: options.Output = options.Format.TABLE,
    workspace: options.Workspace = None,
    verbose: options.Verbose = False,
) -> None:
    """Apply a saved plan: exactly its lines, where nothing moved.

    A plan that was edited or has expired is refused; a device that has moved is stale.
    """
    from datetime import UTC, datetime

    from automation.cli import operation
    from automation.cli.asking import can_ask
    from automation.cli.holding import alone
    from automation.cli.opening import opened
    from automation.cli.reporting import Form
    from automation.playbook import load

    can_ask(yes)
    how = operation.How(Form(output, diff, names=verbose), yes=yes, verbose=verbose)
    with opened(workspace, forks) as network:
        saved = load(operation.text_of(file), str(file), datetime.now(UTC))
        with alone(network):
            rollout = operation.rollout_for(network, saved)
            raise typer.Exit(operation.carry_out(network, rollout, saved, how, fresh=False))
