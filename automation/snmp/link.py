"""One agent on one connected socket: requests with our own retries, and walks that end.

gufo-snmp drops the error-status of a response: `tooBig`, `noSuchName` and `genErr` come back as
nothing at all. So nothing here takes silence for an answer: `get` returns what was answered, and
whoever asked looks at what is missing; where nothing followed a walk, another library is told why.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from time import monotonic
from typing import Final, TypeVar

from gufo.snmp import (
    Aes128Key,
    Aes192Key,
    Aes256Key,
    BaseAuthKey,
    BasePrivKey,
    Sha1Key,
    Sha224Key,
    Sha256Key,
    Sha384Key,
    Sha512Key,
    SnmpAuthError,
    SnmpDecodeError,
    SnmpError,
    User,
    ValueType,
)
from gufo.snmp.aio.client import SnmpSession
from gufo.snmp.policer import BasePolicer

from automation.errors import BadAgent, DeviceError, LoginFailed, Unreachable
from automation.model import SnmpLogin
from automation.snmp import second
from automation.snmp.guard import Leave
from automation.snmp.pace import Pace
from automation.snmp.place import Place
from automation.snmp.target import Limits, Target

_WINDOW: Final = 100.0
"""Seconds after which an engine's clock is read anew; it is trusted for 150 (RFC 3414, 2.2.3)."""
_REPETITIONS: Final = 20
_SIGNED: Final = 2
"""How often a question is signed with a login that is only tried, however many tries there are: an
agent may count what it does not answer (`guard`).
"""
_AUTH: Final[Mapping[str, type[BaseAuthKey]]] = {
    "sha1": Sha1Key,
    "sha224": Sha224Key,
    "sha256": Sha256Key,
    "sha384": Sha384Key,
    "sha512": Sha512Key,
}
_PRIV: Final[Mapping[str, type[BasePrivKey]]] = {
    "aes128": Aes128Key,
    "aes192": Aes192Key,
    "aes256": Aes256Key,
}
_PANIC: Final = "pyo3_runtime"
"""Where the exception that a panic becomes says that it is from; it cannot be imported."""
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Walk:
    """The rows of a walk, by the rest of their names; `cut` says why there may be more."""

    rows: Mapping[str, ValueType]
    cut: str = ""

    @property
    def may_bring_more(self) -> bool:
        """Whether smaller steps may bring more; they meet any error but one of size again."""
        return not self.cut or second.is_of_size(self.cut)


class Link:
    """A session with one agent; for use within one event loop."""

    def __init__(self, target: Target, limits: Limits, pace: Pace) -> None:
        """Ask `target`; nothing is sent yet."""
        self._target = target
        self._limits = limits
        self._pace = pace
        self._place = Place(target.address)
        self._session: SnmpSession | None = None
        self._refreshed: float | None = None
        """When the engine's clock was last read; None before. No number says "long ago": the
        monotonic clock begins with the machine, which may have started a moment ago.
        """
        self._proved = False
        """Whether the login was good for an answer."""
        self.leave: Leave | None = None
        """Asked before anything signed is sent; None while that needs no leave."""

    async def open(self, tries: int) -> None:
        """Make the socket; for v3 learn the engine and its clock.

        Raises:
            Unreachable: the name has no address, or nothing answers.
            LoginFailed: the agent turned the user, the key or the time down.
        """
        if self._session is None:
            address, gate = await self._place.address(), _Gate(self, self._pace)
            self._session = _session(address, self._target, self._limits, gate)
        if self._target.login.is_v3 and self._is_engine_due():
            await self._tried(self._session.refresh, tries)
            self._refreshed = monotonic()

    def _is_engine_due(self) -> bool:
        """Whether the engine is not known, or its clock not well enough any more."""
        return self._refreshed is None or monotonic() - self._refreshed > _WINDOW

    def forget(self) -> bool:
        """Drop the session, to learn a new engine; return whether the login was once good."""
        proved, self._proved = self._proved, False
        self._session = self._refreshed = None
        return proved

    async def moved(self) -> bool:
        """Look the device's name up again; return whether it has another address, and drop the
        session with the old one then.
        """
        if not await self._place.moved(self._limits.timeout):
            return False
        self.forget()
        return True

    @property
    def engine(self) -> bytes:
        """The engine id that a v3 agent gave; empty before it did, and for v2c."""
        if self._refreshed is None:
            return b""
        return _opened(self._session).get_engine_id()

    async def before_sending(self) -> None:
        """Wait for leave to send what is signed: all that follows the engine's first answer."""
        if self.leave and self._is_trying():
            await self.leave(self._proved)

    async def get(self, oids: Sequence[str], tries: int = 0) -> dict[str, ValueType]:
        """Return what the agent answered to one GET; what is missing was not answered."""
        session = _opened(self._session)
        found = await self._tried(lambda: session.get_many(oids), tries or self._limits.tries)
        self._proved = True
        if bool in map(type, found.values()):  # to Python True is a number; no object has BOOLEAN
            return {name: value for name, value in found.items() if not isinstance(value, bool)}
        return found

    async def explained(self, oid: str) -> str:
        """Return in words why a plain GET of `oid` has no value, as another library is told.

        It asks where this link asks: a name may be several agents, or another one by now.
        """
        here = replace(self._target, address=await self._place.address())
        return await second.reason(here, self._limits, oid)

    async def walk(self, oid: str, most: int, repetitions: int = _REPETITIONS) -> Walk:
        """Return what stands below `oid`, by the rest of its name, and whether that is all.

        Raises:
            BadAgent: the agent repeats itself, goes back, or does not end within `most` rows.
        """
        rows: dict[str, ValueType] = {}
        last: tuple[int, ...] = ()
        walk = _opened(self._session).getbulk(oid, repetitions)
        while True:
            try:
                name, value = await self._tried(lambda: anext(walk), self._limits.tries)
            except StopAsyncIteration as end:
                return Walk(rows, await self._cut(oid, last) if _is_vague(end) else "")
            here = tuple(map(int, name.split(".")))
            _check_order(oid, last, here)
            rows[name[len(oid) + 1 :]], last = value, here
            if len(rows) > most:
                raise BadAgent(f"the walk of {oid} does not end: more than {most} rows")

    async def _cut(self, oid: str, last: tuple[int, ...]) -> str:
        """Return why a walk below `oid` ended too soon after `last`; "" where that was its end."""
        here = replace(self._target, address=await self._place.address())
        name = ".".join(map(str, last)) or oid
        return await second.cut(here, self._limits, oid, name)

    async def _tried(self, ask: Callable[[], Awaitable[Answer]], tries: int) -> Answer:
        """Return what `ask` gives, asked anew when it is lost or is garbage."""
        garbage, refused, made = 0, False, 0
        for made in self._tries(tries):  # noqa: B007 - how many there were is told below
            sent = self._pace.sent
            try:
                answer = await _understood(ask)
            except TimeoutError:  # also when the machine there says that nobody listens
                refused = monotonic() - self._pace.begun < self._limits.timeout / 2
                continue
            except SnmpDecodeError:
                garbage += 1
                continue
            except SnmpAuthError as error:
                if not self._target.login.is_v3:  # a report, which v2c does not have
                    garbage += 1
                    continue
                # It would be turned down again: not tried twice.
                raise LoginFailed(f"the agent turns user {self._target.login.user} down") from error
            except (OSError, SnmpError) as error:
                raise Unreachable(f"{type(error).__name__}: {error}") from error
            if self._pace.sent != sent:  # a walk hands out rows that came with others
                self._pace.answered()
            return answer
        raise self._silence(made, garbage, refused)

    def _tries(self, most: int) -> Iterator[int]:
        """Yield the number of each try, as many as there are at `most`."""
        signed = 0
        for number in range(1, most + 1):
            yield number
            signed += self._is_trying()
            if signed == _SIGNED:
                return

    def _is_trying(self) -> bool:
        """Whether what is sent now is signed, with a login that is only tried."""
        return bool(self.leave and self._session and self._session.get_engine_id())

    def _silence(self, tries: int, garbage: int, refused: bool) -> DeviceError:
        """Return what to say of an agent that did not answer."""
        where = f"{self._target.address} port {self._target.port}"
        if garbage:
            return BadAgent(f"{where} sends what is no SNMP message ({garbage} of {tries} answers)")
        if refused:
            return Unreachable(f"nothing listens at {where}: the port is closed")
        what = f"no SNMP answer from {where} to {tries} requests of {self._limits.timeout:g} s each"
        if not self._target.login.is_v3:
            return Unreachable(f"{what}; agents are silent to a wrong community, too")
        if self._proved or not _opened(self._session).get_engine_id():
            return Unreachable(what)
        return LoginFailed(f"{what}, though its engine answers; is the privacy key right?")


class _Gate(BasePolicer):
    """What the library asks before each datagram, also between the two of a session's start."""

    def __init__(self, link: Link, pace: Pace) -> None:
        """Let through what `link` has leave for, as `pace` allows."""
        self._link = link
        self._pace = pace

    async def wait(self) -> None:
        """Wait until the next datagram may be sent."""
        if self._link.leave:
            await self._link.before_sending()
        await self._pace.wait()

    def get_timeout(self, ts: int) -> int | None:
        """Not used: `wait` decides."""
        return None


async def _understood(ask: Callable[[], Awaitable[Answer]]) -> Answer:
    """Return what `ask` gives; what the library stumbles over is garbage like any other.

    gufo-snmp 0.13 panics where a length or a tag goes on behind the end (the datagram `30 81`), and
    where a varbind is empty; that is an exception beside `Exception`, as SystemExit is, and would
    end the cycle of all devices. A value that it cannot decode is a RuntimeError.
    """
    try:
        return await ask()
    except BaseException as error:
        is_value = isinstance(error, RuntimeError) and "DecodeError" in str(error)
        if not is_value and type(error).__module__ != _PANIC:
            raise
        raise SnmpDecodeError(str(error)) from error


def _is_vague(end: StopAsyncIteration) -> bool:
    """Whether a walk ended with nothing, and not with a name of what comes after it.

    gufo-snmp 0.13 has its core end a walk with a word at an error-status, at endOfMibView and at
    an answer with no name in it; its own loop ends one without a word, at a name beyond.
    """
    return bool(end.args)


def _check_order(oid: str, last: tuple[int, ...], here: tuple[int, ...]) -> None:
    """Raise BadAgent unless a walk's names rise strictly (RFC 3416, 4.2.2)."""
    if here > last:
        return
    how = "repeats" if here == last else "goes back to"
    name = ".".join(map(str, here))
    raise BadAgent(f"the walk of {oid} {how} {name}; it would never end")


def _opened(session: SnmpSession | None) -> SnmpSession:
    if session is None:
        raise AssertionError("open the link first")
    return session


def _session(address: str, target: Target, limits: Limits, policer: BasePolicer) -> SnmpSession:
    login = target.login
    named = {"community": login.community.reveal()} if login.community else {"user": _user(login)}
    return SnmpSession(
        address,
        target.port,
        timeout=limits.timeout,
        recv_buffer=limits.buffer,
        policer=policer,
        **named,
    )


def _user(login: SnmpLogin) -> User:
    """Return the library's user; its keys are hashed once an engine, then kept by the session."""
    return User(
        login.user,
        auth_key=_AUTH[login.auth](login.auth_password.reveal().encode())
        if login.auth_password
        else None,
        priv_key=_PRIV[login.priv](login.priv_password.reveal().encode())
        if login.priv_password
        else None,
    )
