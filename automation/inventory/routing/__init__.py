"""`routing.yaml`: which systems there are, what they announce, and how routers are addressed."""

from automation.inventory.routing.reading import Hosts, read_routing

__all__ = ["Hosts", "read_routing"]
