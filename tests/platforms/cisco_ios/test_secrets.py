"""What is masked in the configuration of IOS, and what is free text that only looks secret."""

from __future__ import annotations

import pytest

from automation.drift.block import MASK, canonical
from automation.drift.reader import Reader
from automation.platforms.cisco_ios import PLATFORM


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("tacacs-server key 7 0822455D0A16", "tacacs-server key <secret>"),
        ("key 7 0822455D0A16", "key <secret>"),
        ("key-string a key of five words", "key-string <secret>"),
        ("radius-server host 192.0.2.1 key 0822", "radius-server host 192.0.2.1 key <secret>"),
        (
            "ip ospf message-digest-key 1 md5 7 094F471A1A0A",
            "ip ospf message-digest-key 1 md5 <secret>",
        ),
        ("ip ospf authentication-key 7 094F47", "ip ospf authentication-key <secret>"),
        ("crypto isakmp key x address 192.0.2.1", "crypto isakmp key <secret>"),
        ("password 7 094F471A1A0A", "password <secret>"),
    ],
)
def test_a_key_is_masked(line: str, shown: str) -> None:
    assert canonical(Reader(PLATFORM.grammar).read(line)) == [shown]


@pytest.mark.parametrize(
    "line",
    [
        "description ask for the key 7 times",
        "remark the key is under the mat",
        "snmp-server location Whiskey street 4",
        "ntp server 192.0.2.1 key 4",
        "ntp trusted-key 4",
        "key chain CORE",
        "no lldp transmit",
    ],
)
def test_what_is_no_key_is_read_as_it_is(line: str) -> None:
    assert canonical(Reader(PLATFORM.grammar).read(line)) == [line]
    assert MASK not in line
