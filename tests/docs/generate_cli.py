"""Writes docs/cli.md from the command itself: `python -m tests.docs.generate_cli`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import typer
from typer.main import get_command

from automation.cli.app import application

PLACE: Final = Path(__file__).parents[2] / "docs" / "cli.md"
WIDTH: Final = 96
HEAD: Final = """\
# The command

*Generated from `--help` by `make docs`; a test holds it true. Do not edit.*

Results go to stdout, all else to stderr; with `-o json` there is nothing but JSON on stdout.
Without a terminal there are no colours and no bars, and `NO_COLOR` is honoured. Every option
can be set by the variable that its help names; only `-y` has none. Completion for your shell:
`portvakt --install-completion`.

| exit code | means |
|---|---|
| 0 | as asked; also `plan` and `run -C` with changes pending |
| 1 | our own fault (`-v`: the traceback); or a store, address or safe that may be up later |
| 2 | usage or bad input; also a plan that was edited or has expired |
| 3 | a device ended `failed refused stale unreachable unknown skipped`, or `doctor` finds a fault |
| 75 | another run or apply is under way in this workspace |
| 130 | interrupted, or the question was not answered with yes |
"""


def commands() -> Iterator[tuple[str, Any, typer.Context]]:
    """Yield every command, groups too, with its whole name and a context to ask it in.

    The type of a command is a private one of typer's.
    """
    root = get_command(application())
    context = root.make_context("portvakt", ["--"], resilient_parsing=True, terminal_width=WIDTH)
    yield from _below("portvakt", root, context)


def _below(name: str, command: Any, context: Any) -> Iterator[tuple[str, Any, typer.Context]]:  # noqa: ANN401 - click's own
    yield name, command, context
    for word, child in getattr(command, "commands", {}).items():
        inner = child.make_context(word, ["--"], parent=context, resilient_parsing=True)
        yield from _below(f"{name} {word}", child, inner)


def text() -> str:
    """Return docs/cli.md as it should be."""
    parts = [
        f"\n## {name}\n\n```\n{command.get_help(context).rstrip()}\n```\n"
        for name, command, context in commands()
    ]
    return HEAD + "".join(parts)


if __name__ == "__main__":
    PLACE.write_text(text(), encoding="utf-8")
