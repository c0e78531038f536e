"""The recap: counts that add up, failures with the device's own words."""

from __future__ import annotations

import pytest

from automation.cli import recap
from automation.model import DeviceResult, Outcome, Recap, StanzaState
from tests.unit.cli.samples import RECAP, RESULTS


def test_the_recap_is_the_last_lines_with_ports_beside_devices() -> None:
    assert recap.text("provision-access  job 3", RECAP, RESULTS).splitlines() == [
        "sw2  FAILED  the device refused a line; nothing was saved",
        "    line:   switchport protected",
        "    device:         ^",
        "            % Invalid input detected at '^' marker.[2J",
        "",
        "RECAP  provision-access  job 3",
        "          planned  changed  unchanged   failed  refused    stale  unreachable  unknown"
        "  skipped",
        "devices         2        1          0        1        0        0            0        0"
        "        0",
        "ports          96       48         47        1        0        0            0        0"
        "        0",
        "3 lines deferred; -D says which and why",
    ]


def test_a_recap_without_failures_is_only_the_counts() -> None:
    results = [DeviceResult("sw1", "city", Outcome.UNCHANGED, ports_unchanged=48)]
    lines = recap.text("verify", Recap.of(1, results), results).splitlines()
    assert [line.split()[0] for line in lines] == ["RECAP", "planned", "devices", "ports"]


def test_json_has_planned_the_eight_and_ports() -> None:
    found = recap.as_json(RECAP)
    eight = [outcome.value for outcome in Outcome]
    assert list(found) == ["planned", *eight, "ports", "deferred"]
    assert found["planned"] == sum(int(str(found[name])) for name in eight) == 2
    ports = found["ports"]
    assert isinstance(ports, dict)
    assert (ports["changed"], ports["unchanged"], ports["failed"]) == (48, 47, 1)
    assert found["deferred"] == 3


def test_a_result_says_where_it_stopped_and_in_whose_words() -> None:
    row = recap.result_row(RESULTS[1])
    assert (row["outcome"], row["line"]) == ("failed", " switchport protected")
    assert tuple(row) == recap.RESULT_COLUMNS


def test_a_result_has_what_became_of_each_stanza() -> None:
    states = (StanzaState.APPLIED, StanzaState.UNKNOWN)
    row = recap.result_row(DeviceResult("sw1", "city", Outcome.UNKNOWN, states=states))
    assert row["states"] == ["applied", "unknown"]


def _skipped(count: int, why: str = "stopped") -> list[DeviceResult]:
    return [DeviceResult(f"a{n}", "city", Outcome.SKIPPED, why) for n in range(count)]


@pytest.mark.parametrize(
    ("results", "stopped", "names", "lines"),
    [
        (_skipped(2), "", False, ["a0  SKIPPED  stopped", "a1  SKIPPED  stopped"]),
        (_skipped(5)[4:], "on request", False, ["a4  SKIPPED  stopped (on request)"]),
        (_skipped(6), "", False, ["SKIPPED  6 devices: stopped"]),
        (
            _skipped(6),
            "by the stop rule",
            False,
            ["SKIPPED  6 devices: stopped (by the stop rule)"],
        ),
        (_skipped(6), "", True, ["SKIPPED  6 devices: stopped", "    a0, a1, a2, a3, a4, a5"]),
        (_skipped(5), "", False, [f"a{n}  SKIPPED  stopped" for n in range(5)]),
    ],
)
def test_many_with_the_same_ending_share_a_line(
    results: list[DeviceResult], stopped: str, names: bool, lines: list[str]
) -> None:
    assert recap.remarks(results, stopped=stopped, names=names) == lines


def test_the_one_that_failed_stands_above_those_that_were_skipped() -> None:
    lines = recap.remarks([*_skipped(729), *RESULTS], stopped="by the stop rule")
    assert lines[0].startswith("sw2  FAILED  ")
    assert lines[-1] == "SKIPPED  729 devices: stopped (by the stop rule)"
    assert len(lines) == 5


def test_those_that_were_refused_in_other_words_are_told_apart() -> None:
    many = [
        DeviceResult(f"a{n}", "city", Outcome.FAILED, "refused", line="x", text=f"% {n}")
        for n in range(6)
    ]
    assert len(recap.remarks(many)) == 18


UNSEEN = "the device says that it saved, and does not show what"


def _cautioned(count: int) -> list[DeviceResult]:
    return [DeviceResult(f"r{n}", "city", Outcome.CHANGED, UNSEEN) for n in range(count)]


@pytest.mark.parametrize(
    ("results", "names", "lines"),
    [
        (_cautioned(2), False, [f"r0  CHANGED  {UNSEEN}", f"r1  CHANGED  {UNSEEN}"]),
        (_cautioned(6), False, [f"CHANGED  6 devices: {UNSEEN}"]),
        (_cautioned(6), True, [f"CHANGED  6 devices: {UNSEEN}", "    r0, r1, r2, r3, r4, r5"]),
        (
            [DeviceResult("r1", "city", Outcome.UNCHANGED, "its record is ended")],
            False,
            ["r1  UNCHANGED  its record is ended"],
        ),
    ],
)
def test_what_is_not_certain_about_one_that_ended_well_is_told(
    results: list[DeviceResult], names: bool, lines: list[str]
) -> None:
    assert recap.remarks(results, names=names) == lines


def test_what_has_to_be_watched_stands_below_what_failed_and_above_what_was_skipped() -> None:
    lines = recap.remarks([*_skipped(1), *_cautioned(1), *RESULTS])
    heads = [line.split()[:2] for line in lines if not line.startswith(" ")]
    assert heads == [["sw2", "FAILED"], ["r0", "CHANGED"], ["a0", "SKIPPED"]]


def test_a_caution_stands_above_the_counts() -> None:
    results = _cautioned(1)
    lines = recap.text("provision-core", Recap.of(1, results), results).splitlines()
    assert lines[:3] == [f"r0  CHANGED  {UNSEEN}", "", "RECAP  provision-core"]
