"""Against net-snmp's own agent: what we read is what it says, and what a second reader reads."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from time import sleep
from typing import Any

import pytest

from automation.counters import Column
from automation.model import SnmpLogin
from automation.snmp import Limits, Polled, Poller, Shards, Target, oids
from tests.integration.snmp.conftest import COMMUNITY, Snmpd, community, snmpd, user

pytestmark = [pytest.mark.integration, pytest.mark.netsnmp]

LIMITS = Limits(timeout=1.0)
HASTY = Limits(timeout=0.3)
LOGINS = {
    "v2c": community(),
    "v3 authNoPriv, SHA-1": user("sha1", secret=None),
    "v3 authPriv, SHA-1 and AES-128": user("sha1aes"),
    "v3 authPriv, SHA-256 and AES-128": user("sha256aes", "sha256"),
    "v3 authPriv, SHA-512 and AES-256": user("sha512aes256", "sha512", "aes256"),
}


def _target(real: Snmpd, login: SnmpLogin, device: str = "host") -> Target:
    return Target(device, "127.0.0.1", real.port, login, ports=("lo",))


def _polled(real: Snmpd, login: SnmpLogin, limits: Limits = LIMITS) -> Polled:
    with Poller([_target(real, login)], limits, {}) as poller:
        return poller.cycle()[0]


def _octets(found: Polled) -> int:
    """Return the octets that the loopback interface took in."""
    assert found.sample is not None, found.error
    row = found.sample.layout.ports.index("lo")
    return found.sample.columns[Column.IN_OCTETS][row]


@pytest.mark.parametrize("how", LOGINS)
def test_each_way_to_ask_is_answered(real: Snmpd, how: str) -> None:
    found = _polled(real, LOGINS[how])
    assert _octets(found) > 0
    assert found.sample is not None
    assert found.sample.boots is not None
    assert not found.sample.absent


def test_counters_rise_with_traffic(real: Snmpd) -> None:
    with Poller([_target(real, community())], LIMITS, {}) as poller:
        before = _octets(poller.cycle()[0])
        _send(2_000_000)
        for _ in range(60):  # snmpd reads the kernel's counters now and then, not at each request
            after = _octets(poller.cycle()[0])
            if after != before:
                break
            sleep(0.5)
    assert after - before >= 2_000_000


def _send(octets: int) -> None:
    """Send so many octets over loopback."""
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
    ):
        receiver.bind(("127.0.0.1", 0))
        for _ in range(octets // 1000):
            sender.sendto(bytes(1000), receiver.getsockname())


def test_a_second_reader_reads_the_same(real: Snmpd) -> None:
    """Counters that rise are read in between two readings of the other library."""
    first = _second_reading(real)
    found = _polled(real, community())
    last = _second_reading(real)
    sample = found.sample
    assert sample is not None, found.error
    row = sample.layout.ports.index("lo")
    ours = [sample.columns[column][row] for column in Column]
    for low, high, one in zip(first, last, ours, strict=True):
        assert low <= one <= high


def _second_reading(real: Snmpd) -> list[int]:
    """Return all columns of the loopback interface, as pysnmp reads them."""
    names = [f"{oids.COLUMNS[column]}.1" for column in Column]

    async def read() -> list[int]:
        from pysnmp.hlapi.v3arch import asyncio as hlapi

        engine = hlapi.SnmpEngine()
        where = await hlapi.UdpTransportTarget.create(("127.0.0.1", real.port))
        login = hlapi.CommunityData(COMMUNITY, mpModel=1)  # noqa: S508 - v2c is what is read
        objects: Sequence[Any] = [hlapi.ObjectType(hlapi.ObjectIdentity(name)) for name in names]
        context = hlapi.ContextData()
        error, status, _, pairs = await hlapi.get_cmd(
            engine, login, where, context, *objects, lookupMib=False
        )
        engine.close_dispatcher()
        assert not error
        assert not status
        return [int(value) for _, value in pairs]

    return asyncio.run(read())


REFUSED: dict[str, tuple[SnmpLogin, str]] = {
    "wrong community": (community("wrong"), "silent to a wrong community"),
    "wrong authentication key": (user("sha1aes", key="another-key"), "wrong authentication key"),
    "wrong algorithm": (user("sha1aes", "sha256"), "wrong authentication key"),
    "unknown user": (user("nobody"), "does not know user nobody"),
    "wrong privacy key": (user("sha1aes", secret="another-key"), "is the privacy key right"),
    "too low a level": (user("sha1aes", secret=None), "security level"),
}


@pytest.mark.parametrize("how", REFUSED)
def test_each_refusal_is_named_and_not_repeated(real: Snmpd, how: str) -> None:
    login, said = REFUSED[how]
    with Poller([_target(real, login)], HASTY, {}) as poller:
        first, second = poller.cycle()[0], poller.cycle()[0]
    assert first.sample is None
    assert said in first.error
    assert second.error
    assert first.requests <= 3
    assert second.requests <= 3
    assert login.auth_password is None or login.auth_password.reveal() not in first.error


def test_two_agents_of_one_engine_are_both_refused(real: Snmpd) -> None:
    targets = [
        _target(real, user("sha1aes"), "one"),
        _target(real, user("sha1", secret=None), "other"),
    ]
    with Poller(targets, LIMITS, {}) as poller:
        one, other = poller.cycle()
    assert one.sample is None
    assert other.sample is None
    assert "engine id" in one.error
    assert "also that of other" in one.error
    assert "also that of one" in other.error


def test_an_engine_that_was_replaced_is_learned_anew() -> None:
    """The same address, another engine id: as when a switch is swapped."""
    with snmpd() as agent:
        port = agent.port
        poller = Poller([_target(agent, user("sha1aes"))], LIMITS, {})
        assert _octets(poller.cycle()[0]) > 0
    with poller, snmpd(port):
        assert _octets(poller.cycle()[0]) > 0


def test_shards_read_what_one_process_reads(real: Snmpd) -> None:
    targets = [_target(real, community(), f"host-{number}") for number in range(5)]
    targets.append(_target(real, community("wrong"), "closed"))
    with Shards(targets, HASTY, {}, 2) as shards:
        first, second = shards.cycle(), shards.cycle()
    assert [one.device for one in first] == [target.device for target in targets]
    assert all(_octets(one) > 0 for one in second[:5])
    assert first[5].sample is None


def test_of_three_devices_with_one_engine_none_is_believed_whoever_asked_which(real: Snmpd) -> None:
    names = ["host-0", "host-1", "host-2"]
    targets = [_target(real, user("sha1aes"), name) for name in names]
    with Shards(targets, LIMITS, {}, 2) as shards:
        found = shards.cycle()
    assert all(one.sample is None for one in found)
    assert all(other in one.error for one in found for other in {*names} - {one.device})
