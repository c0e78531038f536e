"""What SNMP shows of a Catalyst 2960-X on IOS 15."""

from __future__ import annotations

from collections.abc import Iterator

from automation.lab.agent.ber import Oid
from automation.lab.agent.device import Device
from automation.lab.agent.face import OTHER, VIRTUAL, Interface, admits
from automation.lab.agent.tree import Instance
from automation.lab.cisco_ios.port import short
from automation.lab.switch import Identity, Switch
from automation.lab.tree import Block

_FIRST = 10_100
"""ifIndex of GigabitEthernet1/0/n is 10100 + n, that of Vlan1 is 1, that of Null0 10501 and the
management port's the next (LibreNMS, tests/snmpsim/ios_2960x.snmprec: a stack, Null0 at 14001).
The number of a TenGigabitEthernet has no public source: here they follow the access ports."""
_NULL = 10_501


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

    def own(self, interfaces: tuple[Interface, ...]) -> Iterator[Instance[Device]]:
        """Yield nothing yet."""
        yield from ()
