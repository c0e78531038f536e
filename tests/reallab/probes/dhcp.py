"""A customer's device asks for an address: udhcpc, as a home gateway runs it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from tests.reallab.client import client
from tests.reallab.commands import attempt, run
from tests.reallab.lab import Lab
from tests.reallab.machine import on_network
from tests.reallab.topology import ESTATES, NETWORKS, Network

_SAID: Final = re.compile(r"LEASE (?P<ip>\S+) FROM (?P<server>\S+) VIA (?P<router>\S+)")


@dataclass(frozen=True, slots=True)
class Lease:
    """An address, and who gave it; the networks of the lab are known by their servers."""

    address: str
    server: str
    router: str

    @property
    def network(self) -> Network:
        """The network that the DHCP server serves."""
        return next(
            one for one in NETWORKS if self.server in {one.gateway(estate) for estate in ESTATES}
        )


def lease(lab: Lab, customer: str, interface: str = "wan", seconds: int = 3) -> Lease | None:
    """Return the lease that a customer gets within so many seconds, or None.

    The address is on the interface afterwards, with the default route; without a lease the
    interface has none.
    """
    forget(lab, customer, interface)
    asked = f"busybox udhcpc -f -n -q -i {interface} -T 1 -t {seconds} -A 0 -s".split()
    done = attempt(*on_network(lab.place, customer, *asked, client(lab.place)))
    said = _SAID.search(done.out)
    return Lease(said["ip"], said["server"], said["router"]) if said else None


def is_refused(lab: Lab, customer: str, interface: str = "wan") -> bool:
    """Whether a customer who asks once gets no lease within a second.

    Whoever gets one has it after 0.07 to 0.25 s, also on a machine with four times the work that
    it can do (seen of 130 leases).
    """
    return lease(lab, customer, interface, seconds=1) is None


def forget(lab: Lab, customer: str, interface: str = "wan") -> None:
    """Take every address from a customer's interface."""
    run(*on_network(lab.place, customer, "ip", "addr", "flush", "dev", interface))


@dataclass(frozen=True, slots=True)
class Served:
    """A lease as the server saw it: `circuit_id` is what a relay agent added (RFC 3046)."""

    network: str
    mac: str
    address: str
    circuit_id: str


def served(lab: Lab, estate: str) -> tuple[Served, ...]:
    """Return every lease that an estate's DHCP servers have given or renewed, oldest first."""
    log = lab.place.node(f"{estate}-bng") / "log" / "leases"
    lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    words = (line.split(" ", 4) for line in lines)
    return tuple(Served(*rest) for action, *rest in words if action in ("add", "old"))
