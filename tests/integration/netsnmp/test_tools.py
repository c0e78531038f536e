"""What snmpget, snmpbulkwalk, snmpbulkget and snmpset of net-snmp make of the twin's agents."""

from __future__ import annotations

import pytest

from automation import lab
from automation.lab.files import SECRETS
from tests.integration.netsnmp.conftest import V2C, NetSnmp

pytestmark = [pytest.mark.integration, pytest.mark.netsnmp]
IOS, VRP, EOS = "city-acc-001", "city-acc-002", "city-tra-001"
UP_TIME = ".1.3.6.1.2.1.1.3.0"
IFX = ".1.3.6.1.2.1.31.1.1.1"
AUTH = ("-A", SECRETS["snmp_auth"])
PRIV = ("-x", "AES", "-X", SECRETS["snmp_priv"])
SHA256 = ("-v3", "-u", "portvakt", "-a", "SHA-256", *AUTH)
SHA1 = ("-v3", "-u", "portvakt-sha", "-a", "SHA", *AUTH)
ENCRYPTED = ("-l", "authPriv", *PRIV)
CLEAR = ("-l", "authNoPriv")


@pytest.mark.parametrize("how", [V2C, (*SHA256, *ENCRYPTED)], ids=["v2c", "v3"])
@pytest.mark.parametrize("device", [IOS, VRP, EOS])
def test_a_whole_walk_ends_in_good_order(tools: NetSnmp, device: str, how: tuple[str, ...]) -> None:
    done = tools.run("snmpbulkwalk", device, ".1", how=how)
    assert (done.code, done.err) == (0, "")
    rows = len(lab.truth(tools.folder)[device]["interfaces"])
    names = [line.partition(" ")[0] for line in done.values]
    for column in (".1.3.6.1.2.1.2.2.1.8", f"{IFX}.6", f"{IFX}.19"):
        assert sum(name.startswith(f"{column}.") for name in names) == rows


def test_steps_and_bulks_say_the_same(tools: NetSnmp) -> None:
    asked = ("1.3.6.1.2.1.31.1.1.1.1",)
    single = tools.run("snmpwalk", VRP, *asked)
    assert single.values == tools.run("snmpbulkwalk", VRP, "-Cr7", *asked).values
    assert len(single.values) == 54


@pytest.mark.parametrize(
    "how",
    [
        (*SHA256, *ENCRYPTED),
        (*SHA1, *ENCRYPTED),
        (*SHA1, *CLEAR),
        ("-v3", "-u", "portvakt-auth", "-a", "SHA", *AUTH, *CLEAR),
        (*SHA1, *ENCRYPTED, "-Z", "1,1"),
    ],
    ids=["SHA-256 AES", "SHA-1 AES", "SHA-1", "a user without a cipher", "a wrong clock"],
)
def test_a_reader_over_v3_is_answered(tools: NetSnmp, how: tuple[str, ...]) -> None:
    done = tools.run("snmpget", EOS, UP_TIME, how=how)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"{UP_TIME} = ")


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (("-v2c", "-c", "wrong"), "Timeout"),
        (("-v1", "-c", "lab-snmp-read"), "Timeout"),
        ((*SHA256[:-1], "another-phrase", *ENCRYPTED), "Authentication failure"),
        ((*SHA256, *ENCRYPTED[:-1], "another-phrase"), "Decryption error"),
        (("-v3", "-u", "nobody", "-a", "SHA", *AUTH, *ENCRYPTED), "Unknown user name"),
        (
            ("-v3", "-u", "portvakt-auth", "-a", "SHA", *AUTH, *ENCRYPTED),
            "Unsupported security level",
        ),
        ((*SHA256, *CLEAR), "authorizationError"),
        (("-v3", "-u", "portvakt", "-l", "noAuthNoPriv"), "authorizationError"),
        ((*SHA1, *ENCRYPTED, "-n", "vlan-110"), "Bad context"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_whoever_may_not_read_is_told_as_the_rfcs_say(
    tools: NetSnmp, how: tuple[str, ...], said: str
) -> None:
    done = tools.run("snmpget", IOS, UP_TIME, how=how)
    assert done.code != 0
    assert said in done.err
    assert done.out == ""


def test_what_is_read_is_the_truth(tools: NetSnmp) -> None:
    lab.freeze(tools.folder)
    try:
        told = lab.truth(tools.folder)[IOS]["interfaces"]
        done = tools.run("snmpbulkwalk", IOS, f"{IFX}.10")
    finally:
        lab.unfreeze(tools.folder)
    expected = sorted(
        (one["ifIndex"], one["counters"]["out_octets"]["start"]) for one in told.values()
    )
    assert done.values == [f"{IFX}.10.{index} = Counter64: {value}" for index, value in expected]


def test_a_port_shut_by_hand_is_seen(tools: NetSnmp) -> None:
    oper = ".1.3.6.1.2.1.2.2.1.8.10149"
    assert tools.run("snmpget", IOS, oper).out == f"{oper} = INTEGER: 1\n"
    lab.edit(tools.folder, EOS, ["interface Ethernet1", "shutdown"])
    try:
        assert tools.run("snmpget", IOS, oper).out == f"{oper} = INTEGER: 2\n"
    finally:
        lab.edit(tools.folder, EOS, ["interface Ethernet1", "no shutdown"])


def test_nothing_can_be_set(tools: NetSnmp) -> None:
    done = tools.run("snmpset", IOS, ".1.3.6.1.2.1.1.5.0", "s", "mine")
    assert "noAccess" in done.err


@pytest.mark.parametrize(
    ("fault", "said"), [("loop", "OID not increasing"), ("repeat", "OID not increasing")]
)
def test_a_walk_that_goes_in_circles_is_noticed(tools: NetSnmp, fault: str, said: str) -> None:
    lab.break_device(tools.folder, VRP, fault)
    try:
        assert said in tools.run("snmpbulkwalk", VRP, f"{IFX}.1").err
    finally:
        lab.mend(tools.folder, VRP)
