"""Writing where a person said: what the system refuses is told with the path."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from automation.errors import UsageError


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Tell with `path` and the system's own words what cannot be written in the block.

    Raises:
        UsageError: the system refused.
    """
    try:
        yield
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror or error}") from error


def can_write(file: Path) -> None:
    """Return if a file could be written at `file`; nothing is written yet.

    Raises:
        UsageError: it is a folder, its own folder is not there, or one of them is not ours.
    """
    with writing(file):
        if file.is_dir():
            raise UsageError(f"{file} is a folder; expected a file, new or to be replaced")
        if not file.parent.is_dir():
            raise UsageError(f"{file} cannot be written: there is no folder {file.parent}")
        if not os.access(file if file.exists() else file.parent, os.W_OK):
            raise UsageError(f"{file} cannot be written: permission denied")
