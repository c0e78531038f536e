"""From the inventory's addresses to whom a notification comes from."""

from __future__ import annotations

import socket
from dataclasses import replace

import pytest

from automation.model import Device, DeviceModel, DeviceRole
from automation.snmp.traps import Sender
from automation.snmp.traps.senders import UNKNOWN, UNNAMED
from automation.tasks.senders import Directory, LookedUp, looked_up
from automation.workspace import TrapSettings

MODEL = DeviceModel("m", "cisco_ios", ())
ONE = Device(
    "sw-1", "city", DeviceRole.ACCESS, "varvet", "cisco_ios", MODEL, "192.0.2.1", snmp="city"
)
TWO = replace(ONE, name="sw-2", address="192.0.2.2", trap_addresses=("2001:db8::2", "192.0.2.2"))
NAMED = replace(ONE, name="sw-3", address="sw-3.net.example")


def answers(host: str, *_: object, **__: object) -> list[tuple[object, ...]]:
    if host == "sw-3.net.example":
        kind = (socket.AF_INET, socket.SOCK_DGRAM, 17, "")
        return [(*kind, ("192.0.2.3", 0)), (*kind, ("fe80::3%eth0", 0, 0, 2))]
    raise socket.gaierror("no such name")


@pytest.fixture(autouse=True)
def _resolver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", answers)


def test_addresses_are_the_hosts_own_and_what_is_added() -> None:
    lost = replace(ONE, name="sw-4", address="sw-4.net.example")
    found = Directory([ONE, TWO, NAMED, lost], TrapSettings())
    for device in found.missing:
        found.answer(device, looked_up(device.address))
    assert {address: one.device for address, one in found.senders().known.items()} == {
        "192.0.2.1": "sw-1",
        "192.0.2.2": "sw-2",
        "2001:db8::2": "sw-2",
        "192.0.2.3": "sw-3",
        "fe80::3": "sw-3",
    }
    assert found.missing == (lost,)


def test_nothing_waits_for_dns_to_know_what_the_inventory_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *about, **_: asked.append(about))
    found = Directory([ONE, replace(NAMED, trap_addresses=("192.0.2.33",))], TrapSettings())
    assert set(found.senders().known) == {"192.0.2.1", "192.0.2.33"}
    assert asked == []


def test_a_name_has_no_address_until_there_is_an_answer() -> None:
    found = Directory([ONE, NAMED], TrapSettings())
    assert found.answer(NAMED, []) == LookedUp()
    assert (found.missing, found.senders().refusal("192.0.2.3")) == ((NAMED,), UNNAMED)
    assert found.answer(NAMED, ["192.0.2.3"]) == LookedUp((NAMED,))
    assert found.senders().known["192.0.2.3"] == Sender("sw-3", frozenset({"city"}))
    assert (found.missing, found.senders().refusal("192.0.2.4")) == ((), UNKNOWN)


def test_an_address_that_another_device_has_is_told_and_nobodys() -> None:
    found = Directory([ONE, TWO, NAMED], TrapSettings())
    changed = found.answer(NAMED, ["192.0.2.1"])
    assert changed == LookedUp(shared={"192.0.2.1": ["sw-1", "sw-3"]})
    assert list(found.shared) == ["192.0.2.1"]
    assert {one.device for one in found.senders().known.values()} == {"sw-2"}
    named = replace(NAMED, trap_addresses=("192.0.2.1",))
    found = Directory([ONE, named], TrapSettings())
    assert found.shared == {"192.0.2.1": ["sw-1", "sw-3"]}
    assert found.answer(named, ["192.0.2.1"]) == LookedUp()


def test_a_device_is_heard_by_the_address_that_it_has_alone() -> None:
    other = replace(ONE, trap_addresses=("192.0.2.3",))
    found = Directory([other, NAMED], TrapSettings())
    changed = found.answer(NAMED, looked_up(NAMED.address))
    assert changed == LookedUp((NAMED,), {"192.0.2.3": ["sw-1", "sw-3"]})


@pytest.mark.parametrize("name", ["lost.net.example", f"{'a' * 64}.net.example", "sw..example"])
def test_a_name_without_an_answer_has_no_address(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def resolver(host: str, *rest: object, **more: object) -> list[tuple[object, ...]]:
        host.encode("idna")  # as the real one does before it asks anybody
        return answers(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    assert looked_up(name) == []


def test_a_shared_address_is_nobodys() -> None:
    devices = [ONE, TWO, replace(ONE, name="sw-9", port=2222)]
    settings = TrapSettings(relays=("192.0.2.9",), logins=("traps",))
    found = Directory(devices, settings).senders()
    logins = frozenset({"city", "traps"})
    assert found.known == {
        "192.0.2.2": Sender("sw-2", logins),
        "2001:db8::2": Sender("sw-2", logins),
    }
    assert found.shared == {"192.0.2.1"}
    assert found.relays == {"192.0.2.9"}
    assert found.relay_logins == {"traps"}
