"""`portvakt doctor`: what is installed, reachable and writable, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import typer

from automation.cli import options

if TYPE_CHECKING:
    from automation.cli.health import Check

_COLUMNS = ("check", "well", "found", "to do")
_SHOWN = 10


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
    from automation.cli.output import rows, write
    from automation.cli.text import one_line

    checks = list(examine(workspace, limit))
    if output is options.Format.TABLE:
        for line in _told(checks):
            write(line)
    else:
        found = [
            {"check": one.name, "well": one.well, "found": one_line(one.found), "to do": one.todo}
            for one in checks
        ]
        rows(found, _COLUMNS, output)
    raise typer.Exit(0 if all(one.well for one in checks) else 3)


def _told(checks: Iterable[Check]) -> Iterator[str]:
    """Yield the examinations for people: what was found stands last, so that it may be long."""
    from automation.cli.output import folded

    for one in checks:
        head = f"{'ok' if one.well else 'FAULT':6}{one.name:12}"
        found = one.found.splitlines()
        more = [f"and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
        for number, line in enumerate([*found[:_SHOWN], *more]):
            yield folded(head if not number else " " * len(head), line)
        if one.todo:
            yield folded(" " * len(head) + "-> ", one.todo)
