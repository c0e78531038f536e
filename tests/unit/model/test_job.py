"""The recap adds up, or says that it does not."""

from __future__ import annotations

import pytest

from automation.model import GOOD_OUTCOMES, DeviceResult, Outcome, Recap


def _result(
    outcome: Outcome, ports: int = 0, unchanged: int = 0, deferred: int = 0
) -> DeviceResult:
    return DeviceResult(
        "sw", "mkb", outcome, ports=ports, ports_unchanged=unchanged, deferred=deferred
    )


def test_a_recap_counts_devices_and_ports_by_outcome() -> None:
    recap = Recap.of(
        3,
        [
            _result(Outcome.CHANGED, ports=40, unchanged=8, deferred=2),
            _result(Outcome.CHANGED, ports=48),
            _result(Outcome.FAILED, ports=1, deferred=1),
        ],
    )
    zero = dict.fromkeys(Outcome, 0)
    assert recap.devices == {**zero, Outcome.CHANGED: 2, Outcome.FAILED: 1}
    assert recap.ports == {
        **zero,
        Outcome.CHANGED: 88,
        Outcome.UNCHANGED: 8,
        Outcome.FAILED: 1,
    }
    assert recap.deferred == 3
    assert sum(recap.devices.values()) == recap.planned == 3


@pytest.mark.parametrize("planned", [0, 2])
def test_a_recap_that_does_not_add_up_is_our_own_fault(planned: int) -> None:
    with pytest.raises(AssertionError, match="1 have a result"):
        Recap.of(planned, [_result(Outcome.CHANGED)])


@pytest.mark.parametrize("outcome", list(Outcome))
def test_only_good_outcomes_make_a_good_recap(outcome: Outcome) -> None:
    recap = Recap.of(2, [_result(Outcome.UNCHANGED), _result(outcome)])
    assert recap.good == (outcome in GOOD_OUTCOMES)


def test_a_recap_of_nothing_is_good() -> None:
    assert Recap.of(0, []).good
