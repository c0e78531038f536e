"""Host keys as devices show them now, against those that were accepted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from automation.devices import HostKey, HostKeys, Scanned, Target, scan
from automation.devices.deadline import Deadline
from automation.devices.hostkeys import host_names
from automation.devices.ssh import Dial, direct
from automation.devices.wire import Stream
from automation.errors import CredentialError, HostKeyError, Unreachable
from automation.model import Device
from automation.playbook import Network


class State(StrEnum):
    """What a device's key is to us."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    CHANGED = "changed"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Key:
    """What one device showed, and what that is to us."""

    found: Scanned
    state: State

    @property
    def answered(self) -> bool:
        """Whether the device showed a key at all."""
        return self.state is not State.UNREACHABLE

    @property
    def well(self) -> bool:
        """Whether the key is known, or only waits for somebody to accept it."""
        return self.state in (State.KNOWN, State.UNKNOWN)

    def row(self) -> dict[str, object]:
        """Return it as a row."""
        target = self.found.target
        return {
            "device": target.name,
            "address": target.address,
            "port": target.port,
            "state": self.state.value,
            "type": self.found.kind,
            "fingerprint": self.found.fingerprint if self.answered else "",
            "error": self.found.error,
        }


def targets(network: Network, names: Sequence[str], limit: str) -> Iterator[Target]:
    """Yield the devices and jump hosts by `names`, or without one the devices of `limit`."""
    for place, _ in _places(network, names, limit):
        yield place


def scanned(network: Network, names: Sequence[str], limit: str) -> tuple[Key, ...]:
    """Ask for the host keys, through jump hosts where there are any."""
    places = _places(network, names, limit)
    found = scan([(target, _way(network, via)) for target, via in places])
    return tuple(Key(one, _state(network.host_keys, one)) for one in found)


def _places(
    network: Network, names: Sequence[str], limit: str
) -> Iterator[tuple[Target, str | None]]:
    """Yield targets, each with the name of its jump host if it has one."""
    jumps = network.workspace.settings.jumps
    for name in names:
        if name in jumps:
            yield Target(name, jumps[name].address, jumps[name].port), None
    devices = [name for name in names if name not in jumps]
    if devices or not names:
        yield from map(_place, network.select(",".join(devices) or limit))


def _place(device: Device) -> tuple[Target, str | None]:
    return Target.of(device), device.jump


def _way(network: Network, via: str | None) -> Dial:
    if via is None:
        return direct
    try:
        return network.jumps.through(network.credentials.jump(via))
    except CredentialError as error:
        return _no_way(via, str(error))


def _no_way(via: str, why: str) -> Dial:
    """Return a way on which nobody is reached: a jump host without login stops only its own."""

    def dial(target: Target, deadline: Deadline) -> Stream:
        raise Unreachable(f"{target}: not reached through {via}: {why}")

    return dial


def _state(known: HostKeys, found: Scanned) -> State:
    if found.error:
        return State.UNREACHABLE
    try:
        known.check(found.target, found.kind, found.key)
    except HostKeyError:
        return State.CHANGED if known.kinds(found.target) else State.UNKNOWN
    return State.KNOWN


def trust(known: HostKeys, keys: Iterable[Key]) -> None:
    """Write keys down as accepted, all at once."""
    known.accept_all(
        HostKey(",".join(host_names(one.found.target)), one.found.kind, one.found.key)
        for one in keys
    )
