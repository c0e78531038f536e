"""What the library under test would read in a datagram, at its most lenient.

It takes octets behind a value, numbers with no octet or too many, arcs beyond 32 bits and a length
of indefinite form for what they would be otherwise. What it reads so cannot be told from the truth
by whoever uses it. This follows its source (gufo-snmp 0.13, `src/ber` and `src/snmp`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from tests.integration.snmp.badagent import Value

_SEQUENCE: Final = (0, 16)
_OID, _RELATIVE = (0, 6), (0, 13)
_BITS: Final = {(0, 2): 64, (1, 1): 32, (1, 2): 32, (1, 3): 32, (1, 6): 64, (1, 7): 32}
"""The types that are numbers, and how many of their bits are kept."""
_OCTETS: Final = frozenset({(0, 4), (0, 7), (1, 4)})
_ENCIPHERED: Final = (0, 4)
Element = tuple[tuple[int, int], bytes]
"""Class and number of a tag, and a content."""
Decipher = Callable[[bytes, bytes], bytes]
"""Makes the scoped PDU of security parameters and what was enciphered."""


class Unread(Exception):
    """The library does not take this for a message either."""


def _first(data: bytes) -> tuple[Element, bytes]:
    """Return the first element, and what is behind it."""
    try:
        kind, at = data[0] >> 6, 1
        number = data[0] & 31
        if number == 31:
            number = 0
            while True:
                number, at = number << 7 | data[at] & 127, at + 1
                if not data[at - 1] & 128:
                    break
        size, at = data[at], at + 1
        if size & 128:
            octets = size & 127
            if at + octets > len(data):
                raise Unread
            size, at = int.from_bytes(data[at : at + octets], "big") % (1 << 64), at + octets
    except IndexError:
        raise Unread from None
    if at + size > len(data):
        raise Unread
    return ((kind, number), data[at : at + size]), data[at + size :]


def _some(data: bytes, count: int) -> list[Element]:
    """Return the first `count` elements; whatever is behind them does not matter."""
    found = []
    for _ in range(count):
        element, data = _first(data)
        found.append(element)
    return found


def pairs(data: bytes, decipher: Decipher | None = None) -> list[tuple[str, Value]]:
    """Return what a message of v2c holds or, with `decipher`, one of v3; nothing if unread."""
    try:
        ((_, message),) = _some(data, 1)
        if decipher is None:
            pdu = _some(message, 3)[2][1]
        else:
            _, _, (_, security), (kind, scoped) = _some(message, 4)
            if kind == _ENCIPHERED:
                ((_, scoped),) = _some(decipher(security, scoped), 1)
            pdu = _some(scoped, 3)[2][1]
        return list(_bindings(_some(pdu, 4)[3][1]))
    except Unread:
        return []


def _bindings(data: bytes) -> Iterator[tuple[str, Value]]:
    last: tuple[int, ...] = ()
    while data:
        (_, varbind), data = _first(data)
        (kind, name), rest = _first(varbind)
        arcs = _arcs(name)
        if kind == _OID:
            last = (min(arcs[0] // 40, 2), arcs[0] - 40 * min(arcs[0] // 40, 2), *arcs[1:])
        elif kind == _RELATIVE:
            last = (*last[: max(len(last) - len(arcs), 0)], *arcs)
        else:
            raise Unread
        value = _value(_first(rest)[0])
        if value is not None:
            yield ".".join(map(str, last)), value


def _arcs(content: bytes) -> tuple[int, ...]:
    found, arc = [], 0
    for octet in content:
        arc = (arc << 7 | octet & 127) % (1 << 32)
        if octet < 128:
            found.append(arc)
            arc = 0
    return tuple(found) or (0,)


def _value(element: Element) -> Value:
    kind, content = element
    if kind in _OCTETS:
        return content
    if kind not in _BITS:
        return None
    number = int.from_bytes(content, "big") % (1 << _BITS[kind])
    signed = kind == (0, 2) and content[:1] >= b"\x80"
    return number - (1 << 8 * min(len(content), 8)) if signed else number
