"""What the relay agent adds, octet for octet, and what it drops."""

from __future__ import annotations

import struct

import pytest

from tests.reallab.relay import relayed

pytestmark = pytest.mark.reallab
ETHERNET = bytes.fromhex("ffffffffffff 020000000001 0800".replace(" ", ""))
TAGGED = ETHERNET[:12] + bytes.fromhex("81000579") + ETHERNET[12:]
DISCOVER = bytes([53, 1, 1])
ADDED = bytes([82, 10, 1, 3]) + b"A-1" + bytes([2, 3]) + b"sw1"


def _frame(
    options: bytes, ethernet: bytes = ETHERNET, ports: tuple[int, int] = (68, 67), udp: int = 17
) -> bytes:
    message = bytes([1, 1, 6, 0]).ljust(236, b"\0") + bytes.fromhex("63825363") + options
    datagram = struct.pack("!HHHH", *ports, 8 + len(message), 0xBEEF) + message
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(datagram), 7, 0, 64, udp, 0xDEAD)
    return ethernet + header + bytes(4) + b"\xff" * 4 + datagram


@pytest.mark.parametrize("ethernet", [ETHERNET, TAGGED], ids=["untagged", "tagged"])
@pytest.mark.parametrize("padding", [b"", b"\0\0"], ids=["bare", "padded"])
def test_the_option_becomes_the_last_one(ethernet: bytes, padding: bytes) -> None:
    new = relayed(_frame(padding + DISCOVER + b"\xff", ethernet), lambda: "A-1", "sw1")
    assert new is not None
    assert new[: len(ethernet)] == ethernet
    ip, rest = new[len(ethernet) :][:20], new[len(ethernet) + 20 :]
    assert _sum(ip) == 0xFFFF
    assert struct.unpack("!H", ip[2:4])[0] == 20 + len(rest)
    assert struct.unpack("!HHHH", rest[:8]) == (68, 67, len(rest), 0)
    assert rest[8:][240:].rstrip(b"\0").lstrip(b"\0") == DISCOVER + ADDED + b"\xff"
    assert len(rest) - 8 >= 300


def _sum(header: bytes) -> int:
    total: int = sum(struct.unpack("!10H", header))
    return (total & 0xFFFF) + (total >> 16)


@pytest.mark.parametrize(
    "frame",
    [
        _frame(DISCOVER + bytes([82, 3, 1, 1, 65]) + b"\xff"),
        _frame(DISCOVER),
        _frame(DISCOVER + b"\xff", ports=(67, 68)),
        _frame(DISCOVER + b"\xff", udp=6),
        _frame(DISCOVER + b"\xff", ETHERNET[:12] + b"\x86\xdd"),
    ],
    ids=["the customer's own option", "no end", "an answer", "not UDP", "not IPv4"],
)
def test_any_other_frame_is_dropped(frame: bytes) -> None:
    assert relayed(frame, lambda: "A-1", "sw1") is None
