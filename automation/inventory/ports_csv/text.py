"""Bytes become numbered lines of ten cells: encodings, separators and quotes end here."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from io import StringIO
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
    """Return the data rows of `content`; rows of another width are faults and left out."""
    text = _decoded(content, name, faults)
    if text is None:
        return []
    reader = csv.reader(StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    found: list[Line] = []
    try:
        header = tuple(next(reader, ()))
        if header != COLUMNS:
            faults.append(Fault(name, _header_fault(header), 1))
            return []
        for cells in reader:
            if not any(cells):
                continue
            if len(cells) == len(COLUMNS):
                found.append(Line(reader.line_num, tuple(cells)))
            else:
                what = f"{len(cells)} columns; expected {len(COLUMNS)}: {_HEADER}"
                faults.append(Fault(name, what, reader.line_num))
    except csv.Error as error:
        what = f"{error}; expected plain cells (nothing after this line was read)"
        faults.append(Fault(name, what, reader.line_num))
    return found


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


def _separator(text: str) -> str:
    """Return the separator of the header line: the one that stands there more often."""
    header = text.partition("\n")[0]
    return "," if header.count(",") > header.count(";") else ";"


def _header_fault(header: tuple[str, ...]) -> str:
    missing = [column for column in COLUMNS if column not in header]
    unknown = [column for column in header if column not in COLUMNS]
    said = [f"column {', '.join(missing)} is missing"] if missing else []
    said += [f"unknown column {', '.join(map(repr, unknown))}"] if unknown else []
    return f"{'; '.join(said) or 'columns in another order'}; expected {_HEADER}"
