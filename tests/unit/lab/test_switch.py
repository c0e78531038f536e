"""A switch keeps what was saved, shows what runs, counts what happened, and has its faults."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import get_args

import pytest

from automation.lab import Binding, Fault, FaultKind, Switch, Wording, device_for
from automation.lab.faults import refusal
from automation.lab.fleet import PlatformName, build
from automation.lab.reply import After
from automation.lab.switch import Cli

PLATFORMS: tuple[PlatformName, ...] = get_args(PlatformName)
ENTER = {
    "cisco_ios": ["configure terminal"],
    "huawei_vrp": ["system-view"],
    "arista_eos": ["configure"],
}
SAVE = {"cisco_ios": ["write memory"], "huawei_vrp": ["save", "y"], "arista_eos": ["write"]}
VOLATILE = ("! Last configuration change", "cipher %^%#")


def _settled(text: str) -> list[str]:
    return [line for line in text.splitlines() if not any(word in line for word in VOLATILE)]


FULL: Mapping[PlatformName, list[str]] = {
    "cisco_ios": [
        "vtp mode transparent",
        "vlan 10",
        "name A",
        "vlan 20,30",
        "aaa new-model",
        "tacacs server T",
        "address ipv4 192.0.2.1",
        "key nyckel",
        "policy-map P",
        "class class-default",
        "police 1000000 8000 exceed-action drop",
        "interface GigabitEthernet1/0/1",
        "description Å",
        "switchport access vlan 10",
        "switchport trunk allowed vlan 10,20",
        "switchport mode access",
        "switchport nonegotiate",
        "spanning-tree portfast",
        "no cdp enable",
        "service-policy input P",
        "ip dhcp snooping vlan 10",
        "username u secret 0 x",
    ],
    "huawei_vrp": [
        "vlan batch 10 20",
        "vlan 10",
        "description A",
        "dhcp enable",
        "aaa",
        "local-user u password irreversible-cipher x",
        "local-user u privilege level 3",
        "authentication-scheme s",
        "authentication-mode hwtacacs local",
        "interface GigabitEthernet0/0/1",
        "port link-type hybrid",
        "port hybrid untagged vlan 10",
        "undo port hybrid vlan 1",
        "undo lldp enable",
        "hwtacacs-server template t",
        "hwtacacs-server shared-key cipher nyckel",
        "acl number 2900",
        "rule 5 permit source 192.0.2.1 0",
        "snmp-agent community read x",
    ],
    "arista_eos": [
        "vlan 10",
        "name A",
        "vlan 20,30",
        "tacacs-server host 192.0.2.1 key nyckel",
        "username u privilege 15 role network-admin secret x",
        "interface Ethernet1",
        "switchport trunk allowed vlan 10,20",
        "switchport mode trunk",
        "no lldp transmit",
        "ip access-list standard A",
        "permit host 192.0.2.9",
        "aaa group server tacacs+ G",
        "server 192.0.2.1",
    ],
}
"""Something in every kind of block."""


def _configured(platform: PlatformName) -> Switch:
    switch = device_for(platform, ports=2, newer=True)
    said = switch.edit(FULL[platform])
    assert not [words for words in said if "nvalid" in words or "rror" in words]
    return switch


@pytest.mark.parametrize("platform", PLATFORMS)
def test_what_was_saved_is_there_after_a_reboot_and_nothing_else(platform: PlatformName) -> None:
    switch = _configured(platform)
    for line in SAVE[platform]:
        switch.enter(line)
    saved = switch.running()
    for line in [*ENTER[platform], "vlan 77"]:
        switch.enter(line)
    assert "77" in switch.running()
    switch.reboot()
    assert _settled(switch.running()) == _settled(saved)
    assert _settled(switch.startup()) == _settled(saved)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_no_secret_is_shown_as_it_was_entered(platform: PlatformName) -> None:
    switch = _configured(platform)
    if platform == "cisco_ios":
        switch.edit(["service password-encryption"])
    assert "nyckel" not in switch.running()
    assert "lab" not in switch.running().replace("sw-lab", "").split()


def test_vrp_shows_a_key_with_another_text_each_time_and_a_password_with_the_same() -> None:
    switch = _configured("huawei_vrp")
    first, second = switch.running().splitlines(), switch.running().splitlines()
    differing = {one.split()[0] for one, other in zip(first, second, strict=True) if one != other}
    assert differing == {"snmp-agent", "hwtacacs-server"}


def test_ios_prints_the_time_and_its_own_size() -> None:
    times = iter((datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)))
    switch = device_for("cisco_ios", ports=1)
    switch.clock = lambda: next(times)
    first, second = switch.running(), switch.running()
    assert "00:00:00 UTC Thu Jan 1 2026" in first
    assert first != second
    size = int(first.splitlines()[0].split()[3])
    assert size == len(first.partition("\n")[2].rstrip("\n")) + 1


def test_a_hostname_is_cut_in_the_prompts_of_configuration_mode_on_ios() -> None:
    switch = device_for("cisco_ios", "a-name-of-more-than-twenty-letters")
    assert switch.console.prompt == "a-name-of-more-than-twenty-letters#"
    switch.enter("configure terminal")
    assert switch.console.prompt == "a-name-of-more-than-(config)#"


def test_bindings_are_shown_on_both_access_platforms() -> None:
    for platform, port, command in (
        ("cisco_ios", "GigabitEthernet1/0/2", "show ip dhcp snooping binding"),
        ("huawei_vrp", "GigabitEthernet0/0/2", "display dhcp snooping user-bind all"),
    ):
        switch = device_for("cisco_ios" if platform == "cisco_ios" else "huawei_vrp")
        switch.bindings = (Binding(port, 1101, "02:00:5E:00:00:01", "198.18.0.1"),)
        row = next(line for line in switch.enter(command).splitlines() if "198.18.0.1" in line)
        assert "1101" in row
        assert row.split()[-1 if platform == "cisco_ios" else -2].endswith("0/2")


def test_a_port_may_have_a_binding_in_each_of_its_vlans() -> None:
    switch = device_for("cisco_ios")
    port = "GigabitEthernet1/0/2"
    switch.bindings = tuple(
        Binding(port, vlan, "02:00:5E:00:00:01", f"198.18.0.{vlan % 256}") for vlan in (1101, 1201)
    )
    said = switch.enter("show ip dhcp snooping binding")
    rows = [line.split()[-2:] for line in said.splitlines() if port in line]
    assert rows == [["1101", port], ["1201", port]]


def test_bindings_do_not_outlive_a_reboot() -> None:
    switch = device_for("cisco_ios")
    switch.bindings = (Binding("GigabitEthernet1/0/2", 1101, "02:00:5E:00:00:01", "198.18.0.1"),)
    switch.save()
    switch.reboot()
    assert "Total number of bindings: 0" in switch.enter("show ip dhcp snooping binding")


@pytest.mark.parametrize("platform", PLATFORMS)
def test_only_what_a_login_does_is_counted(platform: PlatformName) -> None:
    switch = device_for(platform)
    switch.edit(["vlan 10"])
    counts = switch.counts
    assert (counts.configured, counts.lines, counts.commands) == (0, 0, 0)
    for line in [*ENTER[platform], "vlan 10", "nonsense", "! # comment", ""]:
        switch.enter(line)
    assert (counts.configured, counts.commands) == (1, len(ENTER[platform]))
    assert counts.lines == (3 if platform == "huawei_vrp" else 2)


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("wording", [*Wording])
def test_every_platform_has_words_for_every_refusal(
    platform: PlatformName, wording: Wording
) -> None:
    switch = device_for(platform)
    switch.fault = Fault(FaultKind.REFUSE, line=2, wording=wording)
    replies = [switch.enter(line) for line in [*ENTER[platform], "vlan 10", "vlan 20", "vlan 30"]]
    assert replies[-1] == replies[-3] == ""
    assert replies[-2] == (refusal(wording, platform) or replies[-2])
    assert replies[-2].strip()
    assert "vlan 20" not in switch.running()


@pytest.mark.parametrize(
    ("fault", "struck"),
    [
        (Fault(FaultKind.IGNORE, line=2), [False, True, False]),
        (Fault(FaultKind.IGNORE), [True, False, False]),
        (Fault(FaultKind.IGNORE, match="^vlan"), [True, False, True]),
        (Fault(FaultKind.REFUSE_MODE), [False, True, False]),
        (Fault(FaultKind.SLOW, line=1), [False, False, False]),
    ],
    ids=str,
)
def test_a_fault_strikes_by_count_or_by_match(fault: Fault, struck: list[bool]) -> None:
    lines = ["vlan 10", "interface Ethernet1", "vlan 20"]
    assert [fault.strikes(at, line) for at, line in enumerate(lines, 1)] == struck


def test_lines_are_counted_anew_in_each_login() -> None:
    switch = device_for("cisco_ios")
    switch.fault = Fault(FaultKind.HANG, line=1)
    for _ in range(2):
        cli = Cli(switch, enabled=True)
        cli.enter("configure terminal")
        assert cli.enter("vlan 10").after is After.HANG
        assert cli.enter("vlan 20").after is After.PROMPT


def test_a_session_of_eos_overwrites_what_changed_since() -> None:
    switch = device_for("arista_eos")
    mine, theirs = Cli(switch, enabled=True), Cli(switch, enabled=True)
    for cli, line in (
        (mine, "configure session mine"),
        (theirs, "configure"),
        (theirs, "vlan 20"),
        (mine, "vlan 10"),
        (mine, "commit"),
    ):
        assert cli.enter(line).text == ""
    assert "vlan 10" in switch.running()
    assert "vlan 20" not in switch.running()


def test_a_reboot_discards_pending_sessions() -> None:
    switch = device_for("arista_eos")
    switch.enter("configure session mine")
    switch.reboot()
    assert switch.pending == {}


def test_an_unknown_platform_is_an_error() -> None:
    with pytest.raises(ValueError, match="frr"):
        build("frr", newer=False)
