"""One agent: a datagram in, a datagram out (RFC 3416), or silence; and what it says unasked."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from automation.lab.agent import ber, notify, pdu
from automation.lab.agent.bent import Unreadable, bent
from automation.lab.agent.ber import Malformed
from automation.lab.agent.device import Device, LinkChange
from automation.lab.agent.notify import Notifier, Sink
from automation.lab.agent.pdu import LARGEST, ErrorStatus, Request
from automation.lab.agent.tree import Objects, Row
from automation.lab.agent.usm import Keyring
from automation.lab.agent.v3 import V3, Engine
from automation.lab.events import Event
from automation.lab.faults import Fault, FaultKind

_V2C = 1
_ENVELOPE = 45
"""Octets that a v2c message takes around its varbinds, at most, beside its community."""
_TOO_MANY = 8
"""Varbinds that are too many for an agent with that fault, unless the fault says otherwise."""
Build = Callable[[Device], Objects[Device]]
"""Makes what a device answers from, after its interfaces as they are."""
Emit = Callable[[bytes, str, int], None]
"""Sends a datagram to an address and port."""


class Agent:
    """What answers for a device: everything between a datagram and its reply."""

    def __init__(self, device: Device, build: Build, keyring: Keyring) -> None:
        """Answer for `device` with what `build` makes, over v3 to the users of `keyring`."""
        self.device = device
        self.engine = Engine(device, keyring)
        self.sinks: tuple[Sink, ...] = ()
        self.emit: Emit = _nowhere
        self._build = build
        self._objects = build(device)
        self._notifier = Notifier(device, self.engine)
        device.report = self._report_link
        device.switch.watch = self._notice

    # -- what happens to the device

    def _notice(self, event: Event) -> None:
        """Follow what happened to the switch, and report it."""
        if event is Event.LINKS:
            self.device.settle()
            return
        fault = self.device.switch.fault
        if fault and fault.kind is FaultKind.RENUMBER:
            self.device.renumber()
        self.device.boot()
        self._look(fault)
        for sink in self.sinks:
            self._emit(sink, self._notifier.write(notify.COLD_START, sink))
        self.device.settle()

    def _report_link(self, change: LinkChange) -> None:
        if self.device.link_traps(change.port):
            for sink in self.sinks:
                self._emit(sink, self._notifier.link(change, sink))

    def _emit(self, sink: Sink, data: bytes) -> None:
        if not self._is_dead:
            self.emit(data, sink.address, sink.port)

    def strike(self, fault: Fault | None) -> None:
        """Let a fault begin, or end with None; a renumbering is the reboot's business."""
        device = self.device
        self._look(fault)
        if fault and fault.kind is FaultKind.WRAP:
            device.counters.near_wrap(device.now, fault.ms / 1000)
        elif fault and fault.kind is FaultKind.RESET:
            device.clear()

    def _look(self, fault: Fault | None) -> None:
        straight = self._build(self.device)
        indexes = [one.index for one in self.device.interfaces]
        self._objects = bent(fault, straight, indexes) if fault else straight

    @property
    def _is_dead(self) -> bool:
        fault = self.device.switch.fault
        return fault is not None and fault.kind is FaultKind.DEAD

    # -- what it is asked

    def answer(self, data: bytes, address: str) -> bytes | None:
        """Return the reply to a datagram from `address`; None when the agent says nothing.

        It says nothing to what is no SNMP, and to a community that it does not know.
        """
        if self._is_dead:
            return None
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
            for sink in self.sinks:
                self._emit(sink, self._notifier.write(notify.AUTHENTICATION_FAILURE, sink))
            return None
        head = ber.unsigned(ber.INTEGER, _V2C) + ber.octets(name)
        room = LARGEST - _ENVELOPE - len(name)
        return ber.tlv(ber.SEQUENCE, head + self.respond(request, room))

    def respond(self, request: Request, room: int) -> bytes:
        """Return the response to a request that is let in, its varbinds within `room` octets."""
        if request.kind == pdu.SET:
            return pdu.refused(request, ErrorStatus.NO_ACCESS, 1)
        found: list[bytes] = []
        try:
            for varbind in self._varbinds(request, room):
                found.append(varbind)
        except Unreadable:
            return pdu.refused(request, ErrorStatus.GEN_ERR, 1 + len(found) % len(request.names))
        varbinds = b"".join(found)
        if len(varbinds) > room or self._is_too_much(request):
            return pdu.write(pdu.RESPONSE, request.number, b"", ErrorStatus.TOO_BIG)
        return pdu.write(pdu.RESPONSE, request.number, varbinds)

    def _is_too_much(self, request: Request) -> bool:
        fault = self.device.switch.fault
        if fault is None or fault.kind is not FaultKind.TOO_BIG:
            return False
        times = max(request.second, 1) if request.kind == pdu.GETBULK else 1
        return len(request.names) * times > (fault.line or _TOO_MANY)

    def _varbinds(self, request: Request, room: int) -> Iterator[bytes]:
        now = self.device.now
        match request.kind:
            case pdu.GETBULK:
                return self._bulk(request, now, room)
            case pdu.GETNEXT:
                return (self._next(name, now) for name in request.names)
            case _:
                return (self._get(name, now) for name in request.names)

    def _get(self, name: bytes, now: int) -> bytes:
        row = self._objects.find(name)
        if row is not None:
            return self._varbind(row, now)
        known = self._objects.knows(name)
        missing = ber.NO_SUCH_INSTANCE if known else ber.NO_SUCH_OBJECT
        return pdu.varbind(ber.tlv(ber.OID, name), missing)

    def _next(self, name: bytes, now: int) -> bytes:
        row = next(self._objects.walk(name), None)
        if row is not None:
            return self._varbind(row, now)
        return pdu.varbind(ber.tlv(ber.OID, name), ber.END_OF_MIB_VIEW)

    def _varbind(self, row: Row[Device], now: int) -> bytes:
        return ber.tlv(ber.SEQUENCE, row.name + row.read(self.device, row.key, now))

    def _bulk(self, request: Request, now: int, room: int) -> Iterator[bytes]:
        """Yield what fits of a GETBULK's answer (RFC 3416, section 4.2.3)."""
        single = max(request.first, 0)
        for name in request.names[:single]:
            varbind = self._next(name, now)
            room -= len(varbind)
            yield varbind
        columns = [self._column(name, now) for name in request.names[single:]]
        for _ in range(self._repetitions(request) if columns else 0):
            row = [next(column) for column in columns]
            for varbind, _more in row:
                room -= len(varbind)
                if room < 0:
                    return
                yield varbind
            if not any(more for _, more in row):
                return

    def _repetitions(self, request: Request) -> int:
        fault = self.device.switch.fault
        drips = fault is not None and fault.kind is FaultKind.DRIP
        return min(max(request.second, 0), 1 if drips else request.second)

    def _column(self, name: bytes, now: int) -> Iterator[tuple[bytes, bool]]:
        """Yield what follows `name`, each with whether it is an instance; the end for ever."""
        last = ber.tlv(ber.OID, name)
        for row in self._objects.walk(name):
            yield self._varbind(row, now), True
            last = row.name
        while True:
            yield pdu.varbind(last, ber.END_OF_MIB_VIEW), False


def _nowhere(data: bytes, address: str, port: int) -> None:
    """Send nothing: an agent without a wire."""
