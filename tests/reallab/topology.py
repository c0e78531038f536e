"""The network of the lab as data: who stands where, and which cable joins what.

    cpe == access swp1     access swp49 == transport swp1     transport swp49 == bng core0
    bng wan0 == core eth2                      city core eth1 == mkb core eth1 (demarcation)

Each estate has access switches, one transport switch, one BNG and one core router. The BNG has
an interface, a subnet and a DHCP server for each network, and no other way between them than
over the core. Every name, provider and customer is invented.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

ESTATES: Final = ("city", "mkb")
UPLINKS: Final = ("swp49", "swp50")
"""Every switch's uplink range; a cable is in the first, nothing in the second."""
PARKED: Final = 4094
"""An OVS port without tag carries every VLAN, so a port nobody has asked for is parked here."""
NOC: Final = "noc"
NOC_ADDRESS: Final = "10.254.0.1"
_DOWNLINKS: Final = 24


class Kind(StrEnum):
    """What runs in a node."""

    SWITCH = "switch"
    """Open vSwitch, OpenSSH, snmpd and lldpd: what Portvakt configures."""
    ROUTER = "router"
    """FRR, and OpenSSH that lets in to vtysh only: what Portvakt configures."""
    BNG = "bng"
    """The providers' side: one DHCP server a network, and a router. Configured by the lab."""
    GATEWAY = "gateway"
    """A customer's device that tags, which is a small Open vSwitch."""
    PLAIN = "plain"
    """Only a network namespace: a PC, a sensor, the NOC's own workstation."""


@dataclass(frozen=True, slots=True)
class Network:
    """What is delivered in one VLAN, by one DHCP server an estate; `octet` makes the subnet."""

    name: str
    vlan: int
    octet: int

    def gateway(self, estate: str) -> str:
        """Return the BNG's address, which is the DHCP server's too."""
        return f"10.{self.octet}.{ESTATES.index(estate) + 1}.1"

    def subnet(self, estate: str) -> str:
        """Return the estate's subnet."""
        return self.gateway(estate).removesuffix("1") + "0/24"


NORDLYS: Final = Network("nordlys", 1101, 11)
SUNDET: Final = Network("sundet", 1102, 12)
TRYGGHET: Final = Network("trygghet", 1401, 14)
AP_MGMT: Final = Network("ap-mgmt", 310, 31)
IOT: Final = Network("iot", 320, 32)
NETWORKS: Final = (NORDLYS, SUNDET, TRYGGHET, AP_MGMT, IOT)


@dataclass(frozen=True, slots=True)
class Node:
    """One machine. `address` is its management address, empty where nobody logs in to it.

    `ports` are the cabled and the empty ports, uplinks not among them.
    """

    name: str
    kind: Kind
    estate: str = ""
    role: str = ""
    address: str = ""
    ports: tuple[str, ...] = ()
    uplinks: tuple[str, ...] = ()

    @property
    def has_daemons(self) -> bool:
        """Whether it boots anything of its own."""
        return self.kind is not Kind.PLAIN


@dataclass(frozen=True, slots=True)
class End:
    """One end of a cable."""

    node: str
    port: str


@dataclass(frozen=True, slots=True)
class Routing:
    """How an estate's core is addressed; a /30 at each end."""

    asn: int
    demarcation: str
    inside: str
    bng: str


ROUTING: Final[Mapping[str, Routing]] = {
    "city": Routing(65001, "10.9.0.1", "10.9.1.1", "10.9.1.2"),
    "mkb": Routing(65002, "10.9.0.2", "10.9.2.1", "10.9.2.2"),
}


@dataclass(frozen=True, slots=True)
class Size:
    """How many access switches each estate has, and how many ports each of them."""

    name: str
    access: Mapping[str, int]
    ports: int


SMALL: Final = Size("small", {"city": 2, "mkb": 1}, 24)
LARGE: Final = Size("large", {"city": 12, "mkb": 8}, 48)
SIZES: Final[Mapping[str, Size]] = {size.name: size for size in (SMALL, LARGE)}


@dataclass(frozen=True, slots=True)
class Topology:
    """All nodes, the cables between them, and who is plugged in at which port."""

    size: Size
    nodes: Mapping[str, Node]
    cables: tuple[tuple[End, End], ...]
    plugged: Mapping[str, End]

    def of(self, *kinds: Kind) -> tuple[Node, ...]:
        """Return the nodes of some kinds, in order."""
        return tuple(node for node in self.nodes.values() if node.kind in kinds)

    @property
    def managed(self) -> tuple[Node, ...]:
        """The nodes that Portvakt logs in to."""
        return tuple(node for node in self.nodes.values() if node.address)

    @property
    def empty(self) -> tuple[End, ...]:
        """The switch ports that no cable between switches is in."""
        taken = {end for cable in self.cables for end in cable}
        every = (End(n.name, port) for n in self.of(Kind.SWITCH) for port in (*n.ports, *n.uplinks))
        return tuple(end for end in every if end not in taken)


_CUSTOMERS: Final[Mapping[str, tuple[Kind, End]]] = {
    "cpe-a": (Kind.PLAIN, End("city-acc-001", "swp1")),
    "cpe-b": (Kind.PLAIN, End("city-acc-001", "swp2")),
    "cpe-t": (Kind.GATEWAY, End("city-acc-001", "swp3")),
    "ap-1": (Kind.GATEWAY, End("city-acc-001", "swp5")),
    "iot-1": (Kind.PLAIN, End("city-acc-001", "swp6")),
    "cpe-p": (Kind.PLAIN, End("city-acc-001", "swp24")),
    "cpe-c": (Kind.PLAIN, End("city-acc-002", "swp1")),
    "cpe-m": (Kind.PLAIN, End("mkb-acc-001", "swp1")),
}
"""What customers have at the end of their cable. `cpe-p` sits at a port nobody has ordered."""


def topology(size: Size) -> Topology:
    """Return the lab of that size."""
    nodes = {node.name: node for node in _nodes(size)}
    plugged = {name: end for name, (_, end) in _CUSTOMERS.items()}
    return Topology(size, nodes, tuple(_cables(size)), plugged)


def _nodes(size: Size) -> Iterator[Node]:
    at = 11
    for index, estate in enumerate(ESTATES):
        yield Node(
            f"{estate}-core-001",
            Kind.ROUTER,
            estate,
            "core",
            f"10.254.0.{2 + index}",
            ("eth1", "eth2"),
        )
        yield Node(f"{estate}-bng", Kind.BNG, estate, ports=("core0", "wan0"))
        yield _switch(f"{estate}-tra-001", estate, "transport", 4 + index, _DOWNLINKS)
        for name in _access(size, estate):
            yield _switch(name, estate, "access", at, size.ports)
            at += 1
    for name, (kind, _) in _CUSTOMERS.items():
        yield Node(name, kind, ports=("wan",))
    yield Node(NOC, Kind.PLAIN)


def _switch(name: str, estate: str, role: str, last_octet: int, count: int) -> Node:
    ports = tuple(f"swp{number}" for number in range(1, count + 1))
    return Node(name, Kind.SWITCH, estate, role, f"10.254.0.{last_octet}", ports, UPLINKS)


def _access(size: Size, estate: str) -> Iterator[str]:
    return (f"{estate}-acc-{number:03}" for number in range(1, size.access[estate] + 1))


def _cables(size: Size) -> Iterator[tuple[End, End]]:
    for estate in ESTATES:
        transport = f"{estate}-tra-001"
        for number, name in enumerate(_access(size, estate), 1):
            yield End(name, UPLINKS[0]), End(transport, f"swp{number}")
        yield End(transport, UPLINKS[0]), End(f"{estate}-bng", "core0")
        yield End(f"{estate}-bng", "wan0"), End(f"{estate}-core-001", "eth2")
    yield End("city-core-001", "eth1"), End("mkb-core-001", "eth1")
