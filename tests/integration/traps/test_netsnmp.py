"""What net-snmp sends: taken, acknowledged, or counted and not believed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from automation.errors import PortvaktError
from automation.snmp.traps import Heard, Sender, Senders
from automation.snmp.traps.senders import TOO_MANY, UNKNOWN
from tests.integration.traps.receiving import (
    AUTH,
    COMMUNITY,
    ENGINE,
    HERE,
    LINK_DOWN,
    LOGINS,
    SIGNED,
    TWIN,
    USER,
    Listening,
    listening,
)

pytestmark = [pytest.mark.integration, pytest.mark.netsnmp]
FROM_DEVICE = ("-e", f"0x{ENGINE}")
ONCE = ("-t", "1", "-r", "0")
SLOWLY = ("-t", "5", "-r", "0")
"""Over v3 the tool asks for our engine id first, and gives up without an answer to that."""
PATIENT = ("-t", "60", "-r", "0")
"""An inform that is sent again, since its acknowledgement is late, is heard twice."""


@pytest.fixture(scope="module")
def receiver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listening]:
    with listening(tmp_path_factory.mktemp("home")) as one:
        yield one


@pytest.mark.parametrize(
    ("tool", "how"),
    [
        ("snmptrap", COMMUNITY),
        ("snmpinform", (*COMMUNITY, *PATIENT)),
        ("snmptrap", (*USER, *FROM_DEVICE)),
        ("snmpinform", (*USER, *PATIENT)),
        ("snmptrap", (*SIGNED, *FROM_DEVICE)),
        ("snmpinform", (*SIGNED, *PATIENT)),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value[:6]),
)
def test_what_is_authentic_is_taken_and_informs_are_acknowledged(
    receiver: Listening, tool: str, how: tuple[str, ...]
) -> None:
    before = len(receiver.heard), list(receiver.rejected)
    assert receiver.send(tool, *how) == 0
    receiver.wait(lambda: len(receiver.heard) > before[0])
    (one,) = receiver.heard[before[0] :]
    assert (one.device, one.oid) == ("sw-1", LINK_DOWN[0])
    assert one.values == ((LINK_DOWN[1], 8),)
    assert one.uptime is not None
    assert receiver.rejected == before[1]


def wrong(how: tuple[str, ...]) -> tuple[str, ...]:
    return tuple("wrong-pass-12" if word == AUTH else word for word in how)


@pytest.mark.parametrize(
    ("tool", "how", "why"),
    [
        ("snmptrap", ("-v2c", "-c", "wrong"), "wrong community"),
        ("snmpinform", ("-v2c", "-c", "wrong", *ONCE), "wrong community"),
        ("snmptrap", ("-v2c", "-c", "another"), "the login of another device"),
        ("snmpinform", ("-v2c", "-c", "another", *ONCE), "the login of another device"),
        ("snmptrap", (*wrong(USER), *FROM_DEVICE), "wrong authentication key"),
        ("snmpinform", (*wrong(USER), *SLOWLY), "wrong authentication key"),
        (
            "snmptrap",
            ("-v3", "-l", "noAuthNoPriv", "-u", "noc", *FROM_DEVICE),
            "a user's name without its key",
        ),
        (
            "snmptrap",
            (*USER[:2], "authNoPriv", *USER[3:], *FROM_DEVICE),
            "a user's name without its key",
        ),
        (
            "snmpinform",
            (*USER[:2], "authNoPriv", *USER[3:], *ONCE),
            "security level without a key",
        ),
        (
            "snmptrap",
            ("-v3", "-l", "noAuthNoPriv", "-u", "nobody", *FROM_DEVICE),
            "unknown user",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value[:6]),
)
def test_what_is_not_believed_is_counted_and_not_acknowledged(
    receiver: Listening, tool: str, how: tuple[str, ...], why: str
) -> None:
    heard, count = len(receiver.heard), len(receiver.rejected)
    code = receiver.send(tool, *how)
    receiver.wait(lambda: len(receiver.rejected) > count)
    assert [(one.source, one.why, one.count) for one in receiver.rejected[count:]] == [
        (HERE, why, 1)
    ]
    assert len(receiver.heard) == heard
    assert tool == "snmptrap" or code == 1
    receiver.wait(lambda: receiver.held() == 0)


def test_an_old_trap_sent_again_is_not_believed(tmp_path: Path) -> None:
    with listening(tmp_path) as one:
        for boots in (5, 4):
            one.send("snmptrap", *USER, *FROM_DEVICE, "-Z", f"{boots},1000")
        one.wait(lambda: one.heard and one.rejected)
    assert len(one.heard) == 1
    assert one.rejected[0].why.startswith("outside the time window")


@pytest.mark.parametrize("own", ["v3", "v3-too"])
@pytest.mark.parametrize("how", [("snmptrap", *FROM_DEVICE), ("snmpinform", *PATIENT)], ids=str)
def test_a_user_of_two_logins_is_either(tmp_path: Path, own: str, how: tuple[str, ...]) -> None:
    tool, *more = how
    with listening(
        tmp_path, Senders({HERE: Sender("sw-1", frozenset({own}))}), logins=(*LOGINS, TWIN)
    ) as one:
        assert one.send(tool, *USER, *more) == 0
        one.wait(lambda: one.seen)
    assert (len(one.heard), one.rejected) == (1, [])


def test_an_address_that_is_not_in_the_inventory_is_counted(tmp_path: Path) -> None:
    elsewhere = Senders({"192.0.2.1": Sender("sw-1", frozenset({"v2"}))})
    with listening(tmp_path, elsewhere) as one:
        one.send("snmptrap", *COMMUNITY)
        one.wait(lambda: one.rejected)
    assert (one.heard, one.rejected[0].why) == ([], UNKNOWN)


def test_a_relay_says_whose_it_is(tmp_path: Path) -> None:
    relayed = Senders(
        {"192.0.2.1": Sender("sw-9", frozenset({"v3"}))},
        relays=frozenset({HERE}),
        relay_logins=frozenset({"v2"}),
    )
    with listening(tmp_path, relayed) as one:
        for address in ("192.0.2.1", "192.0.2.2"):
            whose = ("1.3.6.1.6.3.18.1.3.0", "a", address)
            one.send("snmptrap", *COMMUNITY, said=(*LINK_DOWN, *whose))
        one.wait(lambda: one.heard and one.rejected)
    assert [found.device for found in one.heard] == ["sw-9"]
    assert one.rejected[0].why.startswith("relayed without the address of a known device")


def test_an_inform_is_acknowledged_only_when_it_is_kept(tmp_path: Path) -> None:
    def fails_at_first(found: Listening, heard: Heard) -> None:
        if heard.notifications and not tried:
            tried.append(len(heard.notifications))
            raise PortvaktError("the store failed")
        found.take(heard)

    tried: list[int] = []
    with listening(tmp_path, take=fails_at_first) as one:
        assert one.send("snmpinform", *COMMUNITY, *PATIENT) == 0
        assert tried == [1]
        assert len(one.heard) == 1


def test_while_nothing_can_be_kept_no_inform_is_acknowledged(tmp_path: Path) -> None:
    def fails(found: Listening, heard: Heard) -> None:
        raise PortvaktError("the store failed")

    with listening(tmp_path, take=fails) as one:
        assert one.send("snmpinform", *COMMUNITY, *ONCE) == 1


def test_too_many_from_one_address_are_counted_and_informs_of_them_come_again(
    tmp_path: Path,
) -> None:
    with listening(tmp_path, rate=0.05) as one:  # a burst of one, then one in twenty seconds
        assert one.send("snmpinform", *COMMUNITY, *PATIENT) == 0
        assert one.send("snmpinform", *COMMUNITY, *ONCE) == 1
        one.wait(lambda: one.rejected)
    assert (len(one.heard), one.rejected[0].why) == (1, TOO_MANY)
