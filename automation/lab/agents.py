"""The SNMP agents of a lab as objects: one for each switch, sharing what they can."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from typing import Final
from zlib import crc32

from automation.lab.agent import lldp, standard, traffic
from automation.lab.agent.agent import Agent
from automation.lab.agent.device import Clock, Device, Links, Neighbour
from automation.lab.agent.face import Face, Interface
from automation.lab.agent.notify import Sink
from automation.lab.agent.tree import Objects, Tree
from automation.lab.agent.usm import AuthProtocol, Keyring, Level, User
from automation.lab.arista_eos.snmp import EosFace
from automation.lab.cables import End, cables
from automation.lab.cisco_ios.snmp import IosFace
from automation.lab.city import LabDevice
from automation.lab.files import SECRETS
from automation.lab.huawei_vrp.snmp import VrpFace
from automation.lab.switch import Switch

_A_DAY: Final = 8_640_000
_LONGEST: Final = 200
"""Days that a device has been up at most when its lab starts: sysUpTime wraps after 497."""
_DARK_ROLES: Final = frozenset({"parked"})
_OFF: Final = 0.05
"""The part of the customers whose own equipment is off."""
_WATTS: Final[Mapping[str, tuple[int, int]]] = {
    "wifi_ap": (6000, 12_000),
    "iot_gateway": (3000, 4500),
}
READERS: Final = (
    User("portvakt", AuthProtocol.SHA256, SECRETS["snmp_auth"], SECRETS["snmp_priv"], Level.PRIV),
    User("portvakt-sha", AuthProtocol.SHA, SECRETS["snmp_auth"], SECRETS["snmp_priv"]),
    User("portvakt-auth", AuthProtocol.SHA, SECRETS["snmp_auth"]),
)
"""Who may read every device over v3: the last two also without encryption."""


def sink(port: int, user: str = "") -> Sink:
    """Return where the devices of a lab send traps: a port of ours, over v3 as `user` if named.

    Raises:
        ValueError: there is no such user.
    """
    if not user:
        return Sink("127.0.0.1", port, SECRETS["snmp_read"])
    for reader in READERS:
        if reader.name == user:
            return Sink("127.0.0.1", port, user=reader)
    raise ValueError(
        f"no SNMPv3 user {user!r}; there are: {', '.join(one.name for one in READERS)}"
    )


def clock() -> int:
    """Return the time of a clock that never steps, in hundredths of a second."""
    return time.monotonic_ns() // 10_000_000


class Agents:
    """Builds the agents of a lab; those of one shape share what they answer from."""

    def __init__(self, seed: int, traps: int, ticks: Clock = clock) -> None:
        """Build nothing yet; the traffic is that of `seed`, traps go to port `traps` of ours."""
        self._seed = seed
        self._clock = ticks
        self._sinks = (sink(traps),)
        self._keyring = Keyring(READERS)
        self._faces: Mapping[str, Face] = {
            "cisco_ios": IosFace(),
            "huawei_vrp": VrpFace(),
            "arista_eos": EosFace(),
        }
        self._trees: dict[tuple[Interface, ...], tuple[Tree[Device], Tree[Device]]] = {}

    def build(self, fleet: Sequence[LabDevice], switches: Mapping[str, Switch]) -> dict[str, Agent]:
        """Return the agents of all switches of a lab by name, with their cables plugged in."""
        agents = {plan.name: self._agent(plan, switches[plan.name]) for plan in fleet}
        for plan in fleet:
            _leave(plan, agents[plan.name].device)
        for cable in cables(fleet):
            _plug(agents, cable.lower, cable.upper)
            _plug(agents, cable.upper, cable.lower)
        return agents

    def _agent(self, plan: LabDevice, switch: Switch) -> Agent:
        face = self._faces[plan.platform]
        interfaces = face.interfaces(switch.identity)
        chance = random.Random(f"{self._seed}/snmp/{plan.name}")  # noqa: S311 - invented traffic
        links = Links(
            _cabled(plan, interfaces, chance),
            traffic.offered(interfaces, chance),
            traffic.starts(interfaces, chance),
            _drawn(plan, chance),
        )
        uptime = chance.randrange(_A_DAY, _LONGEST * _A_DAY)
        boots = chance.randrange(1, 40)
        device = Device(switch, face, self._clock, links, uptime=uptime, boots=boots)
        agent = Agent(device, self._objects, self._keyring)
        agent.sinks = self._sinks
        return agent

    def _objects(self, device: Device) -> Objects[Device]:
        """Return what a device answers from; it is built anew when its ports are renumbered."""
        face, interfaces = device.face, device.interfaces
        if interfaces not in self._trees:
            rest = Tree(
                [
                    *standard.system(face.descr, face.object_id),
                    *standard.interfaces(interfaces),
                    *standard.engine(),
                    *face.own(interfaces),
                ]
            )
            self._trees[interfaces] = Tree(lldp.local(interfaces)), rest
        return lldp.WithNeighbours(device, *self._trees[interfaces])


def _cabled(
    plan: LabDevice, interfaces: tuple[Interface, ...], chance: random.Random
) -> list[bool]:
    """Return which interfaces have a live cable: ports in use, uplinks in use, what is not one."""
    lit = set(plan.uplinks)
    for row in plan.ports:
        dark = row.role in _DARK_ROLES or (row.role == "customer" and not row.services)
        if not dark and (row.role != "customer" or chance.random() > _OFF):
            lit.add(row.name)
    known = {row.name for row in plan.ports} | set(plan.uplink_range)
    return [one.port in lit or one.port not in known for one in interfaces]


def _drawn(plan: LabDevice, chance: random.Random) -> dict[int, int]:
    """Return the milliwatts that ports feed to access points and gateways."""
    return {
        at: chance.randrange(*_WATTS[row.role])
        for at, row in enumerate(plan.ports)
        if row.role in _WATTS
    }


def _leave(plan: LabDevice, device: Device) -> None:
    """Let every uplink in use end at a device that the lab does not have."""
    above = "tra" if plan.role == "access" else "cor"
    for at, one in enumerate(device.interfaces):
        if one.port in plan.uplinks:
            mac = b"\x02\xff" + crc32(f"{plan.name}/{one.port}".encode()).to_bytes(4, "big")
            device.neighbours[at] = Neighbour(f"{plan.estate}-{above}-900", "Ethernet1", mac)


def _plug(agents: Mapping[str, Agent], near: End, far: End) -> None:
    device, other = agents[near.device].device, agents[far.device].device
    device.connect(device.place(near.port), other, other.place(far.port))
