"""What an agent says unasked: notifications of SNMPv2-MIB and IF-MIB (RFC 3418, RFC 2863)."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Final

from automation.lab.agent import ber, pdu
from automation.lab.agent.ber import Oid
from automation.lab.agent.device import Device, LinkChange
from automation.lab.agent.usm import Level, User
from automation.lab.agent.v3 import Engine

_TRAPS: Final[Oid] = (1, 3, 6, 1, 6, 3, 1, 1, 5)
COLD_START: Final[Oid] = (*_TRAPS, 1)
LINK_DOWN: Final[Oid] = (*_TRAPS, 3)
LINK_UP: Final[Oid] = (*_TRAPS, 4)
AUTHENTICATION_FAILURE: Final[Oid] = (*_TRAPS, 5)
_UP_TIME: Final = ber.oid((1, 3, 6, 1, 2, 1, 1, 3, 0))
_TRAP_OID: Final = ber.oid((1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0))
_IF_ENTRY: Final[Oid] = (1, 3, 6, 1, 2, 1, 2, 2, 1)
_INDEX, _ADMIN, _OPER = 1, 7, 8


@dataclass(frozen=True, slots=True)
class Sink:
    """Where notifications go, and as whom: with a community over v2c, or as a user over v3."""

    address: str
    port: int
    community: str = field(default="", repr=False)
    user: User | None = None


class Notifier:
    """Writes the notifications of one device."""

    def __init__(self, device: Device, engine: Engine) -> None:
        """Speak for `device`, over v3 as its `engine`."""
        self._device = device
        self._engine = engine
        self._numbers = count(1)

    def link(self, change: LinkChange, sink: Sink) -> bytes:
        """Return linkUp or linkDown of a port."""
        index = self._device.interfaces[change.port].index
        varbinds = b"".join(
            pdu.varbind(ber.oid((*_IF_ENTRY, column, index)), ber.unsigned(ber.INTEGER, value))
            for column, value in (
                (_INDEX, index),
                (_ADMIN, 1 if self._device.admin[change.port] else 2),
                (_OPER, 1 if change.up else 2),
            )
        )
        return self.write(LINK_UP if change.up else LINK_DOWN, sink, varbinds)

    def write(self, kind: Oid, sink: Sink, varbinds: bytes = b"") -> bytes:
        """Return a notification of this kind for `sink`."""
        number = next(self._numbers)
        up_time = ber.unsigned(ber.TIMETICKS, self._device.now & 0xFFFFFFFF)
        head = pdu.varbind(_UP_TIME, up_time) + pdu.varbind(_TRAP_OID, ber.oid(kind))
        body = pdu.write(pdu.TRAP, number, head + varbinds)
        if sink.user is None:
            community = ber.octets(sink.community.encode())
            return ber.tlv(ber.SEQUENCE, ber.unsigned(ber.INTEGER, 1) + community + body)
        level = Level.AUTH if sink.user.priv is None else Level.PRIV
        keys = self._engine.keys(sink.user)
        return self._engine.write(number, sink.user.name.encode(), keys, level, body)
