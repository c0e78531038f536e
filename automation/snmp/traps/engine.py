"""pysnmp's engine as a receiver: communities, users under their senders' engine ids, counters."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from pyasn1.codec.ber import decoder
from pyasn1.error import PyAsn1Error
from pysnmp.entity import config
from pysnmp.entity.engine import SnmpEngine
from pysnmp.error import PySnmpError
from pysnmp.proto.api import v2c
from pysnmp.proto.mpmod.rfc3412 import SNMPv3Message
from pysnmp.proto.secmod.rfc3414.service import UsmSecurityParameters

from automation.errors import CredentialError
from automation.model import SnmpLogin, TrapValue

_AUTH: Final[Mapping[str, Any]] = {
    "sha1": config.USM_AUTH_HMAC96_SHA,
    "sha224": config.USM_AUTH_HMAC128_SHA224,
    "sha256": config.USM_AUTH_HMAC192_SHA256,
    "sha384": config.USM_AUTH_HMAC256_SHA384,
    "sha512": config.USM_AUTH_HMAC384_SHA512,
}
_PRIV: Final[Mapping[str, Any]] = {
    "aes128": config.USM_PRIV_CFB128_AES,
    "aes192": config.USM_PRIV_CFB192_AES_BLUMENTHAL,
    "aes256": config.USM_PRIV_CFB256_AES_BLUMENTHAL,
}
_COUNTERS: Final[Mapping[tuple[str, str], str]] = {
    ("__SNMPv2-MIB", "snmpInBadCommunityNames"): "wrong community",
    ("__SNMPv2-MIB", "snmpInASNParseErrs"): "not an SNMP message",
    ("__SNMPv2-MIB", "snmpInBadVersions"): "unknown SNMP version",
    ("__SNMP-MPD-MIB", "snmpUnknownPDUHandlers"): "neither trap nor inform of SNMPv2",
    ("__SNMP-USER-BASED-SM-MIB", "usmStatsUnsupportedSecLevels"): "security level without a key",
    ("__SNMP-USER-BASED-SM-MIB", "usmStatsNotInTimeWindows"): "outside the time window: an old "
    "message sent again, or a device whose boots went back",
    ("__SNMP-USER-BASED-SM-MIB", "usmStatsUnknownUserNames"): "unknown user",
    ("__SNMP-USER-BASED-SM-MIB", "usmStatsUnknownEngineIDs"): "unknown engine id",
    ("__SNMP-USER-BASED-SM-MIB", "usmStatsWrongDigests"): "wrong authentication key",
    ("__SNMP-USER-BASED-SM-MIB", "usmStatsDecryptionErrors"): "wrong privacy key",
}
_COURTESIES: Final = frozenset({"usmStatsUnknownEngineIDs", "usmStatsNotInTimeWindows"})
"""What is counted also while a sender of informs learns our engine id and clock."""
UNKNOWN_USER: Final = "usmStatsUnknownUserNames"
NOT_UNDERSTOOD: Final = "not understood"
WEAK: Final = "a user's name without its key"
_OCTETS: Final = (v2c.OctetString, v2c.Opaque, v2c.Bits)
_NUMBERS: Final = (v2c.Integer, v2c.Unsigned32, v2c.Counter32, v2c.Counter64, v2c.TimeTicks)
_WINDOW: Final = 150
"""Seconds by which a message may be older than the last (RFC 3414, 2.2.3)."""
_ANSWERED: Final = (
    v2c.InformRequestPDU.tagSet,
    v2c.GetRequestPDU.tagSet,
    v2c.GetNextRequestPDU.tagSet,
    v2c.GetBulkRequestPDU.tagSet,
    v2c.SetRequestPDU.tagSet,
)
"""What wants an answer: pysnmp keeps what it needs for one until it is given, for ever if not."""
_NOTIFICATIONS: Final = (v2c.SNMPv2TrapPDU.tagSet, v2c.InformRequestPDU.tagSet)
_UNHANDLED: Final = "snmpUnknownPDUHandlers"
_V2C, _USM = 2, 3
_SIGNED, _PRIVATE = 2, 3
"""Security models and levels, as RFC 3411 numbers them."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to an inform, to be given later or dropped; pysnmp keeps something for it.

    Neither raises: what pysnmp no longer knows how to answer, its sender sends again.
    """

    give: Callable[[], None]
    drop: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Message:
    """A trap or an inform that pysnmp has taken apart and found authentic.

    `logins` are the names of the logins that it may have come by. `answer` is an inform's.
    """

    logins: frozenset[str]
    values: tuple[tuple[str, TrapValue], ...]
    answer: Answer | None


class Engine:
    """An SNMP engine that only takes notifications."""

    def __init__(self, engine_id: bytes, boots: int, logins: Iterable[SnmpLogin]) -> None:
        """Know `logins`; users at first only under our own engine id, for informs.

        Raises:
            CredentialError: two logins have one user name with different keys: which of them an
                inform is to be checked with cannot be told.
        """
        # Given an id, pysnmp would keep its boots in a folder of the machine that all may write.
        self.pysnmp = SnmpEngine()
        self._set("snmpEngineID", engine_id)
        self._set("snmpEngineBoots", boots)
        own_time = self._scalar("__SNMP-FRAMEWORK-MIB", "snmpEngineTime")
        own_time.syntax = _Steady(int(time.monotonic()))
        self.pysnmp.snmpEngineID = v2c.OctetString(engine_id)
        self._counters = {name: self._scalar(mib, name) for mib, name in _COUNTERS}
        self._reasons = {name: why for (_, name), why in _COUNTERS.items()}
        self._communities: dict[str, str] = {}
        self._users: dict[str, SnmpLogin] = {}
        self._logins: dict[tuple[int, str], frozenset[str]] = {}
        self.message: Message | None = None
        self.is_weak = False
        self.is_old = False
        self._held: tuple[int, int] | None = None
        self._said = (b"", 0, 0)
        self._own = engine_id
        self._latest: dict[bytes, tuple[int, int]] = {}
        self.pysnmp.observer.register_observer(self._listen, "rfc3414.processIncomingMsg")
        for login in logins:
            self._learn(login)
        self.pysnmp.message_dispatcher.register_context_engine_id(
            b"", {*_NOTIFICATIONS, *_ANSWERED}, self._take
        )

    def _scalar(self, mib: str, name: str) -> Any:  # noqa: ANN401 - pysnmp has no types
        (found,) = self.pysnmp.get_mib_builder().import_symbols(mib, name)
        return found

    def _set(self, name: str, value: bytes | int) -> None:
        scalar = self._scalar("__SNMP-FRAMEWORK-MIB", name)
        scalar.syntax = scalar.syntax.clone(value)

    def _learn(self, login: SnmpLogin) -> None:
        if login.community:
            self._learn_community(login.name, login.community.reveal())
            return
        other = self._users.get(login.user)
        if other is not None and not _same_keys(other, login):
            raise CredentialError(
                f"snmp.{login.name} and snmp.{other.name} are the user {login.user!r} with "
                "different keys; informs carry only the name: give them different names"
            )
        self._users[login.user] = login
        self._name(_USM, login.user, login.name)
        self.add_user(None, login)

    def _learn_community(self, name: str, community: str) -> None:
        if community not in self._communities:
            # The index of pysnmp's table is the security name that messages then have.
            self._communities[community] = f"community-{len(self._communities)}"
            config.add_v1_system(self.pysnmp, self._communities[community], community)
        self._name(_V2C, self._communities[community], name)

    def _name(self, model: int, security_name: str, login: str) -> None:
        key = (model, security_name)
        self._logins[key] = self._logins.get(key, frozenset()) | {login}

    def user(self, name: str) -> SnmpLogin | None:
        """Return the keys of a user name: a login that has it, of several any one."""
        return self._users.get(name)

    def logins(self, user: str) -> frozenset[str]:
        """Return the names of the logins that have a user name."""
        return self._logins.get((_USM, user), frozenset())

    def add_user(self, engine_id: bytes | None, login: SnmpLogin) -> None:
        """Know a user under a sender's engine id, or under our own: keys differ (RFC 3414, 2.6)."""
        config.add_v3_user(
            self.pysnmp,
            login.user,
            _AUTH[login.auth],
            login.auth_password.reveal() if login.auth_password else None,
            _PRIV[login.priv] if login.priv_password else config.USM_PRIV_NONE,
            login.priv_password.reveal() if login.priv_password else None,
            securityEngineId=None if engine_id is None else v2c.OctetString(engine_id),
        )

    def forget_user(self, engine_id: bytes, login: SnmpLogin) -> None:
        """Know a user no longer under a sender's engine id."""
        config.delete_v3_user(self.pysnmp, login.user, v2c.OctetString(engine_id))

    def counts(self) -> tuple[int, ...]:
        """Return pysnmp's counters of what it does not take."""
        return tuple(int(counter.syntax) for counter in self._counters.values())

    def moved(self, before: tuple[int, ...]) -> tuple[str, ...]:
        """Return the names of the counters that count more than `before`."""
        now = self.counts()
        return tuple(
            name for name, old, new in zip(self._counters, before, now, strict=True) if new != old
        )

    def why(self, moved: Iterable[str], answered: bool) -> str:
        """Return why a message was not taken; empty where it was only a sender's question."""
        if self.is_weak or self.is_old:
            return WEAK if self.is_weak else self._reasons["usmStatsNotInTimeWindows"]
        names = list(moved)
        if answered and names and set(names) <= _COURTESIES:
            return ""
        return ", ".join(self._reasons[name] for name in names) or NOT_UNDERSTOOD

    def clear(self) -> None:
        """Be ready for the next message; what is kept to answer the last one stays kept."""
        self.message = None
        self.is_weak = self.is_old = False
        self._held = None

    def release(self) -> None:
        """Let go of what pysnmp keeps to answer the message in hand: it will not be answered."""
        if self._held is not None:
            self._forget(*self._held)
            self._held = None

    def _forget(self, model: int, state: int) -> None:
        """Let go of what pysnmp keeps to answer a message."""
        kept = self.pysnmp.message_processing_subsystems[model]._cache.pop_by_state_reference(state)
        security = self.pysnmp.security_models[int(kept["securityModel"])]
        security.release_state_information(kept["securityStateReference"])

    def _listen(self, engine: Any, point: str, about: Mapping[str, Any], context: Any) -> None:  # noqa: ANN401 - pysnmp has no types
        """Remember whose clock the message in hand carries; it is not authenticated yet."""
        self._said = (
            bytes(about["securityEngineId"]),
            int(about["snmpEngineBoots"]),
            int(about["snmpEngineTime"]),
        )

    def _is_replay(self) -> bool:
        """Whether an authentic message is older than one we had of the same engine.

        pysnmp takes each for its engine's clock, and would believe any. Our own clock it knows:
        what is written under our engine id has been held against that, and two who write so, one
        ahead and one behind, may differ by more than the window.
        """
        engine_id, boots, seconds = self._said
        if engine_id == self._own:
            return False
        known = self._latest.get(engine_id, (0, 0))
        if boots < known[0] or (boots == known[0] and seconds < known[1] - _WINDOW):
            return True
        self._latest[engine_id] = max(known, (boots, seconds))
        return False

    def _take(self, engine: Any, *about: Any) -> None:  # noqa: ANN401 - pysnmp has no types
        """Keep what pysnmp has authenticated: RFC 3413, 3.4, but for the moment of the answer."""
        (model, security, name, level, context, context_name, version, pdu, size, state) = about
        self._held = (int(model), state) if pdu.tagSet in _ANSWERED else None
        if pdu.tagSet not in _NOTIFICATIONS:
            self._counters[_UNHANDLED].syntax += 1
            return
        user = self._users.get(str(name)) if int(security) == _USM else None
        if user is not None and int(level) < (_PRIVATE if user.priv_password else _SIGNED):
            self.is_weak = True
            return
        if int(security) == _USM and self._is_replay():
            self.is_old = True
            return
        answer = None
        if pdu.tagSet == v2c.InformRequestPDU.tagSet:
            response = v2c.apiPDU.get_response(pdu)
            v2c.apiPDU.set_varbinds(response, v2c.apiPDU.get_varbinds(pdu))
            head = (model, security, name, level, context, context_name, version)
            give = partial(
                engine.message_dispatcher.return_response_pdu,
                *(engine, *head, response, size, state, {}),
            )
            drop = partial(self._forget, int(model), state)
            answer = Answer(partial(_if_known, give), partial(_if_known, drop))
        self.message = Message(
            self._logins.get((int(security), str(name)), frozenset()),
            tuple(_values(v2c.apiPDU.get_varbinds(pdu))),
            answer,
        )


class _Steady(v2c.Integer):  # type: ignore[misc]  # pysnmp has no types
    """Our snmpEngineTime, by a clock that nobody sets; pysnmp's goes by the wall clock.

    As there the value is when the engine began, and `clone()` gives how long ago that is. Where the
    wall clock is set back to before our start, pysnmp's stands still at the seconds since 1970.
    """

    def clone(self, *about: Any, **more: Any) -> Any:  # noqa: ANN401 - pysnmp has no types
        """Return the seconds since the engine began."""
        if about or more:
            return super().clone(*about, **more)
        return v2c.Integer(int(time.monotonic()) - int(self))


def _if_known(act: Callable[[], None]) -> None:
    """Do what pysnmp may no longer know how to do: it forgets a message after a minute."""
    with suppress(PySnmpError):  # the sender asks again, and `heard` takes what comes twice
        act()


def _same_keys(one: SnmpLogin, other: SnmpLogin) -> bool:
    return (one.auth, one.auth_password, one.priv, one.priv_password) == (
        other.auth,
        other.auth_password,
        other.priv,
        other.priv_password,
    )


def _values(pairs: Iterable[tuple[Any, Any]]) -> Iterable[tuple[str, TrapValue]]:
    for oid, value in pairs:
        if isinstance(value, v2c.IpAddress):
            yield str(oid), value.prettyPrint()
        elif isinstance(value, _OCTETS):
            yield str(oid), bytes(value)
        elif isinstance(value, v2c.ObjectIdentifier):
            yield str(oid), str(value)
        elif isinstance(value, _NUMBERS):
            yield str(oid), int(value)


def speaker(data: bytes) -> tuple[bytes, str] | None:
    """Return the authoritative engine id and the user name that a v3 message carries."""
    try:
        message, _ = decoder.decode(data, asn1Spec=SNMPv3Message())
        inside = message.getComponentByPosition(2)
        security, _ = decoder.decode(bytes(inside), asn1Spec=UsmSecurityParameters())
    except PyAsn1Error:
        return None
    return bytes(security.getComponentByPosition(0)), str(security.getComponentByPosition(3))
