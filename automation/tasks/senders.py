"""From the inventory's addresses to whom a notification comes from."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Iterable, Sequence
from ipaddress import ip_address

from automation.model import Device
from automation.snmp.traps import Sender, Senders
from automation.workspace import TrapSettings


class Directory:
    """Which device an address belongs to.

    A name is looked up until there is an answer, and never again: whoever spoofs a later answer
    must not become a switch.
    """

    def __init__(self, devices: Iterable[Device], settings: TrapSettings) -> None:
        """Look all names up once; that waits for DNS."""
        self._devices = tuple(devices)
        self._settings = settings
        self._own: dict[str, Sequence[str]] = {}
        self.look_up()

    @property
    def missing(self) -> tuple[Device, ...]:
        """The devices whose names have had no answer: what they send is not theirs."""
        return tuple(one for one in self._devices if not self._own.get(one.name))

    def look_up(self) -> tuple[Device, ...]:
        """Look the missing names up, which waits for DNS; return the devices that are found."""
        before = self.missing
        for device in before:
            self._own[device.name] = _addresses(device.address)
        return tuple(one for one in before if self._own[one.name])

    def senders(self) -> Senders:
        """Return which device an address belongs to, and which belong to more than one."""
        addresses = {
            one.name: dict.fromkeys((*self._own[one.name], *one.trap_addresses))
            for one in self._devices
        }
        owners = Counter(address for own in addresses.values() for address in own)
        extra = frozenset(self._settings.logins)
        known = {
            address: Sender(device.name, extra | {device.snmp})
            for device in self._devices
            for address in addresses[device.name]
            if owners[address] == 1
        }
        shared = frozenset(address for address, count in owners.items() if count > 1)
        return Senders(known, shared, frozenset(self._settings.relays), extra)


def _addresses(address: str) -> Sequence[str]:
    """Return an address as it is, or those of a name; none where there is no answer."""
    try:
        return [str(ip_address(address))]
    except ValueError:
        pass
    try:
        answers = socket.getaddrinfo(address, None, type=socket.SOCK_DGRAM)
    except OSError:
        return []
    return [str(ip_address(str(answer[4][0]).partition("%")[0])) for answer in answers]
