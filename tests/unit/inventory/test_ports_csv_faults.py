"""Every fault that a row can have, with its line.

A case in `csv_faults.txt`: `== title`, the rows below the header, `!each fault` (line 1 is the
header). The store holds outlet S-1 on port Gig1/0/1 of sw-2.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from automation.inventory import ports_csv
from automation.model import (
    Inventory,
    Platform,
    Port,
    PortRole,
    PortState,
    Subscription,
    SubscriptionState,
)

HEADER = "device;port;role;outlet;service;provider;tier;state;from;to"
PARKED = "sw-1;Gig1/0/1;parked;;;;;;;"
STORED = Port("sw-2", "Gig1/0/1", PortRole.CUSTOMER, PortState.ACTIVE, "S-1")
DELIVERED = Subscription(
    "S-1", "internet", "hamnen", 2001, False, "t100", SubscriptionState.ACTIVE, date(2026, 1, 1)
)


def _cases() -> list[tuple[str, str, list[str]]]:
    text = (Path(__file__).parent / "csv_faults.txt").read_text(encoding="utf-8")
    found = []
    for block in text.split("== ")[1:]:
        title, *lines = block.rstrip("\n").split("\n")
        rows = "".join(f"{line}\n" for line in lines if not line.startswith("!"))
        found.append((title, rows, [line[1:] for line in lines if line.startswith("!")]))
    return found


@pytest.mark.parametrize(("title", "rows", "faults"), _cases(), ids=lambda value: str(value)[:60])
def test_fault_in_a_row(
    title: str,
    rows: str,
    faults: list[str],
    inventory: Inventory,
    platforms: dict[str, Platform],
) -> None:
    content = f"{HEADER}\n{rows}".encode()
    read = ports_csv.read(content, "p.csv", inventory, [STORED], [DELIVERED], platforms)
    assert [str(fault) for fault in read.faults] == [f"p.csv:{fault}" for fault in faults], title


HEADERS = [
    ("device;port;role", "column outlet, service, provider, tier, state, from, to is missing"),
    (HEADER.replace("outlet", "uttag"), "column outlet is missing; unknown column 'uttag'"),
    (HEADER.replace("device;port", "port;device"), "columns in another order"),
    ("", "column device, port, role, outlet"),
]


@pytest.mark.parametrize(("header", "said"), HEADERS)
def test_fault_in_the_header(header: str, said: str, inventory: Inventory) -> None:
    read = ports_csv.read(f"{header}\n{PARKED}\n".encode(), "p.csv", inventory, platforms={})
    (fault,) = read.faults
    assert fault.line == 1
    assert fault.what.startswith(said)
    assert fault.what.endswith(f"expected {HEADER}")


ENCODINGS = [
    (f"{HEADER}\n{PARKED}\n".encode("utf-8-sig"), None),
    (f"{HEADER}\r\n{PARKED}\r\n".encode(), None),
    (f"{HEADER}\r{PARKED}\r".encode(), None),
    (f"{HEADER}\n{PARKED}".encode(), None),
    (f"{HEADER}\n{PARKED}\n".replace(";", ",").encode(), None),
    (f"{HEADER}\n{PARKED}\n\n;;;;;;;;;\n".encode(), None),
    (f'{HEADER}\n"sw-1";"Gig1/0/1";"parked";;;;;;;\n'.encode(), None),
    (
        f"{HEADER}\nsw-1;Gig1/0/1;customer;Å-1;;;;;;\n".encode("cp1252"),
        "p.csv:2: byte 0xc5 ('Å' in CP1252) is not UTF-8; in Excel save as "
        "`CSV UTF-8 (comma delimited)`, in LibreOffice choose UTF-8",
    ),
    (
        f"{HEADER}\n{PARKED}\n".encode("utf-16"),
        "p.csv:1: is UTF-16; expected UTF-8: in Excel save as "
        "`CSV UTF-8 (comma delimited)`, in LibreOffice choose UTF-8",
    ),
]


@pytest.mark.parametrize(("content", "fault"), ENCODINGS)
def test_encodings_separators_and_line_ends(
    content: bytes, fault: str | None, inventory: Inventory, platforms: dict[str, Platform]
) -> None:
    read = ports_csv.read(content, "p.csv", inventory, platforms=platforms)
    assert [str(one) for one in read.faults] == ([fault] if fault else [])
    parked = Port("sw-1", "Gig1/0/1", PortRole.PARKED, PortState.PARKED)
    assert read.ports == (() if fault else (parked,))
