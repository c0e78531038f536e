"""The tree of commands, and how each of them ends."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from automation import __version__
from automation.cli import (
    demo,
    doctor,
    hostkeys,
    init,
    inventory,
    job,
    lab,
    options,
    plan,
    poll,
    port,
    render,
    run,
    trap,
)
from automation.cli.text import plain
from automation.errors import PortvaktError

_PROGRAM = "portvakt"
_NOT_TAKEN = (errno.EPIPE, errno.ENOSPC)
_COMPLETION = "_PORTVAKT_COMPLETE"
_ORDER = (
    *("init", "doctor", "hostkeys", "inventory", "port", "render"),
    *("plan", "apply", "run", "job", "poll", "trap", "lab", "demo"),
)


class _InOrder(TyperGroup):
    """Lists commands in the order in which they are first needed."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401 - a private type of typer's
        """Return the names of the commands."""
        return sorted(super().list_commands(ctx), key=_ORDER.index)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"{_PROGRAM} {__version__}")
        raise typer.Exit


def _root(
    workspace: options.Workspace = None,
    verbose: options.Verbose = False,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Provision, verify and reconcile the access ports of an open-access fibre network."""


def application() -> typer.Typer:
    """Return the whole tree of commands."""
    app = typer.Typer(
        name=_PROGRAM,
        cls=_InOrder,
        callback=_root,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        epilog="Example: portvakt run provision-access -l estate=city -C -D",
        context_settings=dict(options.CONTEXT),
    )
    for room in (init, doctor):
        room.add_to(app)
    app.add_typer(hostkeys.commands(), name="hostkeys")
    app.add_typer(inventory.commands(), name="inventory")
    app.add_typer(port.commands(), name="port")
    for room in (render, plan, run):
        room.add_to(app)
    app.add_typer(job.commands(), name="job")
    app.add_typer(poll.commands(), name="poll")
    app.add_typer(trap.commands(), name="trap")
    app.add_typer(lab.commands(), name="lab")
    demo.add_to(app)
    return app


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code (`docs/cli.md` has the table)."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    _have_streams()
    try:
        code = _code(given)
        sys.stdout.flush()
    except OSError as error:
        # Whoever read our output has left, or its disk is full. Python flushes once more at its
        # end: let it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            typer.echo(f"not all of it could be written: {error.strerror}", err=True)
        return 1
    return code


def _have_streams() -> None:
    """Write nowhere what would go to a stream that the caller has closed: Python has None there."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - to the end
            setattr(sys, name, nowhere)


def _code(arguments: list[str]) -> int:
    said = options.Said()
    try:
        command = get_command(application())
        if _COMPLETION in os.environ:
            _take_as_typed(command)
        command(arguments, prog_name=_PROGRAM, obj=said)
    except SystemExit as end:
        return _exit_code(end.code)
    except PortvaktError as error:
        typer.echo(plain(str(error)), err=True)
        return error.exit_code
    except OSError as error:
        if error.errno in _NOT_TAKEN:
            raise
        return _own_fault(error, said)
    except Exception as error:  # noqa: BLE001 - the edge: whatever it is, it is said and counted
        return _own_fault(error, said)
    return 0


def _own_fault(error: Exception, said: options.Said) -> int:
    if said.verbose:
        traceback.print_exc()
    typer.echo(plain(f"our own fault: {type(error).__name__}: {error}"), err=True)
    return 1


def _take_as_typed(command: Any) -> None:  # noqa: ANN401 - a private type of typer's
    """Let values be as they were typed: to complete the next word, none has to be converted.

    Converting is what typer imports pydantic for, at half the price of the whole completion.
    """
    parameters = command.get_params

    def as_typed(context: Any) -> Any:  # noqa: ANN401 - a private type too
        found = parameters(context)
        for parameter in found:
            parameter.process_value = lambda _, value: value
        return found

    command.get_params = as_typed
    for child in getattr(command, "commands", {}).values():
        _take_as_typed(child)


def _exit_code(code: Any) -> int:  # noqa: ANN401 - SystemExit's own
    return code if isinstance(code, int) else int(code is not None)
