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


def forget(lab: Lab, customer: str, interface: str = "wan") -> None:
    """Take every address from a customer's interface."""
    run(*on_network(lab.place, customer, "ip", "addr", "flush", "dev", interface))


def circuit_ids(lab: Lab, estate: str, network: Network) -> tuple[str, ...]:
    """Return the option 82 circuit-ids that a DHCP server has logged, oldest first.

    dnsmasq logs the whole option as hexadecimal octets; sub-option 1 is the circuit-id
    (RFC 3046 section 2.0).
    """
    log = lab.place.node(f"{estate}-bng") / "log" / f"dhcp.{network.name}.log"
    text = log.read_text(encoding="utf-8", errors="replace")
    found = re.findall(r"option: 82 agent-(?:id|info)\s+([0-9a-f:]+)", text)
    return tuple(_circuit_id(bytes.fromhex(octets.replace(":", ""))) for octets in found)


def _circuit_id(option: bytes) -> str:
    while option:
        number, length = option[0], option[1]
        if number == 1:
            return option[2 : 2 + length].decode()
        option = option[2 + length :]
    return ""
