"""What notifications mean, platform by platform."""

from __future__ import annotations

import pytest

from automation import platforms
from automation.findings import STANDARD, Note, PortNames, read
from automation.findings.reading import plain
from automation.model import FindingKind, Notification, Signal, TrapValue

AT = 1_000_000.0
UP = 360_000  # an hour
TRAPS = "1.3.6.1.6.3.1.1.5"
IF = "1.3.6.1.2.1.2.2.1"
IF_NAME = "1.3.6.1.2.1.31.1.1.1.1"
PORTS = PortNames(
    names=frozenset({"GigabitEthernet1/0/1", "GigabitEthernet1/0/2", "TenGigabitEthernet1/0/1"}),
    abbreviations={"Gi": "GigabitEthernet", "Te": "TenGigabitEthernet"},
    indexes={10101: "GigabitEthernet1/0/1", 7: "GigabitEthernet1/0/2"},
    read_at=AT - 300,
)
Values = tuple[tuple[str, TrapValue], ...]


def meant(oid: str, values: Values, platform: str = "", uptime: int | None = UP) -> Note | None:
    rules = dict(STANDARD)
    if platform:
        rules |= {rule.oid: rule for rule in platforms.get(platform).traps}
    return read(Notification("sw-1", AT, oid, uptime, values), rules, PORTS)


@pytest.mark.parametrize(
    ("values", "subject", "detail"),
    [
        (((f"{IF}.1.10101", 10101),), "GigabitEthernet1/0/1", ""),
        (((f"{IF}.1.7", 7), (f"{IF}.7.7", 1)), "GigabitEthernet1/0/2", ""),
        (((f"{IF}.1.7", 7), (f"{IF}.7.7", 2)), "GigabitEthernet1/0/2", "shut"),
        # what the device says itself counts more than what was read before
        (
            ((f"{IF}.1.7", 7), (f"{IF}.2.7", b"GigabitEthernet1/0/1")),
            "GigabitEthernet1/0/1",
            "",
        ),
        (((f"{IF_NAME}.7", b"Te1/0/1"),), "TenGigabitEthernet1/0/1", ""),
        (((f"{IF_NAME}.9", b"Gi9/0/9"), (f"{IF}.1.9", 9)), "Gi9/0/9", ""),
        (((f"{IF}.2.9", b"Vlan10"),), "Vlan10", ""),
        (((f"{IF}.1.99", 99),), "ifIndex 99", ""),
        (((f"{IF}.2.9", b"\x1b[2J\x00"),), "1b 5b 32 4a 00", ""),
        # what is no name is none, also where it looks like what we call a port without one
        (((f"{IF}.2.9", b"ifIndex abc"),), "ifIndex 9", ""),
        (((f"{IF}.2.7", b"ifIndex 9"),), "GigabitEthernet1/0/2", ""),
        (((f"{IF_NAME}.9", b""), (f"{IF}.2.9", b"Vlan10")), "Vlan10", ""),
    ],
)
def test_a_link_is_found_by_name_then_by_index(values: Values, subject: str, detail: str) -> None:
    for number, signal in ((3, Signal.RAISE), (4, Signal.CLEAR)):
        found = meant(f"{TRAPS}.{number}", values)
        assert found == Note("sw-1", subject, FindingKind.LINK, signal, AT, UP, AT - 3600, detail)


def test_after_a_restart_an_index_may_be_another_port() -> None:
    found = meant(f"{TRAPS}.3", ((f"{IF}.1.7", 7),), uptime=1000)
    assert found is not None
    assert found.subject == "ifIndex 7"


def test_without_a_clock_an_index_is_believed() -> None:
    found = meant(f"{TRAPS}.3", ((f"{IF}.1.7", 7),), uptime=None)
    assert found is not None
    assert (found.subject, found.booted) == ("GigabitEthernet1/0/2", None)


@pytest.mark.parametrize(
    ("oid", "values"),
    [
        (f"{TRAPS}.3", ()),
        (f"{TRAPS}.3", ((f"{IF}.1.7.7", 7), ("1.3.6.1.2.1.2.2.1.x.1", 7))),
        (f"{TRAPS}.3", ((f"{IF}.2.7.7", b"ifIndex abc"),)),
        (f"{TRAPS}.3", ((f"{IF}.1.{'7' * 5000}", 7),)),
        ("1.3.6.1.2.1.105.0.1", ()),
        ("1.3.6.1.4.1.99999.1", ((f"{IF}.1.7", 7),)),
    ],
)
def test_what_names_no_subject_or_has_no_rule_means_nothing(oid: str, values: Values) -> None:
    assert meant(oid, values) is None


@pytest.mark.parametrize(("number", "word"), [(1, "cold start"), (2, "warm start")])
def test_a_restart_counts_from_when_the_device_started(number: int, word: str) -> None:
    found = meant(f"{TRAPS}.{number}", (), uptime=500)
    expected = Note("sw-1", "", FindingKind.RESTART, Signal.EVENT, AT - 5, 500, AT - 5, word)
    assert found == expected


def test_a_restart_without_a_clock_counts_from_its_arrival() -> None:
    found = meant(f"{TRAPS}.1", (), uptime=None)
    assert found is not None
    assert found.at == AT


def test_a_wrong_login_is_the_devices() -> None:
    found = meant(f"{TRAPS}.5", ())
    assert found is not None
    assert (found.kind, found.signal, found.subject) == (FindingKind.LOGIN, Signal.EVENT, "")


DETECTION = "1.3.6.1.2.1.105.1.1.1.6.1.5"
WATTS = "1.3.6.1.2.1.105.1.3.1.1.4.1"
LIGHT = "1.3.6.1.4.1.9.9.91.1.1.1.1.4.1042"
LIMIT = "1.3.6.1.4.1.9.9.91.1.2.1.1.4.1042.3"
NAME = "1.3.6.1.2.1.47.1.1.1.1.7.67108868"
REASON = "1.3.6.1.4.1.2011.5.25.129.1.5"
DESCR = "1.3.6.1.2.1.47.1.1.1.1.2.100301213"
ALARM = "1.3.6.1.2.1.131.1.1.1.5.100301213"
SENSED = "1.3.6.1.2.1.99.1.1.1.4.100301213"
RAISE, CLEAR = Signal.RAISE, Signal.CLEAR


@pytest.mark.parametrize(
    ("platform", "oid", "values", "subject", "signal", "detail"),
    [
        ("", "1.3.6.1.2.1.105.0.1", ((DETECTION, 4),), "PoE 1.5", RAISE, "detection status 4"),
        ("", "1.3.6.1.2.1.105.0.1", ((DETECTION, 3),), "PoE 1.5", CLEAR, "detection status 3"),
        ("", "1.3.6.1.2.1.105.0.2", ((WATTS, 700),), "PoE supply 1", RAISE, "watts used 700"),
        ("", "1.3.6.1.2.1.105.0.3", ((WATTS, 300),), "PoE supply 1", CLEAR, ""),
        (
            "cisco_ios",
            "1.3.6.1.4.1.9.9.91.2.0.1",
            ((LIMIT, -240), (LIGHT, -251)),
            "sensor 1042",
            RAISE,
            "value -251, limit -240",
        ),
        (
            "cisco_ios",
            "1.3.6.1.4.1.9.9.91.2.0.2",
            ((LIGHT, -200),),
            "sensor 1042",
            CLEAR,
            "value -200",
        ),
        (
            "huawei_vrp",
            "1.3.6.1.4.1.2011.5.25.219.2.4.5",
            ((NAME, b"GigabitEthernet1/0/1"),),
            "GigabitEthernet1/0/1",
            RAISE,
            "",
        ),
        (
            "huawei_vrp",
            "1.3.6.1.4.1.2011.5.25.219.2.4.6",
            ((NAME, b"GigabitEthernet1/0/1"),),
            "GigabitEthernet1/0/1",
            CLEAR,
            "",
        ),
        (
            "huawei_vrp",
            "1.3.6.1.4.1.2011.5.25.129.2.17.1",
            ((NAME, b""), (REASON, b"Rx power is low")),
            "transceiver 67108868",
            RAISE,
            "Rx power is low",
        ),
        (
            "arista_eos",
            "1.3.6.1.4.1.30065.3.12.0.1",
            ((DESCR, b"DOM RX Power Sensor for Gi1/0/1"), (SENSED, 12), (ALARM, b"\x20")),
            "GigabitEthernet1/0/1",
            RAISE,
            "DOM RX Power Sensor for Gi1/0/1, value 12",
        ),
        (
            "arista_eos",
            "1.3.6.1.4.1.30065.3.12.0.1",
            ((DESCR, b"DOM RX Power Sensor for Gi1/0/1"), (SENSED, 900), (ALARM, b"\x00")),
            "GigabitEthernet1/0/1",
            CLEAR,
            "DOM RX Power Sensor for Gi1/0/1, value 900",
        ),
        (
            "arista_eos",
            "1.3.6.1.4.1.30065.3.12.0.1",
            ((SENSED, 900),),
            "sensor 100301213",
            RAISE,
            "value 900",
        ),
    ],
)
def test_light_and_power(
    platform: str, oid: str, values: Values, subject: str, signal: Signal, detail: str
) -> None:
    found = meant(oid, values, platform)
    assert found is not None
    assert (found.subject, found.signal, found.detail.strip()) == (subject, signal, detail)


def test_no_two_rules_of_a_platform_read_one_notification() -> None:
    for platform in platforms.every().values():
        oids = [*STANDARD, *(rule.oid for rule in platform.traps)]
        assert len(oids) == len(set(oids)), platform.name


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (7, "7"),
        ("1.3.6", "1.3.6"),
        (b"G\xc3\xb6ta", "Göta"),
        (b"\xff", "ff"),
        (b"x" * 99, "x" * 63),
    ],
)
def test_values_as_text_are_short_and_printable(value: TrapValue, text: str) -> None:
    assert plain(value) == text
