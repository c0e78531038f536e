"""Asking before something is changed: on a terminal, unless `-y` was typed."""

from __future__ import annotations

import sys

import typer

from automation.errors import UsageError

INTERRUPTED = 130


def can_ask(yes: bool) -> None:
    """Return if there is somebody to ask, or no need to.

    Raises:
        UsageError: there is no terminal and no `-y`; nothing was done yet.
    """
    if not yes and not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("there is no terminal to ask on, and no -y: nothing was done")


def go_on(question: str, yes: bool) -> None:
    """Return if the answer is yes; any other ends the command, as an interrupt does."""
    can_ask(yes)
    if yes:
        return
    # typer's own prompt writes a blank to stdout, which is for results alone.
    sys.stderr.write(f"{question} [y/N]: ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        typer.echo("Nothing was done.", err=True)
        raise typer.Exit(INTERRUPTED)
