"""What SNMP shows of a 7050 on EOS."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from automation.lab.agent import ber
from automation.lab.agent.ber import Oid
from automation.lab.agent.device import Device
from automation.lab.agent.entity import SENSOR, physical, received, sent
from automation.lab.agent.face import Interface, admits
from automation.lab.agent.standard import number
from automation.lab.agent.tree import Instance, Read
from automation.lab.switch import Switch
from automation.lab.tree import Block
from automation.lab.values import Identity

_SPEED = 10_000
_SENSED: Oid = (1, 3, 6, 1, 2, 1, 99, 1, 1, 1)
"""ENTITY-SENSOR-MIB, entPhySensorTable: type, scale, precision, value, status (RFC 3433)."""
_WATTS, _MILLI, _PRECISION = 6, 8, 4
_TRANSCEIVERS = 100_300_000
"""entPhysicalIndex of the sensors of port n: this, n thousands, 212 to send and 213 to receive."""


class EosFace:
    """EOS as SNMP shows it: names are whole, and EthernetN has the index N.

    Text and id have the form of LibreNMS, tests/snmpsim/arista_eos.snmprec. The management port is
    left out: its index has no public source.
    """

    enterprise = 30065
    object_id: Oid = (1, 3, 6, 1, 4, 1, 30065, 1, 3011, 7050, 1958, 128)
    descr = "Arista Networks EOS version 4.26.4M running on an Arista Networks DCS-7050TX-128"

    def interfaces(self, identity: Identity) -> tuple[Interface, ...]:
        """Return the ports."""
        return tuple(
            Interface(port, port, int(port.removeprefix("Ethernet")), _SPEED)
            for port in (*identity.ports, *identity.uplinks)
        )

    def speaks(self, switch: Switch, version: int) -> bool:
        """Return True for v2c and v3: they are switched off by taking away who may read."""
        return version in (1, 3)

    def community(self, switch: Switch, name: str, address: str) -> bool:
        """Return whether the community is configured and its access list lets `address` in."""
        words = switch.config.line(f"snmp-community {name}").split()
        if not words:
            return False
        acl = f"ip access-list standard {words[-1]}" if words[4:] else ""
        return admits(switch.config.blocks.get(acl), address)

    def system(self, config: Block, what: str) -> str:
        """Return the name, contact or location that is configured."""
        if what == "name":
            return config.line("hostname").removeprefix("hostname ")
        return config.line(f"snmp-{what}").removeprefix(f"snmp-server {what} ")

    def lldp(self, switch: Switch, port: str, *, sends: bool = False) -> bool:
        """Return whether LLDP runs, which it does out of the box, and the port takes part."""
        block = switch.config.blocks.get(f"interface {port}")
        line = block.line("lldp-transmit" if sends else "lldp-receive") if block else ""
        return "lldp-run" not in switch.config.slots and not line.startswith("no ")

    def feeds(self, switch: Switch, port: str) -> bool:
        """Return False: no port of a 7050 feeds anything."""
        return False

    def own(self, interfaces: tuple[Interface, ...]) -> Iterator[Instance[Device]]:
        """Yield the light of every port: all of them take transceivers."""
        for port, one in enumerate(interfaces):
            for order, what, light in ((12, "TX", sent), (13, "RX", received)):
                index = _TRANSCEIVERS + 1000 * (port + 1) + 200 + order
                descr = f"DOM {what} Power Sensor for {one.name}"
                yield from physical(index, SENSOR, descr, "")
                columns = {
                    1: number(_WATTS),
                    2: number(_MILLI),
                    3: number(_PRECISION),
                    4: _milliwatts(light),
                    5: number(1),
                }
                for column, read in columns.items():
                    yield Instance((*_SENSED, column), (index,), read, port)


def _milliwatts(light: Callable[[Device, int], int]) -> Read[Device]:
    """Return the reader of a light level in ten-thousandths of a milliwatt."""
    return lambda device, key, now: ber.integer(round(10 ** (light(device, key) / 1000) * 10_000))
