"""What a router was given against what its kernel has, by its own words."""

from __future__ import annotations

import pytest

from automation import platforms
from automation.devices.in_force import marked

HOW = platforms.get("frr").cli.in_force
SHOWN = """\
Interface eth1 is up, line protocol is up
  Link ups:       1    last: 2026/11/30 22:50:47.31
  vrf: default
  inet 192.0.2.1/24
  inet 192.0.2.2/24 secondary
  inet 203.0.113.1/32 unnumbered
  inet6 2001:db8::1/64
Interface eth2 is down
  vrf: default
Interface nosuch0 is down
  vrf: default
  pseudo interface
Interface lo is up, line protocol is up
  inet 203.0.113.1/32
"""


@pytest.mark.parametrize(
    ("running", "lacking"),
    [
        ("", []),
        ("interface eth1\n ip address 192.0.2.1/24\n ip address 192.0.2.2/24\nexit\n!\nend\n", []),
        ("interface eth1\n ip address 192.0.2.1/25\n", [1]),
        ("interface eth2\n ip address 192.0.2.1/24\n ip ospf area 0\nexit\nend", [1]),
        ("interface eth2\n ip address 192.0.2.1/24\n shutdown\nexit\n", []),
        ("interface eth3\n shutdown\ninterface eth2\n ip address 192.0.2.1/24\n", [3]),
        ("interface nosuch0\n ip address 192.0.2.9/24\nend\n", [1]),
        ("interface eth2 vrf blue\n ip address 192.0.2.9/24\n", []),
        ("interface eth2\n ip address 192.0.2.9/24 label x\n", []),
        ("interface eth2\n ipv6 address 2001:db8::1/64\n", []),
        ("router bgp 65001\n ip address 192.0.2.9/24\n", []),
    ],
)
def test_what_the_kernel_lacks_is_marked_and_nothing_else_is_touched(
    running: str, lacking: list[int]
) -> None:
    assert HOW is not None
    lines = marked(HOW, running, SHOWN).split("\n")
    assert [at for at, line in enumerate(lines) if line.endswith(HOW.mark)] == lacking
    assert "\n".join(line.removesuffix(HOW.mark) for line in lines) == running
