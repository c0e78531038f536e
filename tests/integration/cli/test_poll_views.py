"""What was read, as somebody looks at it: from a store, so that its past can be anything."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import nan
from pathlib import Path

import pytest

from automation.counters import Column, Daily, Day, Extras, Neighbour, Sample, rates
from automation.playbook import Network
from automation.store import Cycle
from automation.workspace import find
from tests.integration.cli.twin import Done, called
from tests.unit.metrics.readings import Port, sample

pytestmark = pytest.mark.integration

ONE, TWO = "city-acc-001", "city-acc-002"
UPLINK = "TenGigabitEthernet1/0/1"
UP, DOWN = 1, 2
NOW = 1_800_000_000.0
MINUTES = 60.0


def up(name: str, number: int, **more: int) -> Port:
    """Return a port whose link is up, or whatever `OPER` in `more` says."""
    values = {Column.ADMIN: UP, Column.OPER: UP} | {Column[key]: more[key] for key in more}
    short = name.replace("TenGigabitEthernet", "Te").replace("GigabitEthernet", "Gi")
    return Port(name, short, number, f"customer C-{number:06}", values=values)


PORTS = (
    up("GigabitEthernet1/0/1", 1, IN_OCTETS=3_000_000, IN_ERRORS=600, LAST_CHANGE=100),
    up("GigabitEthernet1/0/2", 2, ADMIN=DOWN, OPER=DOWN),
    up("GigabitEthernet1/0/3", 3, OPER=DOWN),
    up(UPLINK, 49, OUT_OCTETS=600_000_000),
)
LIGHT = Extras(
    ONE,
    0.0,
    received={UPLINK: -11.5, "GigabitEthernet1/0/3": -40.0},
    sent={UPLINK: -2.0},
    watts={"GigabitEthernet1/0/1": 4.2},
    neighbours={UPLINK: Neighbour("city-tra-001", "Ethernet1")},
    usual={UPLINK: -8.004, "GigabitEthernet1/0/3": -5.0},
)


@dataclass
class Looked:
    """A workspace whose store has readings."""

    folder: Path
    now: float = NOW

    def at(
        self, ago: float, *ports: Port, device: str = ONE, before: Sample | None = None
    ) -> Sample:
        """Keep a reading of `ago` seconds before now; rates are those since `before`."""
        uptime = 1_000_000 - int(ago * 100)
        found = sample(*ports, name=device, at=self.now - ago, uptime=uptime)
        self.keep(Cycle((found,), (rates(before, found),), (), {}, 300))
        return found

    def extras(self, ago: float, extras: Extras = LIGHT) -> None:
        self.keep(Cycle((), (), (replace(extras, at=self.now - ago),), {}, 300))

    def day(self, ago: int, port: str, values: Mapping[Daily, float]) -> None:
        """Keep a day of one port; what is not said of it is as if nothing was seen."""
        name = (datetime.fromtimestamp(self.now).astimezone() - timedelta(days=ago)).date()
        day = Day.empty(ONE, name.isoformat(), (port,))
        for column, value in values.items():
            day.columns[column][0] = value
        with Network(find(self.folder, {})) as network:
            network.store.record_days([day], "2000-01-01")

    def keep(self, cycle: Cycle) -> None:
        with Network(find(self.folder, {})) as network:
            network.store.record_cycle(cycle)

    def poll(self, *arguments: str) -> Done:
        return called("-w", self.folder, "poll", *arguments)


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("poll_views", "poll_port", "poll_top"):
        monkeypatch.setattr(f"automation.cli.{module}.time", lambda: NOW)


@pytest.fixture
def looked(workspace: Path) -> Looked:
    """One device, read twice, five minutes apart, the last time one minute ago."""
    found = Looked(workspace)
    first = found.at(6 * MINUTES, *(replace(port, values={}) for port in PORTS))
    found.at(1 * MINUTES, *PORTS, before=first)
    found.extras(10 * MINUTES)
    return found


def test_a_device_is_a_line_a_port(looked: Looked) -> None:
    head, columns, first, shut, down, uplink = looked.poll("show", ONE).stdout.splitlines()
    assert head.startswith(f"{ONE}, read 2")
    assert head.endswith(", 60 s ago")
    assert columns.split() == [
        *("port", "state", "speed", "in", "out", "errors", "discards", "light", "alias")
    ]
    assert re.split(r"\s{2,}", first) == [
        *("GigabitEthernet1/0/1", "up", "1 Gbit/s", "80 kbit/s", "0", "2 /s", "0"),
        "customer C-000001",
    ]
    assert "  shut   " in shut
    assert "  down   " in down
    assert "-11.5 dBm, 3.5 dB less" in uplink


@pytest.mark.parametrize("port", [UPLINK, "Te1/0/1"])
def test_a_port_is_all_that_is_known_of_it(looked: Looked, port: str) -> None:
    text = looked.poll("show", ONE, port).stdout
    assert text.startswith(f"{ONE} {UPLINK}, read 2")
    for line in (
        "alias      customer C-000049",
        "ifName     Te1/0/1, ifIndex 49",
        "state      up",
        "speed      1 Gbit/s, 1.6 % used",
        "light      -11.5 dBm, usually -8.004 dBm, sends -2 dBm (10 min ago)",
        "neighbour  city-tra-001 Ethernet1 (10 min ago)",
        "octets     0   16 Mbit/s  0           600000000",
        "errors     0   0          0           0",
        "out, 6 h  " + "·" * 47 + "█  at most 16 Mbit/s",
    ):
        assert line in text.splitlines(), text
    assert "power" not in text


def test_a_port_says_since_when_it_is_up_and_what_it_feeds(looked: Looked) -> None:
    text = looked.poll("show", ONE, "GigabitEthernet1/0/1").stdout
    assert "state   up since 20" in text
    assert "power   4.2 W (10 min ago)" in text
    assert "errors, 6 h  " + "·" * 47 + "█  at most 2 /s" in text
    assert "light" not in text


DAY = datetime.fromtimestamp(NOW).astimezone().date()
FULL_DAY = {
    Daily.SECONDS: 86_400.0,
    Daily.UP: 80_000.0,
    Daily.IN_OCTETS: 1.23e12,
    Daily.OUT_OCTETS: 4.56e9,
    Daily.IN_PEAK: 117.6e6,
    Daily.OUT_PEAK: 1000.0,
    Daily.IN_USE: 0.9408,
    Daily.OUT_USE: 0.0001,
    Daily.ERRORS: 12_345.0,
}


def test_a_port_says_what_its_last_days_were(looked: Looked) -> None:
    for ago, values in ((7, FULL_DAY), (6, FULL_DAY), (1, {}), (0, {Daily.SECONDS: 7200.0})):
        looked.day(ago, UPLINK, values)
    looked.day(2, "GigabitEthernet1/0/1", FULL_DAY)
    *_, title, head, first, unseen, last = looked.poll("show", ONE, UPLINK).stdout.splitlines()
    assert title == "per day; peaks in bit/s, and of the speed"
    assert re.split(r"\s{2,}", head) == [
        *("day", "seen", "in", "out", "peak in", "peak out", "errors", "discards")
    ]
    assert re.split(r"\s{2,}", first) == [
        *(f"{DAY - timedelta(days=6)}", "24 h", "1.23 TB", "4.56 GB", "941 M 94 %", "8 k 0 %"),
        *("12.3 k", "0"),
    ], "of the speed of that day"
    assert unseen.split() == [f"{DAY - timedelta(days=1)}", "0", "s"], "not known is not 0"
    assert last.split() == [f"{DAY}", "2", "h", *("0" for _ in range(4))], "no peak of seconds"


def test_programs_get_the_last_days_as_numbers(looked: Looked) -> None:
    looked.day(1, UPLINK, {})
    looked.at(0.0, replace(PORTS[3], speed=10_000_000))
    looked.day(0, UPLINK, FULL_DAY)
    unseen, full = looked.poll("show", ONE, UPLINK, "-o", "json").json["days"]
    assert full == {
        "day": f"{DAY}",
        "seconds": 86_400.0,
        "up": 80_000.0,
        "in_octets": 1.23e12,
        "out_octets": 4.56e9,
        "in_peak": pytest.approx(940.8e6),
        "out_peak": 8000.0,
        "in_use": pytest.approx(94.08),
        "out_use": pytest.approx(0.01),
        "errors": 12_345.0,
        "discards": 0.0,
    }
    assert {key for key, value in unseen.items() if value is not None} == {"day", "seconds"}


def test_days_whose_speed_was_not_known_have_no_share(looked: Looked) -> None:
    looked.day(0, UPLINK, {**FULL_DAY, Daily.IN_USE: nan, Daily.OUT_USE: nan})
    (day,) = looked.poll("show", ONE, UPLINK, "-o", "json").json["days"]
    assert (day["in_peak"], day["in_use"]) == (pytest.approx(940.8e6), None)
    assert "  941 M  " in looked.poll("show", ONE, UPLINK).stdout


@pytest.mark.parametrize("width", [80, 120])
def test_it_fits_into_a_terminal(
    looked: Looked, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("automation.cli.output._room", lambda: width)
    fullest = {Daily.IN_OCTETS: 9.99e12, Daily.IN_PEAK: 123e6, Daily.OUT_PEAK: 123e6}
    looked.day(0, UPLINK, {**FULL_DAY, **fullest, Daily.DISCARDS: 123_456_789.0})
    for asked in (("show", ONE), ("show", ONE, UPLINK), ("top",), ("top", "--by", "errors")):
        lines = looked.poll(*asked).stdout.splitlines()
        assert max(map(len, lines)) <= width, asked


NOT_AGAIN = "light, power and neighbours were not read, or not again when that was due"


def test_light_that_was_not_read_again_is_not_shown(looked: Looked) -> None:
    looked.extras(40 * MINUTES)
    for shown in (looked.poll("show", ONE).stdout, looked.poll("show", ONE, UPLINK).stdout):
        assert "dBm" not in shown
        assert re.search(rf"^extras +not known: {NOT_AGAIN}$", shown, re.MULTILINE)
    row = looked.poll("show", ONE, UPLINK, "-o", "json").json
    assert (row["received"], row["extrasAt"], row["extrasAbsent"]) == (None, None, {})
    done = looked.poll("top", "--by", "light")
    assert done.stdout == ""
    assert done.stderr.splitlines() == [f"light of 1 device ({ONE}) {UNREAD}", DARK]


UNREAD = "is not known, or not all of it; see portvakt poll show DEVICE"
DARK = "no port that is up is known to receive 1 dB less light than it used to"


def test_a_part_that_could_not_be_read_says_why(looked: Looked) -> None:
    why = {"light": "an access list hides it", "power": "the walk of 1.3 was cut"}
    looked.extras(10 * MINUTES, replace(LIGHT, received={}, watts={}, sent={}, absent=why))
    _, light, power, *_ = looked.poll("show", ONE).stdout.splitlines()
    assert (light, power) == tuple(f"{part} not known: {text}" for part, text in why.items())
    text = looked.poll("show", ONE, UPLINK).stdout
    assert re.search(r"^power +not known: the walk of 1.3 was cut$", text, re.MULTILINE)
    assert re.search(r"^light +usually -8.004 dBm", text, re.MULTILINE)
    row = looked.poll("show", ONE, UPLINK, "-o", "json").json
    assert (row["received"], row["extrasAbsent"]) == (None, why)


def test_top_by_light_says_of_which_devices_it_is_not_known(looked: Looked) -> None:
    """Of one it could not be read, of another not in time; the third's platform shows none."""
    hosts = looked.folder / "inventory" / "city" / "hosts.yaml"
    linux = "linux-acc-001"
    with hosts.open("a", encoding="utf-8") as more:
        more.write(f"{linux}:\n  hostname: 192.0.2.19\n  groups: [access, whitebox_access]\n")
        more.write("  data: {site: varvet, uplinks: [swp49]}\n")
    for device in (TWO, linux):
        looked.at(0.0, PORTS[0], device=device)
    shows_none = f"light of 1 device ({linux}) is not known; such a platform shows none"
    done = looked.poll("top", "--by", "light")
    assert UPLINK in done.stdout
    assert done.stderr.splitlines() == [f"light of 1 device ({TWO}) {UNREAD}", shows_none]
    looked.extras(60.0, replace(LIGHT, absent={"light": "cut"}))
    done = looked.poll("top", "--by", "light")
    both = f"light of 2 devices ({ONE}, {TWO}) {UNREAD}"
    assert done.stderr.splitlines() == [both, shows_none]
    looked.extras(60.0, replace(LIGHT, absent={"power": "cut"}))
    assert f"({TWO})" in looked.poll("top", "--by", "light").stderr
    assert looked.poll("top", "--by", "traffic").stderr == ""


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("traffic", [UPLINK, "GigabitEthernet1/0/1"]),
        ("errors", ["GigabitEthernet1/0/1"]),
        ("light", [UPLINK]),
    ],
)
def test_top_has_only_ports_that_are_up(looked: Looked, by: str, expected: list[str]) -> None:
    rows = looked.poll("top", "--by", by, "-o", "json").json
    assert [row["port"] for row in rows] == expected
    read, _, *lines = looked.poll("top", "--by", by).stdout.splitlines()
    assert read.endswith("60 s ago")
    assert [line.split()[1] for line in lines] == expected


def test_top_by_light_says_how_much_less(looked: Looked) -> None:
    line = looked.poll("top", "--by", "light").stdout.splitlines()[-1]
    assert re.split(r"\s{2,}", line)[2:5] == ["3.5 dB", "-11.5 dBm", "-8.004 dBm"]


NOTHING: Mapping[str, str] = {
    "traffic": "no port that is up carries anything\n",
    "errors": "no port that is up has errors or discards\n",
    "light": f"light of 1 device ({ONE}) {UNREAD}\n{DARK}\n",
}


@pytest.mark.parametrize("by", NOTHING)
def test_where_there_is_nothing_to_rank_it_is_said(workspace: Path, by: str) -> None:
    looked = Looked(workspace)
    looked.at(0.0, up(UPLINK, 49), before=looked.at(300.0, up(UPLINK, 49)))
    done = looked.poll("top", "--by", by)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", NOTHING[by])
    assert looked.poll("top", "--by", by, "-o", "json").json == []


def test_a_device_that_was_not_read_with_the_others_is_not_ranked(looked: Looked) -> None:
    first = looked.at(40 * MINUTES, replace(PORTS[0], values={}), device=TWO)
    looked.at(35 * MINUTES, *PORTS[:1], device=TWO, before=first)
    done = looked.poll("top", "-o", "json")
    assert {row["device"] for row in done.json} == {ONE}
    assert done.stderr == f"1 device ({TWO}) left out, read 10 min before the others\n"
    alone = looked.poll("top", "-l", TWO, "-o", "json")
    assert {row["device"] for row in alone.json} == {TWO}


def test_one_device_that_was_read_by_hand_leaves_no_other_out(looked: Looked) -> None:
    for device, ago in ((TWO, 20 * MINUTES), ("mkb-acc-001", 20 * MINUTES)):
        first = looked.at(ago + 300, replace(PORTS[0], values={}), device=device)
        looked.at(ago, PORTS[0], device=device, before=first)
    done = looked.poll("top")
    assert done.stderr == ""
    head, _, *lines = done.stdout.splitlines()
    assert head.endswith("20 min ago")
    assert {line.split()[0] for line in lines} == {ONE, TWO, "mkb-acc-001"}


def test_a_device_that_left_the_inventory_is_not_shown(looked: Looked) -> None:
    first = looked.at(6 * MINUTES, replace(PORTS[0], values={}), device="gone-acc-001")
    looked.at(1 * MINUTES, PORTS[0], device="gone-acc-001", before=first)
    done = looked.poll("top", "-o", "json")
    assert {row["device"] for row in done.json} == {ONE}
    assert done.stderr == ""


@pytest.mark.parametrize("asked", [("top",), ("show", ONE)])
def test_a_csv_says_when_it_was_read(looked: Looked, asked: tuple[str, ...]) -> None:
    head, first, *_ = looked.poll(*asked, "-o", "csv").stdout.splitlines()
    row = dict(zip(head.split(","), first.split(","), strict=True))
    assert float(row["at"]) == NOW - MINUTES


def test_one_direction_that_is_not_known_hides_no_other(workspace: Path) -> None:
    looked = Looked(workspace)
    lost = replace(PORTS[3], absent={Column.IN_OCTETS: "noSuchInstance", Column.IN_ERRORS: "gone"})
    looked.at(0.0, lost, before=looked.at(300.0, replace(PORTS[3], values={})))
    (row,) = looked.poll("top", "-o", "json").json
    assert (row["in"], row["out"]) == (None, 16e6)
    assert row["errors"] is None, "no error that is known is not none"
    text = looked.poll("show", ONE, UPLINK).stdout
    assert "in_octets  rate not known: noSuchInstance" in text
    assert re.search(r"^octets\s+16 Mbit/s\s+600000000$", text, re.MULTILINE)


def test_rates_of_a_first_reading_say_why_there_are_none(workspace: Path) -> None:
    looked = Looked(workspace)
    looked.at(0.0, PORTS[3])
    assert "rates   not known: first sample" in looked.poll("show", ONE, UPLINK).stdout
    *_, line = looked.poll("show", ONE).stdout.splitlines()
    assert line.split() == [UPLINK, "up", "1", "Gbit/s", "customer", "C-000049"]


def test_before_anything_was_read_top_says_what_to_do(workspace: Path) -> None:
    done = Looked(workspace).poll("top")
    assert (done.returncode, done.stdout) == (2, "")
    assert "poll once" in done.stderr
