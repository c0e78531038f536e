"""What SNMP shows of a 7050 on EOS."""

from __future__ import annotations

from collections.abc import Iterator

from automation.lab.agent.ber import Oid
from automation.lab.agent.device import Device
from automation.lab.agent.face import Interface, admits
from automation.lab.agent.tree import Instance
from automation.lab.switch import Identity, Switch
from automation.lab.tree import Block

_SPEED = 10_000


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

    def own(self, interfaces: tuple[Interface, ...]) -> Iterator[Instance[Device]]:
        """Yield nothing yet."""
        yield from ()
