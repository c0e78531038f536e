"""The Prometheus text of devices: names and labels of if_mib, and nothing where nothing is known.

The format: prometheus.io/docs/instrumenting/exposition_formats, version 0.0.4.
"""

from __future__ import annotations

import re
from array import array
from dataclasses import replace
from math import nan

import pytest

from automation.counters import COUNTERS, Column, Rates
from automation.counters.rates import BEFORE, CLOCK, CLOSE, LATE, RENUMBERED, TOO_FAST
from automation.metrics import Cycle, Reading, families, one, total
from automation.metrics.text import escaped
from tests.unit.metrics.readings import AT, Port, device, reading, sample, unread, with_rates

PORT = 'ifAlias="",ifDescr="GigabitEthernet1/0/1",ifIndex="10101",ifName="Gi1/0/1"'
SECOND = Port("GigabitEthernet1/0/2", "Gi1/0/2", 10102)
SECOND_PORT = 'ifAlias="",ifDescr="GigabitEthernet1/0/2",ifIndex="10102",ifName="Gi1/0/2"'
LINE = re.compile(r'[a-zA-Z_]\w*(?:\{(?:\w+="(?:[^"\\\n]|\\[\\"n])*",?)*\})? \S+(?: \d+)?')
HALF = replace(Port(), narrow=frozenset({Column.IN_OCTETS}), values={Column.IN_OCTETS: 5})


def series(text: str) -> list[str]:
    """Return the lines that are no comments."""
    return [line for line in text.splitlines() if not line.startswith("#")]


def values(text: str, name: str) -> list[str]:
    """Return the lines of one metric, without its name."""
    return [line.removeprefix(name) for line in series(text) if re.match(rf"{name}\b", line)]


@pytest.mark.parametrize(
    ("port", "name", "expected"),
    [
        pytest.param(
            Port(values={Column.IN_OCTETS: 123_456_789_012}),
            "ifHCInOctets",
            [f"{{{PORT}}} 123456789012"],
            id="a counter stays as it was read",
        ),
        pytest.param(
            Port(values={Column.OUT_OCTETS: (1 << 64) - 1}),
            "ifHCOutOctets",
            [f"{{{PORT}}} 18446744073709551615"],
            id="the largest counter",
        ),
        pytest.param(Port(), "ifInErrors", [f"{{{PORT}}} 0"], id="a zero that was read is one"),
        pytest.param(
            Port(absent={Column.IN_ERRORS: "noSuchInstance"}),
            "ifInErrors",
            [],
            id="an absent counter is absent",
        ),
        pytest.param(
            Port(values={Column.OPER: 7}), "ifOperStatus", [f"{{{PORT}}} 7"], id="lowerLayerDown"
        ),
        pytest.param(
            Port(values={Column.LAST_CHANGE: 4100}),
            "ifLastChange",
            [f"{{{PORT}}} 4100"],
            id="ticks",
        ),
        pytest.param(Port(), "ifHighSpeed", [f"{{{PORT}}} 1000"], id="speed in Mbit/s"),
        pytest.param(Port(), "ifSpeed", [f"{{{PORT}}} 1000000000"], id="speed in bit/s"),
        pytest.param(
            Port(speed=10**10), "ifSpeed", [f"{{{PORT}}} 4294967295"], id="32 bits hold no more"
        ),
        pytest.param(Port(speed=0), "ifHighSpeed", [], id="a speed that is not known is absent"),
        pytest.param(HALF, "ifInOctets", [f"{{{PORT}}} 5"], id="32 bits have the old name"),
        pytest.param(HALF, "ifHCInOctets", [], id="and not the new one"),
        pytest.param(
            HALF, "ifHCOutOctets", [f"{{{PORT}}} 0"], id="the other way has its own width"
        ),
        pytest.param(
            Port(alias='say "hi" \\ 100 %d\nnow'),
            "ifHCInOctets",
            [f"{{{PORT}}} 0".replace('ifAlias=""', r'ifAlias="say \"hi\" \\ 100 %d\nnow"')],
            id="a description is data, whatever it looks like",
        ),
    ],
)
def test_a_port_has_the_series_of_if_mib(port: Port, name: str, expected: list[str]) -> None:
    assert values(one(reading(port)), name) == expected


def test_of_two_ports_only_what_is_absent_is_missing() -> None:
    dark = replace(SECOND, absent={Column.OUT_OCTETS: "not read"})
    text = one(reading(Port(values={Column.OUT_OCTETS: 9}), dark))
    assert values(text, "ifHCOutOctets") == [f"{{{PORT}}} 9"]
    assert values(text, "ifHCInOctets") == [f"{{{PORT}}} 0", f"{{{SECOND_PORT}}} 0"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("sysUpTime", [" 4200"]),
        ("snmpEngineBoots", [" 7"]),
        ("snmp_scrape_duration_seconds", ['{module="if_mib"} 0.250000']),
        ("snmp_scrape_packets_sent", ['{module="if_mib"} 26']),
        ("portvakt_device_up", [" 1"]),
        ("portvakt_device_read_timestamp_seconds", [" 1000000.000"]),
        ("portvakt_ports_missing", [" 0"]),
        ("portvakt_rates_unknown", ['{reason="first"} 12']),
        (
            "portvakt_device_info",
            [
                '{address="192.0.2.1",estate="city",model="ws-c2960x-48",platform="cisco_ios",'
                'role="access",site="kajen"} 1'
            ],
        ),
    ],
)
def test_a_device_has_series_of_its_own(name: str, expected: list[str]) -> None:
    assert values(one(reading(Port())), name) == expected


def test_what_is_not_known_of_a_device_is_absent() -> None:
    bare = replace(sample(), boots=None)
    found = {
        line.partition("{")[0].partition(" ")[0] for line in series(one(Reading(device(), bare)))
    }
    assert found == {
        *("portvakt_device_info", "portvakt_device_up", "portvakt_device_read_timestamp_seconds")
    }


@pytest.mark.parametrize("stamped", [False, True])
@pytest.mark.parametrize("named", [False, True])
def test_name_and_time_stand_on_every_line_or_on_none(stamped: bool, named: bool) -> None:
    lines = series(one(reading(Port(), SECOND), stamped=stamped, named=named))
    assert [line for line in lines if ('{instance="sw-1"' in line) is not named] == []
    assert [
        line
        for line in lines
        if line.endswith(" 1000000000") is not stamped and not line.startswith("ifSpeed")
    ] == []


def test_the_total_has_each_family_once_and_together() -> None:
    cycle = Cycle(
        (reading(Port(), SECOND), reading(Port(), name="sw-9"), unread()), 300, AT + 5, 4.5
    )
    text = "".join(total(cycle, AT + 5))
    types = re.findall(r"^# TYPE (\S+)", text, re.MULTILINE)
    assert len(types) == len(set(types)) == len(re.findall(r"^# HELP ", text, re.MULTILINE))
    order = [re.split(r"[{ ]", line)[0] for line in series(text)]
    assert list(dict.fromkeys(order)) == types
    assert order == sorted(order, key=types.index)
    assert [line for line in series(text) if not LINE.fullmatch(line)] == []
    assert values(text, "portvakt_cycle_duration_seconds") == [" 4.500"]
    assert values(text, "portvakt_device_up") == [
        *('{instance="sw-1"} 1', '{instance="sw-9"} 1', '{instance="sw-2"} 0')
    ]


@pytest.mark.parametrize(
    ("age", "fresh"), [(0.0, True), (600.0, True), (600.5, False), (86_400.0, False)]
)
def test_a_device_that_is_stale_has_no_old_series(age: float, fresh: bool) -> None:
    text = "".join(total(Cycle((reading(Port()),), 300), AT + age))
    assert bool(values(text, "ifHCInOctets")) is fresh
    assert bool(values(text, "portvakt_device_read_timestamp_seconds")) is fresh
    assert values(text, "portvakt_device_up") == [f'{{instance="sw-1"}} {int(fresh)}']


def test_nothing_read_is_no_fault() -> None:
    text = "".join(total(Cycle((), 300), AT))
    assert {line.split("{")[0].split(" ")[0] for line in series(text)} == {
        *("portvakt_build_info", "portvakt_cycle_interval_seconds")
    }


def test_an_unknown_rate_is_counted_by_its_reason() -> None:
    found = sample(Port(), SECOND)
    nothing = array("d", [nan, nan])
    of = Rates(
        *("sw-1", AT, found.layout.ports, nothing, (nothing,) * len(COUNTERS)),
        rows={1: RENUMBERED},
        cells={(0, 0): TOO_FAST.format(rate=9.0, most=1.0), (1, 0): "noSuchInstance"},
    )
    assert values(one(with_rates(found, of)), "portvakt_rates_unknown") == [
        '{reason="absent"} 1',
        '{reason="renumbered"} 12',
        '{reason="too_fast"} 1',
    ]


@pytest.mark.parametrize(
    ("reason", "label"),
    [
        (CLOCK.format(moved=3.0, passed=300.0), "clock"),
        (CLOSE.format(least=1.0), "close"),
        (BEFORE.format(why="noSuchInstance"), "absent_before"),
        (LATE, "late"),
        ("not read: timed out", "absent"),
        ("", "absent"),
    ],
)
def test_a_sentence_becomes_one_of_few_labels(reason: str, label: str) -> None:
    assert families.word(reason) == label
    assert label in families.WORDS


@pytest.mark.parametrize(
    ("text", "expected"),
    [("plain", "plain"), ('"', '\\"'), ("\\", "\\\\"), ("a\nb", "a\\nb"), ("å %s", "å %s")],
)
def test_label_values_are_escaped(text: str, expected: str) -> None:
    assert escaped(text) == expected
