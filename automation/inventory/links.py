"""What hosts say of each other: where uplinks end, and whose address traps come from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from automation.errors import Fault
from automation.inventory.hosts import Host, Word
from automation.inventory.port_names import look_alike
from automation.model import Device

_End = tuple[str, str]


def link_faults(hosts: Collection[Host], devices: Mapping[str, Device]) -> Iterator[Fault]:
    """Yield what is wrong with the links of `hosts`; a host that is faulty itself is not blamed."""
    known = {host.name for host in hosts}
    taken: dict[_End, _End] = {}
    for host in hosts:
        word = host.words.get("links")
        device = devices.get(host.name)
        if word is None or device is None:
            continue
        for port, end in word.value.items():
            lower = (host.name, port)
            for what in _end_faults(device, port, end, known, devices):
                yield word.document.fault(f"host {host.name}: {what}", *word.path, port)
            other = taken.setdefault(end, lower)
            if other != lower:
                what = f"{' '.join(end)} is also where {' '.join(other)} ends"
                yield word.document.fault(f"host {host.name}: {what}", *word.path, port)


def _end_faults(
    device: Device, port: str, end: _End, known: Collection[str], devices: Mapping[str, Device]
) -> Iterator[str]:
    """Yield what is wrong with one link."""
    if port not in device.uplinks:
        there = ", ".join(device.uplinks) or "none"
        yield f"{port!r} is not one of its uplinks in use; they are: {there}"
    above, above_port = end
    if above == device.name:
        yield "a link that ends where it begins; expected another device"
    elif above not in known:
        yield f"unknown device {above!r}; leave a link out that ends outside of the inventory"
    elif above in devices:
        model = devices[above].model
        names = (*model.access, *model.uplinks)
        if above_port not in names:
            hint = look_alike(above_port, names)
            write = f"; write {hint}" if hint else ""
            yield f"{above} is a {model.name} and has no port {above_port!r}{write}"


def trap_address_faults(hosts: Iterable[Host]) -> Iterator[Fault]:
    """Yield a fault for each address that says of two hosts that traps are theirs."""
    owners: dict[str, str] = {}
    further: list[tuple[Host, Word]] = []
    for host in hosts:
        if "hostname" in host.words:
            owners.setdefault(host.words["hostname"].value, host.name)
        if "trap_addresses" in host.words:
            further.append((host, host.words["trap_addresses"]))
    for host, word in further:
        for index, address in enumerate(word.value):
            other = owners.setdefault(address, host.name)
            if other != host.name:
                what = f"host {host.name}: {address} is an address of {other}"
                yield word.document.fault(f"{what}; expected one device each", *word.path, index)
