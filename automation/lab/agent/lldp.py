"""LLDP-MIB (IEEE 802.1AB): what stands at the other end of a cable, as long as both ends say so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from automation.lab.agent import ber
from automation.lab.agent.ber import Oid
from automation.lab.agent.device import Device, Neighbour
from automation.lab.agent.face import ETHERNET, Interface
from automation.lab.agent.standard import fixed, number, text
from automation.lab.agent.tree import Instance, Read, Row, Tree

_LLDP: Final[Oid] = (1, 0, 8802, 1, 1, 2, 1)
_LOCAL: Final[Oid] = (*_LLDP, 3, 7, 1)
_REMOTE: Final[Oid] = (*_LLDP, 4, 1, 1)
_FIRST: Final = b"\x28"
"""What the names of LLDP-MIB begin with (1.0); all others of an agent come behind them (1.3)."""
_MAC_ADDRESS = 4
_INTERFACE_NAME = 5
_BRIDGE = b"\x20"
"""LldpSystemCapabilitiesMap: bit 2, counted from the left, is a bridge."""


def local(interfaces: Iterable[Interface]) -> Iterator[Instance[Device]]:
    """Yield lldpLocPortTable: port n of the device by its ifName."""
    for at, one in enumerate(interfaces, 1):
        if one.kind != ETHERNET:
            continue
        columns = {2: number(_INTERFACE_NAME), 3: text(one.name), 4: text(one.port)}
        for column, read in columns.items():
            yield Instance((*_LOCAL, column), (at,), read, at - 1)


class WithNeighbours:
    """The objects of a device: its tree, and its neighbours as they are at the time of asking."""

    def __init__(self, device: Device, ports: Tree[Device], rest: Tree[Device]) -> None:
        """Put the neighbours between `ports`, the local part of LLDP-MIB, and all the rest."""
        self._device = device
        self._ports = ports
        self._rest = rest

    def find(self, name: bytes) -> Row[Device] | None:
        """Return the row of this name, given by its content octets."""
        if name[:1] != _FIRST:
            return self._rest.find(name)
        return self._ports.find(name) or self._remote().find(name)

    def knows(self, name: bytes) -> bool:
        """Return whether `name` is an instance of an object that has rows here."""
        return any(tree.knows(name) for tree in (self._rest, self._ports, self._remote()))

    def walk(self, name: bytes) -> Iterator[Row[Device]]:
        """Yield every row behind `name`."""
        if name[:1] <= _FIRST:
            yield from self._ports.walk(name)
            yield from self._remote().walk(name)
        yield from self._rest.walk(name)

    def _remote(self) -> Tree[Device]:
        device = self._device
        seen = [(port, device.sees(port)) for port in device.neighbours]
        return Tree(
            instance
            for port, neighbour in seen
            if neighbour is not None
            for instance in _neighbour(port, neighbour, device.last_change[port])
        )


def _neighbour(port: int, one: Neighbour, since: int) -> Iterator[Instance[Device]]:
    """Yield the row of lldpRemTable for a neighbour; the time filter is when the link came up."""
    capabilities = fixed(ber.octets(_BRIDGE))
    columns: dict[int, Read[Device]] = {
        4: number(_MAC_ADDRESS),
        5: fixed(ber.octets(one.mac)),
        6: number(_INTERFACE_NAME),
        7: text(one.port),
        8: text(one.port),
        9: text(one.device),
        10: text(""),
        11: capabilities,
        12: capabilities,
    }
    for column, read in columns.items():
        yield Instance((*_REMOTE, column), (since & 0xFFFFFFFF, port + 1, 1), read, port)
