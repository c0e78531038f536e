"""Answers bent on purpose: what a broken agent, or a broken way to it, makes of a true one.

Each kind of bending is named, and repeated by its seed. What nobody could tell from the truth is
not sent: see `lies`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Final

from tests.integration.snmp.badagent import (
    Request,
    Value,
    encoded,
    integer,
    tlv,
    value_of,
)

RESPONSE: Final = 0xA2
_SEQUENCE: Final = 0x30
_OCTETS: Final = 4
_COUNTER64: Final = 0x46
_NUMBERS: Final = (0x02, 0x41, 0x42, 0x43, 0x46, 0x47)
"""INTEGER, Counter32, Gauge32, TimeTicks, Counter64 and the UInteger32 of old."""
_OTHER_TYPES: Final = (0x01, 0x04, 0x05, 0x06, 0x09, 0x40, 0x44, 0x80, 0x82, 0x30, 0x99, 0x66)
"""BIT STRING is left out: the library hands out what is in one as a number."""
_PDUS: Final = (0xA0, 0xA1, 0xA3, 0xA5, 0xA6, 0xA7, 0xA8, 0xA9, 0x30)
_LENGTHS: Final = (
    b"\x00",
    b"\x7f",
    b"\x80",
    b"\x81",
    b"\x84\xff\xff\xff\xff",
    b"\x88" + b"\xff" * 8,
)


@dataclass(frozen=True)
class Answer:
    """A response before it is put together: names and values as they are encoded."""

    id: bytes
    status: int
    tag: int
    varbinds: tuple[tuple[bytes, bytes], ...]

    @classmethod
    def true(cls, request: Request, pairs: Sequence[tuple[str, Value]]) -> Answer:
        """Return the answer that is right."""
        bound = tuple((encoded(name), value_of(value)) for name, value in pairs)
        return cls(integer(request.id), 0, RESPONSE, bound)

    @property
    def pdu(self) -> bytes:
        """The whole PDU."""
        bindings = b"".join(tlv(_SEQUENCE, name + value) for name, value in self.varbinds)
        numbers = self.id + integer(self.status) + integer(0)
        return tlv(self.tag, numbers + tlv(_SEQUENCE, bindings))


Bend = Callable[[Answer, Random], Answer]
Break = Callable[[bytes, Random], bytes]


def _dropped(answer: Answer, chance: Random) -> Answer:
    kept = [one for one in answer.varbinds if chance.random() > 0.3]
    return replace(answer, varbinds=tuple(kept))


def _doubled(answer: Answer, chance: Random) -> Answer:
    found = list(answer.varbinds)
    found.insert(chance.randrange(len(found) + 1), chance.choice(found))
    return replace(answer, varbinds=tuple(found))


def _turned(answer: Answer, chance: Random) -> Answer:
    found = list(answer.varbinds)
    chance.shuffle(found)
    return replace(answer, varbinds=tuple(found))


def _beside(answer: Answer, chance: Random) -> Answer:
    """Give one value the name of another, which then stands there twice."""
    found = list(answer.varbinds)
    at, other = chance.randrange(len(found)), chance.randrange(len(found))
    found[at] = (found[other][0], found[at][1])
    return replace(answer, varbinds=tuple(found))


def _shifted(answer: Answer, chance: Random) -> Answer:
    """Give every value the name of the one behind it; the first name is gone."""
    names = [name for name, _ in answer.varbinds]
    values = [value for _, value in answer.varbinds]
    return replace(answer, varbinds=tuple(zip(names[1:], values, strict=False)))


def _next_row(answer: Answer, chance: Random) -> Answer:
    """Give some values the name of the same column in the next row, asked for or not."""
    found = [
        (name[:-1] + bytes([name[-1] + 1 & 127]) if chance.random() < 0.2 else name, value)
        for name, value in answer.varbinds
    ]
    return replace(answer, varbinds=tuple(found))


def _other_type(answer: Answer, chance: Random) -> Answer:
    """Send some values as another type, with the same octets."""
    types = (*_NUMBERS, *_OTHER_TYPES)
    found = [
        (name, bytes([chance.choice(types)]) + value[1:] if chance.random() < 0.3 else value)
        for name, value in answer.varbinds
    ]
    return replace(answer, varbinds=tuple(found))


def _odd_value(answer: Answer, chance: Random) -> Answer:
    """Put something into one varbind that is no value for any counter."""
    odd = chance.choice(
        (
            b"",
            b"\x05\x00",
            tlv(6, b""),
            tlv(_OCTETS, chance.randbytes(chance.choice((0, 9, 300)))),
            _nested(chance.choice((1, 50, 1000))),
            tlv(_COUNTER64, b""),
            bytes((_COUNTER64,)),
            bytes((_COUNTER64, 0x84, 1)),
            b"\x1f\xff\xff",
        )
    )
    found = list(answer.varbinds)
    at = chance.randrange(len(found))
    found[at] = chance.choice(((found[at][0], odd), (b"", b""), (odd, found[at][1])))
    return replace(answer, varbinds=tuple(found))


def _nested(depth: int) -> bytes:
    found = b""
    for _ in range(depth):
        found = tlv(_SEQUENCE, found)
    return found


def _huge(answer: Answer, chance: Random) -> Answer:
    """Add a varbind that fills what a datagram can hold."""
    big = chance.choice(
        (
            (encoded("1.3.6.1.9"), tlv(_OCTETS, bytes(50_000))),
            (tlv(6, b"\x2b" + bytes(chance.randrange(1, 40_000))), b"\x05\x00"),
            (tlv(6, b"\x2b" + b"\xff" * 20_000 + b"\x01"), b"\x05\x00"),
            (encoded("1.3.6.1.9"), _nested(8000)),
            (encoded("1.3.6.1.9"), tlv(_COUNTER64, bytes(20_000))),
        )
    )
    return replace(answer, varbinds=(*answer.varbinds, big))


def _other_id(answer: Answer, chance: Random) -> Answer:
    ids = (0, -1, 2**31 - 1, -(2**31), 2**63, chance.randrange(2**31))
    return replace(answer, id=chance.choice((*map(integer, ids), b"\x02\x00", b"\x05\x00", b"")))


def _other_status(answer: Answer, chance: Random) -> Answer:
    return replace(answer, status=chance.choice((1, 2, 5, 16, 77, -1)))


def _other_pdu(answer: Answer, chance: Random) -> Answer:
    return replace(answer, tag=chance.choice(_PDUS))


def _empty(answer: Answer, chance: Random) -> Answer:
    return replace(answer, varbinds=())


BENT: Final[Mapping[str, Bend]] = {
    "varbinds dropped": _dropped,
    "varbinds doubled": _doubled,
    "varbinds in another order": _turned,
    "a name over its neighbour's value": _beside,
    "every name over its neighbour's value": _shifted,
    "a name of the next row": _next_row,
    "another type": _other_type,
    "an odd value": _odd_value,
    "huge": _huge,
    "another request's id": _other_id,
    "an error status": _other_status,
    "another PDU": _other_pdu,
    "no varbinds": _empty,
}
"""What an agent itself may get wrong: over v3 it is signed and enciphered like the truth."""


def _flipped(data: bytes, chance: Random) -> bytes:
    found = bytearray(data)
    for _ in range(chance.randrange(1, 6)):
        found[chance.randrange(len(found))] ^= 1 << chance.randrange(8)
    return bytes(found)


def _cut(data: bytes, chance: Random) -> bytes:
    return data[: chance.randrange(len(data))]


def _grown(data: bytes, chance: Random) -> bytes:
    return data + chance.randbytes(chance.choice((1, 2, 40, 2000)))


def _spliced(data: bytes, chance: Random) -> bytes:
    """Leave a piece out, or send it twice."""
    at, size = chance.randrange(len(data)), chance.randrange(1, 40)
    twice = data[at : at + size] if chance.random() < 0.5 else b""
    return data[:at] + twice + twice + data[at + size :]


def _lying_length(data: bytes, chance: Random) -> bytes:
    """Let one element say that it is longer or shorter than it is, or has no length at all."""
    at = chance.choice([at for at, _, _ in elements(data, 0, len(data))]) + 1
    size = data[at]
    near = bytes([(size + chance.choice((-2, -1, 1, 2))) % 256])
    return data[:at] + chance.choice((near, *_LENGTHS)) + data[at + 1 :]


def _nonsense(data: bytes, chance: Random) -> bytes:
    return chance.choice(
        (
            b"",
            b"\x30",
            b"\x30\x81",
            b"\x1f\xff",
            b"\x30\x80" * chance.randrange(1, 20_000),
            _nested(chance.choice((3, 500, 15_000))),
            bytes(chance.choice((7, 65_000))),
            chance.randbytes(chance.randrange(1, 1400)),
        )
    )


BROKEN: Final[Mapping[str, Break]] = {
    "bits flipped": _flipped,
    "cut": _cut,
    "octets behind the end": _grown,
    "a piece missing or twice": _spliced,
    "a length that lies": _lying_length,
    "nonsense": _nonsense,
}
"""What may become of a datagram on its way."""


def elements(data: bytes, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield where each element begins and its content lies, depth first, as far as it goes."""
    while at + 2 <= end:
        size, start = data[at + 1], at + 2
        if size & 128:
            start += size & 127
            size = int.from_bytes(data[at + 2 : start], "big")
        if start + size > end:
            return
        yield at, start, start + size
        if data[at] & 0x20:
            yield from elements(data, start, start + size)
        at = start + size
