"""Logins that meet silence: it may be a refusal, a lost datagram, or a switch in trouble."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import pytest

from automation.lab.agent.agent import Agent
from automation.model import TurnedDown
from automation.snmp import Limits, Polled, Poller, Target
from automation.snmp.guard import left_out
from tests.integration.snmp.bender import running
from tests.integration.snmp.tap import HERE, TwinAgent, tapped
from tests.integration.snmp.test_refused import (
    LIMITS,
    TWIN,
    WRONG,
    Secretive,
    change_privacy_key,
    login,
)
from tests.unit.lab.agent.demo import Demo, demo_lab

pytestmark = pytest.mark.integration

DEVICE = "mkb-acc-001"
MINUTE = 60.0
FIVE_MINUTES = 6
"""Cycles, a minute apart, that begin within five minutes."""
PATIENT = replace(LIMITS, tries=5)
"""As somebody has it whose network loses datagrams."""
SILENT = "left out: it has been silent to what is signed"


class Lossy(TwinAgent):
    """An agent whom some datagrams do not reach."""

    def __init__(self, agent: Agent, lost: int) -> None:
        """Answer as `agent` does, from when so many were lost."""
        super().__init__(agent)
        self.lost = lost

    def answers(self, data: bytes) -> Sequence[bytes]:
        """Return the answer to one datagram; none where it is lost."""
        self.lost -= 1
        return [] if self.lost >= 0 else super().answers(data)


@pytest.fixture
def demo() -> Demo:
    return demo_lab()


@pytest.mark.parametrize(
    ("known", "before", "count"),
    [
        (True, None, 0),
        (True, 0, 1),
        (True, 1, 2),
        (True, 2, 2),
        (True, 5, 5),
        (False, None, 1),
        (False, 2, 3),
    ],
)
def test_silence_counts_less_of_a_device_that_was_read_before(
    demo: Demo, known: bool, before: int | None, count: int
) -> None:
    """A lost datagram must not cost a switch its next cycles, nor trouble the sight of it."""
    agent = Secretive(demo.agents[DEVICE])
    refused = {} if before is None else {"sw-1": TurnedDown(0.0, "it said so", before)}
    with running([agent]):
        one = Target("sw-1", HERE, agent.port, login(TWIN))
        with Poller([one], LIMITS, {}) as poller:
            sample = poller.cycle()[0].sample
        assert sample is not None
        wrong = replace(one, login=login(TWIN, priv=WRONG))
        with Poller([wrong], LIMITS, {"sw-1": sample} if known else {}) as poller:
            (found,) = poller.cycle(refused)
    assert "is the privacy key right" in found.error
    assert found.refusal is not None
    assert found.refusal.count == count
    said = left_out(found.refusal, LIMITS.interval, found.refusal.at + 1)
    assert said.startswith(f"{SILENT}; overloaded, or another privacy key; " if count else "")
    assert bool(said) == bool(count)


def _silent(
    demo: Demo, limits: Limits, cycles: int, others: Collection[int] = ()
) -> Sequence[tuple[Polled, int]]:
    """Return the cycles of a device that has let us in, and is silent now to all that is signed.

    As when its privacy key was changed: it may count what it does not answer. With each cycle goes
    how much that it saw was signed; `others` are those that a new process begins.
    """
    agent = Secretive(demo.agents[DEVICE])
    refused: dict[str, TurnedDown] = {}
    seen = []
    with running([agent]), tapped(HERE, agent.port) as tap:
        asked = Target("sw-1", HERE, tap.port, login(TWIN))
        poller = Poller([asked], limits, {})
        sample = poller.cycle()[0].sample
        assert sample is not None
        change_privacy_key(demo, DEVICE)
        tap.taken()
        for cycle in range(cycles):
            if cycle in others:
                poller.close()
                poller = Poller([asked], limits, {"sw-1": sample})
            (found,) = poller.cycle(refused)
            seen.append((found, tap.taken()[1]))
            refused |= {"sw-1": found.refusal} if found.refusal else {}
            refused = {
                name: replace(one, at=one.at - limits.interval) for name, one in refused.items()
            }
        poller.close()
    return seen


@pytest.mark.parametrize("tries", [2, 5])
@pytest.mark.parametrize(
    "others", [(), range(12), (1,)], ids=["daemon", "timer", "daemon and somebody who looks"]
)
def test_a_device_that_let_us_in_and_is_silent_now_is_not_asked_into_a_lock(
    demo: Demo, others: Collection[int], tries: int
) -> None:
    limits = replace(LIMITS, interval=MINUTE, tries=tries)
    seen = _silent(demo, limits, 12, others)
    signed = [count for _, count in seen]
    assert [found.refusal.count for found, _ in seen if found.refusal] == [0, 1, 2]
    assert signed[1], "once may be a lost datagram: it is asked in the next cycle"
    assert max(sum(signed[at : at + FIVE_MINUTES]) for at in range(12)) <= 4


def test_however_patient_we_are_a_device_that_was_never_read_is_not_asked_into_a_lock(
    demo: Demo,
) -> None:
    agent = Secretive(demo.agents[DEVICE])
    with running([agent]), tapped(HERE, agent.port) as tap:
        asked = Target("sw-1", HERE, tap.port, login(TWIN, priv=WRONG))
        with Poller([asked], PATIENT, {}) as poller:
            (found,) = poller.cycle()
        assert 2 <= tap.taken()[1] <= 3
    assert "to 2 requests of 0.5 s each, though its engine answers" in found.error


def test_who_a_device_is_may_be_asked_as_often_as_we_are_patient(demo: Demo) -> None:
    """That is not signed, so nobody counts it."""
    agent = Lossy(demo.agents[DEVICE], PATIENT.tries - 1)
    with running([agent]):
        asked = Target("sw-1", HERE, agent.port, login(TWIN))
        with Poller([asked], PATIENT, {}) as poller:
            (found,) = poller.cycle()
    assert found.sample is not None, found.error


def test_a_known_device_that_is_silent_is_soon_asked_again_and_not_said_to_refuse(
    demo: Demo,
) -> None:
    """It may be a switch in trouble, which is what one wants to see."""
    found = [one for one, _ in _silent(demo, LIMITS, 13)]
    assert [at for at, one in enumerate(found) if one.requests] == [0, 1, 3, 6, 9, 12]
    said = [one.error for one in found if not one.requests]
    why = f"{SILENT}, twice; overloaded, or another privacy key; asked again from "
    assert all(error.startswith(why) for error in said)
