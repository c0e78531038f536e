"""From the inventory's addresses to whom a notification comes from."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from ipaddress import ip_address

from automation.model import Device
from automation.snmp.traps import Sender, Senders
from automation.workspace import TrapSettings


def resolved(devices: Iterable[Device]) -> tuple[Mapping[str, tuple[str, ...]], tuple[str, ...]]:
    """Return the addresses of each device by name, and what could not be resolved, in words.

    Names are looked up once, when the receiver starts: traps must not wait for DNS, and whoever
    spoofs an answer must not become a switch later.
    """
    found: dict[str, tuple[str, ...]] = {}
    doubts = []
    for device in devices:
        own = _literals(device.address)
        if not own:
            doubts.append(f"{device.name}: {device.address} has no address; its traps are unknown")
        found[device.name] = tuple(dict.fromkeys((*own, *device.trap_addresses)))
    return found, tuple(doubts)


def _literals(address: str) -> Sequence[str]:
    try:
        return [str(ip_address(address))]
    except ValueError:
        pass
    try:
        answers = socket.getaddrinfo(address, None, type=socket.SOCK_DGRAM)
    except OSError:
        return []
    return [str(ip_address(str(answer[4][0]).partition("%")[0])) for answer in answers]


def senders(
    devices: Iterable[Device], addresses: Mapping[str, Sequence[str]], settings: TrapSettings
) -> Senders:
    """Return which device an address belongs to, and which belong to more than one."""
    owners = Counter(address for own in addresses.values() for address in own)
    extra = frozenset(settings.logins)
    known = {
        address: Sender(device.name, extra | {device.snmp})
        for device in devices
        for address in addresses[device.name]
        if owners[address] == 1
    }
    shared = frozenset(address for address, count in owners.items() if count > 1)
    return Senders(known, shared, frozenset(settings.relays), extra)
