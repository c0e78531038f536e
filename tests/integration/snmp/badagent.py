"""A UDP responder for v2c whose every answer is scripted: what no real agent should send.

It shares nothing with the library under test: requests are taken apart and replies put together
by hand (X.690, RFC 3416).
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

GET: Final = 0xA0
GETNEXT: Final = 0xA1
GETBULK: Final = 0xA5
_RESPONSE: Final = 0xA2
_EXCEPTIONS: Final = {"noSuchObject": 0x80, "noSuchInstance": 0x81, "endOfMibView": 0x82}
_COUNTER64: Final = 0x46


class Oid(str):
    """An object identifier as a value."""

    __slots__ = ()


Value = int | bytes | str | None
"""An integer (as Counter64, which every reader takes), octets, an `Oid`, the name of an exception,
NULL."""


@dataclass(frozen=True)
class Request:
    """What was asked: the PDU's tag, its id, its two numbers and its names."""

    tag: int
    id: int
    first: int
    second: int
    oids: tuple[str, ...]


def tlv(tag: int, body: bytes) -> bytes:
    """Return an element: its tag, its length, its content."""
    size = len(body)
    if size < 128:
        return bytes((tag, size)) + body
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(octets))) + octets + body


def integer(value: int, tag: int = 2) -> bytes:
    """Return an INTEGER, or another number by its tag."""
    return tlv(tag, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=value < 0))


def encoded(text: str) -> bytes:
    """Return an OBJECT IDENTIFIER."""
    first, second, *rest = map(int, text.split("."))
    body = bytearray([first * 40 + second])
    for arc in rest:
        group = [arc & 127]
        while arc := arc >> 7:
            group.append(arc & 127 | 128)
        body += bytes(reversed(group))
    return tlv(6, bytes(body))


def value_of(value: Value) -> bytes:
    """Return a value as it stands in a varbind."""
    if value is None:
        return b"\x05\x00"
    if isinstance(value, Oid):
        return encoded(value)
    if isinstance(value, str):
        return bytes((_EXCEPTIONS[value], 0))
    return tlv(4, value) if isinstance(value, bytes) else integer(value, _COUNTER64)


def reply(
    request: Request,
    pairs: Iterable[tuple[str, Value]],
    *,
    status: int = 0,
    index: int = 0,
    community: bytes = b"public",
) -> bytes:
    """Return a response to `request` with these variables (RFC 3416, 3)."""
    bindings = b"".join(tlv(0x30, encoded(oid) + value_of(value)) for oid, value in pairs)
    numbers = integer(request.id) + integer(status) + integer(index)
    pdu = tlv(_RESPONSE, numbers + tlv(0x30, bindings))
    return tlv(0x30, integer(1) + tlv(4, community) + pdu)


def _element(data: bytes, at: int) -> tuple[int, bytes, int]:
    """Return tag, content, and where the next element begins."""
    tag, size, at = data[at], data[at + 1], at + 2
    if size & 128:
        octets = size & 127
        size, at = int.from_bytes(data[at : at + octets], "big"), at + octets
    return tag, data[at : at + size], at + size


def _elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(data):
        tag, content, at = _element(data, at)
        yield tag, content


def _text(body: bytes) -> str:
    arcs, arc = [body[0] // 40, body[0] % 40], 0
    for octet in body[1:]:
        arc = arc << 7 | octet & 127
        if octet < 128:
            arcs.append(arc)
            arc = 0
    return ".".join(map(str, arcs))


def taken_apart(data: bytes) -> Request:
    """Return the request in a v2c datagram."""
    ((_, message),) = _elements(data)
    _, _, (tag, pdu) = _elements(message)
    (_, request), (_, first), (_, second), (_, bindings) = _elements(pdu)
    names = tuple(_text(next(_elements(one))[1]) for _, one in _elements(bindings))
    number = int.from_bytes(request, "big", signed=True)
    return Request(tag, number, int.from_bytes(first, "big"), int.from_bytes(second, "big"), names)


def oid_key(text: str) -> tuple[int, ...]:
    """Return an OID as numbers: their order is the agent's order."""
    return tuple(map(int, text.split(".")))


def well_behaved(request: Request, values: dict[str, Value]) -> list[tuple[str, Value]]:
    """Return what an agent that holds `values` answers."""
    if request.tag == GET:
        return [(oid, values.get(oid, "noSuchInstance")) for oid in request.oids]
    repeats = request.second if request.tag == GETBULK else 1
    ordered = sorted(values, key=oid_key)
    after = [oid for oid in ordered if oid_key(oid) > oid_key(request.oids[0])][:repeats]
    found: list[tuple[str, Value]] = [(oid, values[oid]) for oid in after]
    return found or [(request.oids[0], "endOfMibView")]


Script = Callable[[Request], Sequence[bytes]]


class BadAgent:
    """Answers every request with the datagrams that its script returns; keeps what was asked."""

    def __init__(self, script: Script, address: str = "127.0.0.1", port: int = 0) -> None:
        """Listen at an address, on a free port unless it is told which."""
        self._script = script
        self._family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._socket = socket.socket(self._family, socket.SOCK_DGRAM)
        self._socket.bind((address, port))
        self.port: int = self._socket.getsockname()[1]
        self.requests: list[Request] = []
        self.peer = ("127.0.0.1", 0)
        """Who asked last."""
        self._over = threading.Event()
        self._drips: list[threading.Thread] = []
        self.thread = threading.Thread(target=self._serve, daemon=True)

    def _serve(self) -> None:
        while True:
            data, peer = self._socket.recvfrom(65535)
            if not data:
                return
            self.peer = peer
            for answer in self.answers(data):
                self._socket.sendto(answer, peer)

    def answers(self, data: bytes) -> Sequence[bytes]:
        """Return the datagrams that answer one."""
        request = taken_apart(data)
        self.requests.append(request)
        return self._script(request)

    def keep_sending(self, datagram: bytes, every: float) -> None:
        """Send `datagram` to who asked, every so many seconds until the end."""

        def send() -> None:
            while not self._over.wait(every):
                self._socket.sendto(datagram, self.peer)

        self._drips.append(threading.Thread(target=send, daemon=True))
        self._drips[-1].start()

    def stop(self) -> None:
        """End the threads and close the socket."""
        self._over.set()
        for drip in self._drips:
            drip.join()
        with socket.socket(self._family, socket.SOCK_DGRAM) as one:
            one.sendto(b"", self._socket.getsockname())
        self.thread.join()
        self._socket.close()


@contextmanager
def agent(script: Script, address: str = "127.0.0.1", port: int = 0) -> Iterator[BadAgent]:
    """Run an agent that follows `script`."""
    one = BadAgent(script, address, port)
    one.thread.start()
    try:
        yield one
    finally:
        one.stop()
