"""Every fault as a client meets it; docs/lab.md says what the product makes of each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import paramiko
import pytest

from automation import lab

pytestmark = pytest.mark.integration
Open = Callable[..., Any]
IOS, VRP, EOS = "mkb-acc-001", "city-acc-002", "city-tra-001"


def _configuring(shell: Open, name: str = IOS) -> Any:  # noqa: ANN401 - a shell of conftest
    cli = shell(name)
    cli.read(f"{name}#")
    cli.ask("configure terminal", "(config)#")
    return cli


@pytest.mark.parametrize(
    ("wording", "words"),
    [
        ("invalid", "% Invalid input detected at '^' marker."),
        ("rejected", "Command rejected: "),
        ("incomplete", "% Incomplete command."),
        ("ambiguous", "% Ambiguous command:"),
        ("authorisation", "Command authorization failed."),
        ("unknown", "could not be carried out"),
    ],
)
def test_the_line_that_is_counted_is_refused_and_no_other(
    broken: Path, shell: Open, wording: str, words: str
) -> None:
    lab.break_device(broken, IOS, "refuse", line=3, wording=wording)
    cli = _configuring(shell)
    cli.ask("interface GigabitEthernet1/0/1", "(config-if)#")
    assert cli.ask("switchport access vlan 1", "(config-if)#").count("\r\n") == 1
    assert words in cli.ask("description refused", "(config-if)#")
    cli.ask("description taken", "(config-if)#")
    text = lab.running(broken, IOS)
    assert " description taken\n" in text
    assert "refused" not in text


def test_a_line_that_matches_is_refused_whenever_it_comes(broken: Path, shell: Open) -> None:
    lab.break_device(broken, IOS, "refuse", match="^shutdown$")
    cli = _configuring(shell)
    cli.ask("interface GigabitEthernet1/0/1", "(config-if)#")
    assert "% Invalid" in cli.ask("shutdown", "(config-if)#")
    assert "% Invalid" in cli.ask("shutdown", "(config-if)#")


def test_the_mode_line_is_refused_and_the_mode_stays(broken: Path, shell: Open) -> None:
    lab.break_device(broken, IOS, "refuse-mode")
    cli = _configuring(shell)
    assert "% Invalid" in cli.ask("interface GigabitEthernet1/0/1", "(config)#")


def test_a_line_is_ignored_without_a_word(broken: Path, shell: Open) -> None:
    lab.break_device(broken, IOS, "ignore", line=2)
    cli = _configuring(shell)
    cli.ask("interface GigabitEthernet1/0/1", "(config-if)#")
    heard = cli.ask("description ignored", "(config-if)#")
    assert heard.splitlines()[0] == "description ignored"
    assert "ignored" not in lab.running(broken, IOS)


def test_a_hanging_device_says_nothing_more_and_others_go_on(broken: Path, shell: Open) -> None:
    lab.break_device(broken, IOS, "hang", line=1)
    cli = _configuring(shell)
    cli.send("vlan 7\nend\n")
    cli.read("vlan 7\r\n")
    assert cli.silent(0.2)
    shell("mkb-acc-003").read("mkb-acc-003#")


def test_the_session_is_dropped_after_the_line_took_effect(broken: Path, shell: Open) -> None:
    lab.break_device(broken, IOS, "drop", line=2)
    cli = _configuring(shell)
    cli.ask("interface GigabitEthernet1/0/1", "(config-if)#")
    cli.send("description taken\n")
    with pytest.raises(EOFError):
        cli.read("(config-if)#")
    assert " description taken\n" in lab.running(broken, IOS)


def test_another_host_key_is_shown_until_it_is_mended(broken: Path, shell: Open) -> None:
    before = shell(IOS).host_key
    lab.break_device(broken, IOS, "host-key")
    assert shell(IOS).host_key != before
    lab.mend(broken, IOS)
    assert shell(IOS).host_key == before


def test_a_login_is_refused_whatever_the_password(broken: Path, shell: Open) -> None:
    lab.break_device(broken, IOS, "login")
    with pytest.raises(paramiko.AuthenticationException):
        shell(IOS)


@pytest.mark.parametrize(
    ("name", "fault", "line", "words"),
    [
        (IOS, "authorise", "configure terminal", "Command authorization failed."),
        (IOS, "locked", "configure terminal", "Configuration mode locked exclusively by user"),
        (VRP, "authorise", "system-view", "Error: No permission to run the command."),
        (VRP, "locked", "system-view", "Error: The system is busy"),
        (EOS, "authorise", "configure session x", "% Authorization denied for command"),
        (EOS, "locked", "configure session x", "Maximum number of pending sessions"),
    ],
)
def test_configuration_mode_is_closed(
    broken: Path, shell: Open, name: str, fault: str, line: str, words: str
) -> None:
    lab.break_device(broken, name, fault)
    before = lab.counters(broken)[name].configured
    cli = shell(name)
    end = f"<{name}>" if name == VRP else f"{name}#"
    if name == EOS:
        cli.ask("enable", end)
    else:
        cli.read(end)
    assert words in cli.ask(line, f"\r\n{end}")
    assert lab.counters(broken)[name].configured == before


@pytest.mark.parametrize(
    ("name", "lines", "words"),
    [
        (IOS, ["write memory"], "startup-config file open failed (Device or resource busy)"),
        (VRP, ["save", "y"], "Error: Failed to save"),
        (EOS, ["enable", "write memory"], "% Error"),
    ],
)
def test_a_save_fails_and_startup_stays(
    broken: Path, shell: Open, name: str, lines: list[str], words: str
) -> None:
    lab.break_device(broken, name, "save")
    before = lab.startup(broken, name)
    cli = shell(name)
    for line in lines:
        cli.send(f"{line}\n")
    cli.read(words)
    assert lab.startup(broken, name) == before
    assert lab.counters(broken)[name].saves == 0


def test_a_reboot_before_the_save_loses_what_was_running(broken: Path, shell: Open) -> None:
    lab.break_device(broken, IOS, "reboot")
    cli = _configuring(shell)
    cli.ask("hostname changed", "changed(config)#")
    cli.ask("end", "changed#")
    cli.send("write memory\n")
    with pytest.raises(EOFError):
        cli.read("[OK]")
    assert f"hostname {IOS}" in lab.running(broken, IOS)


def test_log_lines_fall_into_the_echo_and_change_nothing(broken: Path, shell: Open) -> None:
    lab.break_device(broken, IOS, "noise", line=2)
    cli = _configuring(shell)
    cli.ask("interface GigabitEthernet1/0/1", "(config-if)#")
    heard = cli.ask("description in one piece", "(config-if)#")
    assert "%LINK-3-UPDOWN" in heard
    assert "description in one piece" not in heard
    assert " description in one piece\n" in lab.running(broken, IOS)


def test_a_slow_device_answers_all_the_same(broken: Path, shell: Open) -> None:
    lab.break_device(broken, IOS, "slow", ms=5)
    cli = _configuring(shell)
    cli.send("interface GigabitEthernet1/0/1\ndescription slow\nend\n")
    cli.read(f"end\r\n{IOS}#")
    assert " description slow\n" in lab.running(broken, IOS)


def test_a_reboot_cuts_sessions_and_an_edit_by_hand_is_not_counted(
    broken: Path, shell: Open
) -> None:
    cli = shell(IOS)
    cli.read(f"{IOS}#")
    before = lab.counters(broken)[IOS]
    said = lab.edit(broken, IOS, ["vlan 77", "interface gi1/0/1", "switchport nonegotiate"])
    assert said == [
        "switchport nonegotiate: Command rejected: Conflict between 'nonegotiate' and 'dynamic' "
        "status on this interface: Gi1/0/1"
    ]
    assert lab.counters(broken)[IOS] == before
    lab.reboot(broken, IOS)
    with pytest.raises(EOFError):
        cli.ask("show clock", f"\r\n{IOS}#")
