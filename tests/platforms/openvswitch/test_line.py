"""A port's line: what is written is read back, and what cannot be is named."""

from __future__ import annotations

import re

import pytest

from automation.platforms.openvswitch.line import Held, PortLine, bits, flaw, members, ranges, rate

LINES = {
    "port swp1": PortLine("swp1"),
    "port swp1 vlan_mode=access tag=4094 protected=true": PortLine(
        "swp1", vlan_mode="access", tag=4094, protected=True
    ),
    'port swp1 vlan_mode=native-untagged tag=10 trunks=10,1101-1103 outlet="MKB 1"': PortLine(
        "swp1",
        vlan_mode="native-untagged",
        tag=10,
        trunks=frozenset({10, 1101, 1102, 1103}),
        outlet="MKB 1",
    ),
    "port swp1 down=100M up=1500k dhcp_guard=on": PortLine(
        "swp1", down=Held("100M", "100M"), up=Held("1500k", "1500k"), dhcp_guard=Held("on", "on")
    ),
    "port swp1 up=none/100M dhcp_guard=on/none": PortLine(
        "swp1", up=Held("", "100M"), dhcp_guard=Held("on", "")
    ),
    "port swp1 up=other": PortLine("swp1", up=Held("other", "other")),
    "port swp1 qos=1f0e": PortLine("swp1", qos="1f0e"),
    'port swp1 tag=7 error="no such \\"device\\""': PortLine(
        "swp1", tag=7, error='no such "device"'
    ),
    'port swp1 tag=7 bars="up: no" error="x"': PortLine("swp1", tag=7, bars="up: no", error="x"),
    'port "a port" outlet="\\"x\\" \\n\\u00e5"': PortLine("a port", outlet='"x" \nå'),
}


@pytest.mark.parametrize(("line", "port"), LINES.items())
def test_a_line_and_its_port_are_the_same(line: str, port: PortLine) -> None:
    assert str(port) == line
    assert PortLine.parse(line) == port
    assert (PortLine.parse(line).error, PortLine.parse(line).bars) == (port.error, port.bars)
    assert line.startswith(port.key)
    assert line.isprintable()


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("interface swp1", "is not a port's line"),
        ("port swp1 tag=4096", "'4096' is not a VLAN id"),
        ("port swp1 tag=x", "'x' is not a VLAN id"),
        ("port swp1 trunks=1-x", "'x' is not a VLAN id"),
        ("port swp1 vlan_mode=hybrid", "'hybrid' cannot be there"),
        ("port swp1 protected=yes", "'yes' cannot be there"),
        ("port swp1 down=fast", "'fast' is not a rate"),
        ("port swp1 up=1000k", "'1000k' cannot be there"),
        ("port swp1 dhcp_guard=off", "'off' cannot be there"),
        ("port swp1 colour=blue", "'colour=blue' is not understood"),
        ("port swp1 tag=1 tag=2", "'tag=1 tag=2' is not understood"),
        ("port swp1 tag=1; reboot", "'tag=1; reboot' is not understood"),
        ('port swp1 outlet="x', "is not understood"),
    ],
)
def test_what_is_not_a_line_is_named(line: str, why: str) -> None:
    with pytest.raises(ValueError, match=re.escape(why)):
        PortLine.parse(line)


EVERY = "it would carry every VLAN"
TOLD = "what a switch says of its port is nothing that can be intended"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("hostname sw", ""),
        ("port swp1 vlan_mode=access tag=5", ""),
        ("port swp1 tag=5", ""),
        ("port swp1 trunks=5", ""),
        ("port swp1 vlan_mode=native-untagged tag=5 trunks=5,6", ""),
        ("port swp1 vlan_mode=dot1q-tunnel tag=5", ""),
        ("port swp1", EVERY),
        ('port swp4 protected=true outlet="x tag=5"', EVERY),
        ("port swp1 vlan_mode=trunk", EVERY),
        ("port swp3 vlan_mode=native-untagged tag=5", EVERY),
        ("port swp3 vlan_mode=native-tagged tag=5", EVERY),
        ('port swp1 tag=5 error="x"', TOLD),
        ('port swp1 tag=5 bars="up: x"', TOLD),
        ("port swp1 tag=x", "'x' is not a VLAN id"),
        (
            "port swp1 protected=true tag=5",
            "a switch would show it as 'port swp1 tag=5 protected=true'",
        ),
    ],
)
def test_what_no_intent_may_have(line: str, why: str) -> None:
    assert flaw(line) == why


@pytest.mark.parametrize(
    ("number", "text"),
    [(100_000_000, "100M"), (1_000_000_000, "1000M"), (1_500_000, "1500k"), (7, "7"), (0, "0")],
)
def test_rates(number: int, text: str) -> None:
    assert rate(number) == text
    assert bits(text) == number


@pytest.mark.parametrize(
    ("ids", "text"),
    [((), ""), ((5,), "5"), ((1, 2), "1,2"), ((1, 2, 3), "1-3"), ((9, 3, 1, 2, 4), "1-4,9")],
)
def test_lists(ids: tuple[int, ...], text: str) -> None:
    assert ranges(ids) == text
    assert members(text) == frozenset(ids)
