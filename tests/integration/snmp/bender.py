"""Agents whose answers are bent, some or all of them; they count what they sent, by kind."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Final

from automation.lab.agent import ber, pdu, usm
from automation.lab.agent.agent import Agent
from automation.lab.agent.usm import User
from automation.snmp import oids
from tests.integration.snmp.badagent import (
    BadAgent,
    Request,
    Value,
    integer,
    tlv,
    well_behaved,
)
from tests.integration.snmp.fuzzing import BENT, BROKEN, Answer
from tests.integration.snmp.leniency import Unread, pairs
from tests.integration.snmp.table import Table

KINDS: Final = (*BENT, *BROKEN)
TELLABLE: Final = frozenset(
    {
        "a name over its neighbour's value",
        "every name over its neighbour's value",
        "a name of the next row",
    }
)
"""Lies that show: what was asked for is missing, or a second answer says otherwise."""
_LARGEST: Final = 65_507
_ATTEMPTS: Final = 20
_KEPT: Final = 12
Build = Callable[[Callable[[Answer], Answer]], bytes]
"""Puts the message together around the answer, bent as it is told."""
Read = Callable[[bytes], Sequence[tuple[str, Value]]]


@dataclass
class Bender:
    """Bends a `share` of one agent's answers; a seed bends the same answers in the same way."""

    seed: str
    share: float
    table: Table
    sent: Counter[str] = field(default_factory=Counter)
    lies: int = 0
    """Bendings that were not sent, because nobody could have told them from the truth."""
    last: deque[tuple[str, str]] = field(default_factory=lambda: deque(maxlen=_KEPT))
    is_on: bool = True
    _number: int = 0

    def __post_init__(self) -> None:
        self._truth = self.table.values()
        self._began = self.table.uptime

    def held(self) -> dict[str, Value]:
        """Return every object as it is now; the clock ticks with each look."""
        self.table.uptime += 1
        return self._truth | {oids.UPTIME: self.table.uptime}

    def answers(self, build: Build, read: Read) -> Sequence[bytes]:
        """Return the datagrams that answer one request: the truth, or what became of it."""
        self._number += 1
        chance = Random(f"{self.seed}/{self._number}")  # noqa: S311 - a failure can be run again
        true = build(lambda answer: answer)
        if not self.is_on or chance.random() >= self.share:
            return [true]
        for _ in range(_ATTEMPTS):
            kind = chance.choice(KINDS)
            data = self._bent(kind, build, true, chance)[:_LARGEST]
            if kind in TELLABLE or not any(map(self.is_lie, read(data))):
                break
            self.lies += 1
        else:
            return [true]
        self.sent[kind] += 1
        self.last.append((kind, data[:200].hex()))
        return [data, true] if chance.random() < 0.3 else [data]

    def _bent(self, kind: str, build: Build, true: bytes, chance: Random) -> bytes:
        if kind in BROKEN:
            return BROKEN[kind](true, chance)
        return build(lambda answer: BENT[kind](answer, chance) if answer.varbinds else answer)

    def is_lie(self, pair: tuple[str, Value]) -> bool:
        """Whether a name stands over a value that is of its kind and is not its own."""
        name, value = pair
        if name == oids.UPTIME:
            return isinstance(value, int) and not self._began <= value <= self.table.uptime
        truth = self._truth.get(name)
        return truth is not None and type(value) is type(truth) and value != truth


class V2c(BadAgent):
    """An agent that is asked with a community."""

    def __init__(self, bender: Bender) -> None:
        """Listen; answer from the bender's table."""
        super().__init__(lambda request: bender.answers(self._build(request), pairs))
        self.bender = bender

    def _build(self, request: Request) -> Build:
        def build(bend: Callable[[Answer], Answer]) -> bytes:
            answer = Answer.true(request, well_behaved(request, self.bender.held()))
            return tlv(0x30, integer(1) + tlv(4, b"public") + bend(answer).pdu)

        return build


class V3(BadAgent):
    """An agent that is asked by a user; the engine is the twin's, the values are the bender's."""

    def __init__(self, bender: Bender, agent: Agent, user: User) -> None:
        """Listen; let `user` in as `agent` does."""
        super().__init__(lambda _: ())
        self.bender = bender
        self._engine = agent.engine
        self._keys = agent.engine.keys(user)

    def answers(self, data: bytes) -> Sequence[bytes]:
        """Return the datagrams that answer one."""

        def build(bend: Callable[[Answer], Answer]) -> bytes:
            def respond(asked: pdu.Request, _: int) -> bytes:
                names = tuple(".".join(map(str, ber.arcs(name))) for name in asked.names)
                request = Request(asked.kind, asked.number, asked.first, asked.second, names)
                found = well_behaved(request, self.bender.held()) if names else []
                return bend(Answer.true(request, found)).pdu

            at, end = ber.expect(data, 0, len(data), ber.SEQUENCE)
            _, at = ber.read_integer(data, at, end)
            return self._engine.answer(data, at, end, respond) or b""

        return self.bender.answers(build, lambda bent: pairs(bent, self._decipher))

    def _decipher(self, security: bytes, data: bytes) -> bytes:
        try:
            at, end = ber.expect(security, 0, len(security), ber.SEQUENCE)
            _, at = ber.read_octets(security, at, end)
            boots, at = ber.read_integer(security, at, end)
            seconds, at = ber.read_integer(security, at, end)
            _, at = ber.read_octets(security, at, end)
            _, at = ber.read_octets(security, at, end)
            salt, _ = ber.read_octets(security, at, end)
            return usm.decrypt(self._keys.priv or b"", boots, seconds, salt, data)
        except (ber.Malformed, ValueError, OverflowError):
            raise Unread from None


@contextmanager
def running(agents: Sequence[BadAgent]) -> Iterator[None]:
    """Run agents."""
    for one in agents:
        one.thread.start()
    try:
        yield
    finally:
        for one in agents:
            one.stop()
