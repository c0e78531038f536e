"""Traffic from customers: pings that go on while something happens, and throughput."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Final

from tests.reallab.commands import LabError, attempt, run, wait_for
from tests.reallab.lab import Lab
from tests.reallab.machine import on_network

_REPLY: Final = re.compile(r"icmp_seq=(\d+) ttl=")
_PAYLOAD, _HEADERS = 1400, 8 + 20 + 14
"""Octets of a burst's pings; ICMP, IPv4 and Ethernet."""
_SENT: Final = re.compile(r"(\d+) packets transmitted")


@dataclass(frozen=True, slots=True)
class Pings:
    """What became of a series of pings, by their sequence numbers."""

    sent: int
    answered: frozenset[int]

    @property
    def lost(self) -> tuple[int, ...]:
        """The numbers without an answer; the last one may still have been on its way."""
        return tuple(n for n in range(1, self.sent) if n not in self.answered)


class Pinging:
    """A series of pings in progress."""

    def __init__(self, process: subprocess.Popen[bytes], output: IO[bytes]) -> None:
        """Wrap a `ping` that writes to `output`."""
        self._process = process
        self._output = output

    def so_far(self) -> frozenset[int]:
        """Return the numbers that were answered until now."""
        return frozenset(int(number) for number in _REPLY.findall(self._text()))

    def stop(self) -> Pings:
        """End the series and return what became of it."""
        self._process.send_signal(signal.SIGINT)
        self._process.wait()
        sent = _SENT.search(self._text())
        if sent is None:
            raise LabError(f"ping said: {self._text().strip()[-300:]}")
        return Pings(int(sent[1]), self.so_far())

    def end(self) -> None:
        """Make sure that nothing goes on."""
        self._process.kill()
        self._process.wait()

    def _text(self) -> str:
        self._output.seek(0)
        return self._output.read().decode()


def reaches(lab: Lab, customer: str, address: str, interface: str = "wan") -> bool:
    """Whether a ping within three seconds is answered: ARP asks once a second (arp(7))."""
    return _is_answered(lab, customer, address, interface, 3)


def is_apart(lab: Lab, customer: str, address: str, interface: str = "wan") -> bool:
    """Whether five pings within a second are not answered; an answer takes milliseconds."""
    return not _is_answered(lab, customer, address, interface, 1)


def _is_answered(lab: Lab, customer: str, address: str, interface: str, seconds: int) -> bool:
    ping = ("ping", "-n", "-q", "-c", 1, "-i", 0.2, "-w", seconds, "-I", interface, address)
    return attempt(*on_network(lab.place, customer, *ping)).code == 0


def burst(lab: Lab, customer: str, address: str, count: int = 300) -> int:
    """Have a customer ping so often, all of them answered; return the octets that his port took
    in, and gave out again. It is less than a tier of 10 Mbit/s lets through.
    """
    ping = ("ping", "-n", "-q", "-c", count, "-i", 0.002, "-s", _PAYLOAD, "-W", 1, address)
    told = run(*on_network(lab.place, customer, *ping))
    if f"{count} received" not in told:
        raise LabError(f"pings of {customer} were lost: {told.strip()[-200:]}")
    return count * (_PAYLOAD + _HEADERS)


@contextmanager
def pinging(
    lab: Lab, customer: str, address: str, interface: str = "wan", every: float = 0.02
) -> Iterator[Pinging]:
    """Ping for the length of the block, `every` so many seconds; it begins with an answer."""
    ping = on_network(
        lab.place, customer, "ping", "-n", "-i", every, "-W", 1, "-I", interface, address
    )
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(  # noqa: S603 - the lab's own command
            [str(word) for word in ping], stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
        series = Pinging(process, output)
        try:
            wait_for(f"a first answer to {customer} from {address}", series.so_far)
            yield series
        finally:
            series.end()


@dataclass(frozen=True, slots=True)
class Rates:
    """Throughput of a customer as received at the far end, in Mbit/s."""

    up: float
    down: float


def rates(
    lab: Lab,
    customer: str,
    server: str,
    address: str,
    seconds: int = 3,
    offered: float | None = None,
) -> Rates:
    """Return what a customer gets from and to a node that has `address`: TCP, after a second
    that is not counted. `offered` (Mbit/s) is as much as is sent at most, else all that goes.
    """
    pace = () if offered is None else ("-b", f"{offered:g}M")
    ways: tuple[tuple[str, ...], ...] = (pace, ("-R", *pace))
    up, down = (_rate(lab, customer, server, address, seconds, way) for way in ways)
    return Rates(up, down)


def _rate(
    lab: Lab, customer: str, server: str, address: str, seconds: int, way: tuple[str, ...]
) -> float:
    serve = on_network(lab.place, server, "iperf3", "-s", "-1", "-B", address)
    process = subprocess.Popen(  # noqa: S603 - the lab's own command
        [str(word) for word in serve], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    try:
        listening = on_network(lab.place, server, "ss", "-Hltn", "sport = :5201")
        wait_for("iperf3 to listen", lambda: run(*listening).strip())
        client = ("iperf3", "-c", address, "-t", seconds, "-O", 1, "-J", *way)
        told = json.loads(run(*on_network(lab.place, customer, *client)))
        process.wait(timeout=10)
        return float(told["end"]["sum_received"]["bits_per_second"]) / 1e6
    finally:
        process.kill()
        process.wait()
