"""What ports have carried, by the kernel's own counters: the judge of what an agent says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from tests.reallab.commands import wait_for
from tests.reallab.lab import Lab
from tests.reallab.machine import inside
from tests.reallab.noc import walk

_FILE: Final = re.compile(r"(\S+)/statistics/(rx|tx)_bytes:(\d+)")
_IF_NAME: Final = "1.3.6.1.2.1.31.1.1.1.1"
_RECEIVED, _SENT = "1.3.6.1.2.1.31.1.1.1.6", "1.3.6.1.2.1.31.1.1.1.10"


@dataclass(frozen=True, slots=True)
class Octets:
    """What a port has received and sent since it is there."""

    received: int
    sent: int

    def reaches(self, other: Octets) -> bool:
        """Whether neither is less than the other's."""
        return self.received >= other.received and self.sent >= other.sent

    def since(self, other: Octets) -> Octets:
        """Return what came after the other."""
        return Octets(self.received - other.received, self.sent - other.sent)


def octets(lab: Lab, name: str) -> Mapping[str, Octets]:
    """Return what every interface of a node has carried, by /sys/class/net."""
    command = "cd /sys/class/net && grep . */statistics/[rt]x_bytes"
    found: dict[str, dict[str, int]] = {}
    for port, way, value in _FILE.findall(inside(lab.place, name, "sh", "-c", command)):
        found.setdefault(port, {})[way] = int(value)
    return {port: Octets(ways["rx"], ways["tx"]) for port, ways in found.items()}


def told(lab: Lab, name: str) -> Mapping[str, Octets]:
    """Return what every interface has carried by the word of the node's agent."""
    ports, received, sent = (walk(lab, name, oid) for oid in (_IF_NAME, _RECEIVED, _SENT))
    return {port: Octets(int(received[at]), int(sent[at])) for at, port in ports.items()}


def caught_up(lab: Lab, names: Iterable[str]) -> Mapping[str, Mapping[str, Octets]]:
    """Wait until agents show at least what their nodes have carried by now, and return that.

    They cache for a while, in which a frame may come that they do not show.
    """
    least = {name: octets(lab, name) for name in names}
    for name, carried in least.items():
        wait_for(f"the agent of {name} to look", partial(_shows, lab, name, carried))
    return least


def _shows(lab: Lab, name: str, carried: Mapping[str, Octets]) -> bool:
    said = told(lab, name)
    return all(port in said and said[port].reaches(one) for port, one in carried.items())
