"""What stands behind a bar on a switch's command line: `| include vlan`."""

from __future__ import annotations

import re
from collections.abc import Mapping

SYNTAX = r"[\| <how:include|exclude|begin|section> <what:text>]"


def piped(text: str, args: Mapping[str, str]) -> str:
    """Return the lines of `text` that the filter in `args` leaves; all of them without one."""
    lines = text.splitlines(keepends=True)
    what = _pattern(args.get("what", "").strip('"'))
    match args.get("how"):
        case "include":
            return "".join(line for line in lines if what.search(line))
        case "exclude":
            return "".join(line for line in lines if not what.search(line))
        case "begin":
            start = next((at for at, line in enumerate(lines) if what.search(line)), len(lines))
            return "".join(lines[start:])
        case "section":
            return "".join(_section(lines, what))
        case _:
            return text


def _pattern(what: str) -> re.Pattern[str]:
    """Return the filter's regular expression; what is none is taken as it stands."""
    try:
        return re.compile(what)
    except re.error:
        return re.compile(re.escape(what))


def _section(lines: list[str], what: re.Pattern[str]) -> list[str]:
    """Return every block whose first line fits `what`."""
    found: list[str] = []
    inside = False
    for line in lines:
        if not line.startswith(" "):
            inside = what.search(line) is not None
        if inside:
            found.append(line)
    return found
