"""Configuration by hand, with the switch's own command: the control that a lease can be had."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.reallab.lab import Lab
from tests.reallab.machine import inside
from tests.reallab.topology import NETWORKS, PARKED, End

_CLEARED = ("tag", "trunks", "vlan_mode", "external_ids", "other_config", "qos")
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

    def park_again(self) -> None:
        """Park every port that was set, as it was at first boot."""
        for end in list(self._touched):
            self.access(end.node, end.port, PARKED)
        self._touched.clear()
