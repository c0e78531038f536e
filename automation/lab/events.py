"""What a switch tells whoever watches it, so that nobody has to ask it all the time."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum


class Event(StrEnum):
    """Something that happened to a switch."""

    LINKS = "links"
    """Ports may have been shut or opened."""
    BOOT = "boot"


Watch = Callable[[Event], None]


def unwatched(event: Event) -> None:
    """Watch over a switch that nobody asks about."""
