"""The receiver: from datagrams to notifications that are kept before they are acknowledged."""

from __future__ import annotations

import asyncio
import socket
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Protocol

from pysnmp.carrier.asyncio.dgram import udp, udp6
from pysnmp.entity import config

from automation.errors import PortvaktError
from automation.model import Notification, Rejected, SnmpLogin, TrapValue
from automation.snmp.traps.engine import UNKNOWN_USER, Answer, Engine, Message, speaker
from automation.snmp.traps.identity import Identity
from automation.snmp.traps.senders import TOO_MANY, Allowance, Senders, Tally
from automation.snmp.traps.sockets import Drops, bound, wanting

_UP_TIME: Final = "1.3.6.1.2.1.1.3.0"
_TICKS: Final = 1 << 32
_TRAP_OID: Final = "1.3.6.1.6.3.1.1.4.1.0"
_TRAP_ADDRESS: Final = "1.3.6.1.6.3.18.1.3.0"
_TICK: Final = 0.2
"""Seconds between two times that what was heard is kept; an inform is acknowledged after that."""
_WAITING: Final = 5000
"""Notifications that wait to be kept at most; one is less than 2 kB."""
_ENGINES: Final = 4
"""Engine ids that one address may have in the life of a receiver: stacks, swapped switches."""
_BURST_SECONDS: Final = 20
_ANSWERABLE: Final = 30.0
"""Seconds that an inform may wait for its answer; by then its sender has asked again, or given up.
pysnmp forgets after 60 what it needs to answer."""
_DRAIN: Final = 2.0
"""Seconds that what has already arrived is still read after the end was asked for."""
DROPPED: Final = "dropped by the kernel: more at once than its buffer holds"
FULL: Final = "not kept: the store is too slow or fails"
WRONG_LOGIN: Final = "the login of another device"
NO_TYPE: Final = "it does not say what it is (snmpTrapOID)"
NOT_RELAYED: Final = "relayed without the address of a known device (snmpTrapAddress)"


@dataclass(frozen=True, slots=True)
class Heard:
    """What came in since the last time."""

    notifications: tuple[Notification, ...]
    rejected: tuple[Rejected, ...]


Take = Callable[[Heard], None]


@dataclass(slots=True)
class _Waiting:
    """A notification that is not kept yet, and since when; an inform has an answer to come."""

    notification: Notification
    answer: Answer | None
    since: float


class Stop(Protocol):
    """What says whether to end: a `threading.Event`, or what a signal handler may set."""

    def is_set(self) -> bool:
        """Whether to end."""
        ...


class Receiver:
    """Receives traps and informs of known senders; asyncio is sealed inside."""

    def __init__(
        self,
        listen: Sequence[tuple[str, int]],
        senders: Senders,
        logins: Iterable[SnmpLogin],
        identity: Identity,
        rate: float,
    ) -> None:
        """Listen on `listen` (address, UDP port); take `rate` a second from one address.

        What arrives from now on waits in the kernel until `run` reads it.

        Raises:
            CredentialError: logins that informs cannot tell apart.
            CannotListen: the address is not ours, or not yet; or somebody else listens there.
            UsageError: we may not listen there.
        """
        self._senders = self._next_senders = senders
        self._allowance = Allowance(rate, rate * _BURST_SECONDS)
        self._tally = Tally()
        self._waiting: list[_Waiting] = []
        self._engine = Engine(identity.engine_id, identity.boots, logins)
        self._engines: dict[str, OrderedDict[tuple[bytes, str], SnmpLogin]] = {}
        self._heard_at = 0.0
        self._is_over = False
        self._drops = Drops()
        self._sockets = bound(listen)

    @property
    def places(self) -> tuple[tuple[str, int], ...]:
        """Where it listens: addresses and UDP ports, also where port 0 was asked for."""
        return tuple(one.getsockname()[:2] for one in self._sockets)

    @property
    def wanting(self) -> tuple[str, ...]:
        """What the system does not give us; each is a sentence that says what to do about it."""
        return tuple(dict.fromkeys(text for one in self._sockets for text in wanting(one)))

    def know(self, senders: Senders) -> None:
        """Believe `senders` from the next moment on; may be called from another thread."""
        self._next_senders = senders

    def run(self, take: Take, stop: Stop) -> int:
        """Hand what is heard to `take`, also when it is nothing, until `stop` is set.

        `take` is called in a thread of its own, one call at a time: while it waits for a store,
        what arrives is read on. What it refuses by a PortvaktError is offered again, with what came
        in since. Informs are acknowledged when `take` has returned: what we have said to have is
        kept. Return how many notifications it would not take in the end.
        """
        with ThreadPoolExecutor(1, "keeps what is heard") as keeper:
            asyncio.run(self._serve(partial(self._keep, keeper, take), stop))
        return len(self._waiting)

    async def _serve(self, keep: Callable[[], Awaitable[None]], stop: Stop) -> None:
        loop = asyncio.get_running_loop()
        self._senders = self._next_senders
        self._heard_at = time.monotonic()  # what arrived since we listen is read before an end
        for place, one in enumerate(self._sockets):
            kind = _Socket6 if one.family == socket.AF_INET6 else _Socket4
            transport = kind(self._receive, loop)
            await loop.create_datagram_endpoint(partial(_itself, transport), sock=one)
            config.add_transport(self._engine.pysnmp, (*kind.DOMAIN, place), transport)
        try:
            while not stop.is_set():
                await asyncio.sleep(_TICK)
                await keep()
                self._senders = self._next_senders  # here, so that no datagram meets both
            ends = time.monotonic() + _DRAIN
            while time.monotonic() - self._heard_at < _TICK and time.monotonic() < ends:
                await asyncio.sleep(_TICK / 4)
            await asyncio.sleep(0)
            self._is_over = True
            await keep()
        finally:
            self._engine.pysnmp.close_dispatcher()

    async def _keep(self, keeper: ThreadPoolExecutor, take: Take) -> None:
        """Hand over what waits, and acknowledge it."""
        self._count_dropped()
        waiting = tuple(self._waiting)
        heard = Heard(tuple(one.notification for one in waiting), self._tally.taken())
        kept = asyncio.get_running_loop().run_in_executor(keeper, take, heard)
        while not kept.done():
            await asyncio.wait((kept,), timeout=_TICK)
            self._give_up_answers()
        try:
            kept.result()
        except PortvaktError:
            for rejected in heard.rejected:
                self._tally.put(rejected)
            return
        del self._waiting[: len(waiting)]
        for one in waiting:
            if one.answer is not None:
                one.answer.give()

    def _count_dropped(self) -> None:
        """Count what the kernel dropped: whose it was, nobody knows."""
        now = time.time()
        for one, (address, port) in zip(self._sockets, self.places, strict=True):
            if lost := self._drops.new(one):
                place = f"{address} port {port}"
                self._tally.put(Rejected(place, DROPPED, lost, now, now))

    def _give_up_answers(self) -> None:
        """Keep nothing any more to answer those informs that have waited for too long."""
        now = time.monotonic()
        for one in self._waiting:
            if now - one.since < _ANSWERABLE:
                return  # those behind it came later
            if one.answer is not None:
                one.answer.drop()
                one.answer = None

    def _receive(self, transport: _Socket, address: tuple[Any, ...], data: bytes) -> None:
        """Take one datagram: count it, or put what it says with what waits."""
        if self._is_over:
            return  # as if we were gone already: whoever wants an answer asks again
        self._heard_at = time.monotonic()
        source = _plain(address[0])
        why = self._senders.refusal(source)
        if not why and not self._allowance.take(source, self._heard_at):
            why = TOO_MANY
        if not why and len(self._waiting) >= _WAITING:
            why = FULL
        if not why:
            why = self._understand(transport, source, address, data)
            if why:
                self._engine.release()
        if why:
            self._tally.add(source, why, time.time())

    def _understand(
        self, transport: _Socket, source: str, address: tuple[Any, ...], data: bytes
    ) -> str:
        """Let pysnmp take a message apart; return why it is not believed, empty if it is."""
        message, moved = self._taken_apart(transport, address, data)
        if UNKNOWN_USER in moved and self._introduce(source, data):
            message, moved = self._taken_apart(transport, address, data)
        if message is None:
            return self._engine.why(moved, transport.answered)
        if not message.logins & self._senders.logins(source):
            return WRONG_LOGIN
        return self._note(source, message)

    def _taken_apart(
        self, transport: _Socket, address: tuple[Any, ...], data: bytes
    ) -> tuple[Message | None, tuple[str, ...]]:
        """Return what pysnmp makes of a datagram, and the names of its counters that moved."""
        before = self._engine.counts()
        self._engine.clear()
        transport.answered = False
        try:
            transport.pass_on(data, address)
        except Exception:  # noqa: BLE001 - whatever a datagram makes pysnmp raise, it costs itself only
            return None, self._engine.moved(before)
        return self._engine.message, self._engine.moved(before)

    def _introduce(self, source: str, data: bytes) -> bool:
        """Know the user of a v3 trap under its sender's engine id; False where that is hopeless.

        Of each address so many engine ids are known at a time: the oldest gives way.
        """
        said = speaker(data)
        login = self._engine.user(said[1]) if said else None
        if said is None or login is None or not any(said[0]):
            return False  # an id of zeros is pysnmp's wildcard: it would stand for every sender
        if not self._engine.logins(login.user) & self._senders.logins(source):
            return False
        known = self._engines.setdefault(source, OrderedDict())
        if len(known) >= _ENGINES:
            (engine_id, _), old = known.popitem(last=False)
            self._engine.forget_user(engine_id, old)
        known[said] = login
        self._engine.add_user(said[0], login)
        return True

    def _note(self, source: str, message: Message) -> str:
        """Put a message with what waits; return why that is not possible."""
        values = dict(message.values)
        said = values.get(_TRAP_ADDRESS, "")
        device = self._senders.device(source, said if isinstance(said, str) else "")
        if device is None:
            return NOT_RELAYED
        oid = values.get(_TRAP_OID)
        if not isinstance(oid, str):
            return NO_TYPE
        notification = Notification(
            device, time.time(), oid, _up_time(values), _others(message.values)
        )
        self._waiting.append(_Waiting(notification, message.answer, self._heard_at))
        return ""


def _up_time(values: Mapping[str, TrapValue]) -> int | None:
    """Return what a device says of its clock; None where that is no TimeTicks (RFC 2578, 7.1.8)."""
    found = values.get(_UP_TIME)
    return found if isinstance(found, int) and 0 <= found < _TICKS else None


def _others(values: Sequence[tuple[str, TrapValue]]) -> tuple[tuple[str, TrapValue], ...]:
    return tuple(one for one in values if one[0] not in (_UP_TIME, _TRAP_OID))


def _itself(transport: _Socket) -> Any:  # noqa: ANN401 - asyncio's factory of a protocol that is there
    return transport


def _plain(address: str) -> str:
    """Return an address without its zone."""
    return address.partition("%")[0]


class _Socket:
    """What pysnmp's transports for IPv4 and IPv6 are to a receiver."""

    DOMAIN: tuple[int, ...]

    def __init__(
        self,
        receive: Callable[[_Socket, tuple[Any, ...], bytes], None],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        super().__init__(loop=loop)  # type: ignore[call-arg]
        self._receive = receive
        self.answered = False

    def datagram_received(self, data: bytes, address: tuple[Any, ...]) -> None:
        """Take a datagram from asyncio: pysnmp is asked later, if at all."""
        self._receive(self, address, data)

    def pass_on(self, data: bytes, address: tuple[Any, ...]) -> None:
        """Let pysnmp take it at once."""
        self._callback_function(self, address, data)  # type: ignore[attr-defined]

    def send_message(self, data: bytes, address: tuple[Any, ...]) -> None:
        """Send an answer of pysnmp's, and remember that there was one."""
        self.answered = True
        super().send_message(data, address)  # type: ignore[misc]  # pysnmp has no types


class _Socket4(_Socket, udp.UdpAsyncioTransport):  # type: ignore[misc]  # pysnmp has no types
    DOMAIN = udp.DOMAIN_NAME


class _Socket6(_Socket, udp6.Udp6AsyncioTransport):  # type: ignore[misc]  # pysnmp has no types
    DOMAIN = udp6.DOMAIN_NAME
