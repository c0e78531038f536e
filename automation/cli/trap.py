"""`portvakt trap`: what devices report unasked, as troubles and not as messages."""

from __future__ import annotations

from typing import Annotated

import typer

from automation.cli import options

History = Annotated[
    bool,
    typer.Option("--all", envvar="PORTVAKT_ALL", help="Every finding kept, also those over."),
]
NotBelieved = Annotated[
    bool,
    typer.Option(
        "--rejected",
        envvar="PORTVAKT_REJECTED",
        help="What was not believed: from where, why, how often.",
    ),
]


def commands() -> typer.Typer:
    """Return the commands of this group."""
    app = typer.Typer(no_args_is_help=True, help="What devices report: traps and informs.")
    app.command("run", epilog="Example: portvakt trap run")(run)
    app.command("show", epilog="Example: portvakt trap show -l estate=city -o json")(show)
    return app


def run(
    workspace: options.Workspace = None,
    verbose: options.Verbose = False,
) -> None:
    """Receive traps and informs until told to end.

    What is the matter goes to stderr, a line when it begins and a line when it is over; with -v
    also ports of single customers.
    """
    from automation.cli.opening import opened
    from automation.cli.trapping import receive

    with opened(workspace) as network:
        receive(network, verbose)


def show(
    history: History = False,
    rejected: NotBelieved = False,
    limit: options.Limit = options.EVERY_DEVICE,
    output: options.Output = options.Format.TABLE,
    workspace: options.Workspace = None,
    verbose: options.Verbose = False,
) -> None:
    """Show what is the matter now and whom it hits, welfare first."""
    from automation.cli.opening import names, opened
    from automation.cli.trap_text import write_history, write_rejected, write_situations
    from automation.cli.trapping import say_if_deaf

    with opened(workspace) as network:
        chosen = names(network, limit)
        say_if_deaf(network.workspace)
        if rejected:
            write_rejected(network, output)
        elif history:
            write_history(network, chosen, output)
        else:
            write_situations(network, chosen, output)
