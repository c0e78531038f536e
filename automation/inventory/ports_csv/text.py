"""Bytes become numbered lines of ten cells: encodings, separators and quotes end here."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from automation.errors import Fault

COLUMNS: Final = (
    "device",
    "port",
    "role",
    "outlet",
    "service",
    "provider",
    "tier",
    "state",
    "from",
    "to",
)
FORMULA: Final = ("=", "+", "-", "@", "\t")
"""What a spreadsheet takes for the start of a formula."""
_HEADER: Final = ";".join(COLUMNS)
_AS_UTF8: Final = "in Excel save as `CSV UTF-8 (comma delimited)`, in LibreOffice choose UTF-8"


@dataclass(frozen=True, slots=True)
class Line:
    """One data row: the line it ends on, counted from 1, and its ten cells."""

    number: int
    cells: tuple[str, ...]

    def filled(self, columns: Iterable[str]) -> list[str]:
        """Return those of `columns` that are not empty in this row."""
        return [column for column in columns if self.cells[COLUMNS.index(column)]]


def lines(content: bytes, name: str, faults: list[Fault]) -> list[Line]:
    """Return the data rows of `content`; rows of another width are faults and left out.

    No cell holds a line break, so each line is read on its own and a quote that is not closed
    costs one line, not the rest of the file.
    """
    text = _decoded(content, name, faults)
    if text is None:
        return []
    header, *rows = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    separator = "," if header.count(",") > header.count(";") else ";"
    columns = _cells(header, separator, 1, name, faults)
    if columns != COLUMNS:
        faults.append(Fault(name, _header_fault(columns or ()), 1))
        return []
    found: list[Line] = []
    for number, row in enumerate(rows, 2):
        cells = _cells(row, separator, number, name, faults)
        if not cells or not any(cells):
            continue
        if len(cells) == len(COLUMNS):
            found.append(Line(number, cells))
        else:
            what = f"{len(cells)} columns; expected {len(COLUMNS)}: {_HEADER}"
            faults.append(Fault(name, what, number))
    return found


def _cells(
    row: str, separator: str, number: int, name: str, faults: list[Fault]
) -> tuple[str, ...] | None:
    """Return the cells of one line, or None and a fault when its quotes do not match."""
    try:
        return tuple(next(csv.reader((row,), delimiter=separator, strict=True), ()))
    except csv.Error as error:
        faults.append(
            Fault(name, f"{error}; expected plain cells, or whole ones in quotes", number)
        )
        return None


def _decoded(content: bytes, name: str, faults: list[Fault]) -> str | None:
    """Return `content` as text, or None and a fault that says how to save it."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        faults.append(Fault(name, f"is UTF-16; expected UTF-8: {_AS_UTF8}", 1))
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        byte = content[error.start]
        line = content.count(b"\n", 0, error.start) + 1
        looks = _as_cp1252(byte)
        what = f"byte {byte:#04x}{looks} is not UTF-8; {_AS_UTF8}"
        faults.append(Fault(name, what, line))
        return None


def _as_cp1252(byte: int) -> str:
    """Say which character the byte is in CP1252, if it is one."""
    character = bytes([byte]).decode("cp1252", errors="ignore")
    return f" ({character!r} in CP1252)" if character else ""


def _header_fault(header: tuple[str, ...]) -> str:
    missing = [column for column in COLUMNS if column not in header]
    unknown = [column for column in header if column not in COLUMNS]
    said = [f"column {', '.join(missing)} is missing"] if missing else []
    said += [f"unknown column {', '.join(map(repr, unknown))}"] if unknown else []
    return f"{'; '.join(said) or 'columns in another order'}; expected {_HEADER}"
