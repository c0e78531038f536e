"""What SNMP shows of a platform that is not the same on all: names, numbers and who may read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from automation.lab.agent.ber import Oid
from automation.lab.switch import Switch
from automation.lab.tree import Block
from automation.lab.values import Identity

if TYPE_CHECKING:
    from automation.lab.agent.device import Device
    from automation.lab.agent.tree import Instance

ETHERNET = 6
OTHER = 1
VIRTUAL = 53
"""ifType (IANAifType-MIB): ethernetCsmacd, other, propVirtual."""


@dataclass(frozen=True, slots=True)
class Interface:
    """An interface as IF-MIB names it. `port` is its full name on the command line, `name` its
    ifName; `speed` is in Mbit/s.
    """

    port: str
    name: str
    index: int
    speed: int
    kind: int = ETHERNET
    mtu: int = 1500


class Face(Protocol):
    """A platform as SNMP shows it."""

    enterprise: int
    """The vendor's number among the private enterprises; it begins the engine's id."""
    object_id: Oid
    descr: str

    def interfaces(self, identity: Identity) -> tuple[Interface, ...]:
        """Return every interface: the ports in their order, then those that are none."""

    def speaks(self, switch: Switch, version: int) -> bool:
        """Return whether the device answers this version: 1 on the wire is v2c, 3 is v3."""

    def community(self, switch: Switch, name: str, address: str) -> bool:
        """Return whether a reader at `address` may use the community `name`."""

    def system(self, config: Block, what: str) -> str:
        """Return the name, contact or location that is configured; `what` is one of these."""

    def lldp(self, switch: Switch, port: str, *, sends: bool = False) -> bool:
        """Return whether a port listens to LLDP, or sends it."""

    def feeds(self, switch: Switch, port: str) -> bool:
        """Return whether a port gives power to what is plugged in."""

    def own(self, interfaces: tuple[Interface, ...]) -> Iterable[Instance[Device]]:
        """Return the instances of the MIBs that only this platform has."""


def admits(acl: Block | None, address: str) -> bool:
    """Return whether an access list lets `address` in; one that is not there lets everybody in.

    The first entry that fits decides, in the order of their numbers; behind the last is a deny.
    """
    if acl is None:
        return True
    entries = [line.split() for line in acl.slots.values() if isinstance(line, str)]
    for words in sorted(entries, key=_number):
        at = next(at for at, word in enumerate(words) if word in ("permit", "deny"))
        rule = words[at + 1 :]
        if not rule or "any" in rule or address in rule:
            return words[at] == "permit"
    return not entries


def _number(words: list[str]) -> int:
    return next((int(word) for word in words[:2] if word.isdecimal()), 0)
