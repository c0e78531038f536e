"""`port forget`: a decommissioned device leaves the store, and nothing is lost by it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.integration.cli.twin import COMMAND, called, environment

HEADER = "device;port;role;outlet;service;provider;tier;state;from;to\n"
GONE = (
    "city-acc-002;GigabitEthernet0/0/1;customer;C-1;internet;nordlys;t100;active;2024-01-01;\n"
    "city-acc-002;GigabitEthernet0/0/2;customer;C-2;care;trygghet;t100;active;2024-01-01;\n"
    "city-acc-002;GigabitEthernet0/0/3;customer;C-3;iptv;nordlys;t100;active;2024-01-01;2024-06-01\n"
    "city-acc-002;GigabitEthernet0/0/4;parked;;;;;;;\n"
)
STAYS = "city-acc-001;GigabitEthernet1/0/1;customer;C-9;internet;nordlys;t100;active;2024-01-01;\n"


@pytest.fixture
def filled(workspace: Path) -> Path:
    """A workspace with rows of two devices."""
    done = called("-w", workspace, "port", "import", "-", said=HEADER + STAYS + GONE)
    assert done.returncode == 0
    return workspace


@pytest.fixture
def decommissioned(filled: Path) -> Path:
    """A workspace that city-acc-002 was taken out of, save for its rows."""
    hosts = filled / "inventory" / "city" / "hosts.yaml"
    text = hosts.read_text(encoding="utf-8")
    start = text.index("city-acc-002:")
    after = text.find("\ncity-", start)
    hosts.write_text(text[:start] + (text[after + 1 :] if after > 0 else ""), encoding="utf-8")
    return filled


def _exported(workspace: Path) -> str:
    return called("-w", workspace, "port", "export").stdout


def test_the_check_says_what_to_do(decommissioned: Path) -> None:
    done = called("-w", decommissioned, "inventory", "check")
    said = [line for line in done.stdout.splitlines() if line.startswith("city-acc-002 ")]
    assert len(said) == 4
    assert all(line.endswith("portvakt port forget city-acc-002") for line in said)


def test_what_is_removed_is_the_result_and_goes_in_again(decommissioned: Path) -> None:
    done = called("-w", decommissioned, "port", "forget", "city-acc-002", "-y")
    assert (done.returncode, done.stdout) == (0, HEADER + GONE)
    assert _exported(decommissioned) == HEADER + STAYS
    check = called("-w", decommissioned, "inventory", "check").stdout
    assert "city-acc-002" not in check
    assert "no port has this outlet" not in check


def test_living_services_are_named_with_welfare_first_and_ended_ones_are_not(
    decommissioned: Path,
) -> None:
    said = called("-w", decommissioned, "port", "forget", "city-acc-002", "-y").stderr
    assert said.splitlines() == [
        "WELFARE  city-acc-002 GigabitEthernet0/0/2 C-2: care/trygghet delivered",
        "city-acc-002 GigabitEthernet0/0/1 C-1: internet/nordlys delivered",
        "4 ports removed; keep the CSV",
    ]


def test_without_a_yes_nothing_is_removed(decommissioned: Path) -> None:
    done = called("-w", decommissioned, "port", "forget", "city-acc-002")
    assert (done.returncode, done.stdout) == (2, "")
    assert "WELFARE  city-acc-002" in done.stderr
    assert _exported(decommissioned) == HEADER + STAYS + GONE


@pytest.mark.parametrize(
    ("devices", "said"),
    [
        (["city-acc-001"], "city-acc-001 stands in the inventory"),
        (["city-acc-002", "city-acc-001"], "city-acc-001 stands in the inventory"),
        (["city-acc-009"], "without a place in the inventory: city-acc-002"),
    ],
)
def test_what_has_its_place_stays(decommissioned: Path, devices: list[str], said: str) -> None:
    done = called("-w", decommissioned, "port", "forget", *devices, "-y")
    assert (done.returncode, done.stdout, said in done.stderr) == (2, "", True)
    assert _exported(decommissioned) == HEADER + STAYS + GONE


def test_only_ports_that_the_model_lost_go_from_a_device_that_stays(filled: Path) -> None:
    models = filled / "inventory" / "models.yaml"
    text = models.read_text(encoding="utf-8")
    fewer = text.replace("GigabitEthernet0/0/{1-48}", "GigabitEthernet0/0/{1-2}")
    assert fewer != text
    models.write_text(fewer, encoding="utf-8")
    kept = "".join(GONE.splitlines(keepends=True)[:2])
    done = called("-w", filled, "port", "forget", "city-acc-002", "-y")
    assert (done.returncode, done.stdout) == (0, HEADER + GONE.replace(kept, ""))
    assert _exported(filled) == HEADER + STAYS + kept


def test_who_cannot_take_the_csv_loses_nothing(decommissioned: Path) -> None:
    command = [*COMMAND, "-w", str(decommissioned), "port", "forget", "city-acc-002", "-y"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module
            command, env=environment(), stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (done.returncode, "No space left" in done.stderr) == (1, True)
    assert _exported(decommissioned) == HEADER + STAYS + GONE
