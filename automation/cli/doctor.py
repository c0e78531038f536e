"""`portvakt doctor`: what is installed, reachable and writable, and what to do about it."""

from __future__ import annotations

import typer

from automation.cli import options

_COLUMNS = ("check", "well", "found", "to do")


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor", epilog="Example: portvakt doctor -l site=varvet")(doctor)


def doctor(
    limit: options.Limit = options.EVERY_DEVICE,
    output: options.Output = options.Format.TABLE,
    workspace: options.Workspace = None,
    verbose: options.Verbose = False,
) -> None:
    """Examine this machine and this workspace, and say what to do.

    Exits 3 if something is not well. Devices are only knocked at (TCP):
    nobody logs in, and no secret is shown.
    """
    from automation.cli.health import examine
    from automation.cli.output import rows

    checks = list(examine(workspace, limit))
    found = [
        {"check": one.name, "well": one.well, "found": one.found, "to do": one.todo}
        for one in checks
    ]
    rows(found, _COLUMNS, output)
    raise typer.Exit(0 if all(one.well for one in checks) else 3)
