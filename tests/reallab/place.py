"""Where a lab keeps what it has, and the mark by which it knows its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.reallab.commands import LabError, run

HOME: Final = Path("/var/lib/portvakt-reallab")
_VARIABLE: Final = "PORTVAKT_REALLAB"
_MARK: Final = re.compile(r"[a-z][a-z0-9]{1,11}")


@dataclass(frozen=True, slots=True)
class Place:
    """A lab's own folder and names. Two labs of different marks stand side by side.

    Every network namespace of the lab is called `MARK-NODE`, and every process that a node
    boots, or that builds the lab or takes it down, carries the mark in its environment.
    """

    mark: str

    def __post_init__(self) -> None:
        if not _MARK.fullmatch(self.mark):
            raise LabError(f"{self.mark!r} is no mark; expected 2 to 12 of a-z and 0-9")

    @property
    def folder(self) -> Path:
        """The lab's state; it goes with the lab."""
        return HOME / self.mark

    @property
    def workspace(self) -> Path:
        """The Portvakt workspace of the lab."""
        return self.folder / "workspace"

    @property
    def environment(self) -> str:
        """What stands in the environment of the lab's processes."""
        return f"{_VARIABLE}={self.mark}"

    @property
    def passing(self) -> Path:
        """The note of a lab that is to go with its holder; one that stays has none."""
        return self.folder / "passing"

    def netns(self, name: str) -> str:
        """Return the name of a node's network namespace."""
        return f"{self.mark}-{name}"

    def node(self, name: str) -> Path:
        """Return the folder of a node: its boot script, disk, logs and public host key."""
        return self.folder / "nodes" / name

    def run(self, *command: object, stdin: str = "") -> str:
        """Run a program that makes or takes away something of the lab, and return what it prints.

        It carries the mark: where whoever began it is killed, it is found and killed as well,
        before it adds to what is being taken down.
        """
        return run(*command, stdin=stdin, environment={_VARIABLE: self.mark})
