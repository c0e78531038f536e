"""From the inventory's addresses to whom a notification comes from."""

from __future__ import annotations

import socket
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from threading import Event, Lock, Thread
from typing import Final

from automation.model import Device
from automation.snmp.traps import Receiver, Sender, Senders, Stop
from automation.workspace import TrapSettings

_LOOK_UP: Final = 60.0
"""Seconds from one question for a name to the next."""
_AT_ONCE: Final = 64
"""Names that are looked up at a time; one whose servers do not answer takes many seconds."""
_PATIENCE: Final = 5.0
"""Seconds at the start that what arrives waits for the first answers; the kernel keeps it."""
_MOMENT: Final = 0.1


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What look-ups have changed: devices that are heard from now on, and addresses shared since.

    `shared` names the devices of each; none of them is believed from there. `missing` are devices
    whose names have no answer so far.
    """

    heard: tuple[Device, ...] = ()
    shared: Mapping[str, Sequence[str]] = field(default_factory=dict)
    missing: tuple[Device, ...] = ()


class Directory:
    """Which device an address belongs to; at first without those that have a name (`looking_up`).

    A name is looked up until there is an answer, and never again: whoever spoofs a later answer
    must not become a switch.
    """

    def __init__(self, devices: Iterable[Device], settings: TrapSettings) -> None:
        """Know the addresses that the inventory has; nothing waits for DNS."""
        self._settings = settings
        self._owners: dict[str, dict[str, Device]] = defaultdict(dict)
        self._missing: dict[str, Device] = {}
        for device in devices:
            for address in (*_literal(device.address), *device.trap_addresses):
                self._owners[address][device.name] = device
            if not _literal(device.address):
                self._missing[device.name] = device

    @property
    def missing(self) -> tuple[Device, ...]:
        """The devices whose names have had no answer: what they send is not theirs."""
        return tuple(self._missing.values())

    @property
    def shared(self) -> Mapping[str, Sequence[str]]:
        """The addresses that belong to more than one device, and the names of those."""
        return {one: sorted(own) for one, own in self._owners.items() if len(own) > 1}

    def answer(self, device: Device, addresses: Sequence[str]) -> LookedUp:
        """Take the answer for a missing name, none if it is empty; return what that has changed."""
        if not addresses:
            return LookedUp()
        del self._missing[device.name]
        new = {one for one in addresses if device.name not in self._owners[one]}
        for address in new:
            self._owners[address][device.name] = device
        owners = {one: self._owners[one] for one in addresses}
        return LookedUp(
            (device,) if any(len(own) == 1 for own in owners.values()) else (),
            {one: sorted(own) for one, own in owners.items() if one in new and len(own) > 1},
        )

    def senders(self) -> Senders:
        """Return which device an address belongs to, and which belong to more than one."""
        extra = frozenset(self._settings.logins)
        known = {
            address: Sender(device.name, extra | {device.snmp})
            for address, own in self._owners.items()
            if len(own) == 1
            for device in own.values()
        }
        shared = frozenset(self._owners) - frozenset(known)
        relays = frozenset(self._settings.relays)
        return Senders(known, shared, relays, extra, is_whole=not self._missing)


class _Names:
    """Looks names up beside the receiver, many at a time, each until there is an answer."""

    def __init__(
        self,
        directory: Directory,
        know: Callable[[Senders], None],
        tell: Callable[[LookedUp], None],
    ) -> None:
        self._directory = directory
        self._know = know
        self._tell = tell
        self._turn = Lock()
        """Whoever holds it may change the directory, and says what that means."""
        missing = directory.missing
        self._waiting = deque((0.0, one) for one in missing)
        """What to look up next, and from when on, in seconds of the steady clock."""
        self._untried = {one.name for one in missing}
        self._all_tried = Event()
        self._is_settled = False
        self._ended = Event()

    def begin(self) -> None:
        """Begin to look up; threads that hang in the resolver die with the process."""
        if not self._untried:
            self._all_tried.set()
        for _ in range(min(_AT_ONCE, len(self._untried))):
            Thread(target=self._look, name="names of senders", daemon=True).start()

    def settle(self, stop: Stop) -> None:
        """Wait until every name was asked for once, within reason; tell how it stands then."""
        ends = time.monotonic() + _PATIENCE
        while not stop.is_set() and time.monotonic() < ends and not self._all_tried.wait(_MOMENT):
            pass
        with self._turn:
            self._is_settled = True
            directory = self._directory
            self._say(LookedUp(shared=directory.shared, missing=directory.missing))

    def end(self) -> None:
        """Tell nothing more."""
        self._ended.set()

    def _look(self) -> None:
        """Look up what is next until nothing is: the rest is in the hands of other threads."""
        while True:
            try:
                due, device = self._waiting.popleft()
            except IndexError:
                return
            if self._ended.wait(max(0.0, due - time.monotonic())):
                return
            self._learn(device, looked_up(device.address))

    def _learn(self, device: Device, addresses: Sequence[str]) -> None:
        with self._turn:
            changed = self._directory.answer(device, addresses)
            if not addresses:
                self._waiting.append((time.monotonic() + _LOOK_UP, device))
            elif self._is_settled and not self._ended.is_set():
                self._say(changed)
            self._untried.discard(device.name)
            if not self._untried:
                self._all_tried.set()

    def _say(self, changed: LookedUp) -> None:
        """Have the receiver know what the directory says now, and tell what has changed."""
        self._know(self._directory.senders())
        if changed != LookedUp():
            self._tell(changed)


@contextmanager
def looking_up(
    directory: Directory, receiving: Receiver, tell: Callable[[LookedUp], None], stop: Stop
) -> Iterator[None]:
    """Look names up for the length of the block, beside the receiver: traps do not wait for DNS.

    The block begins when each name was asked for once, after some seconds at most; until then
    what arrives waits in the kernel. `tell` is called with what is missing and shared then, and
    from another thread with what changes later.
    """
    names = _Names(directory, receiving.know, tell)
    names.begin()
    names.settle(stop)
    try:
        yield
    finally:
        names.end()


def looked_up(name: str) -> Sequence[str]:
    """Return the addresses of a name; none where there is no answer, or no name could be so."""
    try:
        answers = socket.getaddrinfo(name, None, type=socket.SOCK_DGRAM)
    except (OSError, UnicodeError):
        return []
    found = (str(answer[4][0]).partition("%")[0] for answer in answers)
    return list(dict.fromkeys(str(ip_address(one)) for one in found))


def _literal(address: str) -> Sequence[str]:
    """Return an address as it is; nothing of a name."""
    try:
        return [str(ip_address(address))]
    except ValueError:
        return []
