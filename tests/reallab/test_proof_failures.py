"""Proof: whatever befalls a change, it is told as it is, and no port is left half done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.reallab.lab import Lab
from tests.reallab.operator import City, Ended, Operator, customer
from tests.reallab.probes.faults import (
    Hanging,
    cut_sessions,
    full_disk,
    full_table,
    hanging,
    lose_power,
    regain_power,
)
from tests.reallab.probes.truth import PortTruth, ports

pytestmark = [
    pytest.mark.reallab,
    pytest.mark.proof(
        "refused, cut off, out of power or disk: told truly, none half done", "openvswitch"
    ),
]
CANARY, SWITCH, OTHERS = "city-acc-001", "city-acc-002", "mkb-acc-001"
EVERYBODY = tuple(f"swp{number}" for number in (1, *range(9, 21)))


def to_sundet(switch: str, *names: str) -> tuple[str, ...]:
    """Return the rows of customers who go to another provider."""
    return tuple(row for port in names for row in customer(switch, port, "internet;sundet;t10"))


def owned(found: Mapping[str, PortTruth]) -> Mapping[str, tuple[object, ...]]:
    """Return what we own of ports, without the identities of their queues."""
    return {
        name: (one.vlan_mode, one.tag, one.trunks, one.protected, one.external_ids, one.has_qos)
        for name, one in found.items()
    }


def interrupted(program: Hanging, work: Callable[[], Ended], happens: Callable[[], None]) -> Ended:
    """Return how `work` ended, to which something happened while the switch was at it."""
    with ThreadPoolExecutor(1) as aside:
        running = aside.submit(work)
        program.wait()
        happens()
        return running.result()


def cut_off(lab: Lab, program: Hanging) -> None:
    """Cut the session whose program hangs; what the next session asks for is done at once."""
    program.let_others_by()
    cut_sessions(lab, SWITCH)


def test_a_transaction_that_the_database_refuses(city: City, operator: Operator) -> None:
    """There is room for the first of two customers' queues, and both stay as they were."""
    before = owned(ports(city.lab, SWITCH))
    operator.imports(*to_sundet(SWITCH, "swp1"), *customer(SWITCH, "swp24", "internet;nordlys;t10"))
    with full_table(city.lab, SWITCH, "QoS"):
        ended = operator.provisions(SWITCH)
    row = ended.devices[SWITCH]
    assert (ended.code, row["outcome"]) == (3, "failed")
    assert "constraint violation" in row["text"]
    assert set(row["states"]) == {"untouched"}
    assert owned(ports(city.lab, SWITCH)) == before
    assert operator.provisions(SWITCH).outcomes == {SWITCH: "changed"}
    assert ports(city.lab, SWITCH)["swp24"].has_qos


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
def test_a_switch_that_dies_in_the_midst_of_a_wave(
    city: City, operator: Operator, done: bool
) -> None:
    lab = city.lab
    before = owned(ports(lab, SWITCH))
    for switch in (CANARY, SWITCH, OTHERS):
        operator.imports(*to_sundet(switch, "swp9", "swp10"))

    with hanging(lab, SWITCH, "ovsdb-client", "transact", done=done) as program:
        ended = interrupted(
            program,
            lambda: operator.provisions(CANARY, SWITCH, OTHERS),
            lambda: lose_power(lab, SWITCH),
        )
    assert ended.code == 3
    assert ended.outcomes == {CANARY: "changed", SWITCH: "unknown", OTHERS: "skipped"}
    assert set(ended.devices[SWITCH]["states"]) == {"unknown"}
    regain_power(lab, SWITCH)
    now = owned(ports(lab, SWITCH))
    moved = {name for name in before if before[name] != now[name]}
    assert moved == ({"swp9", "swp10"} if done else set())
    ended = operator.provisions(CANARY, SWITCH, OTHERS)
    assert (ended.code, ended.recap["skipped"]) == (0, 0)
    assert {ports(lab, SWITCH)[name].tag for name in ("swp9", "swp10")} == {1102}


def test_no_room_on_the_disk_of_the_database(city: City, operator: Operator) -> None:
    before = owned(ports(city.lab, SWITCH))
    operator.imports(*to_sundet(SWITCH, *EVERYBODY))
    with full_disk(city.lab, SWITCH):
        ended = operator.provisions(SWITCH)
        assert owned(ports(city.lab, SWITCH)) == before
    assert (ended.code, ended.outcomes) == (3, {SWITCH: "failed"})
    assert set(ended.devices[SWITCH]["states"]) == {"untouched"}
    lose_power(city.lab, SWITCH)
    regain_power(city.lab, SWITCH)
    assert owned(ports(city.lab, SWITCH)) == before
    assert operator.provisions(SWITCH).outcomes == {SWITCH: "changed"}


def test_a_session_that_is_cut_after_the_change_was_sent(city: City, operator: Operator) -> None:
    """It is looked at over a new session, and found to be whole."""
    lab = city.lab
    operator.imports(*to_sundet(SWITCH, "swp9"))
    with hanging(lab, SWITCH, "ovsdb-client", "transact", done=True) as program:
        ended = interrupted(
            program, lambda: operator.provisions(SWITCH), lambda: cut_off(lab, program)
        )
    assert ended.outcomes == {SWITCH: "changed"}
    assert ports(lab, SWITCH)["swp9"].tag == 1102
    assert operator.provisions(SWITCH).outcomes == {SWITCH: "unchanged"}


def test_a_session_that_is_cut_before_the_change_was_done(city: City, operator: Operator) -> None:
    """It is fenced off, and read to be untouched; let go after that, it changes nothing."""
    lab = city.lab
    before = owned(ports(lab, SWITCH))
    operator.imports(*to_sundet(SWITCH, "swp9"))
    with hanging(lab, SWITCH, "ovsdb-client", "transact", done=False) as program:
        ended = interrupted(
            program, lambda: operator.provisions(SWITCH), lambda: cut_off(lab, program)
        )
        assert ended.outcomes == {SWITCH: "failed"}
        assert ended.devices[SWITCH]["states"] == ["untouched"]
        program.come_to_its_end()
    assert owned(ports(lab, SWITCH)) == before
    assert operator.provisions(SWITCH).outcomes == {SWITCH: "changed"}
