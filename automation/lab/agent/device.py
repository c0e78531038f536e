"""One device as its agent sees it: time since boot, links, counters. No wire, no BER."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from zlib import crc32

from automation.lab.agent.counters import Counters
from automation.lab.agent.face import ETHERNET, Face, Interface
from automation.lab.switch import Switch

Clock = Callable[[], int]
"""A clock that never steps, in hundredths of a second."""


@dataclass(frozen=True, slots=True)
class Links:
    """What is plugged in at the start: which ports have a cable, and what would flow there.

    `offered` and `starts` hold a number for each port and counter, in the order of `COUNTERS`;
    `drawn` the milliwatts that a port feeds to what is plugged in.
    """

    cabled: Sequence[bool]
    offered: Iterable[int]
    starts: Iterable[int]
    drawn: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """What a port is plugged into. Without `there` it is a device that the lab does not have."""

    device: str
    port: str
    mac: bytes
    there: tuple[Device, int] | None = None


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
        vendor = (0x80000000 | face.enterprise).to_bytes(4, "big")
        self.engine_id = vendor + b"\x03" + self.mac(0)
        """The vendor and the hardware address (RFC 3411, SnmpEngineID)."""
        self._clock = clock
        self._booted = clock() - uptime
        self.counters = Counters(links.offered, links.starts, uptime)
        self._cabled = bytearray(links.cabled)
        self.admin = bytearray(len(self.interfaces))
        self.oper = bytearray(len(self.interfaces))
        self.last_change = array("Q", bytes(8 * len(self.interfaces)))
        self.discontinuity = 0
        self.table_changed = 0
        self.report: Callable[[LinkChange], None] = _unheard
        self.neighbours: dict[int, Neighbour] = {}
        self._drawn = links.drawn
        self._settle(uptime)
        self.last_change = array("Q", bytes(8 * len(self.interfaces)))

    @property
    def now(self) -> int:
        """Hundredths of a second since the device booted; sysUpTime is its low 32 bits."""
        return self._clock() - self._booted

    def connect(self, port: int, far: Device, there: int) -> None:
        """Plug a port into one of another device: either end that is shut takes both down."""
        name = far.interfaces[there].name
        hostname = far.switch.identity.hostname
        self.neighbours[port] = Neighbour(hostname, name, far.mac(0), (far, there))

    def settle(self) -> None:
        """Bring the links in line with the configuration of both ends; report what changed."""
        self._settle(self.now)

    def _settle(self, now: int) -> None:
        for port, header in enumerate(self.blocks):
            block = self.switch.config.blocks.get(header)
            admin = block is None or "shutdown" not in block.slots
            changed, self.admin[port] = admin != self.admin[port], admin
            self._set_link(port, now)
            if changed and (far := self._far_end(port)):
                device, there = far
                device._set_link(there, device.now)

    def _set_link(self, port: int, now: int) -> None:
        up = bool(self.admin[port] and self.lit(port))
        if up == self.oper[port]:
            return
        self.oper[port] = up
        self.last_change[port] = now
        self.counters.run(port, now, up=up)
        self.report(LinkChange(port, up))

    def _far_end(self, port: int) -> tuple[Device, int] | None:
        neighbour = self.neighbours.get(port)
        return neighbour.there if neighbour else None

    def lit(self, port: int) -> bool:
        """Return whether there is a cable, and somebody who sends at its other end."""
        far = self._far_end(port)
        return bool(self._cabled[port] and (far is None or far[0].admin[far[1]]))

    def sees(self, port: int) -> Neighbour | None:
        """Return the neighbour that LLDP shows at a port; None when either end keeps quiet."""
        one = self.neighbours.get(port)
        if one is None or not self.oper[port] or not self.face.lldp(self.switch, self.port(port)):
            return None
        if one.there and not one.there[0].says(one.there[1]):
            return None
        return one

    def says(self, port: int) -> bool:
        """Return whether the port sends LLDP frames."""
        return self.face.lldp(self.switch, self.port(port), sends=True)

    def feeds(self, port: int) -> bool:
        """Return whether the port may feed what is plugged in: it is on, and not told not to."""
        return bool(self.admin[port]) and self.face.feeds(self.switch, self.port(port))

    def milliwatts(self, port: int) -> int:
        """Return what the port feeds."""
        return self._drawn.get(port, 0) if self.feeds(port) else 0

    def port(self, port: int) -> str:
        """Return the port's full name."""
        return self.interfaces[port].port

    def place(self, name: str) -> int:
        """Return the number of the port with this full name; ValueError when there is none."""
        return [one.port for one in self.interfaces].index(name)

    def chance(self, port: int, what: str) -> int:
        """Return a number that is always the same for this device, port and purpose."""
        return crc32(f"{self.switch.identity.hostname}/{port}/{what}".encode())

    def boot(self) -> None:
        """Start again: time and counters from zero; the links are settled after that."""
        self._booted = self._clock()
        self.boots += 1
        self.discontinuity = self.table_changed = 0
        self.counters.reset(0)
        self.last_change = array("Q", bytes(8 * len(self.interfaces)))

    def renumber(self) -> None:
        """Give the ports each other's ifIndex: the last becomes the first."""
        ports = [at for at, one in enumerate(self.interfaces) if one.kind == ETHERNET]
        indexes = [self.interfaces[at].index for at in ports]
        moved = dict(zip(ports, indexes[1:] + indexes[:1], strict=True))
        self.interfaces = tuple(
            replace(one, index=moved.get(at, one.index)) for at, one in enumerate(self.interfaces)
        )

    def clear(self) -> None:
        """Set every counter to zero, and say so (RFC 2863, ifCounterDiscontinuityTime)."""
        self.discontinuity = self.now
        self.counters.reset(self.discontinuity)

    def hold(self, *, held: bool) -> None:
        """Hold the counters where they stand, or let them go on."""
        self.counters.hold(self.now, [bool(up) for up in self.oper], held=held)

    def mac(self, number: int) -> bytes:
        """Return the `number`th hardware address of the device, 0 is its own; all are invented."""
        place = bytes(int(part) for part in self.switch.identity.address.split("."))
        return b"\x02" + place[1:] + number.to_bytes(2, "big")

    def description(self, port: int) -> str:
        """Return the description that is configured on a port."""
        block = self.switch.config.blocks.get(self.blocks[port])
        return block.line("description").removeprefix("description ") if block else ""

    def link_traps(self, port: int) -> bool:
        """Return whether the port reports its link: all three platforms do until told not to."""
        block = self.switch.config.blocks.get(self.blocks[port])
        said = block and (block.line("link-trap") or block.line("trap"))
        return not (said and said.startswith(("no ", "undo ")))


def _unheard(change: LinkChange) -> None:
    """Report to nobody."""
