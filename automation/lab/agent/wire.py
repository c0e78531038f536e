"""UDP around the agents: one socket a device, at the address where its SSH port is.

One socket for all, told the destination by IP_PKTINFO, costs the same: 0.8 CPU-seconds for 780
devices of 48 ports and ten columns. But at 100 devices in flight its receive buffer overflows (62
and 93 of 7,800 requests lost), and only a privileged process may have a larger one.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress

from automation.lab.agent.agent import Agent
from automation.lab.faults import Fault, FaultKind

_AT_ONCE = 16
"""Datagrams that are taken from one device before the others get their turn."""
_LARGEST = 65_535
_NOBODY = 251
"""A last octet that no device of a lab has."""
Peer = tuple[str, int]


class Port:
    """The UDP port of one agent."""

    def __init__(self, agent: Agent, address: str, port: int) -> None:
        """Open the port; OSError when somebody else has it."""
        self._agent = agent
        self._address = address
        self._loop = asyncio.get_running_loop()
        self._socket = _bound(address, port)
        self._loop.add_reader(self._socket, self._receive)
        agent.emit = self._emit

    def _receive(self) -> None:
        for _ in range(_AT_ONCE):
            try:
                data, peer = self._socket.recvfrom(_LARGEST)
            except BlockingIOError:
                return
            except OSError:  # an ICMP error that answers what was sent before
                continue
            reply = self._agent.answer(data, peer[0])
            if reply is not None:
                self._reply(reply, peer)

    def _reply(self, data: bytes, peer: Peer) -> None:
        """Send a reply, or what the device's fault makes of it."""
        fault = self._agent.device.switch.fault
        match fault and fault.kind:
            case FaultKind.SLOW | FaultKind.DRIP:
                self._loop.call_later(_delay(fault), self._send, data, peer)
            case FaultKind.TRUNCATED:
                self._send(data[: len(data) // 2], peer)
            case FaultKind.SOURCE:
                with _bound(f"{self._address.rpartition('.')[0]}.{_NOBODY}", 0) as elsewhere:
                    elsewhere.sendto(data, peer)
            case _:
                self._send(data, peer)

    def _send(self, data: bytes, peer: Peer) -> None:
        """Send a datagram; one for which there is no room is lost, as on any network."""
        with suppress(OSError):
            self._socket.sendto(data, peer)

    def _emit(self, data: bytes, address: str, port: int) -> None:
        self._send(data, (address, port))

    def close(self) -> None:
        """Close the port."""
        self._loop.remove_reader(self._socket)
        self._socket.close()


def _delay(fault: Fault | None) -> float:
    """Return how many seconds a device thinks about a reply; a dripping one half as long."""
    if fault is None:
        return 0.0
    return fault.ms / (2000 if fault.kind is FaultKind.DRIP else 1000)


def _bound(address: str, port: int) -> socket.socket:
    """Return a socket at an address; OSError when somebody else has it."""
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.setblocking(False)
    try:
        made.bind((address, port))
    except OSError:
        made.close()
        raise
    return made
