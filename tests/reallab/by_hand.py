"""Configuration by hand, with the switch's own command: the control that a lease can be had."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.reallab.lab import Lab
from tests.reallab.machine import inside
from tests.reallab.topology import NETWORKS, PARKED, End

_CLEARED = ("tag", "trunks", "vlan_mode", "external_ids", "other_config", "qos")
_COOKIE = "0x9"
_RATE = "other_config:max-rate"
_EVERY_NETWORK = ",".join(str(one.vlan) for one in NETWORKS)


class ByHand:
    """Sets ports by `ovs-vsctl` and remembers which."""

    def __init__(self, lab: Lab) -> None:
        """Work in `lab`."""
        self._lab = lab
        self._touched: dict[End, None] = {}

    @classmethod
    @contextmanager
    def at(cls, lab: Lab) -> Iterator[ByHand]:
        """Work for the length of the block; every port that was set is parked at its end."""
        somebody = cls(lab)
        try:
            yield somebody
        finally:
            somebody.park_again()

    def set(self, switch: str, port: str, *columns: str) -> None:
        """Give a port these columns and no others."""
        self._touched[End(switch, port)] = None
        cleared = [word for name in _CLEARED for word in ("--", "clear", "port", port, name)]
        kept = ("protected=false", *columns)
        inside(self._lab.place, switch, "ovs-vsctl", *cleared[1:], "--", "set", "port", port, *kept)

    def open_trunks(self) -> None:
        """Let every network pass between the access switches and their BNG."""
        for one, other in self._lab.network.cables:
            for end in (one, other):
                if end.port.startswith("swp"):
                    self.set(end.node, end.port, "vlan_mode=trunk", f"trunks={_EVERY_NETWORK}")

    def access(self, switch: str, port: str, vlan: int, protected: bool = True) -> None:
        """Put a port into one VLAN, untagged."""
        isolation = f"protected={str(protected).lower()}"
        self.set(switch, port, "vlan_mode=access", f"tag={vlan}", isolation)

    @contextmanager
    def tier(self, switch: str, port: str, mbits: int) -> Iterator[None]:
        """Hold a port to so many Mbit/s, for the length of the block.

        Down by a queueing discipline. Up by a meter that lets a second's worth through at once:
        with much less, TCP gets half of the rate.
        """
        self._on(switch, f"ovs-vsctl set port {port} qos=@q -- --id=@q create qos type=linux-htb")
        self._on(switch, f"ovs-vsctl set qos {self._qos(switch, port)} {_RATE}={mbits * 10**6}")
        number = self._on(switch, f"ovs-vsctl get interface {port} ofport").strip()
        kilobits = mbits * 1000
        band = f"band=type=drop,rate={kilobits},burst_size={kilobits}"
        self._on(switch, f"ovs-ofctl -O OpenFlow13 add-meter br0 meter=82,kbps,burst,{band}")
        flow = f"cookie={_COOKIE},in_port={number},actions=meter:82,normal"
        self._on(switch, f"ovs-ofctl -O OpenFlow13 add-flow br0 {flow}")
        try:
            yield
        finally:
            self._on(switch, f"ovs-ofctl -O OpenFlow13 del-flows br0 cookie={_COOKIE}/-1")
            self._on(switch, "ovs-ofctl -O OpenFlow13 del-meter br0 meter=82")
            qos = self._qos(switch, port)
            self._on(switch, f"ovs-vsctl clear port {port} qos -- destroy qos {qos}")

    def _qos(self, switch: str, port: str) -> str:
        return self._on(switch, f"ovs-vsctl get port {port} qos").strip()

    def _on(self, switch: str, command: str) -> str:
        return inside(self._lab.place, switch, *command.split())

    def park_again(self) -> None:
        """Park every port that was set, as it was at first boot."""
        for end in list(self._touched):
            self.access(end.node, end.port, PARKED)
        self._touched.clear()
