"""`portvakt run`: plan a playbook and apply that very plan."""

from __future__ import annotations

from typing import Annotated

import typer

from automation.cli import options

PlaybookName = Annotated[
    str, typer.Argument(metavar="PLAYBOOK", help="A playbook, by path or by name.")
]
Check = Annotated[
    bool,
    typer.Option(
        "-C", "--check", envvar="PORTVAKT_CHECK", help="Only plan, and show what would be done."
    ),
]


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("run", epilog="Example: portvakt run provision-access -l estate=city -C -D")(run)


def run(
    playbook: PlaybookName,
    limit: options.Limit = options.EVERY_DEVICE,
    check: Check = False,
    diff: options.Diff = False,
    yes: options.Yes = False,
    forks: options.Forks = None,
    output: options.Output = options.Format.TABLE,
    workspace: options.Workspace = None,
    verbose: options.Verbose = False,
) -> None:
    """Plan a playbook, ask, and apply that very plan in waves.

    The counts come before the question, the recap comes last. With -C
    nothing is sent. A playbook that only verifies never sends.
    """
    from automation.cli import operation
    from automation.cli.asking import can_ask
    from automation.cli.holding import alone
    from automation.cli.opening import opened
    from automation.cli.reporting import Form

    how = operation.How(Form(output, diff, names=verbose), yes=yes, verbose=verbose)
    with opened(workspace, forks) as network:
        book = network.playbook(playbook)
        if check or not book.change:
            raise typer.Exit(operation.look(network, book, limit, how, check=check))
        can_ask(yes)
        with alone(network):
            rollout, plan = operation.planned(network, book, limit, how)
            raise typer.Exit(operation.carry_out(network, rollout, plan, how, fresh=True))
