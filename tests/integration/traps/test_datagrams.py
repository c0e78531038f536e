"""What is no notification, from garbage to a storm: counted, bounded, and the next one is taken."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest

from automation.snmp.traps.senders import TOO_MANY
from tests.integration.traps.receiving import HERE, PATIENCE, Listening, listening

pytestmark = pytest.mark.integration


def trap(community: bytes = b"public") -> bytes:
    """Return a linkDown of ifIndex 8 over v2c, put together by hand (X.690, RFC 3416)."""
    up_time = _tlv(0x30, _tlv(6, bytes([43, 6, 1, 2, 1, 1, 3, 0])) + _tlv(0x43, b"\x64"))
    kind = _tlv(6, bytes([43, 6, 1, 6, 3, 1, 1, 5, 3]))
    trap_oid = _tlv(0x30, _tlv(6, bytes([43, 6, 1, 6, 3, 1, 1, 4, 1, 0])) + kind)
    index = _tlv(0x30, _tlv(6, bytes([43, 6, 1, 2, 1, 2, 2, 1, 1, 8])) + _tlv(2, b"\x08"))
    zero = _tlv(2, b"\x00")
    pdu = _tlv(0xA7, _tlv(2, b"\x01") + zero + zero + _tlv(0x30, up_time + trap_oid + index))
    return _tlv(0x30, _tlv(2, b"\x01") + _tlv(4, community) + pdu)


def _tlv(tag: int, body: bytes) -> bytes:
    assert len(body) < 256
    size = bytes([len(body)]) if len(body) < 128 else bytes([0x81, len(body)])
    return bytes([tag]) + size + body


def send(one: Listening, *datagrams: bytes) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for data in datagrams:
            sender.sendto(data, (HERE, one.port))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"garbage",
        trap()[:-1],
        trap()[:20],
        b"\x30\x84\xff\xff\xff\xff",
        b"\x30\x80" * 400,
        trap().replace(b"\xa7", b"\xa0", 1),
        trap().replace(b"\xa7", b"\xa4", 1),
        trap().replace(b"\x02\x01\x01", b"\x02\x01\x07", 1),
    ],
    ids=range(9),
)
def test_what_is_no_notification_is_counted(tmp_path: Path, data: bytes) -> None:
    with listening(tmp_path) as one:
        send(one, data, trap())
        one.wait(lambda: one.heard and one.rejected)
    assert (len(one.heard), sum(found.count for found in one.rejected)) == (1, 1)
    assert one.rejected[0].why


INFORM = trap().replace(b"\xa7", b"\xa6", 1)
REFUSED = {
    "the login of another device": trap(b"another").replace(b"\xa7", b"\xa6", 1),
    "it does not say what it is": INFORM.replace(bytes([43, 6, 1, 6, 3]), bytes([43, 6, 1, 6, 9])),
    "neither trap nor inform": INFORM.replace(b"\xa6", b"\xa0", 1),
}


@pytest.mark.parametrize("why", REFUSED)
def test_nothing_is_held_of_what_will_never_be_answered(tmp_path: Path, why: str) -> None:
    with listening(tmp_path, rate=1000) as one:
        send(one, *[REFUSED[why]] * 50)
        one.wait(lambda: _seen(one) == 50)
        assert one.held() == 0
        send(one, *[INFORM] * 50)
        one.wait(lambda: _seen(one) == 100)
        one.wait(lambda: one.held() == 0)
    assert [found.why for found in one.rejected if not found.why.startswith(why)] == []
    assert len(one.heard) == 50


def test_who_is_refused_costs_nobody_else_the_answer(tmp_path: Path) -> None:
    with (
        listening(tmp_path) as one,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
    ):
        sender.settimeout(PATIENCE)
        for data in (INFORM, trap(b"wrong"), *REFUSED.values()):
            sender.sendto(data, (HERE, one.port))
        assert sender.recv(2000)[:1] == b"\x30"
        one.wait(lambda: one.held() == 0)


def _seen(one: Listening) -> int:
    return len(one.heard) + sum(found.count for found in one.rejected)


def test_a_storm_is_cut_to_what_is_allowed_and_counted(tmp_path: Path) -> None:
    rate, began = 5, time.monotonic()
    with listening(tmp_path, rate=rate) as one:
        assert one.take_in([trap()] * 2000) == 2000
        allowed = 20 * rate + rate * (time.monotonic() - began) + 1
    assert 20 * rate <= len(one.heard) <= allowed
    assert {found.why for found in one.rejected} == {TOO_MANY}
    assert one.seen == 2000
