"""The options that commands share: one meaning, one name, one variable each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

import typer

CONTEXT: Final[Mapping[str, Any]] = {"help_option_names": ["-h", "--help"]}
EVERY_DEVICE: Final = "*"


class Format(StrEnum):
    """How results are written to stdout."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"


@dataclass
class Said:
    """What was said so far on this command line, before or after the command's name."""

    workspace: Path | None = None
    verbose: bool = False


def _workspace(context: typer.Context, value: Path | None) -> Path | None:
    """Return what stands nearest to the command: its own -w, else the root's, else the variable."""
    said = context.find_object(Said)
    if said is None:
        return value
    source = context.get_parameter_source("workspace")
    typed = source is not None and source.name == "COMMANDLINE"
    if typed or said.workspace is None:
        said.workspace = value
    return said.workspace


def _verbose(context: typer.Context, value: bool) -> bool:
    said = context.find_object(Said)
    if said is None:
        return value
    said.verbose |= value
    return said.verbose


Workspace = Annotated[
    Path | None,
    typer.Option(
        "-w",
        "--workspace",
        metavar="DIR",
        envvar="PORTVAKT_WORKSPACE",
        callback=_workspace,
        help="The workspace; else the current folder or its nearest parent that is one.",
    ),
]
Verbose = Annotated[
    bool,
    typer.Option(
        "-v",
        "--verbose",
        envvar="PORTVAKT_VERBOSE",
        callback=_verbose,
        help="Say more on stderr: progress without a terminal, tracebacks.",
    ),
]
Output = Annotated[
    Format,
    typer.Option("-o", "--output", envvar="PORTVAKT_OUTPUT", help="How the result is written."),
]
Limit = Annotated[
    str,
    typer.Option(
        "-l",
        "--limit",
        metavar="EXPR",
        envvar="PORTVAKT_LIMIT",
        help="Devices: a comma list of name globs and key=value (estate, role, platform, site, "
        "model); ! takes away.",
    ),
]
Forks = Annotated[
    int | None,
    typer.Option(
        "-f",
        "--forks",
        metavar="N",
        min=1,
        envvar="PORTVAKT_FORKS",
        help="Devices in flight; else the workspace's setting.",
    ),
]
Diff = Annotated[
    bool,
    typer.Option(
        "-D",
        "--diff",
        envvar="PORTVAKT_DIFF",
        help="Show the lines of each device as they are sent, and its rollback.",
    ),
]
Yes = Annotated[
    bool,
    typer.Option("-y", "--yes", help="Do not ask. Has no variable: it is typed, or not meant."),
]
