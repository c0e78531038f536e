"""Wrong logins and clocks: each its own words, few datagrams, and no agent is asked into a lock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from random import Random
from time import monotonic

import pytest

from automation.lab.agents import READERS
from automation.lab.files import SECRETS
from automation.model import Secret, SnmpLogin, TurnedDown
from automation.snmp import Limits, Polled, Poller, Target, guard
from tests.integration.snmp.bender import running
from tests.integration.snmp.conftest import AUTH as REAL_AUTH
from tests.integration.snmp.conftest import PRIV, USERS, snmpd
from tests.integration.snmp.tap import HERE, Tap, TwinAgent, tapped
from tests.unit.lab.agent.demo import Demo, demo_lab

pytestmark = pytest.mark.integration

LIMITS = Limits(timeout=0.5)
CYCLES = 9
LEFT_OUT = (1, 3, 4, 6, 7, 8)
"""The cycles, from 0, in which a device that turns us down is left alone: one, two, four."""
WRONG = "another-key"
DECRYPTION_ERRORS = bytes.fromhex("060a2b060106030f01010600")
"""The name of usmStatsDecryptionErrors.0 (RFC 3414, section 5) as BER has it."""


@dataclass(frozen=True)
class Keys:
    """What opens an agent."""

    user: str
    auth: str
    priv: str


TWIN = Keys(READERS[0].name, SECRETS["snmp_auth"], SECRETS["snmp_priv"])
REAL = Keys(USERS[2][0], REAL_AUTH, PRIV)


def login(keys: Keys, *, user: str = "", auth: str = "", priv: str = "") -> SnmpLogin:
    """Return the v3 login that opens an agent, with something else in it than there should be."""
    return SnmpLogin(
        "net",
        user=user or keys.user,
        auth="sha256",
        auth_password=Secret(auth or keys.auth),
        priv="aes128",
        priv_password=Secret(priv or keys.priv),
    )


class Secretive(TwinAgent):
    """An agent that drops what it cannot decrypt, as net-snmp's does."""

    def answers(self, data: bytes) -> Sequence[bytes]:
        """Return the answer to one datagram; none where that is usmStatsDecryptionErrors."""
        return [one for one in super().answers(data) if DECRYPTION_ERRORS not in one]


@pytest.fixture
def demo() -> Demo:
    return demo_lab()


@contextmanager
def _twin(demo: Demo, name: str, *, leaps: bool = False) -> Iterator[Tap]:
    agent = TwinAgent(demo.agents[name], demo.clock if leaps else None)
    with running([agent]), tapped(HERE, agent.port) as tap:
        yield tap


@pytest.fixture(params=["twin", pytest.param("snmpd", marks=pytest.mark.netsnmp)])
def asked(request: pytest.FixtureRequest, demo: Demo) -> Iterator[tuple[Tap, Keys]]:
    """An agent behind a tap, and what opens it."""
    if request.param == "twin":
        with _twin(demo, "mkb-acc-001") as tap:
            yield tap, TWIN
    else:
        with snmpd() as real, tapped(HERE, real.port) as tap:
            yield tap, REAL


def _target(tap: Tap, how: SnmpLogin, device: str = "sw-1") -> Target:
    return Target(device, HERE, tap.port, how)


Seen = tuple[Polled, int, int]
"""How a device ended in a cycle, the datagrams that it saw, and how many of them were signed."""


def _cycles(tap: Tap, how: SnmpLogin, cycles: int = CYCLES) -> Sequence[Seen]:
    """Poll once in each interval, and go by what came of it before."""
    seen: list[Seen] = []
    refused: dict[str, TurnedDown] = {}
    with Poller([_target(tap, how)], LIMITS, {}) as poller:
        for _ in range(cycles):
            (found,) = poller.cycle(refused)
            if found.refusal:
                refused[found.device] = found.refusal
            refused = {device: _sooner(one) for device, one in refused.items()}
            seen.append((found, *tap.taken()))
    return seen


def _sooner(one: TurnedDown) -> TurnedDown:
    """Return a refusal as it is when another interval has passed."""
    return replace(one, at=one.at - LIMITS.interval)


def _is_left_alone(found: Sequence[Seen], said: str) -> None:
    """Assert that every cycle says why, and that the right ones sent nothing."""
    assert all(one.sample is None and said in one.error for one, _, _ in found)
    assert [place for place, (_, seen, _) in enumerate(found) if not seen] == list(LEFT_OUT)


def test_a_wrong_community_is_asked_once_a_cycle_as_if_dead(asked: tuple[Tap, Keys]) -> None:
    tap, _ = asked
    found = _cycles(tap, SnmpLogin("net", community=Secret("wrong")), 4)
    assert all("silent to a wrong community" in one.error for one, _, _ in found)
    assert [seen for _, seen, _ in found] == [LIMITS.tries, 1, 1, 1]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"auth": WRONG}, "wrong authentication key"), ({"user": "nobody"}, "does not know user")],
    ids=["key", "user"],
)
def test_a_wrong_key_is_tried_thrice_and_then_the_agent_is_left_alone(
    asked: tuple[Tap, Keys], wrong: dict[str, str], said: str
) -> None:
    """The library's question for the clock, ours, and one that tells why; VRP locks at five."""
    tap, keys = asked
    found = _cycles(tap, login(keys, **wrong))
    _is_left_alone(found, said)
    assert [(seen, signed) for _, seen, signed in found if seen] == [(5, 3), (3, 2), (3, 2)]


def test_a_wrong_privacy_key_is_named_as_far_as_the_agent_tells(asked: tuple[Tap, Keys]) -> None:
    tap, keys = asked
    found = _cycles(tap, login(keys, priv=WRONG))
    _is_left_alone(found, "privacy key")
    assert max(signed for _, _, signed in found) <= 3


def test_a_clock_outside_the_window_is_named_and_the_agent_left_alone(demo: Demo) -> None:
    with _twin(demo, "mkb-acc-001", leaps=True) as tap:
        found = _cycles(tap, login(TWIN))
    _is_left_alone(found, "outside the window of 150 s")
    assert max(seen for _, seen, _ in found) <= 6
    assert max(signed for _, _, signed in found) <= 4


def test_a_clock_that_leapt_once_is_learned_anew(demo: Demo) -> None:
    with _twin(demo, "mkb-acc-001") as tap, Poller([_target(tap, login(TWIN))], LIMITS, {}) as one:
        assert one.cycle()[0].sample
        demo.clock.now += 1_000_000
        assert one.cycle()[0].sample


def test_a_key_that_was_good_is_tried_no_more_often(demo: Demo) -> None:
    """As when it was changed on the switch: what was learned of the engine is not tried again."""
    with _twin(demo, "mkb-acc-001") as tap, Poller([_target(tap, login(TWIN))], LIMITS, {}) as one:
        assert one.cycle()[0].sample
        tap.taken()
        _change_key(demo)
        assert "wrong authentication key" in one.cycle()[0].error
        assert tap.taken()[1] <= 3


def test_a_login_is_good_again_as_soon_as_it_is_tried(demo: Demo) -> None:
    with _twin(demo, "mkb-acc-001") as tap:
        with Poller([_target(tap, login(TWIN, auth=WRONG))], LIMITS, {}) as poller:
            assert poller.cycle()[0].error
        with Poller([_target(tap, login(TWIN))], LIMITS, {}) as poller:
            assert poller.cycle()[0].sample


def test_a_host_that_has_just_booted_learns_each_engine_before_it_signs(
    asked: tuple[Tap, Keys], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its monotonic clock begins with it: what never was is not to be taken for a moment ago."""
    tap, keys = asked
    booted = monotonic()
    monkeypatch.setattr("automation.snmp.link.monotonic", lambda: monotonic() - booted)
    with Poller([_target(tap, login(keys))], LIMITS, {}) as poller:
        (first,), first_seen = poller.cycle(), tap.taken()
        (second,), second_seen = poller.cycle(), tap.taken()
    assert first.sample, first.error
    assert second.sample, second.error
    assert first.engine
    assert first.engine == second.engine
    assert first.refusal is second.refusal is None
    assert first_seen[0] - first_seen[1] == 1, "asks once who the agent is, and signs all else"
    assert second_seen[0] == second_seen[1], "and knows it then"


def test_two_devices_of_one_engine_are_told_and_cost_no_more(demo: Demo) -> None:
    with _twin(demo, "mkb-acc-001") as one, _twin(demo, "mkb-acc-001") as other:
        targets = [_target(one, login(TWIN), "sw-1"), _target(other, login(TWIN), "sw-2")]
        with Poller(targets, LIMITS, {}) as poller:
            first, second = poller.cycle()
            alone = one.taken()[0], other.taken()[0]
            again = poller.cycle()
            after = one.taken()[0], other.taken()[0]
    assert "is also that of sw-2" in first.error
    assert "is also that of sw-1" in second.error
    assert all(found.sample is None for found in (first, second, *again))
    assert alone[0] == alone[1]
    assert max(after) < min(alone)


def test_one_wrong_key_for_a_city_is_tried_on_five_switches(
    asked: tuple[Tap, Keys], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "_SOON", 60.0)  # a busy machine must not look like a dead switch
    # Nobody is drawn twice in three cycles: who was once asked why is not asked again.
    monkeypatch.setattr("automation.snmp.poller.random", Random(1).random)  # noqa: S311 - no secret
    tap, keys = asked
    names = [f"sw-{number}" for number in range(730)]
    targets = [_target(tap, login(keys, auth=WRONG), name) for name in names]
    patient = replace(LIMITS, timeout=10.0, deadline=60.0)  # nor an answer, a repeated request
    with Poller(targets, patient, {}) as poller:
        cycles = [(poller.cycle(), *tap.taken()) for _ in range(3)]
    for found, seen, signed in cycles:
        tried = [one for one in found if one.requests]
        assert len(tried) == 5
        assert (seen, signed) == (25, 15)
        assert all("wrong authentication key" in one.error for one in tried)
        assert all(one.error for one in found)
    refused = [one.device for one in cycles[0][0] if one.requests]
    others = [one.error for one in cycles[0][0] if not one.requests]
    assert len(others) == 725
    assert all(error.startswith("not asked: the login snmp.net was turned") for error in others)
    assert all(name in others[0] for name in refused)


def test_one_wrong_privacy_key_for_a_city_is_tried_on_five_switches(
    asked: tuple[Tap, Keys],
) -> None:
    """It shows as nothing but silence, which lasts longer than a dead switch is waited for."""
    tap, keys = asked
    targets = [_target(tap, login(keys, priv=WRONG), f"sw-{number}") for number in range(200)]
    with Poller(targets, LIMITS, {}) as poller:
        found, (_, signed) = poller.cycle(), tap.taken()
    assert sum("privacy key" in one.error for one in found) == 5
    assert sum("not asked: the login snmp.net was turned down" in one.error for one in found) == 195
    assert 5 <= signed <= 15


def test_a_privacy_key_that_was_changed_on_all_switches_is_tried_on_five(demo: Demo) -> None:
    """They had let us in a cycle before, and answer nothing now."""
    agents = [Secretive(agent) for agent in demo.agents.values()]
    with running(agents):
        targets = [Target(f"sw-{at}", HERE, one.port, login(TWIN)) for at, one in enumerate(agents)]
        with Poller(targets, LIMITS, {}) as poller:
            assert all(one.sample for one in poller.cycle())
            for device in demo.agents:
                change_privacy_key(demo, device)
            found = poller.cycle()
    assert len([one for one in found if one.requests]) == 5
    assert sum("is the privacy key right" in one.error for one in found) == 5


def test_a_key_that_is_wrong_on_some_switches_does_not_keep_the_others_from_being_read(
    demo: Demo,
) -> None:
    """Whichever are tried first: after as many cycles as there are bad ones, the rest is read."""
    agents = [TwinAgent(agent) for agent in demo.agents.values()]
    with running(agents):
        targets = [
            Target(f"sw-{at}", HERE, one.port, login(TWIN, auth=WRONG if at < 4 else ""))
            for at, one in enumerate(agents)
        ]
        with Poller(targets, LIMITS, {}) as poller:
            found = poller.cycle()
    assert [bool(one.sample) for one in found] == [False] * 4 + [True] * 8


def _change_key(demo: Demo) -> None:
    other = demo.agents["mkb-acc-002"].engine.keys(READERS[0])
    demo.agents["mkb-acc-001"].engine._keys[TWIN.user.encode()] = other


def change_privacy_key(demo: Demo, device: str) -> None:
    """Let an agent have another privacy key than the one that opened it."""
    engine = demo.agents[device].engine
    engine._keys[TWIN.user.encode()] = replace(engine.keys(READERS[0]), priv=bytes(16))


@pytest.mark.parametrize("restarts", [False, True], ids=["daemon", "timer"])
def test_why_is_asked_anew_with_every_fourth_refusal(demo: Demo, restarts: bool) -> None:
    """The clock was mended since, and the key is wrong now."""
    agent = TwinAgent(demo.agents["mkb-acc-001"], demo.clock)
    refused: dict[str, TurnedDown] = {}
    found: list[Polled] = []
    with running([agent]), tapped(HERE, agent.port) as tap:
        how = _target(tap, login(TWIN))
        poller = Poller([how], LIMITS, {})
        for time in range(5):
            if time == 1:
                agent.clock = None
                _change_key(demo)
            if restarts:
                poller.close()
                poller = Poller([how], LIMITS, {})
            tap.taken()
            found += poller.cycle(refused)
            assert tap.taken()[1] <= 4
            if one := found[-1].refusal:
                refused["sw-1"] = replace(one, at=0.0)
        poller.close()
    said = ["wrong authentication key" in one.error for one in found]
    assert said == [False, False, False, True, True]
    assert all("outside the window" in one.error for one in found[:3])
