"""What SNMP shows of a Catalyst 2960-X on IOS 15."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from automation.lab.agent import ber
from automation.lab.agent.ber import Oid
from automation.lab.agent.device import Device
from automation.lab.agent.entity import SENSOR, physical, received, sent
from automation.lab.agent.face import OTHER, VIRTUAL, Interface, admits
from automation.lab.agent.power import power
from automation.lab.agent.standard import number
from automation.lab.agent.tree import Instance, Read
from automation.lab.cisco_ios.port import short
from automation.lab.switch import Switch
from automation.lab.tree import Block
from automation.lab.values import Identity

_FIRST = 10_100
"""ifIndex of GigabitEthernet1/0/n is 10100 + n, that of Vlan1 is 1, that of Null0 10501 and the
management port's the next (LibreNMS, tests/snmpsim/ios_2960x.snmprec: a stack, Null0 at 14001).
The number of a TenGigabitEthernet has no public source: here they follow the access ports."""
_NULL = 10_501
_SUPPLY = 740
"""Watts of a 2960-X with full PoE."""
_CLASS_0 = 15_400
_FED: Oid = (1, 3, 6, 1, 4, 1, 9, 9, 402, 1, 2, 1)
"""CISCO-POWER-ETHERNET-EXT-MIB, cpeExtPsePortTable: 7 milliwatts allocated, 9 drawn."""
_SENSED: Oid = (1, 3, 6, 1, 4, 1, 9, 9, 91, 1, 1, 1, 1)
"""CISCO-ENTITY-SENSOR-MIB, entSensorValueTable: type, scale, precision, value, status."""
_DBM, _UNITS = 14, 9
_FIRST_SENSOR, _SENSORS = 1041, 5
"""entPhysicalIndex of the first transmitter, and sensors of a transceiver, as on a Catalyst
2960-S (the README of the monitoring plugin check_if)."""


class IosFace:
    """IOS as SNMP shows it; texts and ids are those of the recording above."""

    enterprise = 9
    object_id: Oid = (1, 3, 6, 1, 4, 1, 9, 1, 1208)
    descr = (
        "Cisco IOS Software, C2960X Software (C2960X-UNIVERSALK9-M), Version 15.0(2a)EX5, "
        "RELEASE SOFTWARE (fc3)\nTechnical Support: http://www.cisco.com/techsupport\r\n"
        "Copyright (c) 1986-2015 by Cisco Systems, Inc.\r\n"
        "Compiled Mon 16-Feb-15 08:16 by prod_rel_team"
    )

    def interfaces(self, identity: Identity) -> tuple[Interface, ...]:
        """Return the ports, then Vlan1, Null0 and the management port."""
        ports = (*identity.ports, *identity.uplinks)
        return (
            *(
                Interface(port, short(port), _FIRST + at, 10_000 if port[0] == "T" else 1000)
                for at, port in enumerate(ports, 1)
            ),
            Interface("Vlan1", "Vl1", 1, 1000, VIRTUAL),
            Interface("Null0", "Nu0", _NULL, 10_000, OTHER),
            Interface("FastEthernet0", "Fa0", _NULL + 1, 100),
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
        """Return whether LLDP runs, which it does not out of the box, and the port takes part."""
        block = switch.config.blocks.get(f"interface {port}")
        silent = block is not None and ("lldp-transmit" if sends else "lldp-receive") in block.slots
        return "lldp-run" in switch.config.slots and not silent

    def feeds(self, switch: Switch, port: str) -> bool:
        """Return whether the port gives power: unless `power inline never`."""
        block = switch.config.blocks.get(f"interface {port}")
        return block is not None and not block.line("power").endswith(" never")

    def own(self, interfaces: tuple[Interface, ...]) -> Iterator[Instance[Device]]:
        """Yield the light of the uplinks and the power of the access ports."""
        feeding = [at for at, one in enumerate(interfaces) if one.name.startswith("Gi")]
        yield from power(feeding, _SUPPLY)
        for port in feeding:
            for column, read in ((7, _allocated), (9, _milliwatts)):
                yield Instance((*_FED, column), (1, port + 1), read, port)
        uplinks = [at for at, one in enumerate(interfaces) if one.name.startswith("Te")]
        for order, port in enumerate(uplinks):
            yield from _optics(interfaces[port].name, port, _FIRST_SENSOR + _SENSORS * order)


def _optics(name: str, port: int, index: int) -> Iterator[Instance[Device]]:
    """Yield the sensors of a transceiver, the transmitter's with the number `index`."""
    for at, what, light in ((index, "Transmit", sent), (index + 1, "Receive", received)):
        yield from physical(
            at, SENSOR, f"{name} {what} Power Sensor", f"{name} {what} Power Sensor"
        )
        columns = {
            1: number(_DBM),
            2: number(_UNITS),
            3: number(1),
            4: _tenths(light),
            5: number(1),
        }
        for column, read in columns.items():
            yield Instance((*_SENSED, column), (at,), read, port)


def _tenths(light: Callable[[Device, int], int]) -> Read[Device]:
    return lambda device, key, now: ber.integer(round(light(device, key) / 10))


def _milliwatts(device: Device, key: int, now: int) -> bytes:
    return ber.unsigned(ber.GAUGE32, device.milliwatts(key))


def _allocated(device: Device, key: int, now: int) -> bytes:
    return ber.unsigned(ber.GAUGE32, _CLASS_0 if device.milliwatts(key) else 0)
