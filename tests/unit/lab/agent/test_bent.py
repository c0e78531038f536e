"""Each fault of an agent that does not need a wire, as a client sees it."""

from __future__ import annotations

from itertools import pairwise

import pytest

from automation.lab.agent.truth import truth
from automation.lab.faults import SNMP_FAULTS, FaultKind
from tests.unit.lab.agent.demo import Demo

IOS = "city-acc-001"
IFX = "1.3.6.1.2.1.31.1.1.1"
NAMES = f"{IFX}.1"
IN = f"{IFX}.6"
UP_TIME = "1.3.6.1.2.1.1.3.0"


def _steps(demo: Demo, oid: str, count: int) -> list[tuple[int, ...]]:
    """Return the names of a walk's first rows."""
    found = []
    for _ in range(count):
        (oid,) = demo.next(IOS, oid).names
        found.append(tuple(int(arc) for arc in oid.split(".")))
    return found


def test_a_loop_comes_back_to_where_it_was(demo: Demo) -> None:
    demo.strike(IOS, "loop")
    steps = _steps(demo, NAMES, 100)
    assert len(set(steps)) == 16
    assert steps[16] == steps[0]
    assert set(demo.bulk(IOS, NAMES, times=40).names) == {
        ".".join(map(str, step)) for step in steps[:16]
    }


def test_a_repeat_stays_where_it_is(demo: Demo) -> None:
    demo.strike(IOS, "repeat")
    steps = _steps(demo, IN, 40)
    assert set(steps[15:]) == {steps[15]}
    assert len(set(steps)) == 16


def test_an_endless_column_ascends_and_does_not_end(demo: Demo) -> None:
    demo.strike(IOS, "endless")
    (last,) = demo.bulk(IOS, NAMES, times=53).names[-1:]
    steps = _steps(demo, last, 300)
    assert all(before < after for before, after in pairwise(steps))
    assert {step[:-1] for step in steps} == {(1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 1)}


def test_too_big_is_said_of_more_than_a_few(demo: Demo) -> None:
    demo.strike(IOS, "tooBig")
    names = [f"{NAMES}.{10101 + at}" for at in range(9)]
    assert demo.get(IOS, *names).status == 1
    assert demo.get(IOS, *names[:8]).status == 0
    assert demo.bulk(IOS, NAMES, IN, times=5).status == 1
    demo.strike(IOS, "tooBig", line=2)
    assert demo.get(IOS, *names[:3]).status == 1


@pytest.mark.parametrize(("line", "sick"), [(0, 10101), (7, 10107)])
def test_one_port_that_cannot_be_read_spoils_the_request(demo: Demo, line: int, sick: int) -> None:
    demo.strike(IOS, "genErr", line=line)
    asked = [f"{IN}.10110", UP_TIME, f"{NAMES}.{sick}"]
    said = demo.get(IOS, *asked)
    assert (said.status, said.index, said.names) == (5, 3, asked)
    assert demo.get(IOS, *asked[:2]).status == 0
    assert demo.next(IOS, f"{IN}.{sick - 1}").status == 5
    assert demo.bulk(IOS, NAMES, times=48).status == 5


def test_narrow_has_no_wide_counters(demo: Demo) -> None:
    demo.strike(IOS, "narrow")
    said = demo.get(IOS, f"{IN}.10101", f"{IFX}.2.10101", "1.3.6.1.2.1.2.2.1.10.10101")
    assert said.values[0] == "NoSuchObject"
    assert all(isinstance(value, int) for value in said.values[1:])
    walked = {int(name.split(".")[10]) for name in demo.walk(IOS, IFX)}
    assert walked == {*range(1, 6), *range(14, 20)}


def test_dripping_gives_one_row_at_a_time(demo: Demo) -> None:
    demo.strike(IOS, "drip")
    assert len(demo.bulk(IOS, NAMES, IN, times=40).varbinds) == 2


def test_dead_says_nothing_at_all(demo: Demo) -> None:
    demo.strike(IOS, "dead")
    demo.switches[IOS].edit(["interface GigabitEthernet1/0/1", "shutdown"])
    demo.switches[IOS].reboot()
    datagram = b"\x30\x03\x02\x01\x01"
    assert demo.agents[IOS].answer(datagram, "127.0.0.1") is None
    assert demo.sent == []


def test_renumbering_moves_the_indexes_and_not_the_traffic(demo: Demo) -> None:
    before = truth(demo.agents[IOS])["interfaces"]
    demo.strike(IOS, "renumber")
    after = truth(demo.agents[IOS])["interfaces"]
    assert before["Gi1/0/1"]["ifIndex"] == 10101
    assert after["Gi1/0/1"]["ifIndex"] == 10102
    assert {one["ifIndex"] for one in before.values()} == {one["ifIndex"] for one in after.values()}
    assert demo.get(IOS, f"{NAMES}.10102").values == [b"Gi1/0/1"]
    demo.clock.now += 60_000
    rate = before["Gi1/0/1"]["counters"]["out_octets"]["rate"]
    assert demo.get(IOS, f"{IFX}.10.10102").values == [rate * 600]


def test_a_reset_is_a_discontinuity(demo: Demo) -> None:
    demo.strike(IOS, "reset")
    now, wide, since = demo.get(IOS, UP_TIME, f"{IN}.10101", f"{IFX}.19.10101").values
    assert (wide, since) == (0, now)


def test_a_wrap_comes_after_its_time_and_is_no_discontinuity(demo: Demo) -> None:
    demo.strike(IOS, "wrap", ms=60_000)
    asked = (f"{IFX}.10.10101", "1.3.6.1.2.1.2.2.1.16.10101", f"{IFX}.19.10101")
    rate = truth(demo.agents[IOS])["interfaces"]["Gi1/0/1"]["counters"]["out_octets"]["rate"]
    assert demo.get(IOS, *asked).values == [2**64 - 60 * rate, 2**32 - 60 * rate, 0]
    demo.clock.now += 6100
    assert demo.get(IOS, *asked).values == [rate, rate, 0]


@pytest.mark.parametrize("kind", sorted(SNMP_FAULTS | {FaultKind.DEAD, FaultKind.SLOW}))
def test_what_is_mended_answers_as_ever(demo: Demo, kind: FaultKind) -> None:
    before = {name for name in demo.walk(IOS, IFX)}
    demo.strike(IOS, kind)
    demo.strike(IOS, "")
    assert set(demo.walk(IOS, IFX)) == before
    assert demo.get(IOS, *(f"{NAMES}.{10101 + at}" for at in range(20))).status == 0
