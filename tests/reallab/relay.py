"""Option 82 for a switch that has none of its own: a small DHCP relay agent on its network.

It runs beside one switch. A flow drops what customers' DHCP clients send; this program takes
its own copy of each such frame, adds the relay agent information option (RFC 3046) and gives it
back to the switch as if it came in at that port, so that VLANs and isolation hold for it too.
The circuit-id is the port's outlet, or `switch/port` where it has none.

Answers go to the client as they are, option 82 included: a client ignores it.

    python -m tests.reallab.relay SWITCH RUNDIR PORT…     in the switch's network namespace
"""

from __future__ import annotations

import select
import socket
import struct
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from tests.reallab.commands import run

COOKIE: Final = "0x82"
"""Marks our flows among the switch's others."""
_IPV4: Final = b"\x08\x00"
_TAGGED: Final = b"\x81\x00"
_UDP: Final = 17
_CLIENT, _SERVER = 68, 67
_OPTIONS: Final = 240
_PAD, _RELAY_INFORMATION, _END = 0, 82, 255
_SHORTEST: Final = 300
"""Octets of a BOOTP message (RFC 1542 section 2.1)."""
_AUXDATA: Final = 8
_VLAN_VALID: Final = 1 << 4


@dataclass(frozen=True, slots=True)
class Switch:
    """The switch that is relayed for: its name, and the folder with its daemons' sockets."""

    name: str
    sockets: Path

    def vsctl(self, *words: str) -> str:
        """Return what ovs-vsctl prints."""
        return run("ovs-vsctl", f"--db=unix:{self.sockets}/db.sock", "--timeout=10", *words).strip()

    def ofctl(self, command: str, *words: str) -> str:
        """Return what ovs-ofctl prints."""
        return run("ovs-ofctl", command, f"unix:{self.sockets}/br0.mgmt", *words)

    def circuit(self, port: str) -> str:
        """Return the circuit-id of a port."""
        outlet = self.vsctl("--if-exists", "get", "port", port, "external_ids:outlet")
        return outlet.strip('"') or f"{self.name}/{port}"


def relayed(frame: bytes, circuit: Callable[[], str], remote: str) -> bytes | None:
    """Return a client's DHCP frame with the option added; None for any other frame.

    A frame that has the option already is dropped: it came from a customer, whose word about
    himself is worth nothing (RFC 3046 section 2.1).
    """
    at = 18 if frame[12:14] == _TAGGED else 14
    if frame[at - 2 : at] != _IPV4 or frame[at + 9] != _UDP:
        return None
    head = 4 * (frame[at] & 0xF)
    ip, udp = frame[at : at + head], frame[at + head : at + head + 8]
    source, target, length = struct.unpack("!HHH", udp[:6])
    if (source, target) != (_CLIENT, _SERVER):
        return None
    message = _with_option(frame[at + head + 8 : at + head + length], circuit, remote)
    if message is None:
        return None
    udp = struct.pack("!HHHH", _CLIENT, _SERVER, 8 + len(message), 0)  # 0: no checksum (RFC 768)
    return frame[:at] + _header(ip, len(udp) + len(message)) + udp + message


def _with_option(message: bytes, circuit: Callable[[], str], remote: str) -> bytes | None:
    """Return a DHCP message with the option as its last; None where it must not have one."""
    at = _OPTIONS
    while at < len(message) and message[at] != _END:
        if message[at] == _RELAY_INFORMATION:
            return None
        at += 1 if message[at] == _PAD else 2 + message[at + 1]
    if at >= len(message):
        return None
    inner = _option(1, circuit().encode()) + _option(2, remote.encode())
    whole = message[:at] + _option(_RELAY_INFORMATION, inner) + bytes([_END])
    return whole.ljust(_SHORTEST, b"\0")


def _option(number: int, value: bytes) -> bytes:
    return bytes([number, len(value)]) + value


def _header(ip: bytes, payload: int) -> bytes:
    """Return an IPv4 header for another length, its checksum anew (RFC 791 section 3.1)."""
    bare = ip[:2] + struct.pack("!H", len(ip) + payload) + ip[4:10] + b"\0\0" + ip[12:]
    total = sum(struct.unpack(f"!{len(bare) // 2}H", bare))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return bare[:10] + struct.pack("!H", ~total & 0xFFFF) + bare[12:]


def _open(port: str) -> socket.socket:
    """Return a packet socket that hears what comes in at a port (packet(7))."""
    listening = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    listening.bind((port, 3))
    listening.setsockopt(263, _AUXDATA, 1)  # SOL_PACKET, PACKET_AUXDATA
    return listening


def _receive(listening: socket.socket) -> bytes | None:
    """Return one frame that came in, with the VLAN tag that the kernel has taken from it."""
    frame, extra, _, sender = listening.recvmsg(2048, 64)
    if sender[2] == socket.PACKET_OUTGOING:
        return None
    for _, kind, data in extra:
        status, *_, tag, _ = struct.unpack("IIIHHHH", data)
        if kind == _AUXDATA and status & _VLAN_VALID:
            return frame[:12] + _TAGGED + struct.pack("!H", tag) + frame[12:]
    return frame


def relay(switch: Switch, ports: Iterable[str]) -> None:
    """Relay for the ports of a switch until killed."""
    numbers = {port: switch.vsctl("get", "interface", port, "ofport") for port in ports}
    listening = {_open(port): port for port in numbers}
    for number in numbers.values():
        match = f"cookie={COOKIE},priority=200,in_port={number},udp,tp_src=68,tp_dst=67"
        switch.ofctl("add-flow", f"{match},actions=drop")
    print("relaying", flush=True)  # noqa: T201 - who started us waits for it
    while True:
        for ready in select.select(list(listening), [], [])[0]:
            port, frame = listening[ready], _receive(ready)
            if frame and (new := relayed(frame, partial(switch.circuit, port), switch.name)):
                words = f"in_port={numbers[port]} packet={new.hex()} actions=normal"
                switch.ofctl("packet-out", words)


if __name__ == "__main__":
    relay(Switch(sys.argv[1], Path(sys.argv[2])), sys.argv[3:])
