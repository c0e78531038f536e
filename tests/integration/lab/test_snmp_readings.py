"""Two libraries that share no code read the same running agents: the same numbers, the truth's."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Coroutine, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from gufo.snmp import Aes128Key, Sha256Key, SnmpVersion, User
from gufo.snmp.aio import SnmpSession
from pysnmp.hlapi.v3arch import asyncio as pysnmp

from automation import lab
from automation.lab.files import SECRETS, address
from tests.unit.lab.agent.demo import heard

pytestmark = pytest.mark.integration
DEVICES = ("city-acc-001", "city-acc-002", "city-tra-001", "mkb-cor-001")
WIDE: Mapping[str, int] = {"in_octets": 6, "in_unicast": 7, "out_octets": 10, "out_multicast": 12}
Place = tuple[str, int]
Read = Callable[[Place, list[str]], Coroutine[Any, Any, dict[str, int]]]


def _oids(interfaces: Mapping[str, Any]) -> dict[str, int]:
    """Return the 64-bit counters of some interfaces with the values that they stand at."""
    some = list(interfaces.values())[::7]
    return {
        f"1.3.6.1.2.1.31.1.1.1.{column}.{one['ifIndex']}": one["counters"][counter]["start"]
        for one in some
        for counter, column in WIDE.items()
    }


async def _gufo(place: Place, oids: list[str], **how: Any) -> dict[str, int]:  # noqa: ANN401
    async with SnmpSession(addr=place[0], port=place[1], timeout=10, **how) as session:
        return {str(key): int(str(value)) for key, value in (await session.get_many(oids)).items()}


async def _gufo_v2c(place: Place, oids: list[str]) -> dict[str, int]:
    return await _gufo(place, oids, community=SECRETS["snmp_read"])


async def _gufo_v3(place: Place, oids: list[str]) -> dict[str, int]:
    user = User(
        "portvakt",
        auth_key=Sha256Key(SECRETS["snmp_auth"].encode()),
        priv_key=Aes128Key(SECRETS["snmp_priv"].encode()),
    )
    return await _gufo(place, oids, version=SnmpVersion.v3, user=user)


async def _pysnmp(who: Any, place: Place, oids: list[str]) -> dict[str, int]:  # noqa: ANN401
    engine = pysnmp.SnmpEngine()
    target = await pysnmp.UdpTransportTarget.create(place, timeout=10, retries=0)
    asked = [pysnmp.ObjectType(pysnmp.ObjectIdentity(oid)) for oid in oids]
    error, status, _, varbinds = await pysnmp.get_cmd(
        engine, who, target, pysnmp.ContextData(), *asked, lookupMib=False
    )
    engine.close_dispatcher()
    assert (error, int(status)) == (None, 0)
    return {str(name): int(value) for name, value in varbinds}


async def _pysnmp_v2c(place: Place, oids: list[str]) -> dict[str, int]:
    return await _pysnmp(pysnmp.CommunityData(SECRETS["snmp_read"]), place, oids)


async def _pysnmp_v3(place: Place, oids: list[str]) -> dict[str, int]:
    user = pysnmp.UsmUserData(
        "portvakt",
        SECRETS["snmp_auth"],
        SECRETS["snmp_priv"],
        authProtocol=pysnmp.USM_AUTH_HMAC192_SHA256,
        privProtocol=pysnmp.USM_PRIV_CFB128_AES,
    )
    return await _pysnmp(user, place, oids)


@pytest.fixture
def frozen(city: Path) -> Iterator[Path]:
    lab.freeze(city)
    yield city
    lab.unfreeze(city)


def _place(folder: Path, name: str) -> Place:
    plan = lab.read_plan(folder)
    names = [device.name for device in plan.fleet()]
    return address(plan.network, names.index(name)), plan.port


@pytest.mark.parametrize("read", [_gufo_v2c, _gufo_v3, _pysnmp_v2c, _pysnmp_v3])
def test_every_library_reads_the_truth(frozen: Path, read: Read) -> None:
    told = lab.truth(frozen)
    for device in DEVICES:
        expected = _oids(told[device]["interfaces"])
        assert asyncio.run(read(_place(frozen, device), list(expected))) == expected, device


def test_running_counters_are_what_the_truth_makes_of_their_time(city: Path) -> None:
    told = lab.truth(city)
    up_time = "1.3.6.1.2.1.1.3.0"
    for device in DEVICES:
        for one in list(told[device]["interfaces"].values())[:5]:
            oids = [f"1.3.6.1.2.1.31.1.1.1.{column}.{one['ifIndex']}" for column in WIDE.values()]
            said = asyncio.run(_gufo_v2c(_place(city, device), [up_time, *oids]))
            lines = [one["counters"][counter] for counter in WIDE]
            assert [said[oid] for oid in oids] == [
                line["start"] + line["rate"] * (said[up_time] - line["epoch"]) // 100
                for line in lines
            ]


def test_a_port_shut_by_hand_sends_a_trap_from_its_own_address(city: Path) -> None:
    device, port = "city-tra-002", "Ethernet1"
    plan = lab.read_plan(city)
    with socket.socket(type=socket.SOCK_DGRAM) as sink:
        sink.bind(("127.0.0.1", plan.traps))
        sink.settimeout(10)
        for line, kind in (("shutdown", 3), ("no shutdown", 4)):
            lab.edit(city, device, [f"interface {port}", line])
            told = dict(_notified(sink) for _ in range(2))
            assert set(told) == {_place(city, device)[0], _place(city, "city-acc-018")[0]}
            assert set(told.values()) == {f"1.3.6.1.6.3.1.1.5.{kind}"}


def test_traps_go_out_over_v3_when_they_are_told_to(city: Path) -> None:
    device = "city-tra-003"
    plan = lab.read_plan(city)
    lab.traps_as(city, "portvakt")
    try:
        with socket.socket(type=socket.SOCK_DGRAM) as sink:
            sink.bind(("127.0.0.1", plan.traps))
            sink.settimeout(10)
            lab.reboot(city, device)
            data, sender = sink.recvfrom(65_535)
    finally:
        lab.traps_as(city)
    engine = bytes.fromhex(lab.truth(city)[device]["engine"]["id"])
    assert sender[0] == _place(city, device)[0]
    assert data[:7] == b"\x30\x81" + bytes((len(data) - 3,)) + b"\x02\x01\x03\x30"
    assert engine in data
    assert b"portvakt" in data


def _notified(sink: socket.socket) -> tuple[str, object]:
    data, sender = sink.recvfrom(65_535)
    return sender[0], heard(data).values[1]
