"""One agent: a datagram in, a datagram out (RFC 3416), or silence."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from automation.lab.agent import ber, pdu
from automation.lab.agent.ber import Malformed
from automation.lab.agent.device import Device
from automation.lab.agent.pdu import LARGEST, ErrorStatus, Request
from automation.lab.agent.tree import Row, Tree
from automation.lab.agent.usm import Keyring
from automation.lab.agent.v3 import V3, Engine

_V2C = 1
_ENVELOPE = 64
"""Octets that a v2c message takes around its varbinds, at most, beside its community."""


class Agent:
    """What answers for a device: everything between a datagram and its reply."""

    def __init__(self, device: Device, tree: Tree[Device], keyring: Keyring) -> None:
        """Answer for `device` with the objects of `tree`, over v3 to the users of `keyring`."""
        self.device = device
        self.tree = tree
        self.engine = Engine(device, keyring)

    def answer(self, data: bytes, address: str) -> bytes | None:
        """Return the reply to a datagram from `address`; None when the agent says nothing.

        It says nothing to what is no SNMP, and to a community that it does not know.
        """
        try:
            return self._answer(data, address)
        except Malformed:
            return None

    def _answer(self, data: bytes, address: str) -> bytes | None:
        at, end = ber.expect(data, 0, len(data), ber.SEQUENCE)
        version, at = ber.read_integer(data, at, end)
        switch = self.device.switch
        if not self.device.face.speaks(switch, version):
            return None
        if version == V3:
            return self.engine.answer(data, at, end, self.respond)
        name, at = ber.read_octets(data, at, end)
        request = pdu.read_request(data, at, end)
        community = name.decode("utf-8", "replace")
        if not self.device.face.community(switch, community, address):
            return None
        head = ber.unsigned(ber.INTEGER, _V2C) + ber.octets(name)
        room = LARGEST - _ENVELOPE - len(name)
        return ber.tlv(ber.SEQUENCE, head + self.respond(request, room))

    def respond(self, request: Request, room: int) -> bytes:
        """Return the response to a request that is let in, its varbinds within `room` octets."""
        now = self.device.now
        match request.kind:
            case pdu.GETBULK:
                found = self._bulk(request, now, room)
            case pdu.GETNEXT:
                found = [self._next(name, now) for name in request.names]
            case pdu.GET:
                found = [self._get(name, now) for name in request.names]
            case _:
                return pdu.refused(request, ErrorStatus.NO_ACCESS, 1)
        varbinds = b"".join(found)
        if len(varbinds) > room:
            return pdu.write(pdu.RESPONSE, request.number, b"", ErrorStatus.TOO_BIG)
        return pdu.write(pdu.RESPONSE, request.number, varbinds)

    def _get(self, name: bytes, now: int) -> bytes:
        row = self.tree.find(name)
        if row is not None:
            return self._varbind(row, now)
        known = self.tree.knows(name)
        missing = ber.NO_SUCH_INSTANCE if known else ber.NO_SUCH_OBJECT
        return pdu.varbind(ber.tlv(ber.OID, name), missing)

    def _next(self, name: bytes, now: int) -> bytes:
        place = self.tree.after(name)
        if place < len(self.tree.rows):
            return self._varbind(self.tree.rows[place], now)
        return pdu.varbind(ber.tlv(ber.OID, name), ber.END_OF_MIB_VIEW)

    def _varbind(self, row: Row[Device], now: int) -> bytes:
        return ber.tlv(ber.SEQUENCE, row.name + row.read(self.device, row.key, now))

    def _bulk(self, request: Request, now: int, room: int) -> list[bytes]:
        """Return what fits of a GETBULK's answer (RFC 3416, section 4.2.3)."""
        single = max(request.first, 0)
        found = [self._next(name, now) for name in request.names[:single]]
        left = room - sum(map(len, found))
        columns = [self._column(name, now) for name in request.names[single:]]
        for _ in range(max(request.second, 0) if columns else 0):
            row = [next(column) for column in columns]
            for varbind, _more in row:
                left -= len(varbind)
                if left < 0:
                    return found
                found.append(varbind)
            if not any(more for _, more in row):
                break
        return found

    def _column(self, name: bytes, now: int) -> Iterator[tuple[bytes, bool]]:
        """Yield what follows `name`, each with whether it is an instance; the end for ever."""
        place = self.tree.after(name)
        last = ber.tlv(ber.OID, name)
        for row in islice(self.tree.rows, place, None):
            yield self._varbind(row, now), True
            last = row.name
        while True:
            yield pdu.varbind(last, ber.END_OF_MIB_VIEW), False
