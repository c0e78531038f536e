"""What a case of counting is: two readings of one counter, and what is known of the rate."""

from __future__ import annotations

from dataclasses import dataclass, replace

from automation.counters import Column
from tests.unit.counters.samples import Seen

W32 = 1 << 32
W64 = 1 << 64
MEGABIT = 1_000_000
BEFORE = Seen(value=5_000_000)
ARITHMETIC = "arithmetic"


def later(**changes: object) -> Seen:
    """Return what was seen five minutes after `BEFORE`, with `changes`."""
    return replace(Seen(uptime=130_000, at=1300.0), **changes)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Vector:
    """A case: `expected` is octets (packets, errors) a second, or words of the reason.

    `source` is a document that says so, or `ARITHMETIC` where none has to.
    """

    name: str
    source: str
    before: Seen | None
    after: Seen
    expected: float | str
    column: Column = Column.IN_OCTETS
