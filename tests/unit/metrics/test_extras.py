"""Light, power and neighbours as series: of the ports that have them, and of no others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from automation.counters import Extras, Neighbour
from automation.metrics import Cycle, Reading, one, total
from tests.unit.metrics.readings import AT, Port, device, reading, sample
from tests.unit.metrics.test_text import LINE, PORT, SECOND, SECOND_PORT, series, values

FIRST = Port().name
EXTRAS = Extras(
    "sw-1",
    AT - 1700,
    received={SECOND.name: -21.5, FIRST: -5.17},
    sent={FIRST: 0.0},
    watts={SECOND.name: 4.2},
    neighbours={FIRST: Neighbour("city-tra-001", "Ethernet49")},
    usual={FIRST: -4.998, SECOND.name: -7.0},
)
NAMES = (
    *("portvakt_port_light_received_dbm", "portvakt_port_light_sent_dbm"),
    *("portvakt_port_light_usual_dbm", "portvakt_port_poe_watts", "portvakt_port_neighbour_info"),
)
READ = "portvakt_device_extras_read_timestamp_seconds"
ABSENT = "portvakt_device_extras_absent"


def shown(extras: Extras | None, *ports: Port) -> Reading:
    return replace(reading(*(ports or (Port(), SECOND))), extras=extras)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (NAMES[0], [f"{{{SECOND_PORT}}} -21.5", f"{{{PORT}}} -5.17"]),
        (NAMES[1], [f"{{{PORT}}} 0.0"]),
        (NAMES[2], [f"{{{PORT}}} -4.998", f"{{{SECOND_PORT}}} -7.0"]),
        (NAMES[3], [f"{{{SECOND_PORT}}} 4.2"]),
        (
            NAMES[4],
            [f'{{{PORT},neighbour_port="Ethernet49",neighbour_system="city-tra-001"}} 1'],
        ),
        (READ, [" 998300.000"]),
    ],
)
def test_a_port_has_the_series_that_were_read(name: str, expected: list[str]) -> None:
    assert values(one(shown(EXTRAS)), name) == expected


@pytest.mark.parametrize("name", [*NAMES, READ])
@pytest.mark.parametrize("extras", [None, Extras("sw-1", AT)])
def test_absent_is_absent(name: str, extras: Extras | None) -> None:
    expected = [" 1000000.000"] if extras and name == READ else []
    assert values(one(shown(extras)), name) == expected


def test_parts_that_could_not_be_read_are_told() -> None:
    lost = replace(EXTRAS, received={}, absent={"power": "cut", "light": "excluded by a view"})
    assert values(one(shown(lost), named=True), ABSENT) == [
        '{instance="sw-1",part="light"} 1',
        '{instance="sw-1",part="power"} 1',
    ]
    assert values("".join(total(Cycle((shown(lost),), 300), AT)), ABSENT) != []
    assert values(one(shown(EXTRAS)), ABSENT) == []


def test_what_is_not_known_of_a_device_stays_absent_beside_them() -> None:
    text = one(Reading(device(), replace(sample(Port()), boots=None), extras=EXTRAS))
    assert values(text, "snmpEngineBoots") == values(text, "portvakt_ports_missing") == []
    assert len(series(text)) == len(series(one(Reading(device(), sample(Port()))))) - 1 + 5


def test_without_extras_the_page_is_as_it_was() -> None:
    lost = replace(EXTRAS, received={"elsewhere": -5.0}, usual={}, sent={}, watts={}, neighbours={})
    bare, with_lost = one(shown(None)), one(shown(lost))
    assert [line for line in series(with_lost) if READ not in line] == series(bare)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a"} 1\nforged{x="', 'a\\"} 1\\nforged{x=\\"'),
        ("C:\\", "C:\\\\"),
        ("100 %s %d %", "100 %s %d %"),
        ("å\ufffd", "å\ufffd"),
        ("", ""),
    ],
)
def test_what_a_neighbour_calls_itself_is_data(text: str, expected: str) -> None:
    told = replace(EXTRAS, neighbours={FIRST: Neighbour(text, text)})
    (line,) = [line for line in series(one(shown(told))) if NAMES[4] in line]
    assert line.endswith(f'neighbour_port="{expected}",neighbour_system="{expected}"}} 1')
    assert LINE.fullmatch(line)


@pytest.mark.parametrize("name", NAMES)
def test_names_with_marks_in_them_stay_as_they_are(name: str) -> None:
    odd = Port(name="100%s", if_name='%d"', alias="50 %")
    level = {"100%s": -3.0}
    told = Extras("sw-1", AT, level, level, level, {"100%s": Neighbour("%s", "%d")}, level)
    (line,) = values(one(shown(told, odd), stamped=True, named=True), name)
    labels = 'instance="sw-1",ifAlias="50 %",ifDescr="100%s",ifIndex="10101",ifName="%d\\""'
    assert line.startswith(f"{{{labels}")
    assert line.endswith(" 1000000000")


def test_they_have_the_time_of_the_cycle_that_shows_them() -> None:
    lines = series(one(shown(EXTRAS), stamped=True))
    assert {line.rpartition(" ")[2] for line in lines} == {"1000000000"}
    assert f"{READ} 998300.000 1000000000" in lines


@pytest.mark.parametrize(("age", "fresh"), [(0.0, True), (600.0, True), (601.0, False)])
def test_they_end_with_the_ports_of_their_device(age: float, fresh: bool) -> None:
    text = "".join(total(Cycle((shown(EXTRAS),), 300), AT + age))
    assert [bool(values(text, name)) for name in (*NAMES, READ)] == [fresh] * 6
