"""What a device was given against what it does, where it shows the first in any case. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from automation import parse
from automation.model import InForce


def marked(how: InForce, running: str, shown: str) -> str:
    """Return `running` with a mark behind each line that is not in force, as `shown` says.

    Raises:
        DeviceError: `shown` has a shape that the platform's template does not know.
    """
    records = parse.records(how.fact, shown)
    there = {(how.block.format(**one), how.line.format(**one)) for one in records}
    lines = running.split("\n")
    placed = list(_placed(lines))
    closed = {block for block, line in placed if line == how.closed}
    within, given = re.compile(how.within), re.compile(how.given)
    lacking = {
        at
        for at, (block, line) in enumerate(placed)
        if within.fullmatch(block) and given.fullmatch(line)
        if block not in closed and (block, line) not in there
    }
    return "\n".join(
        f"{line}{how.mark}" if at in lacking else line for at, line in enumerate(lines)
    )


def _placed(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield each line without its indentation, with the line of the block that it stands in."""
    block = ""
    for line in lines:
        if line[:1] != " ":
            block = line.strip()
        yield block, line.strip()
