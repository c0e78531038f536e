"""SNMPv3: keys as the RFCs have them, and every step of RFC 3414, section 3.2, in its order."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import pytest
from pyasn1.type.univ import OctetString
from pysnmp.proto.secmod.rfc3414 import localkey

from automation.lab.agent import ber, pdu, usm
from automation.lab.agent.usm import AuthProtocol, Keyring, Level, User
from automation.lab.agent.v3 import Engine, Problem
from automation.lab.agents import READERS
from tests.unit.lab.agent.demo import HERE, Demo

IOS, VRP = "city-acc-001", "city-acc-002"
BOTH, SHA, AUTH = READERS
UP_TIME = ber.oid((1, 3, 6, 1, 2, 1, 1, 3, 0))


@dataclass(frozen=True)
class Ask:
    """A v3 request and what can be wrong with it."""

    user: User = BOTH
    level: Level = Level.PRIV
    flags: int = 4
    boots: int = 0
    seconds: int = 0
    engine_id: bytes | None = None
    context: bytes = b""
    context_engine: bytes | None = None
    spoiled: bool = False
    priv: str | None = None
    model: int = 3


def _asked(engine: Engine, demo: Demo, ask: Ask) -> bytes:
    """Return the message; `boots` and `seconds` are off by that much."""
    device = demo.agents[IOS].device
    engine_id = device.engine_id if ask.engine_id is None else ask.engine_id
    user = replace(ask.user, priv=ask.priv) if ask.priv else ask.user
    keys = Keyring((user,)).keys(user, device.engine_id)
    body = pdu.write(pdu.GET, 77, pdu.varbind(UP_TIME, b"\x05\x00"))
    context_engine = device.engine_id if ask.context_engine is None else ask.context_engine
    scoped = ber.tlv(ber.SEQUENCE, ber.octets(context_engine) + ber.octets(ask.context) + body)
    boots, seconds = device.boots + ask.boots, device.now // 100 + ask.seconds
    salt = b""
    if ask.level is Level.PRIV:
        salt = b"saltsalt"
        scoped = ber.octets(usm.encrypt(keys.priv or b"k" * 16, boots, seconds, salt, scoped))
    blank = bytes(keys.protocol.size) if ask.level else b""
    name = ber.octets(user.name.encode())
    head = ber.octets(engine_id) + ber.integer(boots) + ber.integer(seconds) + name
    security = ber.tlv(ber.SEQUENCE, head + ber.octets(blank) + ber.octets(salt))
    header = ber.integer(5) + ber.integer(65507) + ber.octets(bytes((ask.level | ask.flags,)))
    header = ber.tlv(ber.SEQUENCE, header + ber.integer(ask.model))
    whole = ber.tlv(ber.SEQUENCE, ber.integer(3) + header + ber.octets(security) + scoped)
    if not blank:
        return whole
    at = len(whole) - len(scoped) - len(ber.octets(salt)) - len(blank)
    digest = keys.sign(whole)
    digest = bytes(len(digest)) if ask.spoiled else digest
    return whole[:at] + digest + whole[at + len(digest) :]


def _reported(data: bytes) -> tuple[Problem | None, int]:
    """Return which problem a message in clear reports, and its flags; None for none."""
    problems = [one for one in Problem if ber.oid(one.counter) in data]
    header, _ = ber.expect(data, 0, len(data), ber.SEQUENCE)
    _, at = ber.read_integer(data, header, len(data))
    at, _ = ber.expect(data, at, len(data), ber.SEQUENCE)
    for _ in range(2):
        _, at = ber.read_integer(data, at, len(data))
    flags, _ = ber.read_octets(data, at, len(data))
    return (problems[0] if problems else None), flags[0]


def _answer(demo: Demo, ask: Ask) -> bytes | None:
    agent = demo.agents[IOS]
    return agent.answer(_asked(agent.engine, demo, ask), HERE)


@pytest.mark.parametrize(
    ("ask", "problem"),
    [
        (Ask(engine_id=b""), Problem.UNKNOWN_ENGINE),
        (Ask(engine_id=b"\x80\x00\x00\x09\x04other"), Problem.UNKNOWN_ENGINE),
        (Ask(user=replace(BOTH, name="nobody")), Problem.UNKNOWN_USER),
        (Ask(user=AUTH, priv="lab-snmp-priv"), Problem.UNSUPPORTED_LEVEL),
        (Ask(spoiled=True), Problem.WRONG_DIGEST),
        (Ask(user=replace(BOTH, auth="another-phrase")), Problem.WRONG_DIGEST),
        (Ask(boots=1), Problem.NOT_IN_TIME_WINDOW),
        (Ask(boots=-1), Problem.NOT_IN_TIME_WINDOW),
        (Ask(seconds=151), Problem.NOT_IN_TIME_WINDOW),
        (Ask(seconds=-151), Problem.NOT_IN_TIME_WINDOW),
        (Ask(priv="another-phrase"), Problem.DECRYPTION),
        (Ask(context=b"vlan-110"), Problem.UNKNOWN_CONTEXT),
        (Ask(context_engine=b"elsewhere"), Problem.UNKNOWN_HANDLER),
        (Ask(model=2), Problem.UNKNOWN_MODEL),
        (Ask(user=SHA, level=Level.NONE, flags=6), Problem.INVALID),
    ],
    ids=lambda value: value.name if isinstance(value, Problem) else "",
)
def test_what_is_not_let_in_is_reported_and_counted(demo: Demo, ask: Ask, problem: Problem) -> None:
    said, flags = _reported(_answer(demo, ask) or b"")
    assert said is problem
    assert flags == (Level.AUTH if problem is Problem.NOT_IN_TIME_WINDOW else Level.NONE)
    assert demo.agents[IOS].engine.counts[problem] == 1
    assert _answer(demo, replace(ask, flags=ask.flags & ~4)) is None
    assert demo.agents[IOS].engine.counts[problem] == 2


@pytest.mark.parametrize(
    "ask",
    [Ask(), Ask(seconds=149), Ask(seconds=-149), Ask(user=SHA), Ask(user=SHA, level=Level.AUTH)],
    ids=["priv", "late", "early", "SHA-1", "not encrypted"],
)
def test_who_is_let_in_hears_at_the_same_level(demo: Demo, ask: Ask) -> None:
    answer = _answer(demo, ask)
    assert _reported(answer or b"") == (None, ask.level)
    assert (UP_TIME in (answer or b"")) is (ask.level is Level.AUTH)


@pytest.mark.parametrize("level", [Level.NONE, Level.AUTH])
def test_a_view_is_closed_below_the_level_of_its_user(demo: Demo, level: Level) -> None:
    answer = _answer(demo, Ask(level=level)) or b""
    refusal = ber.integer(77) + ber.integer(16) + ber.integer(0)
    assert refusal in answer


def test_a_boot_closes_the_window_of_before(demo: Demo) -> None:
    agent = demo.agents[IOS]
    asked = _asked(agent.engine, demo, Ask())
    assert _reported(agent.answer(asked, HERE) or b"")[0] is None
    demo.switches[IOS].reboot()
    assert _reported(agent.answer(asked, HERE) or b"")[0] is Problem.NOT_IN_TIME_WINDOW


def test_the_last_boot_is_the_end(demo: Demo) -> None:
    demo.agents[IOS].device.boots = 2**31 - 1
    assert _reported(_answer(demo, Ask()) or b"")[0] is Problem.NOT_IN_TIME_WINDOW


def test_every_device_is_an_engine_of_its_own(demo: Demo) -> None:
    ids = {agent.device.engine_id for agent in demo.agents.values()}
    assert len(ids) == len(demo.agents)
    assert all(5 <= len(one) <= 32 and one[0] & 0x80 for one in ids)


def test_a_key_is_that_of_the_standard() -> None:
    """The sample of RFC 3414, appendix A.3.2."""
    stretched = usm.stretch(AuthProtocol.SHA, "maplesyrup")
    assert stretched.hex() == "9fb5cc0381497b3793528939ff788d5d79145211"
    key = usm.localize(AuthProtocol.SHA, stretched, bytes(11) + b"\x02")
    assert key.hex() == "6695febc9288e36282235fc7151f128497b38f3f"


@pytest.mark.parametrize("protocol", list(AuthProtocol))
def test_every_key_is_that_of_pysnmp(protocol: AuthProtocol) -> None:
    engine_id = b"\x80\x00\x00\x09\x03\x02\x01\x02\x03\x04\x05"
    made = usm.localize(protocol, usm.stretch(protocol, "a passphrase"), engine_id)
    digest = getattr(hashlib, protocol.digest)
    theirs = localkey.password_to_key(b"a passphrase", OctetString(engine_id), digest)
    assert made == bytes(theirs)


@pytest.mark.parametrize("protocol", list(AuthProtocol))
def test_a_signature_holds_for_one_message_only(protocol: AuthProtocol) -> None:
    user = User("u", protocol, "a passphrase", "another one")
    keys = Keyring((user,)).keys(user, b"engine")
    assert len(keys.sign(b"message")) == protocol.size
    assert keys.signs(b"message", keys.sign(b"message"))
    assert not keys.signs(b"massage", keys.sign(b"message"))
    assert not keys.signs(b"message", b"")


def test_secrets_are_not_shown() -> None:
    user = User("u", AuthProtocol.SHA, "a passphrase", "another one")
    keys = Keyring((user,)).keys(user, b"engine")
    assert "phrase" not in repr(user)
    assert "another" not in repr(user)
    assert repr(keys.auth) not in repr(keys)


def test_a_salt_is_used_once() -> None:
    ring = Keyring(())
    assert len({ring.salt() for _ in range(100)}) == 100
