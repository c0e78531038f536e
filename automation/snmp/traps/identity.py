"""Who we are to those that send informs: an engine id that stays, and how often it started.

RFC 3414 lets the receiver of an inform be the authoritative side: the sender localizes its keys
with our engine id, and believes our clock only while our boots never go back.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from automation.errors import WorkspaceError

_HEAD: Final = "80004fb805"
"""The enterprise of pysnmp, whose engine this is, and octets as one likes (RFC 3411, section 5)."""
_LEAST, _MOST = 5, 32
"""Octets of an engine id."""


@dataclass(frozen=True, slots=True)
class Identity:
    """An engine's id and the number of this start."""

    engine_id: bytes
    boots: int

    @classmethod
    def next(cls, path: Path) -> Self:
        """Return the identity that `path` keeps, started once more; a new one if there is none.

        Raises:
            WorkspaceError: the file cannot be read, written or understood.
        """
        try:
            kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
            engine_id = bytes.fromhex(kept.get("engine_id", _HEAD + secrets.token_hex(8)))
            found = cls(engine_id, int(kept.get("boots", 0)) + 1)
        except (OSError, ValueError, TypeError, AttributeError) as error:
            raise WorkspaceError(f"{path} cannot be read: {error}") from None
        if not _LEAST <= len(found.engine_id) <= _MOST:
            raise WorkspaceError(
                f"{path}: engine_id has {len(found.engine_id)} octets, not 5 to 32"
            )
        found._write(path)
        return found

    def _write(self, path: Path) -> None:
        draft = path.with_suffix(".new")
        text = json.dumps({"engine_id": self.engine_id.hex(), "boots": self.boots})
        try:
            draft.touch(mode=0o600)
            draft.write_text(f"{text}\n", encoding="utf-8")
            draft.replace(path)
        except OSError as error:
            raise WorkspaceError(f"{path} cannot be written: {error.strerror}") from None
