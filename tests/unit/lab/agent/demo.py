"""A demo lab without a wire: agents, a clock turned by hand, and questions as pysnmp asks them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pyasn1.codec.ber import decoder, encoder
from pysnmp.proto.api import v2c

from automation.lab.agent.agent import Agent, Emit
from automation.lab.agents import Agents
from automation.lab.city import devices
from automation.lab.faults import Fault, FaultKind
from automation.lab.fleet import Systems, switch_of
from automation.lab.switch import Switch

HERE = "127.0.0.1"
COMMUNITY = "lab-snmp-read"


@dataclass
class Hands:
    """A clock, in hundredths of a second, that stands still until it is turned."""

    now: int = 10**9

    def __call__(self) -> int:
        return self.now


@dataclass(frozen=True)
class Heard:
    """A response as pysnmp reads it: error-status, error-index, and the varbinds in their order."""

    status: int
    index: int
    varbinds: tuple[tuple[str, object], ...]

    @property
    def values(self) -> list[object]:
        """The values alone."""
        return [value for _, value in self.varbinds]

    @property
    def names(self) -> list[str]:
        """The names alone."""
        return [name for name, _ in self.varbinds]


@dataclass
class Demo:
    """The agents of a demo lab, and what they sent unasked."""

    agents: Mapping[str, Agent]
    switches: Mapping[str, Switch]
    clock: Hands
    sent: list[tuple[str, bytes]] = field(default_factory=list)

    def listener(self, name: str) -> Emit:
        """Return what keeps the datagrams that a device sends unasked."""
        return lambda data, address, port: self.sent.append((name, data))

    def strike(self, name: str, kind: str, *, line: int = 0, ms: int = 1000) -> None:
        """Give a device a fault as the running lab does; an empty kind takes it away."""
        fault = Fault(FaultKind(kind), line, ms=ms) if kind else None
        self.switches[name].fault = fault
        if fault and fault.kind is FaultKind.RENUMBER:
            self.switches[name].reboot()
        self.agents[name].strike(fault)

    def raw(self, name: str, pdu: object, community: str = COMMUNITY, source: str = HERE) -> bytes:
        """Return what the agent answers to a PDU of pysnmp's; empty when nothing."""
        return self.agents[name].answer(message(pdu, community), source) or b""

    def get(self, name: str, *oids: str, **how: str) -> Heard:
        """GET."""
        return heard(self.raw(name, question(v2c.GetRequestPDU(), oids), **how))

    def next(self, name: str, *oids: str) -> Heard:
        """GETNEXT."""
        return heard(self.raw(name, question(v2c.GetNextRequestPDU(), oids)))

    def bulk(self, name: str, *oids: str, first: int = 0, times: int = 10) -> Heard:
        """GETBULK with `first` non-repeaters and `times` repetitions."""
        pdu = question(v2c.GetBulkRequestPDU(), oids)
        v2c.apiBulkPDU.set_non_repeaters(pdu, first)
        v2c.apiBulkPDU.set_max_repetitions(pdu, times)
        return heard(self.raw(name, pdu))

    def walk(self, name: str, oid: str) -> dict[str, object]:
        """Return a subtree, by GETNEXT, until it ends."""
        found: dict[str, object] = {}
        at = oid
        while True:
            ((at, value),) = self.next(name, at).varbinds
            if not at.startswith(f"{oid}."):
                return found
            found[at] = value


def message(pdu: object, community: str = COMMUNITY) -> bytes:
    """Return a PDU of pysnmp's as a v2c message."""
    built = v2c.Message()
    v2c.apiMessage.set_defaults(built)
    v2c.apiMessage.set_community(built, community)
    v2c.apiMessage.set_pdu(built, pdu)
    return bytes(encoder.encode(built))


def question(pdu: object, oids: tuple[str, ...]) -> object:
    """Return a PDU of pysnmp's that asks for `oids`."""
    v2c.apiPDU.set_defaults(pdu)
    v2c.apiPDU.set_varbinds(pdu, [(v2c.ObjectIdentifier(oid), v2c.null) for oid in oids])
    return pdu


def heard(data: bytes) -> Heard:
    """Return a message as pysnmp reads it."""
    message, rest = decoder.decode(data, asn1Spec=v2c.Message())
    assert not rest
    pdu = v2c.apiMessage.get_pdu(message)
    api = v2c.apiTrapPDU if isinstance(pdu, v2c.TrapPDU) else v2c.apiPDU
    binds = tuple((str(name), _plain(value)) for name, value in api.get_varbinds(pdu))
    status = int(pdu.getComponentByPosition(1))
    return Heard(status, int(pdu.getComponentByPosition(2)), binds)


def _plain(value: Any) -> object:  # noqa: ANN401 - pysnmp has no types
    """Return pysnmp's value as a plain one; an exception by its name."""
    name = type(value).__name__
    if name in ("NoSuchObject", "NoSuchInstance", "EndOfMibView"):
        return name
    if name == "Null":
        return None
    if name == "ObjectIdentifier":
        return str(value)
    return bytes(value) if name in ("OctetString", "IpAddress") else int(value)


def demo_lab() -> Demo:
    """Return the agents of a new demo lab; what they send unasked is kept in `sent`."""
    clock, systems = Hands(), Systems()
    fleet = devices("demo", 1)
    switches = {
        device.name: switch_of(device, f"127.99.0.{at}", systems)
        for at, device in enumerate(fleet, 1)
    }
    lab = Demo(Agents(1, 10_162, clock).build(fleet, switches), switches, clock)
    for name, agent in lab.agents.items():
        agent.emit = lab.listener(name)
    return lab
