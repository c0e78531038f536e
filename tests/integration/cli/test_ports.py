"""Ports in and out of the store, through the command."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from automation.model import PortState
from automation.store import Store
from tests.integration.cli.twin import called

HEADER = "device;port;role;outlet;service;provider;tier;state;from;to\n"
GOOD = (
    "city-acc-001;GigabitEthernet1/0/1;customer;C-1;internet;nordlys;t100;active;2024-01-01;\n"
    "city-acc-001;GigabitEthernet1/0/1;customer;C-1;iptv;nordlys;t100;active;2024-01-01;\n"
    "city-acc-001;GigabitEthernet1/0/2;parked;;;;;;;\n"
    "city-acc-002;GigabitEthernet0/0/1;customer;C-2;internet;hamnen;t250;active;2024-01-01;\n"
)
BAD = (
    "city-acc-001;Gi1/0/3;parked;;;;;;;\n"
    "city-acc-001;TenGigabitEthernet1/0/1;parked;;;;;;;\n"
    "city-acc-009;GigabitEthernet1/0/1;parked;;;;;;;\n"
)


def _imported(workspace: Path, text: str, *options: str) -> tuple[int, str, str]:
    done = called("-w", workspace, "port", "import", "-", *options, said=HEADER + text)
    return done.returncode, done.stdout, done.stderr


def _rows(workspace: Path, *options: str) -> list[tuple[str, str]]:
    rows = called("-w", workspace, "port", "list", *options, "-o", "json").json
    return [(row["device"], row["port"]) for row in rows]


def test_import_then_export_gives_the_same_again(workspace: Path) -> None:
    code, said, _ = _imported(workspace, GOOD)
    assert (code, said) == (0, "3 ports with 3 subscriptions imported\n")
    exported = called("-w", workspace, "port", "export").stdout
    assert exported == HEADER + GOOD
    file = workspace / "again.csv"
    file.write_text(exported, encoding="utf-8-sig")
    assert called("-w", workspace, "port", "import", file).returncode == 0
    assert called("-w", workspace, "port", "export").stdout == exported


def test_a_bad_row_keeps_everything_out(workspace: Path) -> None:
    code, said, faults = _imported(workspace, GOOD + BAD)
    assert (code, said) == (2, "")
    assert [line.partition(" ")[0:1] for line in faults.splitlines()]
    assert [f"standard input:{number}:" in faults for number in (6, 7, 8)] == [True] * 3
    assert _rows(workspace) == []


def test_the_good_ports_come_in_when_asked_and_the_others_are_told(workspace: Path) -> None:
    code, said, faults = _imported(workspace, GOOD + BAD, "--skip-bad")
    assert (code, said) == (0, "3 ports with 3 subscriptions imported; 3 faults left out\n")
    assert len(faults.splitlines()) == 3
    assert len(_rows(workspace)) == 3


@pytest.mark.parametrize(
    ("options", "count"),
    [
        ((), 3),
        (("--role", "parked"), 1),
        (("--state", "active"), 2),
        (("--outlet", "C-2"), 1),
        (("-l", "city-acc-002"), 1),
        (("-l", "platform=cisco_ios", "--role", "customer"), 1),
        (("--state", "suspended"), 0),
    ],
)
def test_list_by_what_is_asked(workspace: Path, options: tuple[str, ...], count: int) -> None:
    _imported(workspace, GOOD)
    assert len(_rows(workspace, *options)) == count


@pytest.mark.parametrize(
    "options", [("--role", "router"), ("--state", "open"), ("-l", "city-acc-9*")]
)
def test_what_there_is_not_is_refused_with_what_there_is(
    workspace: Path, options: tuple[str, ...]
) -> None:
    done = called("-w", workspace, "port", "list", *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert "there are" in done.stderr


@pytest.mark.parametrize("place", [("C-1",), ("city-acc-001", "GigabitEthernet1/0/1")])
def test_show_a_port_by_outlet_or_by_place(workspace: Path, place: tuple[str, ...]) -> None:
    _imported(workspace, GOOD)
    found = called("-w", workspace, "port", "show", *place, "-o", "json").json
    assert (found["outlet"], found["services"]) == ("C-1", ["internet/nordlys", "iptv/nordlys"])
    assert (found["intent"]["untagged"], found["intent"]["tagged"]) == (1101, [1201])
    assert found["lines"][0] == "interface GigabitEthernet1/0/1"
    assert " switchport protected" in found["lines"]
    shown = called("-w", workspace, "port", "show", *place).stdout
    assert "   switchport protected\n" in shown


@pytest.mark.parametrize("place", [("C-9",), ("a", "b", "c")])
def test_a_port_that_there_is_not(workspace: Path, place: tuple[str, ...]) -> None:
    assert called("-w", workspace, "port", "show", *place).returncode == 2


@pytest.mark.parametrize("file", ["none.csv", "."])
def test_a_file_that_cannot_be_read(workspace: Path, file: str) -> None:
    done = called("-w", workspace, "port", "import", workspace / file)
    assert (done.returncode, "cannot be read" in done.stderr) == (2, True)


def test_render_needs_no_device_and_shows_no_secret(workspace: Path) -> None:
    _imported(workspace, GOOD)
    shown = called("-w", workspace, "render", "-l", "city-acc-001").stdout
    assert shown.startswith("# city-acc-001  cisco_ios\n")
    assert "interface GigabitEthernet1/0/1\n" in shown
    assert "<secret:" in shown
    rows = called("-w", workspace, "render", "-o", "jsonl").stdout.splitlines()
    devices = {json.loads(row)["device"] for row in rows}
    assert devices == {"city-acc-001", "city-acc-002"}


STANDINGS = (
    "city-acc-001;GigabitEthernet1/0/1;customer;C-1;internet;nordlys;t100;active;2024-01-01;\n"
    "city-acc-001;GigabitEthernet1/0/1;customer;C-1;iptv;nordlys;t100;active;2023-01-01;2024-01-01\n"
    "city-acc-001;GigabitEthernet1/0/1;customer;C-1;care;trygghet;t100;suspended;2024-01-01;\n"
    "city-acc-001;GigabitEthernet1/0/1;customer;C-1;voice;nordlys;t100;active;2999-01-01;\n"
)


def test_show_says_of_each_service_how_it_stands_and_why(workspace: Path) -> None:
    assert _imported(workspace, STANDINGS)[0] == 0
    found = called("-w", workspace, "port", "show", "C-1", "-o", "json").json
    stand = {one["service"]: (one["standing"], one["why"]) for one in found["subscriptions"]}
    assert stand == {
        "internet": ("delivered", "since 2024-01-01"),
        "iptv": ("ended", "2024-01-01 was the first day without it"),
        "care": ("suspended", "its state is suspended"),
        "voice": ("future", "begins on 2999-01-01"),
    }
    shown = called("-w", workspace, "port", "show", "C-1").stdout
    assert [line.split()[-7:] for line in shown.splitlines() if " ended " in line] == [
        ["2024-01-01", "was", "the", "first", "day", "without", "it"]
    ]
    assert found["services"][-1] == "voice/nordlys (future)"


def test_show_says_that_a_port_withholds_what_is_sold_on_it(workspace: Path) -> None:
    _imported(workspace, GOOD)
    with Store.open(f"sqlite:///{workspace}/.portvakt/store.db") as store:
        (port,) = [one for one in store.ports() if one.outlet == "C-2"]
        closed = replace(port, state=PortState.RESERVED)
        store.write_ports([closed], store.subscriptions(outlets=["C-2"]))
    (sold,) = called("-w", workspace, "port", "show", "C-2", "-o", "json").json["subscriptions"]
    assert sold["why"] == "not on the wire: the port is reserved"


def test_render_says_which_devices_have_no_rows(workspace: Path) -> None:
    _imported(workspace, GOOD)
    done = called("-w", workspace, "render", "-l", "city-acc-001,mkb-acc-001")
    assert done.returncode == 0
    assert done.stderr == "mkb-acc-001: no rows in the store; import its ports first\n"
