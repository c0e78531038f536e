"""The protocol data units of SNMPv2 (RFC 3416), read and written."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from automation.lab.agent import ber
from automation.lab.agent.ber import Malformed

GET: Final = 0xA0
GETNEXT: Final = 0xA1
RESPONSE: Final = 0xA2
SET: Final = 0xA3
GETBULK: Final = 0xA5
INFORM: Final = 0xA6
TRAP: Final = 0xA7
REPORT: Final = 0xA8
LARGEST: Final = 1472
"""Octets of a message of the twin: what an Ethernet frame takes behind IP and UDP."""
_CONFIRMED: Final = frozenset({GET, GETNEXT, SET, GETBULK})


class ErrorStatus(IntEnum):
    """The error-status values that the twin answers with (RFC 3416, section 3)."""

    NO_ERROR = 0
    TOO_BIG = 1
    GEN_ERR = 5
    NO_ACCESS = 6
    AUTHORIZATION_ERROR = 16
    NOT_WRITABLE = 17


@dataclass(frozen=True, slots=True)
class Request:
    """A request that an agent answers: GET, GETNEXT, SET or GETBULK.

    `number` is its request-id; `names` are the content octets of the OBJECT IDENTIFIERs asked
    for. `first` and `second` are the non-repeaters and max-repetitions of a GETBULK. `varbinds`
    is the list as it was received, which an answer with an error repeats.
    """

    kind: int
    number: int
    first: int
    second: int
    names: tuple[bytes, ...]
    varbinds: bytes


def read_request(data: bytes, at: int, end: int) -> Request:
    """Return the request at `at`.

    Raises:
        Malformed: it is none that an agent answers, or not well formed.
    """
    kind, at, stop = ber.read(data, at, end)
    if kind not in _CONFIRMED:
        raise Malformed(f"{kind:#04x} is nothing that an agent answers")
    number, at = ber.read_integer(data, at, stop)
    first, at = ber.read_integer(data, at, stop)
    second, at = ber.read_integer(data, at, stop)
    start, last = ber.expect(data, at, stop, ber.SEQUENCE)
    return Request(kind, number, first, second, _names(data, start, last), data[start:last])


def _names(data: bytes, at: int, end: int) -> tuple[bytes, ...]:
    """Return the names of a list of varbinds; what is bound to them must at least be there."""
    names = []
    while at < end:
        start, stop = ber.expect(data, at, end, ber.SEQUENCE)
        name, value = ber.expect(data, start, stop, ber.OID)
        if ber.read(data, value, stop)[2] != stop:
            raise Malformed("a varbind that is not a name and a value")
        names.append(data[name:value])
        at = stop
    return tuple(names)


def varbind(name: bytes, value: bytes) -> bytes:
    """Return a varbind of an OBJECT IDENTIFIER and a value, both with tag and length."""
    return ber.tlv(ber.SEQUENCE, name + value)


def write(kind: int, number: int, varbinds: bytes, status: int = 0, index: int = 0) -> bytes:
    """Return a PDU: a response, a report or a notification."""
    head = ber.integer(number) + ber.integer(status) + ber.integer(index)
    return ber.tlv(kind, head + ber.tlv(ber.SEQUENCE, varbinds))


def refused(request: Request, status: ErrorStatus, index: int) -> bytes:
    """Return a response that repeats what was asked and says why it is not done."""
    return write(RESPONSE, request.number, request.varbinds, status, index)
