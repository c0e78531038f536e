"""A customer who gives others their addresses: a real DHCP server, and what IPv6 has for it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.reallab.commands import LabError, run, wait_for
from tests.reallab.lab import Lab
from tests.reallab.machine import on_network
from tests.reallab.probes.dhcp import lease

_ROOT: Final = Path(__file__).parents[3]
_FRAMES: Final = (sys.executable, "-m", "tests.reallab.frames")
_ADDRESS: Final = "192.0.2.1"
_SERVER: Final = (
    "dnsmasq --keep-in-foreground --conf-file=/dev/null --port=0 --interface=wan --bind-interfaces"
    " --except-interface=lo --user=root --dhcp-authoritative --no-ping --log-dhcp --log-facility=-"
    " --leasefile-ro --pid-file= --dhcp-range=192.0.2.100,192.0.2.200,255.255.255.0,10m"
)
_OFFER: Final = "DHCPOFFER(wan)"


class Rogue:
    """A DHCP server where none should be; `offered` says that it did answer somebody."""

    def __init__(self, lab: Lab, customer: str, log: Path) -> None:
        """Know it by the log that it writes."""
        self._lab = lab
        self._customer = customer
        self._log = log

    @property
    def mac(self) -> str:
        """Its Ethernet address."""
        address = on_network(self._lab.place, self._customer, "cat", "/sys/class/net/wan/address")
        return run(*address).strip()

    def offered(self) -> int:
        """Return how often it has offered somebody an address."""
        return self._log.read_text(encoding="utf-8").count(_OFFER)

    def heard_by(self, customer: str) -> set[str]:
        """Return what of it arrives at a customer who asks for an address.

        It sends its offer, a router advertisement and a DHCPv6 reply; the offer is waited for.
        """
        before = self.offered()
        with _hearing(self._lab, customer) as said:
            lease(self._lab, customer)
            wait_for("an offer of the customer's DHCP server", lambda: self.offered() > before)
            run(*on_network(self._lab.place, self._customer, *_FRAMES, "say", "wan"))
        kinds = (line.split() for line in said)
        return {kind for kind, mac in kinds if mac == self.mac}


@contextmanager
def serving(lab: Lab, customer: str) -> Iterator[Rogue]:
    """Serve DHCP at a customer's port for the length of the block."""
    run(*on_network(lab.place, customer, "ip", "addr", "add", f"{_ADDRESS}/24", "dev", "wan"))
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603 - the lab's own command
                [str(word) for word in on_network(lab.place, customer, *_SERVER.split())],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        try:
            wait_for("a customer's DHCP server", lambda: "DHCP, IP range" in log.read_text("utf-8"))
            yield Rogue(lab, customer, log)
        finally:
            process.kill()
            process.wait()
            run(*on_network(lab.place, customer, "ip", "addr", "flush", "dev", "wan"))


@contextmanager
def _hearing(lab: Lab, customer: str) -> Iterator[list[str]]:
    """Listen at a customer's port; the list is filled when the block ends, a moment later."""
    said: list[str] = []
    process = subprocess.Popen(  # noqa: S603 - ourselves, on the customer's network
        [str(word) for word in on_network(lab.place, customer, *_FRAMES, "hear", "wan", 30)],
        cwd=_ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        if process.stdout.readline() != "hearing\n":
            raise LabError(f"nobody listens at {customer}; see its words above")
        yield said
        # What was sent before, over the same switches, arrives before the answers to this.
        lease(lab, customer)
    finally:
        process.terminate()
        said.extend(process.stdout.read().splitlines())
        process.wait()
        process.stdout.close()
