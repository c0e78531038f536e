"""What the second library is asked: the same agent, at the same address, of either IP."""

from __future__ import annotations

from dataclasses import replace

import pytest

from automation.counters import HIGH_CAPACITY, Column
from automation.snmp import Limits, Poller, Target, oids, place
from tests.integration.snmp.badagent import agent
from tests.integration.snmp.bender import running
from tests.integration.snmp.table import HASTY, Table, good, polled, ports, target
from tests.integration.snmp.tap import HERE, TwinAgent
from tests.integration.snmp.test_refused import TWIN, WRONG, login
from tests.unit.lab.agent.demo import demo_lab

pytestmark = pytest.mark.integration

SIX = ports(6)
THERE = "127.0.0.2"


def _narrow() -> Table:
    """Return a switch that has no 64-bit counters."""
    gone = {f"{oids.COLUMNS[one]}.{index}" for one in HIGH_CAPACITY for index in SIX.values()}
    return Table(SIX, gone=gone)


@pytest.mark.parametrize("address", [HERE, "::1"])
def test_an_agent_without_wide_counters_is_read_by_narrow_ones(address: str) -> None:
    with agent(good(_narrow()), address) as one:
        (found,) = polled(replace(target(one, SIX), address=address))
    assert found.sample is not None, found.error
    layout, octets = found.sample.layout, found.sample.columns[Column.IN_OCTETS]
    assert layout.narrow == {(one, row) for one in HIGH_CAPACITY for row in range(len(SIX))}
    assert not found.sample.absent
    assert list(octets) == [index * 100 + Column.IN_OCTETS for index in layout.indexes]


@pytest.mark.parametrize("address", [HERE, "::1"])
def test_a_refusal_is_explained(address: str) -> None:
    one = TwinAgent(demo_lab().agents["mkb-acc-001"], address=address)
    with running([one]):
        asked = Target("sw-1", address, one.port, login(TWIN, auth=WRONG))
        with Poller([asked], Limits(timeout=0.5), {}) as poller:
            (found,) = poller.cycle()
    assert "wrong authentication key" in found.error


def test_it_is_asked_at_the_address_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name may be several agents: one must not explain what another one says."""

    async def addresses(_: str) -> tuple[str, ...]:
        return (THERE, HERE)

    monkeypatch.setattr(place, "addresses", addresses)
    with (
        agent(good(_narrow()), THERE) as one,
        agent(good(Table(SIX)), HERE, one.port) as other,
        Poller([replace(target(one, SIX), address="localhost")], HASTY, {}) as poller,
    ):
        (found,) = poller.cycle()
    assert other.requests == []
    assert found.sample is not None
    assert found.sample.layout.narrow
