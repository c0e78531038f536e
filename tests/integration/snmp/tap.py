"""Agents behind a tap that counts what arrives at them: the twin's own, and any that listens."""

from __future__ import annotations

import selectors
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from automation.lab.agent import ber, v3
from automation.lab.agent.agent import Agent
from tests.integration.snmp.badagent import BadAgent
from tests.unit.lab.agent.demo import Hands

HERE: Final = "127.0.0.1"
_AUTH: Final = 1


class TwinAgent(BadAgent):
    """An agent of the twin on a port of its own; `clock`, if given, leaps with each datagram."""

    def __init__(self, agent: Agent, clock: Hands | None = None, address: str = HERE) -> None:
        """Answer as `agent` does, at an address."""
        super().__init__(lambda _: (), address)
        self._agent = agent
        self.clock = clock

    def answers(self, data: bytes) -> Sequence[bytes]:
        """Return what the agent says to one datagram."""
        if self.clock is not None:
            self.clock.now += 1_000_000
        answer = self._agent.answer(data, HERE)
        return [] if answer is None else [answer]


class Tap:
    """Hands datagrams on to an agent, and its answers back; keeps what was asked."""

    def __init__(self, agent: tuple[str, int], listen: str) -> None:
        """Listen on a free port of an address on loopback."""
        self._agent = agent
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((listen, 0))
        self.port: int = self._socket.getsockname()[1]
        self.seen: list[bytes] = []
        self._ends, self._end = socket.socketpair()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def signed(self) -> int:
        """How many of the datagrams were signed with a key."""
        return sum(map(_is_signed, self.seen))

    def taken(self) -> tuple[int, int]:
        """Return how many datagrams came since the last time, and how many of them were signed."""
        found = len(self.seen), self.signed
        self.seen.clear()
        return found

    def _serve(self) -> None:
        lines: dict[tuple[str, int], socket.socket] = {}
        with selectors.DefaultSelector() as ready:
            ready.register(self._socket, selectors.EVENT_READ)
            ready.register(self._ends, selectors.EVENT_READ)
            while True:
                for key, _ in ready.select():
                    if key.fileobj is self._ends:
                        for line in lines.values():
                            line.close()
                        return
                    if key.fileobj is not self._socket:
                        self._socket.sendto(key.data[0].recv(65_535), key.data[1])
                        continue
                    data, peer = self._socket.recvfrom(65_535)
                    self.seen.append(data)
                    if peer not in lines:
                        lines[peer] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                        lines[peer].connect(self._agent)
                        ready.register(lines[peer], selectors.EVENT_READ, (lines[peer], peer))
                    lines[peer].send(data)

    def close(self) -> None:
        """End the thread and close the sockets."""
        self._end.send(b"x")
        self._thread.join()
        for one in (self._socket, self._ends, self._end):
            one.close()


def _is_signed(data: bytes) -> bool:
    at, end = ber.expect(data, 0, len(data), ber.SEQUENCE)
    version, at = ber.read_integer(data, at, end)
    return version == v3.V3 and bool(v3.read_header(data, at, end)[0].flags & _AUTH)


@contextmanager
def tapped(address: str, port: int, listen: str = HERE) -> Iterator[Tap]:
    """Run a tap before the agent at `address` and `port`."""
    one = Tap((address, port), listen)
    try:
        yield one
    finally:
        one.close()
