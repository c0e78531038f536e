"""Hosts, groups and defaults in Nornir's SimpleInventory format become devices.

What a host has is its own word, then that of its groups in order (each followed by its own
groups), then the defaults; `data` is inherited key by key. That is nornir's own rule.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar, cast

from automation.errors import Fault
from automation.inventory.document import Document, Key, names
from automation.inventory.models import entries
from automation.inventory.port_names import look_alike
from automation.inventory.schema import DefaultsRow, HostData, HostRow, Name, validate
from automation.model import Device, DeviceModel, Link, Platform, PortRole

T = TypeVar("T")
_NEEDED: Final = ("hostname", "role", "site", "model")


@dataclass(frozen=True, slots=True)
class Layer:
    """One place where a host's words may stand: the host, a group, or the defaults.

    A layer without `row` is faulty in itself: nobody is blamed for what it does not say.
    """

    name: str
    row: HostRow | DefaultsRow | None
    document: Document
    path: tuple[Key, ...] = ()

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups that this layer inherits from."""
        return cast("HostRow", self.row or {}).get("groups", ())

    @property
    def data(self) -> HostData:
        """What stands under `data`."""
        return (self.row or cast("HostRow", {})).get("data", {})

    def words(self) -> Iterator[tuple[str, Any, tuple[Key, ...]]]:
        """Yield each (key, value, path in the file) that this layer sets."""
        for key, value in (self.row or {}).items():
            if key != "data" and key != "groups" and value is not None:
                yield key, value, (*self.path, key)
        for key, value in self.data.items():
            yield key, value, (*self.path, "data", key)


@dataclass(frozen=True, slots=True)
class Word:
    """A value and the place it was read from."""

    value: Any
    document: Document
    path: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Host:
    """A host with everything inherited, before it is checked against models and platforms.

    It is `whole` when all that it inherits from is there and without fault.
    """

    name: str
    estate: str
    words: Mapping[str, Word]
    groups: tuple[str, ...]
    document: Document
    whole: bool


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups there are, and by name the groups each inherits from.

    A faulty group is there too, with nothing to inherit: no host is blamed for naming it.
    """

    layers: Mapping[str, Layer]
    parents: Mapping[str, tuple[str, ...]]

    def extended(self, own: Iterable[str]) -> tuple[str, ...]:
        """Return `own` groups and all they inherit from, in nornir's order, each once."""
        found: dict[str, None] = {}
        for name in own:
            found[name] = None
            found.update(dict.fromkeys(self.extended(self.parents.get(name, ()))))
        return tuple(found)


def read_groups(document: Document | None, faults: list[Fault]) -> Groups:
    """Return the groups in `document`; unknown parents and circles are faults."""
    if document is None:
        return Groups({}, {})
    layers: dict[str, Layer] = {}
    for name, value in entries(document, faults).items():
        row = validate(HostRow, {} if value is None else value, document, (name,), faults)
        layers[name] = Layer(name, row, document, (name,))
    parents = {name: layer.groups for name, layer in layers.items()}
    straight = dict(parents)
    for name, own in parents.items():
        faults.extend(_unknown_groups(document, name, own, layers))
        straight[name] = tuple(parent for parent in own if parent in layers)
        if _circular(name, parents):
            what = f"group {name} inherits from itself; expected groups without a circle"
            faults.append(document.fault(what, name, "groups"))
            straight[name] = ()
    return Groups(layers, straight)


def read_defaults(document: Document | None, faults: list[Fault]) -> Layer | None:
    """Return the defaults as the last layer of every host."""
    if document is None:
        return None
    row = validate(DefaultsRow, document.value, document, (), faults)
    return Layer("defaults", row, document)


def read_hosts(
    documents: Mapping[str, Document | None],
    groups: Groups | None,
    defaults: Layer | None,
    faults: list[Fault],
) -> list[Host]:
    """Return the hosts of all estates; `documents` are their files by estate.

    Without `groups` (their file cannot be read) no host is blamed for naming one.
    """
    found: list[Host] = []
    first: dict[str, str] = {}
    for estate, document in documents.items():
        if document is None:
            continue
        for name, value in entries(document, faults).items():
            if name in first:
                what = f"duplicate host {name}; first written in {first[name]}"
                faults.append(document.fault(what, name))
                continue
            first[name] = f"{document.where}:{document.line(name)}"
            own = _own_layer(document, name, value, faults)
            if own is not None:
                found.append(_inherited(estate, own, groups, defaults, faults))
    return found


def _own_layer(document: Document, name: str, value: object, faults: list[Fault]) -> Layer | None:
    """Return what a host says itself, or None where that is faulty."""
    named = validate(Name, name, document, (name,), faults)
    row = validate(HostRow, {} if value is None else value, document, (name,), faults)
    return None if named is None or row is None else Layer(name, row, document, (name,))


def _inherited(
    estate: str, own: Layer, groups: Groups | None, defaults: Layer | None, faults: list[Fault]
) -> Host:
    """Return the host with every word of its layers, the nearest layer's first."""
    layers = [own]
    extended: tuple[str, ...] = ()
    if groups is not None:
        faults.extend(_unknown_groups(own.document, own.name, own.groups, groups.layers))
        extended = groups.extended(name for name in own.groups if name in groups.layers)
        layers.extend(groups.layers[name] for name in extended)
    if defaults is not None:
        layers.append(defaults)
    words: dict[str, Word] = {}
    for layer in layers:
        for key, value, path in layer.words():
            words.setdefault(key, Word(value, layer.document, path))
    whole = all(layer.row is not None for layer in layers) and set(own.groups) <= set(extended)
    return Host(own.name, estate, words, extended, own.document, whole)


def _unknown_groups(
    document: Document, name: str, own: Iterable[str], known: Collection[str]
) -> Iterator[Fault]:
    for index, group in enumerate(own):
        if group not in known:
            what = f"unknown group {group!r}; there are: {names(known)}"
            yield document.fault(what, name, "groups", index)


def _circular(name: str, parents: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether a group is among its own ancestors."""
    seen: set[str] = set()
    waiting = list(parents[name])
    while waiting:
        parent = waiting.pop()
        if parent == name:
            return True
        if parent not in seen:
            seen.add(parent)
            waiting.extend(parents.get(parent, ()))
    return False


def devices(
    hosts: Iterable[Host],
    models: Mapping[str, DeviceModel],
    declared: Collection[str] | None,
    platforms: Mapping[str, Platform],
    faults: list[Fault],
) -> dict[str, Device]:
    """Return the devices that are whole; every other host has at least one fault.

    `declared` are the names written in models.yaml, also of models that are faulty themselves:
    a host is not blamed for those. None: that file cannot be read.
    """
    found: dict[str, Device] = {}
    reported: dict[Fault, None] = {}
    for host in hosts:
        wrong = list(_host_faults(host, models, declared, platforms))
        reported.update(dict.fromkeys(wrong))
        model = models.get(_value(host, "model", ""))
        if not wrong and model is not None and host.words.keys() >= set(_NEEDED):
            found[host.name] = _device(host, model)
    faults.extend(reported)
    faults.extend(_shared_addresses(hosts))
    return found


def _value(host: Host, key: str, otherwise: T) -> T:
    """Return the host's word for `key`; the schema has checked that it is of the same type."""
    word = host.words.get(key)
    return otherwise if word is None else cast("T", word.value)


def _device(host: Host, model: DeviceModel) -> Device:
    return Device(
        name=host.name,
        estate=host.estate,
        role=host.words["role"].value,
        site=host.words["site"].value,
        platform=model.platform,
        model=model,
        address=host.words["hostname"].value,
        port=_value(host, "port", 22),
        uplinks=_value(host, "uplinks", ()),
        credentials=_value(host, "credentials", "default"),
        jump=_value(host, "jump", None),
        crypto=_value(host, "crypto", "modern"),
        snmp=_value(host, "snmp", "default"),
        snmp_port=_value(host, "snmp_port", 161),
        links=_links(host),
        trap_addresses=_value(host, "trap_addresses", ()),
    )


def _links(host: Host) -> dict[str, Link]:
    written: Mapping[str, tuple[str, str]] = _value(host, "links", {})
    return {port: Link(*end) for port, end in written.items()}


def _host_faults(
    host: Host,
    models: Mapping[str, DeviceModel],
    declared: Collection[str] | None,
    platforms: Mapping[str, Platform],
) -> Iterator[Fault]:
    """Yield what is wrong with one host; an inherited word is blamed where it stands."""
    for key in _NEEDED:
        if key not in host.words and host.whole:
            place = "on the host" if key == "hostname" else "under data, here or in a group"
            what = f"host {host.name}: {key} is missing; expected it {place}"
            yield host.document.fault(what, host.name)
    word = host.words.get("model")
    if word is None:
        return
    model = models.get(word.value)
    if model is None:
        if declared is not None and word.value not in declared:
            what = f"unknown model {word.value!r}; there are: {names(declared)}"
            yield word.document.fault(what, *word.path)
        return
    platform = host.words.get("platform")
    if platform is not None and platform.value != model.platform:
        what = (
            f"host {host.name}: platform is {platform.value!r}, "
            f"but its model {model.name} is {model.platform}; expected the same"
        )
        yield host.document.fault(what, host.name)
    yield from _uplink_faults(host, model, platforms.get(model.platform))


def _uplink_faults(host: Host, model: DeviceModel, platform: Platform | None) -> Iterator[Fault]:
    word = host.words.get("uplinks")
    if word is None:
        return
    for index, port in enumerate(word.value):
        if port in model.uplinks:
            continue
        hint = look_alike(port, model.uplinks)
        what = f"{port!r} is not in the uplink range of model {model.name}; " + (
            f"write {hint}" if hint else f"expected one of {', '.join(model.uplinks) or 'none'}"
        )
        yield word.document.fault(what, *word.path, index)
    if word.value and platform is not None and PortRole.UPLINK not in platform.roles:
        what = f"platform {platform.name} does not declare role uplink"
        what += f"; expected one of {names(platform.roles)}"
        yield word.document.fault(what, *word.path)


def _shared_addresses(hosts: Iterable[Host]) -> Iterator[Fault]:
    """Yield a fault for each host that answers where another one already does."""
    first: dict[tuple[str, int], str] = {}
    for host in hosts:
        word = host.words.get("hostname")
        if word is None:
            continue
        port = _value(host, "port", 22)
        other = first.setdefault((word.value, port), host.name)
        if other != host.name:
            what = f"{word.value} port {port} is also the address of {other}"
            yield word.document.fault(f"{what}; expected one device each", *word.path)
