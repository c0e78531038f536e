"""Other people's clients log in to every platform: stock netmiko, and a plain paramiko shell."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import netmiko
import paramiko
import pytest

from automation import lab

pytestmark = pytest.mark.integration
Open = Callable[..., Any]
NAME = "mkb-acc-001"


@pytest.mark.parametrize(
    ("device", "driver", "command", "first", "last"),
    [
        ("city-acc-001", "cisco_ios", "show running-config", "Building configuration...", "end"),
        ("mkb-acc-001", "cisco_ios", "show running-config", "Building configuration...", "end"),
        ("city-acc-002", "huawei", "display current-configuration", "!Software", "return"),
        ("city-tra-001", "arista_eos", "show running-config", "! Command:", "end"),
    ],
)
def test_stock_netmiko_reads_the_configuration(
    place: Open, device: str, driver: str, command: str, first: str, last: str
) -> None:
    where = place(device)
    with netmiko.ConnectHandler(
        device_type=driver,
        host=where.host,
        port=where.port,
        username="portvakt",
        password=where.password,
        secret=where.enable,
    ) as session:
        if driver != "huawei":
            session.enable()
        text = session.send_command(command, read_timeout=20)
    assert isinstance(text, str)
    assert text.strip().startswith(first)
    assert text.strip().endswith(last)
    assert device in text


def test_the_pager_stops_until_it_is_turned_off(shell: Open) -> None:
    cli = shell(NAME)
    cli.read(f"{NAME}#")
    assert "interface GigabitEthernet1/0/40" not in cli.ask("show run", " --More-- ")
    cli.send("q")
    cli.read(f"{NAME}#")
    cli.ask("terminal length 0", f"{NAME}#")
    assert "interface GigabitEthernet1/0/40" in cli.ask("show run", f"end\r\n\r\n{NAME}#")


def test_lines_sent_at_once_are_echoed_one_by_one(shell: Open) -> None:
    cli = shell(NAME)
    cli.read(f"{NAME}#")
    cli.send("configure terminal\ninterface GigabitEthernet1/0/1\nend\n")
    heard = cli.read(f"(config-if)#end\r\n{NAME}#")
    assert [line for line in heard.split("\r\n") if "#" in line] == [
        f"{NAME}(config)#interface GigabitEthernet1/0/1",
        f"{NAME}(config-if)#end",
        f"{NAME}#",
    ]


def test_characters_are_echoed_before_the_line_is_ended(shell: Open) -> None:
    cli = shell(NAME)
    cli.read(f"{NAME}#")
    cli.send("show clok")
    assert cli.read("show clok") == "show clok"
    cli.send("\b\bck\n")
    assert "% Invalid input" in cli.read(f"\n{NAME}#")


def test_a_wrong_password_is_turned_down_and_counted(city: Path, shell: Open) -> None:
    before = lab.counters(city)["city-acc-005"]
    with pytest.raises(paramiko.AuthenticationException):
        shell("city-acc-005", "wrong")
    after = lab.counters(city)["city-acc-005"]
    assert (after.logins_failed - before.logins_failed, after.sessions) == (1, before.sessions)


def test_every_device_shows_the_key_that_known_hosts_has(city: Path, shell: Open) -> None:
    known = (city / ".portvakt" / "known_hosts").read_text().splitlines()
    names = [device.name for device in lab.read_plan(city).fleet()]
    for name in (names[0], names[400], names[-1]):
        assert shell(name).host_key == known[names.index(name)]


def _counted(city: Path, name: str) -> tuple[int, int, int, int]:
    counts = lab.counters(city)[name]
    return counts.sessions, counts.configured, counts.lines, counts.saves


def test_reading_enters_no_configuration_mode_and_configuring_does(city: Path, shell: Open) -> None:
    name = "mkb-acc-005"
    sessions, *others = _counted(city, name)
    cli = shell(name)
    cli.read(f"{name}#")
    cli.ask("terminal length 0", f"{name}#")
    cli.ask("show running-config", f"end\r\n\r\n{name}#")
    assert _counted(city, name) == (sessions + 1, *others)
    cli.ask("configure terminal", "(config)#")
    cli.ask("vlan 5", "(config-vlan)#")
    cli.ask("end", f"{name}#")
    cli.ask("write memory", "[OK]")
    assert _counted(city, name) == (sessions + 1, *(count + 1 for count in others))
