"""Whatever arrives, an agent answers or keeps silent, and answers as ever afterwards."""

from __future__ import annotations

import random

import pytest

from automation.lab.agent import ber, pdu
from tests.unit.lab.agent.demo import COMMUNITY, HERE, Demo, heard

NAME = "city-acc-002"
V2C = ber.integer(1) + ber.octets(COMMUNITY.encode())
V3 = bytes.fromhex(
    "303e020103301102042b7cd6100203 00ffe304010402 0103041030 0e0400020100020100040004000400"
    "3014040004 00a00e02041b2e7f5d0201000201003000".replace(" ", "")
)
"""A discovery: no engine id, no user, an empty GET."""


def _seeds() -> list[bytes]:
    names = [(1, 3, 6, 1, 2, 1, 31, 1, 1, 1, column) for column in (1, 6, 10)]
    varbinds = b"".join(pdu.varbind(ber.oid(name), b"\x05\x00") for name in names)
    asked = [pdu.write(kind, 9, varbinds, 0, 10) for kind in (pdu.GET, pdu.GETNEXT, pdu.GETBULK)]
    return [*(ber.tlv(ber.SEQUENCE, V2C + one) for one in asked), V3]


def _spoiled(data: bytes, chance: random.Random) -> bytes:
    """Return the datagram with octets changed, left out, doubled or cut off."""
    spoiled = bytearray(data)
    for _ in range(chance.randrange(1, 4)):
        at = chance.randrange(len(spoiled))
        match chance.randrange(5):
            case 0:
                spoiled[at] = chance.randrange(256)
            case 1:
                spoiled[at] ^= 1 << chance.randrange(8)
            case 2:
                spoiled[at:at] = spoiled[at : at + chance.randrange(20)]
            case 3 if len(spoiled) > 8:
                del spoiled[at : at + chance.randrange(1, 8)]
            case _ if at:
                del spoiled[at:]
    return bytes(spoiled) or b"\x30"


@pytest.mark.parametrize("kind", ["", "loop", "repeat", "endless", "genErr", "narrow", "tooBig"])
def test_spoiled_datagrams_do_no_harm(demo: Demo, kind: str) -> None:
    if kind:
        demo.strike(NAME, kind)
    chance = random.Random(kind)  # noqa: S311 - a failure can be run again
    agent = demo.agents[NAME]
    seeds = _seeds()
    answered = 0
    for number in range(1500):
        answer = agent.answer(_spoiled(seeds[number % len(seeds)], chance), HERE)
        answered += answer is not None
        assert answer is None or len(answer) < 4000
    assert 100 < answered < 1500
    demo.strike(NAME, "")
    assert demo.get(NAME, "1.3.6.1.2.1.1.5.0").values == [NAME.encode()]


def test_the_seeds_themselves_are_answered(demo: Demo) -> None:
    for seed in _seeds():
        assert demo.agents[NAME].answer(seed, HERE) is not None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x30",
        bytes(65_507),
        b"\x30\x80" * 1000,
        b"\x30\x84\xff\xff\xff\xff",
        ber.tlv(ber.SEQUENCE, V2C),
        ber.tlv(ber.SEQUENCE, V2C + pdu.write(pdu.GET, 1, b"\x30" * 30_000)),
        ber.tlv(ber.SEQUENCE, ber.integer(0) + V2C),
    ],
    ids=["empty", "one octet", "zeros", "nested", "4 GB", "no PDU", "deep", "v1"],
)
def test_what_is_no_request_is_met_with_silence(demo: Demo, data: bytes) -> None:
    assert demo.agents[NAME].answer(data, HERE) is None


def test_a_huge_question_gets_a_small_answer(demo: Demo) -> None:
    names = b"".join(pdu.varbind(ber.oid((1, 3, 6, at)), b"\x05\x00") for at in range(5000))
    for kind, times in ((pdu.GET, 0), (pdu.GETBULK, 2**31 - 1)):
        asked = ber.tlv(ber.SEQUENCE, V2C + pdu.write(kind, 1, names, 0, times))
        answer = demo.agents[NAME].answer(asked, HERE) or b""
        assert len(answer) <= pdu.LARGEST
        heard(answer)
