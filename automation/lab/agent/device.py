"""One device as its agent sees it: time since boot, links, counters. No wire, no BER."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from automation.lab.agent.counters import Counters
from automation.lab.agent.face import Face, Interface
from automation.lab.switch import Switch

Clock = Callable[[], int]
"""A clock that never steps, in hundredths of a second."""


@dataclass(frozen=True, slots=True)
class Links:
    """What is plugged in at the start: which ports have a cable, and what would flow there.

    `offered` and `starts` hold a number for each port and counter, in the order of `COUNTERS`.
    """

    cabled: Sequence[bool]
    offered: Iterable[int]
    starts: Iterable[int]


@dataclass(frozen=True, slots=True)
class LinkChange:
    """A port whose operational status changed: what linkUp and linkDown report."""

    port: int
    up: bool


class Device:
    """The state behind an agent; everything else is read from the switch when it is asked for.

    Ports are numbered from 0 in the order of `interfaces`, whatever their ifIndex.
    """

    def __init__(
        self, switch: Switch, face: Face, clock: Clock, links: Links, *, uptime: int, boots: int
    ) -> None:
        """Run since `uptime` hundredths of a second, after `boots` boots."""
        self.switch = switch
        self.face = face
        self.boots = boots
        self.interfaces: tuple[Interface, ...] = face.interfaces(switch.identity)
        self.blocks = tuple(f"interface {one.port}" for one in self.interfaces)
        self._clock = clock
        self._booted = clock() - uptime
        self.counters = Counters(links.offered, links.starts, uptime)
        self._cabled = bytearray(links.cabled)
        self.admin = bytearray(len(self.interfaces))
        self.oper = bytearray(len(self.interfaces))
        self.last_change = array("Q", bytes(8 * len(self.interfaces)))
        self.discontinuity = 0
        self.table_changed = 0
        self.far: dict[int, tuple[Device, int]] = {}
        self._settle(uptime)
        self.last_change = array("Q", bytes(8 * len(self.interfaces)))

    @property
    def now(self) -> int:
        """Hundredths of a second since the device booted; sysUpTime is its low 32 bits."""
        return self._clock() - self._booted

    def settle(self) -> list[LinkChange]:
        """Bring the links in line with the configuration of both ends; return what changed."""
        return self._settle(self.now)

    def _settle(self, now: int) -> list[LinkChange]:
        changes = []
        for port, header in enumerate(self.blocks):
            block = self.switch.config.blocks.get(header)
            self.admin[port] = block is None or "shutdown" not in block.slots
            up = bool(self.admin[port] and self._cabled[port] and self._far_end_is_on(port))
            if up != self.oper[port]:
                self.oper[port] = up
                self.last_change[port] = now
                self.counters.run(port, now, up=up)
                changes.append(LinkChange(port, up))
        return changes

    def _far_end_is_on(self, port: int) -> bool:
        if port not in self.far:
            return True
        device, there = self.far[port]
        return bool(device.admin[there])

    def boot(self) -> None:
        """Start again: time and counters from zero."""
        self._booted = self._clock()
        self.boots += 1
        self.discontinuity = self.table_changed = 0
        self.counters.reset(0)
        self.last_change = array("Q", bytes(8 * len(self.interfaces)))
        self._settle(0)

    def hold(self, *, held: bool) -> None:
        """Hold the counters where they stand, or let them go on."""
        self.counters.hold(self.now, [bool(up) for up in self.oper], held=held)

    def mac(self, number: int) -> bytes:
        """Return the `number`th hardware address of the device, 0 is its own; all are invented."""
        place = bytes(int(part) for part in self.switch.identity.address.split("."))
        return b"\x02" + place[1:] + number.to_bytes(2, "big")

    @property
    def engine_id(self) -> bytes:
        """The id of the device's SNMP engine: its vendor and its hardware address (RFC 3411)."""
        head = (0x80000000 | self.face.enterprise).to_bytes(4, "big")
        return head + b"\x03" + self.mac(0)

    def description(self, port: int) -> str:
        """Return the description that is configured on a port."""
        block = self.switch.config.blocks.get(self.blocks[port])
        return block.line("description").removeprefix("description ") if block else ""

    def link_traps(self, port: int) -> bool:
        """Return whether the port reports its link: all three platforms do until told not to."""
        block = self.switch.config.blocks.get(self.blocks[port])
        return not (block and any(slot in block.slots for slot in ("link-trap", "trap")))
