"""`python -m tests.reallab.frames say|hear INTERFACE [SECONDS]`: what tells others their addresses.

`say` sends a router advertisement and a DHCPv6 reply to everybody; `hear` prints `hearing`, then
what arrives of these and of a DHCP server, `KIND MAC` a line. Both take a packet socket.
"""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Iterator
from typing import Final

_EVERY: Final = 3
"""ETH_P_ALL: every protocol."""
_IPV4, _IPV6 = b"\x08\x00", b"\x86\xdd"
_UDP, _ICMPV6 = 17, 58
_DHCP, _DHCPV6, _ADVERTISEMENT = 67, 547, 134
_FROM: Final = socket.inet_pton(socket.AF_INET6, "fe80::66")
_ALL_NODES: Final = socket.inet_pton(socket.AF_INET6, "ff02::1")
_TO: Final = bytes.fromhex("333300000001")
"""The Ethernet address of ff02::1 (RFC 2464, 7)."""


def kind(frame: bytes) -> str:
    """Return `dhcp`, `dhcpv6` or `advertisement` for what a server or a router sends, or ""."""
    form, packet = frame[12:14], frame[14:]
    if form == _IPV4 and packet[9] == _UDP:
        udp = packet[(packet[0] & 15) * 4 :]
        return "dhcp" if int.from_bytes(udp[:2]) == _DHCP else ""
    if form != _IPV6:
        return ""
    if packet[6] == _ICMPV6 and packet[40] == _ADVERTISEMENT:
        return "advertisement"
    return "dhcpv6" if packet[6] == _UDP and int.from_bytes(packet[40:42]) == _DHCPV6 else ""


def _said(mac: bytes) -> Iterator[bytes]:
    advertisement = bytes([_ADVERTISEMENT, 0, 0, 0, 64, 0]) + bytes.fromhex("0708") + bytes(8)
    yield _frame(mac, _ICMPV6, _with_checksum(_ICMPV6, advertisement, 2))
    reply = bytes([7, 0, 0, 1])
    ports = _DHCPV6.to_bytes(2) + (546).to_bytes(2)
    udp = ports + (8 + len(reply)).to_bytes(2) + bytes(2) + reply
    yield _frame(mac, _UDP, _with_checksum(_UDP, udp, 6))


def _frame(mac: bytes, header: int, body: bytes) -> bytes:
    ip = bytes([0x60, 0, 0, 0]) + len(body).to_bytes(2) + bytes([header, 255])
    return _TO + mac + _IPV6 + ip + _FROM + _ALL_NODES + body


def _with_checksum(header: int, body: bytes, at: int) -> bytes:
    """Return a message with its checksum (RFC 8200, 8.1)."""
    words = _FROM + _ALL_NODES + len(body).to_bytes(4) + header.to_bytes(4) + body
    total = sum(int.from_bytes(words[i : i + 2]) for i in range(0, len(words), 2))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return body[:at] + (~total & 0xFFFF).to_bytes(2) + body[at + 2 :]


def _hear(wire: socket.socket, seconds: float) -> None:
    sys.stdout.write("hearing\n")
    sys.stdout.flush()
    ends = time.monotonic() + seconds
    while (left := ends - time.monotonic()) > 0:
        wire.settimeout(left)
        try:
            frame = wire.recv(2048)
        except TimeoutError:
            return
        if what := kind(frame):
            sys.stdout.write(f"{what} {frame[6:12].hex(':')}\n")
            sys.stdout.flush()


def main(what: str, interface: str, seconds: str = "1") -> None:
    """Do what the module says."""
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_EVERY)) as wire:
        wire.bind((interface, _EVERY))
        if what == "hear":
            _hear(wire, float(seconds))
            return
        for frame in _said(wire.getsockname()[4]):
            wire.send(frame)


if __name__ == "__main__":
    main(*sys.argv[1:])
