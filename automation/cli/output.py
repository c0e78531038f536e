"""Results on stdout: a table for people, JSON, JSON lines or CSV for programs."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from automation.cli.options import Format
from automation.cli.text import one_line, plain

Row = Mapping[str, object]
"""A result by column; a value is text, a number, a truth, None, or rows and lists of those."""

_LEAST: Final = 20
"""Columns that text is given on however narrow a terminal."""
_TAIL: Final = 9
"""Columns that the last cell of a row keeps, however narrow the terminal."""
_CUT: Final = "…"


def rows(
    found: Iterable[Row], columns: Sequence[str], output: Format, spare: Sequence[str] = ()
) -> None:
    """Write `found`: the whole of each row to JSON, its `columns` to the other formats.

    A table that has `spare` columns fits itself into the terminal: see `fitted`.
    """
    match output:
        case Format.JSON:
            inside = ",\n ".join(json_text(row) for row in found)
            write(f"[\n {inside}\n]" if inside else "[]")
        case Format.JSONL:
            for row in found:
                write(json_text(row))
        case Format.CSV:
            _csv(found, columns)
        case Format.TABLE:
            cells = [[_cell(row.get(column)) for column in columns] for row in found]
            table(*fitted(cells, columns, spare))


def record(found: Row, output: Format, text: str) -> None:
    """Write one result: `text` for people; to programs the whole of it, lists flattened in CSV."""
    match output:
        case Format.JSON | Format.JSONL:
            write(json_text(found))
        case Format.CSV:
            _csv([found], tuple(found))
        case Format.TABLE:
            write(text)


def fields(found: Row, indent: str = "") -> str:
    """Return a record as people read it: a field a line, the fields of a record within below it."""
    width = max((len(key) for key in map(str, found)), default=0)
    lines: list[str] = []
    for key, value in found.items():
        if isinstance(value, Mapping) and value:
            lines += [f"{indent}{key}", fields(value, f"{indent}  ")]
        else:
            lines.append(f"{indent}{str(key).ljust(width)}  {_cell(value)}".rstrip())
    return "\n".join(lines)


def write(text: str, *, strong: bool = False) -> None:
    """Write `text` and a newline to stdout, without control characters."""
    sys.stdout.write(f"{_bold(plain(text)) if strong else plain(text)}\n")


def table(cells: Sequence[Sequence[str]], header: Sequence[str]) -> None:
    """Write rows of cells in aligned columns below `header`.

    Where that is wider than the terminal, each row is a block with a cell a line.
    """
    lines = aligned([header, *cells], widths([header, *cells]))
    room = _room()
    if cells and room and max(map(len, lines)) > room:
        for row in cells:
            write(f"{fields(dict(zip(header, row, strict=True)))}\n")
        return
    for number, line in enumerate(lines):
        write(line, strong=not number)


def fitted(
    cells: Sequence[Sequence[str]], header: Sequence[str], spare: Sequence[str]
) -> tuple[Sequence[Sequence[str]], Sequence[str]]:
    """Return rows and header as they fit into the terminal; as they are where they do or cannot.

    The last column is cut down to the end of its texts. Where that is not enough, `spare` columns
    are left out, empty ones first, then in their order; what was left out is said on stderr.
    """
    room = _room() if spare else 0
    empty = [name for name in spare if not any(row[header.index(name)] for row in cells)]
    going = [*empty, *(name for name in spare if name not in empty)]
    for count in range(len(going) + 1) if room else ():
        gone = going[:count]
        places = [at for at, name in enumerate(header) if name not in gone]
        head, *kept = ([row[at] for at in places] for row in (header, *cells))
        *others, last = widths([head, *kept])
        left = room - sum(others) - 2 * len(others)
        if left >= min(last, _TAIL):
            _say_left_out([name for name in gone if name not in empty])
            return [[*row[:-1], _end(row[-1], left)] for row in kept], head
    return cells, header


def _say_left_out(columns: Sequence[str]) -> None:
    if columns:
        sys.stderr.write(f"left out, the terminal is narrow: {', '.join(columns)}\n")


def _end(text: str, room: int) -> str:
    """Return the end of a text that is too long: of a description it is what tells it apart."""
    return text if len(text) <= room else f"{_CUT}{text[len(text) - room + 1 :]}"


def folded(head: str, text: str) -> str:
    """Return `head` and `text`; on a terminal, what does not fit goes on below the text."""
    import textwrap

    room = max(_room() - len(head), _LEAST)
    lines = textwrap.wrap(text, room, break_on_hyphens=False) if _room() else [text]
    return f"\n{' ' * len(head)}".join([f"{head}{lines[0] if lines else ''}", *lines[1:]])


def _room() -> int:
    """Return how many columns the terminal has, 0 where stdout is none."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 0


def aligned(cells: Iterable[Sequence[str]], widths: Sequence[int]) -> list[str]:
    """Return a line a row, each cell as wide as its column, two spaces in between."""
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    ]


def widths(cells: Iterable[Sequence[str]]) -> list[int]:
    """Return how wide the widest cell of each column is."""
    return [max(map(len, column)) for column in zip(*cells, strict=True)]


def _bold(text: str) -> str:
    """Return `text` in bold where stdout is a terminal that wants it."""
    return f"\x1b[1m{text}\x1b[0m" if _coloured() else text


def _coloured() -> bool:
    """Whether stdout is a terminal and nobody asked for no colour (no-color.org)."""
    quiet = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return sys.stdout.isatty() and not quiet


def json_text(value: object) -> str:
    """Return JSON on one line, with every control character escaped, not only those below 32."""
    import json

    text = json.dumps(value, ensure_ascii=False, default=str)
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else json.dumps(one)[1:-1] for one in text)


def _csv(found: Iterable[Row], columns: Sequence[str]) -> None:
    import csv

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(row.get(column)) for column in columns] for row in found)


def _cell(value: object) -> str:
    """Return a value as one cell of text: lists by commas, rows as `key=value`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        cells = {key: _cell(inner) for key, inner in value.items()}
        return " ".join(f"{key}={cell}" for key, cell in cells.items() if cell)
    if isinstance(value, list | tuple | frozenset):
        return ", ".join(_cell(inner) for inner in value)
    return one_line(str(value))
