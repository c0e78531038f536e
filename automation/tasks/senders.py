"""From the inventory's addresses to whom a notification comes from."""

from __future__ import annotations

import socket
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address

from automation.model import Device
from automation.snmp.traps import Sender, Senders
from automation.workspace import TrapSettings


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What a look-up has changed: devices that are heard from now on, and addresses shared since.

    `shared` names the devices of each; none of them is believed from there.
    """

    heard: tuple[Device, ...] = ()
    shared: Mapping[str, Sequence[str]] = field(default_factory=dict)


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

    @property
    def shared(self) -> Mapping[str, Sequence[str]]:
        """The addresses that belong to more than one device, and the names of those."""
        owners = self._owners().items()
        return {one: [device.name for device in own] for one, own in owners if len(own) > 1}

    def look_up(self) -> LookedUp:
        """Look the missing names up, which waits for DNS; return what that has changed."""
        missing, shared = self.missing, self.shared
        for device in missing:
            self._own[device.name] = _addresses(device.address)
        known = self.senders().known
        heard = [one for one in missing if any(own in known for own in self._own[one.name])]
        new = {one: names for one, names in self.shared.items() if names != shared.get(one)}
        return LookedUp(tuple(heard), new)

    def senders(self) -> Senders:
        """Return which device an address belongs to, and which belong to more than one."""
        owners = self._owners()
        extra = frozenset(self._settings.logins)
        known = {
            address: Sender(own[0].name, extra | {own[0].snmp})
            for address, own in owners.items()
            if len(own) == 1
        }
        shared = frozenset(owners) - frozenset(known)
        return Senders(known, shared, frozenset(self._settings.relays), extra)

    def _owners(self) -> Mapping[str, Sequence[Device]]:
        """Return the devices of each address."""
        found: dict[str, list[Device]] = defaultdict(list)
        for device in self._devices:
            for address in dict.fromkeys((*self._own.get(device.name, ()), *device.trap_addresses)):
                found[address].append(device)
        return found


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
