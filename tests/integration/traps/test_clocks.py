"""Clocks: one that is set back or forth, senders that differ, and a sysUpTime that is none."""

from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from automation.snmp.traps import engine
from tests.integration.traps.receiving import (
    IDENTITY,
    LINK_DOWN,
    USER,
    Listening,
    listening,
)
from tests.integration.traps.test_datagrams import send, trap

pytestmark = pytest.mark.integration
FROM_DEVICE = ("-e", "0x80001f8804613174726170")
TO_US = ("-e", f"0x{IDENTITY.engine_id.hex()}")
PATIENT = ("-t", "60", "-r", "0")
HOUR = 3600
TRUE = time.time


def set_wall_clock(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr(time, "time", lambda: TRUE() + seconds)


def trap_at(one: Listening, boots: int, seconds: int, *under: str) -> None:
    """Send a trap written at a time of the engine that `under` names, and wait until it is seen."""
    before = one.seen
    assert one.send("snmptrap", *USER, *under, "-Z", f"{boots},{seconds}") == 0
    one.wait(lambda: one.seen > before)


@pytest.mark.netsnmp
@pytest.mark.parametrize("steps", [(0, -HOUR, 0), (0, HOUR, 0)], ids=["back", "forth and back"])
def test_informs_do_not_depend_on_the_wall_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, steps: tuple[int, ...]
) -> None:
    with listening(tmp_path) as one:
        for seconds in steps:
            set_wall_clock(monkeypatch, seconds)
            assert one.send("snmpinform", *USER, *PATIENT) == 0
    assert (len(one.heard), one.rejected) == (len(steps), [])


@pytest.mark.netsnmp
def test_a_sender_that_is_ahead_makes_nobody_else_unheard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listening(tmp_path) as one:
        running = SimpleNamespace(monotonic=lambda: time.monotonic() + 1000)
        monkeypatch.setattr(engine, "time", running)
        for seconds in (1140, 880, 1140):
            trap_at(one, IDENTITY.boots, seconds, *TO_US)
        assert (len(one.heard), one.rejected) == (3, [])
        for boots, seconds in ((IDENTITY.boots, 700), (IDENTITY.boots - 1, 1000)):
            trap_at(one, boots, seconds, *TO_US)
    assert len(one.heard) == 3
    assert {found.why[:23] for found in one.rejected} == {"outside the time window"}


@pytest.mark.netsnmp
@pytest.mark.parametrize("seconds", [-HOUR, HOUR], ids=["back", "forth"])
def test_a_step_of_the_wall_clock_costs_no_trap_and_lets_no_old_one_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seconds: int
) -> None:
    with listening(tmp_path) as one:
        trap_at(one, 5, 1000, *FROM_DEVICE)
        set_wall_clock(monkeypatch, seconds)
        trap_at(one, 5, 800, *FROM_DEVICE)
        assert (len(one.heard), len(one.rejected)) == (1, 1)
        for clock in (1001, 1001, 1002):
            trap_at(one, 5, clock, *FROM_DEVICE)
        trap_at(one, 5, 800, *FROM_DEVICE)
        assert (len(one.heard), len(one.rejected)) == (4, 2)
        assert one.held() == 0


TICKS = bytes.fromhex("430164")
"""The sysUpTime of `trap()`: TimeTicks 100."""
CLOCKS = {
    "a Counter64 of 64 ones": (b"\x46\x09\x00" + b"\xff" * 8, None),
    "a Counter64 of 2^32": (b"\x46\x05\x01\x00\x00\x00\x00", None),
    "a negative Integer": (b"\x02\x01\xff", None),
    "a text": (b"\x04\x02up", None),
    "the last TimeTicks": (b"\x43\x05\x00\xff\xff\xff\xff", (1 << 32) - 1),
    "the first": (b"\x43\x01\x00", 0),
}


def with_clock(value: bytes) -> bytes:
    """Return `trap()` with another value of sysUpTime.0."""
    before, true, after = trap().partition(TICKS)
    assert true
    grown = len(value) - len(TICKS)
    data = bytearray(before + value + after)
    for start in _lengths_before(before):
        data[start] += grown
    return bytes(data)


def _lengths_before(before: bytes) -> list[int]:
    """Return where the lengths stand of what sysUpTime is in: message, PDU, list, pair."""
    pdu = before.index(b"\xa7")
    pairs = pdu + 2 + 9  # behind three Integers of three octets
    return [1, pdu + 1, pairs + 1, pairs + 3]


@pytest.mark.parametrize("what", CLOCKS)
def test_a_clock_that_is_none_is_not_believed_and_the_trap_is(tmp_path: Path, what: str) -> None:
    value, uptime = CLOCKS[what]
    with listening(tmp_path) as one:
        send(one, with_clock(value))
        one.wait(lambda: one.seen)
    assert [(found.oid, found.uptime) for found in one.heard] == [(LINK_DOWN[0], uptime)]
    assert one.rejected == []
