"""What stands behind a bar on a switch's command line: `| include vlan`."""

from __future__ import annotations

from collections.abc import Mapping

SYNTAX = r"[\| <how:include|exclude|begin|section> <what:text>]"


def piped(text: str, args: Mapping[str, str]) -> str:
    """Return the lines of `text` that the filter in `args` leaves; all of them without one."""
    lines = text.splitlines(keepends=True)
    what = args.get("what", "").strip('"')
    match args.get("how"):
        case "include":
            return "".join(line for line in lines if what in line)
        case "exclude":
            return "".join(line for line in lines if what not in line)
        case "begin":
            start = next((at for at, line in enumerate(lines) if what in line), len(lines))
            return "".join(lines[start:])
        case "section":
            return "".join(_section(lines, what))
        case _:
            return text


def _section(lines: list[str], what: str) -> list[str]:
    """Return every block whose first line speaks of `what`."""
    found: list[str] = []
    inside = False
    for line in lines:
        if not line.startswith(" "):
            inside = what in line
        if inside:
            found.append(line)
    return found
