"""`portvakt init`: a new workspace."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="A folder, new or empty.")]


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("init", epilog="Example: portvakt init malmo")(init)


def init(folder: Folder) -> None:
    """Write a new workspace: an example inventory, its ports, and settings."""
    from automation.cli.writing import writing
    from automation.workspace import init as write

    with writing(folder):
        written = write(folder)
    for path in written:
        typer.echo(path)
    typer.echo(f"Next: edit these, then: cd {folder} && portvakt port import ports.csv", err=True)
