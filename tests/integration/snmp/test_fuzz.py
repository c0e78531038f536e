"""Ten thousand bent answers to the poller: no crash, no hang, and no value at the wrong port.

The truth is tellable: each value names its port and its column. Lies that are not tellable are not
sent, since no reader could know: another number, well encoded, under the right name; one of two
varbinds of the same name (the library keeps the last and says nothing of the first); and what the
library reads past (`leniency`). Over v3 it makes no difference whether an answer was bent by the
agent or on its way: gufo-snmp 0.13 does not check the digest of what it receives.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from gufo.snmp.aio.client import SnmpSession

from automation.counters import COLUMNS, Sample
from automation.lab.agents import READERS
from automation.lab.files import SECRETS
from automation.model import Secret, SnmpLogin
from automation.snmp import Limits, Polled, Poller, Target, link
from tests.integration.snmp.bender import KINDS, V3, Bender, V2c, running
from tests.integration.snmp.table import GIGABIT, Table, ports, target, whole
from tests.unit.lab.agent.demo import demo_lab

pytestmark = pytest.mark.integration

PORTS = ports(25)
"""Two datagrams a walk, seven a reading."""
LIMITS = Limits(timeout=0.1, deadline=3.0, labels=0.0)
DATAGRAMS = 2500
"""Bent answers a case; there are four."""
MOST_CYCLES = 300
MOST_LEFT_OUT = 8
"""Cycles that a device is left alone at most after it seemed to turn a user down."""
SHARES = (0.1, 0.3, 0.6, 0.9)
Agents = Sequence[V2c | V3]


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """What became of the requests: the answer was taken, refused, or never understood as one."""
    found: Counter[str] = Counter()

    class Counted(SnmpSession):
        async def get_many(self, names: Any) -> Any:  # noqa: ANN401 - handed on as it is
            return await counted(super().get_many(names))

    async def counted(answer: Any) -> Any:  # noqa: ANN401 - handed on as it is
        outcome = "refused"
        try:
            value = await answer
            outcome = "taken"
        except TimeoutError:
            outcome = "not heard"
            raise
        finally:
            found[outcome] += 1
        return value

    monkeypatch.setattr(link, "SnmpSession", Counted)
    return found


def _agents(version: str, seed: int) -> Agents:
    benders = [
        Bender(f"{version}/{seed}/{number}", SHARES[number % len(SHARES)], Table(PORTS))
        for number in range(12)
    ]
    if version == "v2c":
        return [V2c(one) for one in benders]
    demo = demo_lab()
    return [
        V3(one, agent, READERS[0]) for one, agent in zip(benders, demo.agents.values(), strict=True)
    ]


def _login(version: str) -> SnmpLogin:
    if version == "v2c":
        return SnmpLogin("lab", community=Secret("public"))
    return SnmpLogin(
        "lab",
        user=READERS[0].name,
        auth="sha256",
        auth_password=Secret(SECRETS["snmp_auth"]),
        priv="aes128",
        priv_password=Secret(SECRETS["snmp_priv"]),
    )


def _wrong(found: Polled, agent: V2c | V3) -> Iterator[str]:
    """Yield what is said of a device that is not so, with the last datagrams that it sent."""
    table = agent.bender.table
    sample = found.sample
    if found.error.startswith("our own fault") or not (sample or found.error):
        yield f"ends with {found.error!r}"
    if sample is None:
        return
    known = {*sample.layout.ports, *found.faults}
    yield from (f"nothing of {one}" for one in target(agent, PORTS).ports if one not in known)
    for row, name in enumerate(sample.layout.if_names):
        index = table.ports.get(name)
        if index != sample.layout.indexes[row]:
            yield f"{name} is {index}, not {sample.layout.indexes[row]}"
        else:
            yield from _wrong_values(sample, row, index)


def _wrong_values(sample: Sample, row: int, index: int) -> Iterator[str]:
    for column in COLUMNS:
        value = sample.columns[column][row]
        if (column, row) not in sample.absent and value != index * 100 + column:
            yield f"{column.word} of {index} is {value}"
    if sample.labels.aliases[row] not in ("", f"C-{index}"):
        yield f"the description of {index} is {sample.labels.aliases[row]!r}"
    if sample.labels.speeds[row] not in (0, GIGABIT * 1_000_000):
        yield f"the speed of {index} is {sample.labels.speeds[row]}"


def _targets(version: str, agents: Agents) -> list[Target]:
    one = target(agents[0], PORTS)
    return [
        replace(one, device=f"sw-{at}", port=agent.port, login=_login(version))
        for at, agent in enumerate(agents)
    ]


def _total(agents: Agents) -> Counter[str]:
    return sum((one.bender.sent for one in agents), Counter[str]())


def _bent(poller: Poller, agents: Agents) -> Counter[str]:
    """Poll until enough bent answers were sent; return how often a device ended in which way."""
    ends: Counter[str] = Counter()
    for _ in range(MOST_CYCLES):
        for found, agent in zip(poller.cycle(), agents, strict=True):
            wrong = [*_wrong(found, agent)]
            assert wrong == [], f"{found.device} of seed {agent.bender.seed}: {agent.bender.last}"
            ends["sample" if found.sample else "error"] += 1
        if _total(agents).total() >= DATAGRAMS:
            break
    return ends


def _mended(poller: Poller, agents: Agents) -> bool:
    """Let the agents tell the truth again; return whether all of it is read."""
    for one in agents:
        one.bender.is_on = False
    left = set(range(len(agents)))
    for _ in range(MOST_LEFT_OUT + 2):
        cycle = poller.cycle()
        left -= {at for at in left if cycle[at].sample and whole(cycle[at], PORTS)}
    return not left


@pytest.mark.parametrize("version", ["v2c", "v3"])
@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_is_answered_a_value_is_right_or_absent(
    version: str, seed: int, decoded: Counter[str], caplog: pytest.LogCaptureFixture
) -> None:
    agents = _agents(version, seed)
    with running(agents), Poller(_targets(version, agents), LIMITS, {}) as poller:
        ends = _bent(poller, agents)
        outcomes = Counter(decoded)
        assert _mended(poller, agents)
    assert caplog.records == []  # what is raised where nobody waits for it
    sent = _total(agents)
    assert sent.total() >= DATAGRAMS
    assert all(sent[kind] >= DATAGRAMS / len(KINDS) / 4 for kind in KINDS), sent
    assert sum(one.bender.lies for one in agents) < DATAGRAMS / 20
    assert min(ends["sample"], ends["error"]) > 50, ends
    assert outcomes["taken"] > DATAGRAMS
    assert outcomes["refused"] > DATAGRAMS / 10
    assert outcomes["not heard"] > 0
