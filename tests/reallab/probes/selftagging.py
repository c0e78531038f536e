"""A customer who puts VLAN tags on frames, because he may, or because he may not."""

from __future__ import annotations

from tests.reallab.lab import Lab
from tests.reallab.machine import inside


def tagging(lab: Lab, customer: str, vlan: int) -> str:
    """Return an interface of a customer's gateway whose frames leave with that VLAN's tag."""
    name = f"v{vlan}"
    inside(
        lab.place,
        customer,
        *("ovs-vsctl", "--timeout=10", "--may-exist", "add-port", "br0", name, f"tag={vlan}"),
        *("--", "set", "interface", name, "type=internal"),
    )
    inside(lab.place, customer, "ip", "link", "set", name, "up")
    return name
