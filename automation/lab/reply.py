"""What a device says to a line, and what the wire does then."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class After(StrEnum):
    """What the wire does after a reply."""

    PROMPT = "prompt"
    HANG = "hang"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Reply:
    """What the device says to one line, and what the wire does then."""

    text: str
    after: After = After.PROMPT
