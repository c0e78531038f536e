"""BER as SNMP uses it (X.690, RFC 3417 section 8): definite lengths, one octet of tag.

The twin's own: what the product reads SNMP with must not be what answers it. Reading is strict
about bounds and lenient about long forms of a length, as RFC 3417 asks; whatever does not fit
is `Malformed`, and nothing else is ever raised.
"""

from __future__ import annotations

from typing import Final

Oid = tuple[int, ...]

INTEGER: Final = 0x02
OCTETS: Final = 0x04
NULL: Final = 0x05
OID: Final = 0x06
SEQUENCE: Final = 0x30
IP_ADDRESS: Final = 0x40
COUNTER32: Final = 0x41
GAUGE32: Final = 0x42
TIMETICKS: Final = 0x43
COUNTER64: Final = 0x46
NO_SUCH_OBJECT: Final = b"\x80\x00"
NO_SUCH_INSTANCE: Final = b"\x81\x00"
END_OF_MIB_VIEW: Final = b"\x82\x00"

_LONGEST_OID: Final = 128
"""Sub-identifiers of an OID (RFC 2578, section 3.5)."""
_LARGEST_ARC: Final = 2**32 - 1
_HEADS: Final = tuple(tuple(bytes((tag, size)) for size in range(128)) for tag in range(256))


class Malformed(ValueError):
    """What was received is not BER, or not the message that it should be."""


def tlv(tag: int, content: bytes) -> bytes:
    """Return `content` with its tag and length before it."""
    size = len(content)
    if size < 128:
        return _HEADS[tag][size] + content
    octets = (size.bit_length() + 7) // 8
    return bytes((tag, 0x80 | octets)) + size.to_bytes(octets, "big") + content


def unsigned(tag: int, value: int) -> bytes:
    """Return a number that is not negative: an INTEGER, a counter, a gauge or time ticks."""
    octets = (value.bit_length() >> 3) + 1  # a top bit that is set would mean a negative number
    return _HEADS[tag][octets] + value.to_bytes(octets, "big")


def integer(value: int) -> bytes:
    """Return an INTEGER of either sign."""
    octets = ((value if value >= 0 else ~value).bit_length() >> 3) + 1
    return _HEADS[INTEGER][octets] + value.to_bytes(octets, "big", signed=True)


def octets(content: bytes) -> bytes:
    """Return an OCTET STRING."""
    return tlv(OCTETS, content)


def oid(arcs: Oid) -> bytes:
    """Return an OBJECT IDENTIFIER with its tag and length."""
    return tlv(OID, oid_content(arcs))


def oid_content(arcs: Oid) -> bytes:
    """Return the content octets of an OBJECT IDENTIFIER of at least two arcs."""
    content = bytearray()
    for arc in (arcs[0] * 40 + arcs[1], *arcs[2:]):
        group = [arc & 0x7F]
        while arc := arc >> 7:
            group.append(arc & 0x7F | 0x80)
        content += bytes(reversed(group))
    return bytes(content)


def read(data: bytes, at: int, end: int) -> tuple[int, int, int]:
    """Return (tag, start, stop) of the element that begins at `at` and lies before `end`.

    Raises:
        Malformed: it does not: cut off, of indefinite length, or longer than what is around it.
    """
    if at + 2 > end:
        raise Malformed("cut off before a length")
    tag, size, start = data[at], data[at + 1], at + 2
    if size > 0x7F:
        count = size & 0x7F
        if not 0 < count <= 4 or start + count > end:
            raise Malformed("a length that is none")
        size = int.from_bytes(data[start : start + count], "big")
        start += count
    if start + size > end:
        raise Malformed("an element that is longer than what is around it")
    return tag, start, start + size


def expect(data: bytes, at: int, end: int, tag: int) -> tuple[int, int]:
    """Return (start, stop) of the element at `at`, which must have this tag."""
    found, start, stop = read(data, at, end)
    if found != tag:
        raise Malformed(f"tag {found:#04x} where {tag:#04x} belongs")
    return start, stop


def read_integer(data: bytes, at: int, end: int) -> tuple[int, int]:
    """Return the INTEGER at `at` and where it ends; SNMP has none beyond 32 bits."""
    start, stop = expect(data, at, end, INTEGER)
    if not 0 < stop - start <= 5:
        raise Malformed("a number without digits, or with too many")
    return int.from_bytes(data[start:stop], "big", signed=True), stop


def read_octets(data: bytes, at: int, end: int) -> tuple[bytes, int]:
    """Return the OCTET STRING at `at` and where it ends."""
    start, stop = expect(data, at, end, OCTETS)
    return data[start:stop], stop


def arcs(content: bytes) -> Oid:
    """Return the arcs of an OBJECT IDENTIFIER's content octets.

    Raises:
        Malformed: empty, cut off, too long, or with an arc beyond 32 bits.
    """
    if not content or content[-1] > 0x7F:
        raise Malformed("an object identifier that is cut off")
    found: list[int] = []
    arc = 0
    for octet in content:
        arc = arc << 7 | octet & 0x7F
        if octet > 0x7F:
            continue
        found.append(arc)
        arc = 0
    if len(found) >= _LONGEST_OID or max(found) > _LARGEST_ARC:
        raise Malformed("an object identifier with more or larger arcs than SNMP has")
    first = min(found[0] // 40, 2)
    return (first, found[0] - first * 40, *found[1:])
