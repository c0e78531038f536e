"""The recap: counts that add up, failures with the device's own words."""

from __future__ import annotations

from automation.cli import recap
from automation.model import DeviceResult, Outcome, Recap
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
        "3 lines deferred until the device shows a DHCP binding; the next run takes them",
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
