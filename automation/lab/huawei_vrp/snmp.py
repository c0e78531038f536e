"""What SNMP shows of an S5700 on VRP."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from automation.lab.agent import ber
from automation.lab.agent.ber import Oid
from automation.lab.agent.device import Device
from automation.lab.agent.entity import DARK, PORT, alias, physical, received, sent
from automation.lab.agent.face import OTHER, Interface, admits
from automation.lab.agent.tree import Instance, Read
from automation.lab.switch import Switch
from automation.lab.tree import Block
from automation.lab.values import Identity

_BEFORE = 4
"""VRP numbers interfaces as it makes them. How many come before the first port has no public
source; here they are as many, so that a port's index is not its number."""
_OPTICS: Oid = (1, 3, 6, 1, 4, 1, 2011, 5, 25, 31, 1, 1, 3, 1)
"""HUAWEI-ENTITY-EXTENT-MIB, hwEntityStateEntry: 8 is received light, 9 is sent light."""
_INVALID = -1
_CHASSIS = 67_108_867
"""entPhysicalIndex of an S-series chassis (Checkmk, huawei_switch data sets). Those of ports have
no public source: entAliasMappingTable says which is which."""
_OUT_OF_THE_BOX = "snmp-agent sys-info version v3"


class VrpFace:
    """VRP as SNMP shows it: ifDescr and ifName are the whole name."""

    enterprise = 2011
    object_id: Oid = (1, 3, 6, 1, 4, 1, 2011, 2, 23)
    descr = (
        "S5700-52X-LI-AC\r\nHuawei Versatile Routing Platform Software\r\n"
        "VRP (R) software,Version 5.170 (S5700 V200R013C00SPC500)\r\n"
        "Copyright (C) 2000-2018 Huawei Technologies Co., Ltd"
    )

    def interfaces(self, identity: Identity) -> tuple[Interface, ...]:
        """Return the ports, then NULL0 and the management port, which were made before them."""
        ports = (*identity.ports, *identity.uplinks)
        return (
            *(
                Interface(port, port, _BEFORE + at, 10_000 if port[0] == "X" else 1000)
                for at, port in enumerate(ports, 1)
            ),
            Interface("NULL0", "NULL0", 2, 0, OTHER),
            Interface("MEth0/0/1", "MEth0/0/1", 3, 100),
        )

    def speaks(self, switch: Switch, version: int) -> bool:
        """Return whether the agent runs and this version is on; out of the box that is v3."""
        versions = switch.config.line("snmp-version", _OUT_OF_THE_BOX).split()[3:]
        name = {1: "v2c", 3: "v3"}.get(version, "none")
        return "snmp" in switch.config.slots and bool({name, "all"} & set(versions))

    def community(self, switch: Switch, name: str, address: str) -> bool:
        """Return whether the community is there and its ACL lets `address` in."""
        config = switch.config
        line = config.line(f"snmp-community {name}")
        if not line:
            return False
        number = line.rpartition(" acl ")[2] if " acl " in line else ""
        return admits(config.blocks.get(f"acl number {number}"), address)

    def system(self, config: Block, what: str) -> str:
        """Return the name, contact or location that is configured."""
        if what == "name":
            return config.line("sysname").removeprefix("sysname ")
        return config.line(f"snmp-{what}").removeprefix(f"snmp-agent sys-info {what} ")

    def lldp(self, switch: Switch, port: str, *, sends: bool = False) -> bool:
        """Return whether LLDP runs, which it does not out of the box, and the port takes part."""
        block = switch.config.blocks.get(f"interface {port}")
        return "lldp" in switch.config.slots and (block is None or "lldp" not in block.slots)

    def feeds(self, switch: Switch, port: str) -> bool:
        """Return whether the port gives power: unless `undo poe enable`."""
        block = switch.config.blocks.get(f"interface {port}")
        return block is not None and "poe" not in block.slots

    def own(self, interfaces: tuple[Interface, ...]) -> Iterator[Instance[Device]]:
        """Yield the light of the uplinks. Which MIB shows their power has no source."""
        uplinks = [at for at, one in enumerate(interfaces) if one.name.startswith("X")]
        for order, port in enumerate(uplinks, 1):
            one, index = interfaces[port], _CHASSIS + order
            yield from physical(index, PORT, one.name, one.name)
            yield alias(index, one.index)
            for column, light in ((8, received), (9, sent)):
                yield Instance((*_OPTICS, column), (index,), _hundredths(light), port)


def _hundredths(light: Callable[[Device, int], int]) -> Read[Device]:
    """Return the reader of a light level in hundredths of dBm; no light is an invalid value."""

    def read(device: Device, key: int, now: int) -> bytes:
        level = light(device, key)
        return ber.integer(_INVALID if level == DARK else level)

    return read
