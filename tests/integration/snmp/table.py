"""A small switch as a table of objects, for agents that answer from it well or badly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from automation.counters import COLUMNS, Column
from automation.model import Secret, SnmpLogin
from automation.snmp import Limits, Polled, Poller, Target, oids
from tests.integration.snmp.badagent import (
    BadAgent,
    Request,
    Script,
    Value,
    reply,
    well_behaved,
)

COMMUNITY = SnmpLogin("lab", community=Secret("public"))
HASTY = Limits(timeout=0.3, deadline=3.0)
GIGABIT = 1000


@dataclass
class Table:
    """A switch with `ports` (ifIndex by ifName); counter C of the port at ifIndex I is I*100+C."""

    ports: dict[str, int]
    uptime: int = 500_000
    boots: int = 3
    changed: int | None = 77
    gone: set[str] = field(default_factory=set)
    """Objects that the agent does not have."""

    def values(self) -> dict[str, Value]:
        """Return every object of the switch as it is now; its clock ticks with each look."""
        self.uptime += 1
        found: dict[str, Value] = {
            oids.UPTIME: self.uptime,
            oids.BOOTS: self.boots,
            oids.IF_NUMBER: len(self.ports),
        }
        if self.changed is not None:
            found[oids.TABLE_CHANGED] = self.changed
        for name, index in self.ports.items():
            found |= _port(name, index)
        return {oid: value for oid, value in found.items() if oid not in self.gone}


def _port(name: str, index: int) -> dict[str, Value]:
    found: dict[str, Value] = {f"{oids.COLUMNS[one]}.{index}": index * 100 + one for one in COLUMNS}
    found |= {f"{narrow}.{index}": index * 100 + one for one, narrow in oids.NARROW.items()}
    return found | {
        f"{oids.NAME}.{index}": name.encode(),
        f"{oids.DESCRIPTION}.{index}": name.encode(),
        f"{oids.TYPE}.{index}": 6,
        f"{oids.ALIAS}.{index}": f"C-{index}".encode(),
        f"{oids.HIGH_SPEED}.{index}": GIGABIT,
        f"{oids.DISCONTINUITY}.{index}": 0,
        f"{oids.SPEED}.{index}": GIGABIT * 1_000_000,
    }


def ports(count: int) -> dict[str, int]:
    """Return `count` ports as Cisco names and numbers them."""
    return {f"Gi1/0/{number}": 10_100 + number for number in range(1, count + 1)}


def good(table: Table) -> Script:
    """Return the script of an agent that answers as it should."""
    return lambda request: [reply(request, well_behaved(request, table.values()))]


def spoiled(table: Table, when: Callable[[Request], bool], bad: Script) -> Script:
    """Return the script of an agent that is good but for the requests that `when` picks."""
    return lambda request: bad(request) if when(request) else good(table)(request)


def target(agent: BadAgent, names: dict[str, int], device: str = "sw-1") -> Target:
    """Return the agent as the inventory has it: with the full names of `names`."""
    full = tuple(name.replace("Gi", "GigabitEthernet") for name in names)
    short = {"Gi": "GigabitEthernet"}
    return Target(device, "127.0.0.1", agent.port, COMMUNITY, full, short)


def polled(one: Target, limits: Limits = HASTY, cycles: int = 1) -> list[Polled]:
    """Return what each of `cycles` cycles found."""
    with Poller([one], limits, {}) as poller:
        return [poller.cycle()[0] for _ in range(cycles)]


def whole(found: Polled, names: dict[str, int]) -> bool:
    """Whether every counter of every port was read, each in its own place."""
    sample = found.sample
    assert sample is not None, found.error
    right = all(
        sample.columns[column][row] == sample.layout.indexes[row] * 100 + column
        for column in COLUMNS
        for row in range(len(sample.layout.ports))
    )
    return right and sample.layout.if_names == tuple(names) and not sample.absent


OCTETS = Column.IN_OCTETS
