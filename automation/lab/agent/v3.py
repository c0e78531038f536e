"""Messages of SNMPv3 (RFC 3412, RFC 3414): discovery, time windows, reports, access."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from automation.lab.agent import ber, pdu, usm
from automation.lab.agent.ber import Malformed, Oid
from automation.lab.agent.device import Device
from automation.lab.agent.pdu import LARGEST, ErrorStatus, Request
from automation.lab.agent.usm import Keyring, Keys, Level, User

V3: Final = 3
_USM: Final = 3
_REPORTABLE: Final = 0x04
_WINDOW: Final = 150
"""Seconds that a clock may be off (RFC 3414, section 2.2.3)."""
_LAST_BOOT: Final = 2**31 - 1
_SMALLEST: Final = 484
"""Octets of a message that everybody takes (RFC 3412, section 6.2)."""
_ENVELOPE: Final = 160
"""Octets that a v3 message takes around its varbinds, at most, beside its user's name."""
_LARGEST: Final = 65_507
_SALT: Final = 8


class Problem(Enum):
    """Why a message is not let in: the counter that a report names."""

    UNSUPPORTED_LEVEL = (1, 3, 6, 1, 6, 3, 15, 1, 1, 1)
    NOT_IN_TIME_WINDOW = (1, 3, 6, 1, 6, 3, 15, 1, 1, 2)
    UNKNOWN_USER = (1, 3, 6, 1, 6, 3, 15, 1, 1, 3)
    UNKNOWN_ENGINE = (1, 3, 6, 1, 6, 3, 15, 1, 1, 4)
    WRONG_DIGEST = (1, 3, 6, 1, 6, 3, 15, 1, 1, 5)
    DECRYPTION = (1, 3, 6, 1, 6, 3, 15, 1, 1, 6)
    UNKNOWN_MODEL = (1, 3, 6, 1, 6, 3, 11, 2, 1, 1)
    INVALID = (1, 3, 6, 1, 6, 3, 11, 2, 1, 2)
    UNKNOWN_HANDLER = (1, 3, 6, 1, 6, 3, 11, 2, 1, 3)
    UNKNOWN_CONTEXT = (1, 3, 6, 1, 6, 3, 12, 1, 5)

    @property
    def counter(self) -> Oid:
        """The instance of the object that counts it."""
        return (*self.value, 0)


class NotLetIn(Exception):
    """A message that is answered with a report."""

    def __init__(self, problem: Problem, user: bytes = b"", keys: Keys | None = None) -> None:
        """Say why, and to whom; with `keys` the report is authenticated."""
        self.problem = problem
        self.user = user
        self.keys = keys


@dataclass(frozen=True, slots=True)
class Header:
    """What stands before everything else in a v3 message (RFC 3412, section 6)."""

    number: int
    most: int
    flags: int
    model: int

    @property
    def reportable(self) -> bool:
        """Whether the sender wants to hear why it is not answered."""
        return bool(self.flags & _REPORTABLE)


@dataclass(frozen=True, slots=True)
class Security:
    """The parameters of the user-based model (RFC 3414, section 2.4).

    `digest_at` is where the digest stands in the message.
    """

    engine_id: bytes
    boots: int
    seconds: int
    user: bytes
    digest: bytes
    digest_at: int
    salt: bytes


@dataclass(frozen=True, slots=True)
class Admitted:
    """A message that is let in: whose it is, how it was protected, and its scoped PDU."""

    user: User
    keys: Keys
    level: Level
    scoped: bytes


def read_header(whole: bytes, at: int, end: int) -> tuple[Header, int]:
    """Return the header at `at` and where it ends; Malformed when it is none."""
    start, stop = ber.expect(whole, at, end, ber.SEQUENCE)
    number, start = ber.read_integer(whole, start, stop)
    most, start = ber.read_integer(whole, start, stop)
    flags, start = ber.read_octets(whole, start, stop)
    model, _ = ber.read_integer(whole, start, stop)
    if len(flags) != 1 or number < 0 or most < _SMALLEST:
        raise Malformed("a header with impossible numbers")
    return Header(number, most, flags[0], model), stop


def read_security(whole: bytes, at: int, end: int) -> tuple[Security, int]:
    """Return the security parameters at `at` and where they end; Malformed when they are none."""
    start, last = ber.expect(whole, at, end, ber.OCTETS)
    at, stop = ber.expect(whole, start, last, ber.SEQUENCE)
    engine_id, at = ber.read_octets(whole, at, stop)
    boots, at = ber.read_integer(whole, at, stop)
    seconds, at = ber.read_integer(whole, at, stop)
    user, at = ber.read_octets(whole, at, stop)
    digest_at, at = ber.expect(whole, at, stop, ber.OCTETS)
    digest = whole[digest_at:at]
    salt, _ = ber.read_octets(whole, at, stop)
    if boots < 0 or seconds < 0:
        raise Malformed("a clock that is negative")
    return Security(engine_id, boots, seconds, user, digest, digest_at, salt), last


class Engine:
    """The SNMP engine of a device: authoritative for all that it is asked."""

    def __init__(self, device: Device, keyring: Keyring) -> None:
        """Let the users of `keyring` read `device`."""
        self._device = device
        self._keyring = keyring
        self._keys: dict[bytes, Keys] = {}
        self.counts = dict.fromkeys(Problem, 0)

    def answer(
        self, whole: bytes, at: int, end: int, respond: Callable[[Request, int], bytes]
    ) -> bytes | None:
        """Return the reply to the message whose header begins at `at`; None for silence."""
        header, at = read_header(whole, at, end)
        try:
            admitted = self._admit(header, whole, at, end)
            request = self._request(admitted)
        except NotLetIn as refusal:
            self.counts[refusal.problem] += 1
            return self._report(header, refusal) if header.reportable else None
        room = min(LARGEST, header.most) - _ENVELOPE - len(admitted.user.name)
        if admitted.level < admitted.user.least:
            response = pdu.refused(request, ErrorStatus.AUTHORIZATION_ERROR, 0)
        else:
            response = respond(request, room)
        return self.write(
            header.number, admitted.user.name.encode(), admitted.keys, admitted.level, response
        )

    def _admit(self, header: Header, whole: bytes, at: int, end: int) -> Admitted:
        """Take the steps of RFC 3414, section 3.2, in their order."""
        if header.model != _USM:
            raise NotLetIn(Problem.UNKNOWN_MODEL)
        if header.flags & Level.PRIV not in set(Level):
            raise NotLetIn(Problem.INVALID)
        level = Level(header.flags & Level.PRIV)
        security, at = read_security(whole, at, end)
        if security.engine_id != self._device.engine_id:
            raise NotLetIn(Problem.UNKNOWN_ENGINE, security.user)
        user = self._keyring.users.get(security.user)
        if user is None:
            raise NotLetIn(Problem.UNKNOWN_USER, security.user)
        keys = self.keys(user)
        if level is Level.PRIV and keys.priv is None:
            raise NotLetIn(Problem.UNSUPPORTED_LEVEL, security.user)
        if level is not Level.NONE:
            self._authenticate(whole, security, keys)
        if level is Level.PRIV:
            return Admitted(user, keys, level, _deciphered(whole, at, end, security, keys))
        return Admitted(user, keys, level, whole[at:end])

    def _authenticate(self, whole: bytes, security: Security, keys: Keys) -> None:
        at, size = security.digest_at, len(security.digest)
        blank = whole[:at] + bytes(size) + whole[at + size :]
        if not keys.signs(blank, security.digest):
            raise NotLetIn(Problem.WRONG_DIGEST, security.user)
        late = abs(security.seconds - self._device.now // 100) > _WINDOW
        if security.boots != self._device.boots or self._device.boots >= _LAST_BOOT or late:
            raise NotLetIn(Problem.NOT_IN_TIME_WINDOW, security.user, keys)

    def _request(self, admitted: Admitted) -> Request:
        scoped, user = admitted.scoped, admitted.user.name.encode()
        at, end = ber.expect(scoped, 0, len(scoped), ber.SEQUENCE)
        engine_id, at = ber.read_octets(scoped, at, end)
        context, at = ber.read_octets(scoped, at, end)
        if engine_id != self._device.engine_id:
            raise NotLetIn(Problem.UNKNOWN_HANDLER, user)
        if context:
            raise NotLetIn(Problem.UNKNOWN_CONTEXT, user)
        return pdu.read_request(scoped, at, end)

    def keys(self, user: User) -> Keys:
        """Return the keys of a user for this engine; they are made when first asked for."""
        name = user.name.encode()
        if name not in self._keys:
            self._keys[name] = self._keyring.keys(user, self._device.engine_id)
        return self._keys[name]

    def _report(self, header: Header, refusal: NotLetIn) -> bytes:
        """Return a report; one about the clock is authenticated, so that it can be believed."""
        problem = refusal.problem
        value = ber.unsigned(ber.COUNTER32, self.counts[problem])
        body = pdu.write(pdu.REPORT, 0, pdu.varbind(ber.oid(problem.counter), value))
        level = Level.AUTH if refusal.keys else Level.NONE
        return self.write(header.number, refusal.user, refusal.keys, level, body)

    def write(
        self, number: int, user: bytes, keys: Keys | None, level: Level, body: bytes
    ) -> bytes:
        """Return a message of this engine around a PDU, signed and enciphered as `level` says."""
        engine_id, boots = self._device.engine_id, self._device.boots
        seconds = self._device.now // 100
        scoped = ber.tlv(ber.SEQUENCE, ber.octets(engine_id) + ber.octets(b"") + body)
        salt = b""
        if level is Level.PRIV and keys and keys.priv:
            salt = self._keyring.salt()
            scoped = ber.octets(usm.encrypt(keys.priv, boots, seconds, salt, scoped))
        blank = bytes(keys.protocol.size) if level and keys else b""
        security = ber.octets(engine_id) + ber.integer(boots) + ber.integer(seconds)
        tail = ber.octets(salt)
        security += ber.octets(user) + ber.octets(blank) + tail
        header = ber.integer(number) + ber.integer(_LARGEST)
        header += ber.octets(bytes((level,))) + ber.integer(_USM)
        whole = ber.tlv(
            ber.SEQUENCE,
            ber.integer(V3)
            + ber.tlv(ber.SEQUENCE, header)
            + ber.octets(ber.tlv(ber.SEQUENCE, security))
            + scoped,
        )
        if not (level and keys):
            return whole
        at = len(whole) - len(scoped) - len(tail) - len(blank)
        return whole[:at] + keys.sign(whole) + whole[at + len(blank) :]


def _deciphered(whole: bytes, at: int, end: int, security: Security, keys: Keys) -> bytes:
    """Return the scoped PDU; with a wrong key it is noise, which is a problem of its own."""
    start, stop = ber.expect(whole, at, end, ber.OCTETS)
    if keys.priv is None or len(security.salt) != _SALT:
        raise NotLetIn(Problem.DECRYPTION, security.user)
    closed = whole[start:stop]
    scoped = usm.decrypt(keys.priv, security.boots, security.seconds, security.salt, closed)
    try:
        ber.expect(scoped, 0, len(scoped), ber.SEQUENCE)
    except Malformed:
        raise NotLetIn(Problem.DECRYPTION, security.user) from None
    return scoped
