"""Which full port name a shortened one means."""

from __future__ import annotations

import pytest

from automation.inventory.port_names import look_alike

PORTS = (
    "GigabitEthernet1/0/1",
    "TenGigabitEthernet1/0/1",
    "TwentyFiveGigE1/0/1",
    "FastEthernet0",
    "Ethernet1",
    "Ethernet11",
)

CASES = [
    ("Gi1/0/1", "GigabitEthernet1/0/1"),
    ("GE1/0/1", "GigabitEthernet1/0/1"),
    ("gigabitethernet1/0/1", "GigabitEthernet1/0/1"),
    ("GigabitEthernet 1/0/1", "GigabitEthernet1/0/1"),
    ("Te1/0/1", "TenGigabitEthernet1/0/1"),
    ("T1/0/1", None),
    ("Et1", "Ethernet1"),
    ("eth-11", "Ethernet11"),
    ("Fa0", "FastEthernet0"),
    ("Gi1/0/2", None),
    ("1/0/1", None),
    ("xe1/0/1", None),
    ("", None),
]


@pytest.mark.parametrize(("name", "full"), CASES)
def test_look_alike(name: str, full: str | None) -> None:
    assert look_alike(name, PORTS) == full
