"""A file for node_exporter's textfile collector: whole or not at all, never half."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from automation.errors import NotDelivered, UsageError

_SUFFIX: Final = ".prom"
_READABLE: Final = 0o644
"""node_exporter runs as a user of its own."""


class Textfile:
    """A `.prom` file that is replaced with every cycle.

    The collector reads whatever ends in `.prom` at any moment, so the new file is written under
    another ending in the same folder, and renamed.
    """

    def __init__(self, file: Path) -> None:
        """Write to `file`.

        Raises:
            UsageError: node_exporter would not read a file of this name, or it has no folder.
        """
        if file.suffix != _SUFFIX:
            raise UsageError(f"{file}: node_exporter reads only files that end in {_SUFFIX}")
        if not file.parent.is_dir():
            raise UsageError(f"{file}: there is no folder {file.parent}")
        self._file = file

    def write(self, parts: Iterable[str]) -> None:
        """Replace the file.

        Raises:
            NotDelivered: it could not be written; the former one stands as it was.
        """
        try:
            self._replace(parts)
        except OSError as error:
            raise NotDelivered(f"{self._file}: not written: {error.strerror}") from error

    def _replace(self, parts: Iterable[str]) -> None:
        name, folder = self._file.name, self._file.parent
        with NamedTemporaryFile("wb", dir=folder, prefix=f".{name}.", delete=False) as new:
            try:
                for part in parts:
                    new.write(part.encode())
                new.flush()
                os.fchmod(new.fileno(), _READABLE)
                os.fsync(new.fileno())
                Path(new.name).replace(self._file)
            except BaseException:
                Path(new.name).unlink(missing_ok=True)
                raise
