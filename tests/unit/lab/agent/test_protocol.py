"""GET, GETNEXT, GETBULK and SET as RFC 3416 wants them; who is answered, and what is not."""

from __future__ import annotations

import pytest
from pysnmp.proto.api import v2c

from automation.lab.agent import ber
from automation.lab.agent.pdu import GETBULK
from tests.unit.lab.agent.demo import COMMUNITY, HERE, Demo, heard

IOS, VRP = "city-acc-001", "city-acc-002"
UP_TIME = "1.3.6.1.2.1.1.3.0"
NAME = "1.3.6.1.2.1.1.5.0"
IF_NAME = "1.3.6.1.2.1.31.1.1.1.1"
IN = "1.3.6.1.2.1.31.1.1.1.6"
LAST = "1.3.6.1.6.3.10.2.1.4.0"
"""The last object of an IOS agent."""


def test_get_answers_in_the_order_of_the_question(demo: Demo) -> None:
    said = demo.get(IOS, NAME, f"{IF_NAME}.10101", NAME)
    assert said.varbinds == (
        (NAME, b"city-acc-001"),
        (f"{IF_NAME}.10101", b"Gi1/0/1"),
        (NAME, b"city-acc-001"),
    )


@pytest.mark.parametrize(
    ("oid", "value"),
    [
        (f"{IF_NAME}.999", "NoSuchInstance"),
        (IF_NAME, "NoSuchInstance"),
        ("1.3.6.1.2.1.1.5.1", "NoSuchInstance"),
        ("1.3.6.1.2.1.1.99.0", "NoSuchObject"),
        ("1.3.6.1.2.1", "NoSuchObject"),
        ("1.0.8802.1.1.2.1.4.1.1.9.0.49.1", "NoSuchObject"),
    ],
)
def test_what_is_not_there_says_which_way(demo: Demo, oid: str, value: str) -> None:
    assert demo.get(IOS, oid, NAME).values == [value, b"city-acc-001"]


def test_getnext_goes_in_order_and_past_gaps(demo: Demo) -> None:
    said = demo.next(IOS, "1.3", "1.3.6.1.2.1.1.5", f"{IF_NAME}.10101", f"{IF_NAME}.10300", LAST)
    assert said.names == [
        "1.3.6.1.2.1.1.1.0",
        NAME,
        f"{IF_NAME}.10102",
        f"{IF_NAME}.10501",
        LAST,
    ]
    assert said.values[-1] == "EndOfMibView"


def test_a_whole_walk_ascends_and_ends(demo: Demo) -> None:
    names, at = [], "0.0"
    while (said := demo.next(IOS, at)).values != ["EndOfMibView"]:
        (at,) = said.names
        names.append(tuple(int(arc) for arc in at.split(".")))
    assert names == sorted(set(names))
    assert len(names) > 2000


def test_getbulk_repeats_columns_and_asks_others_once(demo: Demo) -> None:
    said = demo.bulk(IOS, UP_TIME, IF_NAME, IN, first=1, times=3)
    assert said.names == [
        "1.3.6.1.2.1.1.4.0",
        *(f"{column}.{index}" for index in (1, 10101, 10102) for column in (IF_NAME, IN)),
    ]


def test_getbulk_at_the_end_says_so_once(demo: Demo) -> None:
    said = demo.bulk(IOS, "1.3.6.1.6.3.10.2.1.3", times=40)
    assert said.names == ["1.3.6.1.6.3.10.2.1.3.0", LAST, LAST]
    assert said.values[-1] == "EndOfMibView"


@pytest.mark.parametrize(("first", "times"), [(0, 0), (-1, -5), (5, 0)])
def test_getbulk_with_odd_numbers_is_answered(demo: Demo, first: int, times: int) -> None:
    numbers = ber.integer(7) + ber.integer(first) + ber.integer(times)
    varbind = ber.tlv(ber.SEQUENCE, ber.oid((1, 3, 6, 1, 2, 1, 1, 3, 0)) + b"\x05\x00")
    asked = ber.tlv(GETBULK, numbers + ber.tlv(ber.SEQUENCE, varbind))
    whole = ber.integer(1) + ber.octets(COMMUNITY.encode()) + asked
    answer = demo.agents[IOS].answer(ber.tlv(ber.SEQUENCE, whole), HERE)
    assert len(heard(answer or b"").varbinds) == min(max(first, 0), 1)


def test_getbulk_fills_one_datagram_and_no_more(demo: Demo) -> None:
    pdu = v2c.GetBulkRequestPDU()
    v2c.apiBulkPDU.set_defaults(pdu)
    v2c.apiBulkPDU.set_max_repetitions(pdu, 2000)
    v2c.apiBulkPDU.set_varbinds(pdu, [(v2c.ObjectIdentifier(IN), v2c.null)])
    assert 1400 < len(demo.raw(IOS, pdu)) <= 1472


def test_a_get_that_does_not_fit_is_too_big(demo: Demo) -> None:
    fits = [f"{IN}.{10101 + at}" for at in range(48)]
    assert demo.get(IOS, *fits).status == 0
    said = demo.get(IOS, *fits, *fits)
    assert (said.status, said.index, said.varbinds) == (1, 0, ())


def test_nothing_can_be_set(demo: Demo) -> None:
    pdu = v2c.SetRequestPDU()
    v2c.apiPDU.set_defaults(pdu)
    v2c.apiPDU.set_varbinds(pdu, [(v2c.ObjectIdentifier(NAME), v2c.OctetString("mine"))])
    message = demo.raw(IOS, pdu)
    assert message
    assert demo.get(IOS, NAME).values == [b"city-acc-001"]


@pytest.mark.parametrize("community", ["", "wrong", "LAB-SNMP-READ", "lab-snmp-read "])
def test_a_wrong_community_hears_nothing(demo: Demo, community: str) -> None:
    pdu = v2c.GetRequestPDU()
    v2c.apiPDU.set_defaults(pdu)
    assert demo.raw(IOS, pdu, community=community) == b""


def test_a_response_and_a_trap_are_not_answered(demo: Demo) -> None:
    for pdu in (v2c.ResponsePDU(), v2c.SNMPv2TrapPDU()):
        v2c.apiPDU.set_defaults(pdu)
        assert demo.raw(IOS, pdu) == b""


@pytest.mark.parametrize(
    ("device", "lines"),
    [
        (
            IOS,
            [
                "ip access-list standard MANAGERS",
                "permit 203.0.113.20",
                "snmp-server community lab-snmp-read RO MANAGERS",
            ],
        ),
        (
            VRP,
            [
                "acl number 2900",
                "rule 5 permit source 203.0.113.20 0",
                "rule 1000 deny",
                "snmp-agent community read cipher lab-snmp-read acl 2900",
            ],
        ),
    ],
)
def test_an_access_list_says_who_may_read(demo: Demo, device: str, lines: list[str]) -> None:
    assert not [said for said in demo.switches[device].edit(lines) if "rror" in said]
    pdu = v2c.GetRequestPDU()
    v2c.apiPDU.set_defaults(pdu)
    assert demo.raw(device, pdu) == b""
    assert demo.raw(device, pdu, source="203.0.113.20")


def test_what_the_command_line_sets_applies_at_once(demo: Demo) -> None:
    demo.switches[IOS].edit(
        [
            "hostname other",
            "snmp-server location Kajen",
            "snmp-server community second RO",
            "no snmp-server community lab-snmp-read",
            "interface GigabitEthernet1/0/7",
            "description outlet C-000007",
        ]
    )
    said = demo.get(
        IOS, NAME, "1.3.6.1.2.1.1.6.0", "1.3.6.1.2.1.31.1.1.1.18.10107", community="second"
    )
    assert said.values == [b"other", b"Kajen", b"outlet C-000007"]
    pdu = v2c.GetRequestPDU()
    v2c.apiPDU.set_defaults(pdu)
    assert demo.raw(IOS, pdu) == b""


def test_vrp_answers_the_versions_that_it_is_told_to(demo: Demo) -> None:
    pdu = v2c.GetRequestPDU()
    v2c.apiPDU.set_defaults(pdu)
    for line, answers in (
        ("undo snmp-agent sys-info version v2c", False),
        ("snmp-agent sys-info version v2c", True),
        ("undo snmp-agent", False),
    ):
        demo.switches[VRP].edit([line])
        assert bool(demo.raw(VRP, pdu)) is answers, line
