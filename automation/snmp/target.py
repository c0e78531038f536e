"""Whom to ask, and how patiently."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from automation.counters import EXTRAS_EVERY
from automation.model import Mibs, SnmpLogin


@dataclass(frozen=True, slots=True)
class Target:
    """An agent and what the inventory knows of its device.

    `address` is an IP literal or a DNS name. `ports` are the full port names that the device
    should have; `abbreviations` turn the short names of its ifName (`Gi`) into them. `mibs` says
    where its platform shows light and power.
    """

    device: str
    address: str
    port: int
    login: SnmpLogin = field(repr=False)
    ports: tuple[str, ...] = ()
    abbreviations: Mapping[str, str] = field(default_factory=dict)
    mibs: Mibs = field(default_factory=Mibs)

    def full_name(self, if_name: str) -> str:
        """Return the port's full name for an ifName: `GigabitEthernet1/0/1` for `Gi1/0/1`."""
        if if_name in self.ports:
            return if_name
        letters = if_name.rstrip("0123456789/.:-")
        return self.abbreviations.get(letters, letters) + if_name[len(letters) :]


@dataclass(frozen=True, slots=True)
class Limits:
    """How patient a poller is, and how careful; times are seconds.

    A request waits `timeout` and is sent at most `tries` times. All that one cycle does with one
    device ends at `deadline`. `in_flight` devices are read at a time, each by one request at a
    time. `varbinds` is the most one request asks for: 61 answers fit into one Ethernet frame.
    Descriptions, speeds and discontinuities are read again after `labels`, optics, PoE and
    neighbours after `extras`. `buffer` is the receive buffer of each device's socket, in octets.
    `interval` is from one cycle to the next.
    """

    timeout: float = 1.0
    tries: int = 2
    deadline: float = 20.0
    in_flight: int = 100
    varbinds: int = 61
    labels: float = 3600.0
    extras: float = EXTRAS_EVERY
    buffer: int = 1 << 20
    interval: float = 300.0
