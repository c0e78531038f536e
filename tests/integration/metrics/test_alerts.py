"""Each rule for an alert fires when it should, and else is silent: as promtool reads it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integration.metrics.test_documents import RULES, promtool, rules

pytestmark = pytest.mark.prometheus

PAGE = 'instance="127.0.0.1:9116",job="portvakt"'
HERE = {"instance": "127.0.0.1:9116", "job": "portvakt"}
SWITCH = 'instance="sw-1"'
PORT = 'ifAlias="to core",ifIndex="7",ifName="Te1/0/1",instance="sw-1"'
OF_PORT = {"ifAlias": "to core", "ifIndex": "7", "ifName": "Te1/0/1", "instance": "sw-1"}
INTERVAL = {f"portvakt_cycle_interval_seconds{{{PAGE}}}": "300+0x60"}
HEALTHY = {f"portvakt_cycle_end_timestamp_seconds{{{PAGE}}}": "0+60x60", **INTERVAL}
GIGABITS = "0+75000000000x60"
"""An octet counter at 10 Gbit/s, each minute."""


@dataclass(frozen=True)
class Case:
    """Series (a value a minute), and whether an alert is there after an hour, with which labels."""

    alert: str
    what: str
    series: Mapping[str, str]
    labels: Mapping[str, str] | None = None
    says: str = ""

    def __str__(self) -> str:
        return f"{self.alert}: {self.what}"


GONE = "The poller has ended no cycle for two intervals, or its page is not scraped"
LONG = "A cycle takes most of its interval"
FAILS = "The poller reads, but the store does not take it; its log says why"
DEAD = "sw-1 does not answer over SNMP"
CASES = (
    Case("PortvaktPollerGone", "it is well", {**HEALTHY, f"up{{{PAGE}}}": "1+0x60"}),
    Case(
        *("PortvaktPollerGone", "it hangs"),
        {f"portvakt_cycle_end_timestamp_seconds{{{PAGE}}}": "60+0x60", **INTERVAL},
        HERE,
        GONE,
    ),
    Case(
        *("PortvaktPollerGone", "its process is dead"),
        {f"portvakt_cycle_end_timestamp_seconds{{{PAGE}}}": "0+60x9 stale", **INTERVAL}
        | {f"up{{{PAGE}}}": "1+0x9 0+0x50"},
        HERE,
        GONE,
    ),
    Case("PortvaktPollerGone", "nobody ever scraped it", {"up": "1+0x60"}, {}, GONE),
    Case(
        *("PortvaktPollerGone", "it pushes no more"),
        {"portvakt_cycle_end_timestamp_seconds": "0+60x9 stale"},
        {},
        GONE,
    ),
    Case(
        *("PortvaktPollerGone", "it is started again"),
        {**HEALTHY, f"up{{{PAGE}}}": "1+0x55 0 0 1 1"},
    ),
    Case(
        "PortvaktCycleTooLong",
        "it does",
        {f"portvakt_cycle_duration_seconds{{{PAGE}}}": "250+0x60", **INTERVAL},
        HERE,
        LONG,
    ),
    Case(
        "PortvaktCycleTooLong",
        "it does not",
        {f"portvakt_cycle_duration_seconds{{{PAGE}}}": "200+0x60", **INTERVAL},
    ),
    Case("PortvaktStoreFails", "it does", {f"portvakt_store_up{{{PAGE}}}": "0+0x60"}, HERE, FAILS),
    Case("PortvaktStoreFails", "it took it again", {f"portvakt_store_up{{{PAGE}}}": "0+0x50 1x10"}),
    Case(
        *("SwitchNotRead", "the poller says so"),
        {**HEALTHY, f'portvakt_device_up{{{SWITCH},job="portvakt"}}': "0+0x60"}
        | {f'up{{{SWITCH},job="snmp"}}': "0+0x60"},
        {"instance": "sw-1", "job": "portvakt"},
        DEAD,
    ),
    Case(
        *("SwitchNotRead", "the poller does not know it"),
        {**HEALTHY, f'up{{{SWITCH},job="snmp"}}': "0+0x60"},
        {"instance": "sw-1", "job": "snmp"},
        DEAD,
    ),
    Case(
        *("SwitchNotRead", "the poller is gone, which is one alert"),
        {f'up{{{SWITCH},job="snmp"}}': "0+0x60", f"up{{{PAGE}}}": "0+0x60"},
    ),
    Case(
        *("SwitchNotRead", "it is read"),
        {**HEALTHY, f'portvakt_device_up{{{SWITCH},job="snmp"}}': "1+0x60"}
        | {f'up{{{SWITCH},job="snmp"}}': "1+0x60"},
    ),
    Case(
        *("PortErrors", "it has"),
        {f"ifInErrors{{{PORT}}}": "0+120x60", f"ifOutErrors{{{PORT}}}": "0+0x60"},
        OF_PORT,
        "sw-1 Te1/0/1 to core: errors",
    ),
    Case("PortErrors", "a few", {f"ifInErrors{{{PORT}}}": "0+30x60"}),
    Case(
        *("UplinkFull", "it is"),
        {f"ifHCOutOctets{{{PORT}}}": GIGABITS, f"ifHighSpeed{{{PORT}}}": "10000+0x60"},
        OF_PORT,
        "sw-1 Te1/0/1 sends over 80 % of its speed",
    ),
    Case(
        *("UplinkFull", "it has room"),
        {f"ifHCOutOctets{{{PORT}}}": GIGABITS, f"ifHighSpeed{{{PORT}}}": "40000+0x60"},
    ),
    *(
        Case(
            *("LightFaded", f"{received} dBm, usually {usual}, status {status}"),
            {
                f"portvakt_port_light_received_dbm{{{PORT}}}": f"{received}+0x120",
                f"portvakt_port_light_usual_dbm{{{PORT}}}": f"{usual}+0x120",
                f"ifOperStatus{{{PORT}}}": f"{status}+0x120",
            },
            OF_PORT if said else None,
            "sw-1 Te1/0/1 to core: receives 4.0 dB less light than usual",
        )
        for received, usual, status, said in (
            (-9.0, -5.0, 1, True),
            (-5.0, -9.0, 1, False),
            (-8.0, -5.0, 1, False),
            (-40.0, -5.0, 2, False),
        )
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_rule_fires_when_it_should(tmp_path: Path, case: Case) -> None:
    (rule,) = (one for one in rules() if one["alert"] == case.alert)
    fires = {
        "exp_labels": {**(case.labels or {}), **rule["labels"]},
        "exp_annotations": {"summary": case.says},
    }
    test = {
        "interval": "1m",
        "input_series": [{"series": name, "values": one} for name, one in case.series.items()],
        "alert_rule_test": [
            {
                "eval_time": "70m" if case.alert == "LightFaded" else "59m",
                "alertname": case.alert,
                "exp_alerts": [] if case.labels is None else [fires],
            }
        ],
    }
    file = tmp_path / "test.yml"
    file.write_text(json.dumps({"rule_files": [str(RULES)], "tests": [test]}), encoding="utf-8")
    assert promtool("test", "rules", file) == ""


def test_every_rule_has_a_case_in_which_it_fires_and_one_in_which_it_does_not() -> None:
    wanted = {(rule["alert"], fires) for rule in rules() for fires in (True, False)}
    assert {(case.alert, case.labels is not None) for case in CASES} == wanted
