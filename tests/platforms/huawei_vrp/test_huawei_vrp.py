"""What is VRP's own: lists that add, bare undos, VLAN 1 on a hybrid port, its bindings table.

Each case says what a port or a device has, what it should have, and the lines in between.
"""

from __future__ import annotations

import pytest

from automation import parse
from automation.devices.answers import judge
from automation.drift import Engine, Seen
from automation.errors import DeviceError
from automation.model import Drift, IntendedConfig
from automation.platforms.huawei_vrp import PLATFORM
from tests.platforms.cases import intent

PORT = "GigabitEthernet0/0/1"
EVERYWHERE = Seen(bindings=frozenset({PORT}), trust=True)
SERVED = """\
port link-type hybrid
port hybrid pvid vlan 1101
undo port hybrid vlan 1
port hybrid untagged vlan 1101"""
PARKED = """\
shutdown
port link-type hybrid
port hybrid pvid vlan 999
undo port hybrid vlan 1
port hybrid untagged vlan 999"""


def compared(running: str, seen: Seen = EVERYWHERE, **features: str) -> Drift:
    """Compare running text with the intended text of some features."""
    device = intent("huawei_vrp").device
    wanted = IntendedConfig(device.name, features, "digest")
    return Engine(PLATFORM).compare(device, running, wanted, seen)


def sent(drift: Drift) -> list[str]:
    return [line for stanza in drift.stanzas for line in (stanza.header, *stanza.lines) if line]


def undone(drift: Drift) -> list[str]:
    return [line for one in drift.stanzas for line in (one.undo_header, *one.undo) if line]


def port(lines: str) -> str:
    return f"interface {PORT}\n" + "".join(f" {line}\n" for line in lines.split("\n") if line)


IN_PLACE = {
    "a tagged service more": (
        SERVED,
        f"{SERVED}\nport hybrid tagged vlan 1201",
        ["port hybrid tagged vlan 1201"],
    ),
    "another untagged VLAN: in before out": (
        SERVED,
        SERVED.replace("1101", "1102"),
        [
            "port hybrid untagged vlan 1102",
            "port hybrid pvid vlan 1102",
            "undo port hybrid untagged vlan 1101",
        ],
    ),
    "a wrapped list: ten items a line, only what is new": (
        f"{SERVED}\nport hybrid tagged vlan 10 to 11 20",
        f"{SERVED}\nport hybrid tagged vlan 10 to 11 20 30 40 50 60 70 80 90\n"
        "port hybrid tagged vlan 100 110 120 130 140 to 141",
        [
            "port hybrid tagged vlan 30 40 50 60 70 80 90 100 110 120",
            "port hybrid tagged vlan 130 140 to 141",
        ],
    ),
    "a protection before what it protects, and gone after it": (
        f"{SERVED}\nmac-limit maximum 5",
        f"{SERVED}\nport-isolate enable group 1\nport hybrid tagged vlan 1201",
        [
            "port-isolate enable group 1",
            "port hybrid tagged vlan 1201",
            "undo mac-limit",
        ],
    ),
}


@pytest.mark.parametrize("name", IN_PLACE)
def test_a_port_in_service_stays_open(name: str) -> None:
    running, intended, lines = IN_PLACE[name]
    drift = compared(port(running), ports=port(intended))
    assert sent(drift) == [f"interface {PORT}", *lines]


BARE = {
    "description customer MKB-1": "undo description",
    "qos lr outbound cir 100000 cbs 12500000": "undo qos lr outbound",
    "broadcast-suppression packets 5": "undo broadcast-suppression",
    "multicast-suppression 10": "undo multicast-suppression",
    "mac-limit maximum 5": "undo mac-limit",
    "port-security max-mac-num 7": "undo port-security max-mac-num",
    "port-isolate enable group 2": "undo port-isolate enable group 2",
    "traffic-policy KBPS_1000000 inbound": "undo traffic-policy inbound",
    "stp edged-port enable": "undo stp edged-port",
    "stp disable": "stp enable",
    "bpdu disable": "bpdu enable",
    "undo lldp enable": "lldp enable",
    "dhcp snooping trusted": "undo dhcp snooping trusted",
    "dhcp snooping check dhcp-rate enable": "undo dhcp snooping check dhcp-rate enable",
    "dhcp snooping check dhcp-rate 5": "undo dhcp snooping check dhcp-rate",
    "dhcp option82 rebuild enable": "undo dhcp option82 rebuild enable",
    'dhcp option82 remote-id format user-defined "x"': "undo dhcp option82 remote-id format",
    'dhcp option82 vlan 7 circuit-id format user-defined "x"': (
        "undo dhcp option82 vlan 7 circuit-id format"
    ),
    "ip source check user-bind enable": "undo ip source check user-bind enable",
    "jumboframe enable 12288": "undo jumboframe enable",
    "port hybrid tagged vlan 10 to 12 20": "undo port hybrid tagged vlan 10 to 12 20",
}


@pytest.mark.parametrize("line", BARE)
def test_an_extra_line_is_taken_away_in_the_form_that_the_device_takes(line: str) -> None:
    drift = compared(port(f"{SERVED}\n{line}"), ports=port(SERVED))
    assert sent(drift) == [f"interface {PORT}", BARE[line]]


MODES = {
    "out of the box": "",
    "access": "port link-type access\nport default vlan 20",
    "trunk": "port link-type trunk\nport trunk pvid vlan 20\n"
    "undo port trunk allow-pass vlan 1\nport trunk allow-pass vlan 20 30",
}
EMPTIED = {
    "out of the box": [],
    "access": ["undo port default vlan"],
    "trunk": [
        "undo port trunk allow-pass vlan 20 30",
        "undo port trunk pvid vlan",
        "port trunk allow-pass vlan 1",
    ],
}


@pytest.mark.parametrize("mode", MODES)
def test_the_link_type_changes_on_a_shut_and_emptied_port(mode: str) -> None:
    drift = compared(port(MODES[mode]), ports=port(SERVED))
    assert sent(drift) == [
        f"interface {PORT}",
        "shutdown",
        *EMPTIED[mode],
        "port link-type hybrid",
        "undo port hybrid vlan 1",
        "port hybrid untagged vlan 1101",
        "port hybrid pvid vlan 1101",
        "undo shutdown",
    ]


def test_back_to_out_of_the_box_puts_vlan_1_back_behind_a_shut_port() -> None:
    assert undone(compared(port(""), ports=port(SERVED))) == [
        f"interface {PORT}",
        "shutdown",
        "undo port hybrid pvid vlan",
        "undo port hybrid untagged vlan 1101",
        "port hybrid untagged vlan 1",
        "undo port link-type",
        "undo shutdown",
    ]


@pytest.mark.parametrize(("running", "intended"), [(PARKED, SERVED), (SERVED, PARKED)])
def test_parking_and_activating_change_no_link_type(running: str, intended: str) -> None:
    drift = compared(port(running), ports=port(intended))
    assert not [line for line in sent(drift) if "link-type" in line]


def test_source_guard_waits_for_a_binding() -> None:
    guards = "arp anti-attack check user-bind enable", "ip source check user-bind enable"
    intended = port("\n".join((SERVED, *guards)))
    drift = compared(port(SERVED), Seen(trust=True), ports=intended)
    assert sent(drift) == []
    assert tuple(late.line for late in drift.deferred) == guards
    assert sent(compared(port(SERVED), ports=intended)) == [f"interface {PORT}", *guards]


def test_vlans_are_one_set_whether_in_the_batch_or_in_a_view() -> None:
    running = "vlan batch 10 to 11 20\nvlan batch 55\nvlan 20\n description OLD\n"
    intended = "vlan batch 10 to 11 20 30\nvlan 20\n description NEW\nvlan 30\n description TV\n"
    drift = compared(running + "interface Vlanif55\n ip address 192.0.2.1 24\n", vlans=intended)
    assert sent(drift) == ["vlan 20", "description NEW", "vlan 30", "description TV"]
    assert [late.line for late in drift.deferred] == ["vlan 55"]


def test_a_vlan_that_nothing_uses_goes_and_comes_back_with_its_description() -> None:
    drift = compared("vlan batch 10 55\nvlan 55\n description OLD\n", vlans="vlan batch 10\n")
    assert sent(drift) == ["undo vlan 55"]
    assert undone(drift) == ["vlan 55", "description OLD"]


def test_snmp_versions_add_up_so_the_old_ones_go_first() -> None:
    drift = compared(
        "snmp-agent sys-info version all\n", snmp="snmp-agent sys-info version v2c v3\n"
    )
    assert sent(drift) == [
        "undo snmp-agent sys-info version all",
        "snmp-agent sys-info version v2c v3",
    ]


def test_a_community_is_known_by_its_list_and_others_are_left_alone() -> None:
    ours = "snmp-agent community read cipher {} acl 2900\n"
    other = "snmp-agent community read cipher %^%#other%^%#\n"
    wanted = ours.format("<secret:snmp_read>")
    first = compared(other, snmp=wanted)
    assert sent(first) == [wanted.strip()]
    assert first.unmanaged == 1
    assert sent(compared(other + ours.format("%^%#again%^%#"), snmp=wanted)) == []


AAA = """\
aaa
 domain default_admin
  authentication-scheme portvakt
  accounting-scheme default
  hwtacacs-server portvakt
 local-user breakglass password irreversible-cipher <secret:breakglass>
 local-user breakglass privilege level 15
"""
AAA_FACTORY = """\
aaa
 authentication-scheme default
  authentication-mode local
 domain default_admin
  authentication-scheme default
  accounting-scheme default
 local-user noc password irreversible-cipher $1a$invented$
 local-user noc privilege level 15
"""


def test_users_of_others_stay_and_ours_leaves_whole() -> None:
    drift = compared(AAA_FACTORY, aaa=AAA)
    assert sent(drift) == [
        "aaa",
        "local-user breakglass password irreversible-cipher <secret:breakglass>",
        "local-user breakglass privilege level 15",
        "domain default_admin",
        " authentication-scheme portvakt",
        " hwtacacs-server portvakt",
    ]
    assert undone(drift) == [
        "aaa",
        "domain default_admin",
        " authentication-scheme default",
        " undo hwtacacs-server",
        "undo local-user breakglass",
    ]


VOLATILE = """\
!Software Version V200R013C00SPC500
[V200R009C00SPC500]
2026-01-31 12:00:00.123
header shell information "Authorised
vlan batch 666
access only"
#
dhcp enable
#
return
"""


def test_what_is_no_configuration_is_not_read() -> None:
    drift = compared(VOLATILE, dhcp_snooping="dhcp enable\n", vlans="vlan batch 10\n")
    assert sent(drift) == ["vlan 10"]
    assert drift.unmanaged == 0


BINDINGS = """\
DHCP Dynamic Bind-table:
Flags:O - outer vlan ,I - inner vlan ,P - Vlan-mapping
IP Address       MAC Address     VSI/VLAN(O/I/P) Interface      Lease
--------------------------------------------------------------------------------
192.0.2.19       0000-5e00-5301  296 /--  /--    GE0/0/1        2020.08.10-12:27
192.0.2.30       0000-5e00-5302  999 /--  /--    GE0/0/10       2021.04.04-23:12 DST
192.0.2.31       0000-5e00-5303  1   /--  /--    XGE0/0/1       2023.10.30-20:20
--------------------------------------------------------------------------------
Print count:           3          Total count:           3
"""
BOUND = {(PORT, 296), ("GigabitEthernet0/0/10", 999), ("XGigabitEthernet0/0/1", 1)}


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        (BINDINGS, BOUND),
        (BINDINGS.replace("Vlan-mapping", "map vlan ").replace("Print", "print"), BOUND),
        ("".join(BINDINGS.splitlines(keepends=True)[:4]), set()),
        ("Info: The number of dhcp snooping bind-table is zero.\n", set()),
    ],
)
def test_bindings_are_ports_by_their_full_names_and_vlans(
    text: str, bound: set[tuple[str, int]]
) -> None:
    assert parse.bindings(PLATFORM, text) == bound


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("0000-5e00-5301", "0000-5e00"),
        ("GE0/0/1  ", "         "),
        ("296 /--", "    /--"),
        ("2020.08.10-12:27", "soon"),
        ("Print count", "Error: Unrecognized command found at '^' position. Print count"),
    ],
)
def test_bindings_of_an_unknown_shape_are_not_none(old: str, new: str) -> None:
    assert old in BINDINGS
    with pytest.raises(DeviceError, match="unknown shape"):
        parse.bindings(PLATFORM, BINDINGS.replace(old, new))


@pytest.mark.parametrize(
    "text",
    [
        "Info: This operation may take a few seconds. Please wait for a moment...",
        "Warning: The specified VLAN does not exist. You can create it later. Continue?[Y/N]:",
        "              ^",
    ],
)
def test_what_is_neither_known_as_harmless_nor_as_an_error_is_a_refusal(text: str) -> None:
    assert judge(PLATFORM.cli).complaint([text]) == text
