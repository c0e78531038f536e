"""UDP around the agents: one socket a device, at the address where its SSH port is."""

from __future__ import annotations

import asyncio
import socket

from automation.lab.agent.agent import Agent

_AT_ONCE = 16
"""Datagrams that are taken from one device before the others get their turn."""
_LARGEST = 65_535


class Port:
    """The UDP port of one agent."""

    def __init__(self, agent: Agent, address: str, port: int) -> None:
        """Open the port; OSError when somebody else has it."""
        self._agent = agent
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        try:
            self._socket.bind((address, port))
        except OSError:
            self._socket.close()
            raise
        asyncio.get_running_loop().add_reader(self._socket, self._receive)

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
                self._send(reply, peer)

    def _send(self, data: bytes, peer: tuple[str, int]) -> None:
        """Send a datagram; one for which there is no room is lost, as on any network."""
        try:
            self._socket.sendto(data, peer)
        except OSError:
            return

    def close(self) -> None:
        """Close the port."""
        asyncio.get_running_loop().remove_reader(self._socket)
        self._socket.close()
