"""Whom we listen to, how much of each, and the tally of the rest."""

from __future__ import annotations

from dataclasses import replace

import pytest

from automation.model import Rejected
from automation.snmp.traps.senders import (
    SHARED,
    UNKNOWN,
    UNNAMED,
    Allowance,
    Sender,
    Senders,
    Tally,
)

SENDERS = Senders(
    known={"192.0.2.1": Sender("sw-1", frozenset({"city"}))},
    shared=frozenset({"192.0.2.2"}),
    relays=frozenset({"192.0.2.9"}),
    relay_logins=frozenset({"relay"}),
)


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("192.0.2.1", ""),
        ("192.0.2.9", ""),
        ("192.0.2.2", SHARED),
        ("192.0.2.3", UNKNOWN),
        ("::ffff:192.0.2.1", UNKNOWN),
    ],
)
def test_who_may_send(source: str, why: str) -> None:
    assert SENDERS.refusal(source) == why


def test_who_may_be_a_device_whose_name_has_no_answer_is_told_so() -> None:
    part = replace(SENDERS, is_whole=False)
    found = [part.refusal(f"192.0.2.{n}") for n in (1, 9, 2, 3)]
    assert found == ["", "", SHARED, UNNAMED]


@pytest.mark.parametrize(
    ("source", "said", "device"),
    [
        ("192.0.2.1", "", "sw-1"),
        ("192.0.2.1", "192.0.2.77", "sw-1"),  # what it says of itself counts for nothing
        ("192.0.2.9", "192.0.2.1", "sw-1"),
        ("192.0.2.9", "192.0.2.3", None),
        ("192.0.2.9", "", None),
    ],
)
def test_only_a_relay_speaks_for_others(source: str, said: str, device: str | None) -> None:
    assert SENDERS.device(source, said) == device


def test_logins() -> None:
    assert SENDERS.logins("192.0.2.1") == {"city"}
    assert SENDERS.logins("192.0.2.9") == {"relay"}


@pytest.mark.parametrize(
    ("times", "allowed"),
    [
        ([0, 0, 0], [True, True, True]),
        ([0, 0, 0, 0], [True, True, True, False]),
        ([0, 0, 0, 0.4, 0.5], [True, True, True, False, True]),
        ([0, 0, 0, 100, 100, 100, 100], [True] * 6 + [False]),
    ],
)
def test_an_address_may_send_so_much(times: list[float], allowed: list[bool]) -> None:
    allowance = Allowance(rate=2, burst=3)
    assert [allowance.take("192.0.2.1", now) for now in times] == allowed


def test_one_address_does_not_use_up_anothers() -> None:
    allowance = Allowance(rate=1, burst=1)
    assert allowance.take("192.0.2.1", 0)
    assert not allowance.take("192.0.2.1", 0)
    assert allowance.take("192.0.2.2", 0)


def test_a_tally_adds_up_and_begins_anew() -> None:
    tally = Tally()
    for now in (1.0, 2.0, 3.0):
        tally.add("192.0.2.3", UNKNOWN, now)
    tally.put(Rejected("192.0.2.3", UNKNOWN, 5, 0.5, 4.0))
    assert tally.taken() == (Rejected("192.0.2.3", UNKNOWN, 8, 1.0, 4.0),)
    assert tally.taken() == ()


def test_a_tally_of_forged_addresses_is_bounded_and_loses_no_count() -> None:
    tally = Tally()
    for number in range(10_000):
        tally.add(f"198.51.{number // 256}.{number % 256}", UNKNOWN, 0.0)
    found = tally.taken()
    assert len(found) <= 300
    assert sum(one.count for one in found) == 10_000
