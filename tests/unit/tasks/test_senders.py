"""From the inventory's addresses to whom a notification comes from."""

from __future__ import annotations

import socket
from dataclasses import replace

import pytest

from automation.model import Device, DeviceModel, DeviceRole
from automation.snmp.traps import Sender
from automation.tasks.senders import Directory, LookedUp
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


def test_addresses_are_the_hosts_own_and_what_is_added(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", answers)
    lost = replace(ONE, name="sw-4", address="sw-4.net.example")
    found = Directory([ONE, TWO, NAMED, lost], TrapSettings())
    assert {address: one.device for address, one in found.senders().known.items()} == {
        "192.0.2.1": "sw-1",
        "192.0.2.2": "sw-2",
        "2001:db8::2": "sw-2",
        "192.0.2.3": "sw-3",
        "fe80::3": "sw-3",
    }
    assert found.missing == (lost,)


def test_a_name_is_looked_up_until_there_is_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def resolver(host: str, *_: object, **__: object) -> list[tuple[object, ...]]:
        asked.append(host)
        if len(asked) < 3:
            raise socket.gaierror("no such name")
        return answers(host)

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    found = Directory([ONE, NAMED], TrapSettings())
    assert found.look_up() == LookedUp()
    assert "192.0.2.3" not in found.senders().known
    assert found.look_up() == LookedUp((NAMED,))
    assert found.senders().known["192.0.2.3"] == Sender("sw-3", frozenset({"city"}))
    assert (found.look_up(), found.missing) == (LookedUp(), ())
    assert asked == ["sw-3.net.example"] * 3


def test_an_address_that_another_device_has_is_told_and_nobodys(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    there: list[str] = []

    def resolver(host: str, *_: object, **__: object) -> list[tuple[object, ...]]:
        if not there:
            raise socket.gaierror("no such name")
        return [(socket.AF_INET, socket.SOCK_DGRAM, 17, "", (one, 0)) for one in there]

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    found = Directory([ONE, TWO, NAMED], TrapSettings())
    there.append("192.0.2.1")
    assert found.look_up() == LookedUp(shared={"192.0.2.1": ["sw-1", "sw-3"]})
    assert (found.look_up(), list(found.shared)) == (LookedUp(), ["192.0.2.1"])
    assert {one.device for one in found.senders().known.values()} == {"sw-2"}
    found = Directory([ONE, replace(NAMED, trap_addresses=("192.0.2.1",))], TrapSettings())
    assert found.shared == {"192.0.2.1": ["sw-1", "sw-3"]}


def test_a_device_is_heard_by_the_address_that_it_has_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found: list[Directory] = []

    def resolver(host: str, *rest: object, **__: object) -> list[tuple[object, ...]]:
        if not found:
            raise socket.gaierror("no such name")
        return answers(host)

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    other = replace(ONE, trap_addresses=("192.0.2.3",))
    found.append(Directory([other, NAMED], TrapSettings()))
    changed = found[0].look_up()
    assert changed == LookedUp((NAMED,), {"192.0.2.3": ["sw-1", "sw-3"]})


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
