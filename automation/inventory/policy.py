"""`policy.yaml`: what devices share; overlays for estate, role, site and device on top."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any, Final

from automation.errors import Fault
from automation.inventory.document import BAD, Document, Key, declared_names, names
from automation.inventory.models import entries
from automation.inventory.schema import PolicyRow, validate
from automation.model import Device, Policy

SECTIONS: Final = ("estates", "roles", "sites", "devices")
"""The overlays in the order in which they are merged; the last one wins."""
_NEEDED: Final = tuple(one.name for one in fields(Policy) if one.default_factory is MISSING)

Overlay = Mapping[str, Any]
Chain = tuple[tuple[tuple[Key, ...], Overlay], ...]


@dataclass(frozen=True, slots=True)
class Merged:
    """A policy, and where each of its keys was read."""

    policy: Policy
    origin: Mapping[str, tuple[Key, ...]]


@dataclass(frozen=True, slots=True)
class Policies:
    """The policy of each device by name; devices that share one share the object."""

    by_device: Mapping[str, Policy]
    distinct: tuple[Merged, ...]


def read_policies(
    document: Document,
    devices: Mapping[str, Device],
    known: Mapping[str, Collection[str]],
    faults: list[Fault],
) -> Policies:
    """Merge the overlays for each of `devices`.

    `known` are, by section, the names that an overlay may be for, those of faulty hosts too.
    A section that it does not hold is not checked.
    """
    overlays = _overlays(document, known, faults)
    shared: dict[tuple[tuple[Key, ...], ...], Merged | None] = {}
    by_device: dict[str, Policy] = {}
    absent: dict[str, list[str]] = {}
    for device in devices.values():
        chain = _chain(device, overlays)
        key = tuple(path for path, _ in chain)
        if key not in shared:
            shared[key] = _merged(chain)
        merged = shared[key]
        if merged is not None:
            by_device[device.name] = merged.policy
            continue
        for name in _missing(chain):
            absent.setdefault(name, []).append(device.name)
    if "common" in declared_names(document) and _readable(document):
        faults.extend(_absences(document, absent))
    return Policies(by_device, tuple(merged for merged in shared.values() if merged))


def _readable(document: Document) -> bool:
    """Whether every overlay could be read: else nobody knows what it would have given."""
    sections = [document.value.get(name) for name in SECTIONS]
    overlays = [
        one for section in sections if isinstance(section, dict) for one in section.values()
    ]
    return not any(part is BAD for part in (document.value.get("common"), *sections, *overlays))


def _overlays(
    document: Document, known: Mapping[str, Collection[str]], faults: list[Fault]
) -> dict[tuple[Key, ...], Overlay]:
    """Return the common policy and every overlay by its path in the file."""
    written = entries(document, faults)
    for name in written:
        if name not in ("common", *SECTIONS):
            what = f"unknown key {name}; expected common, {', '.join(SECTIONS)}"
            faults.append(document.fault(what, name))
    if "common" not in written:
        faults.append(document.fault("common is missing; expected what all devices share"))
    path: tuple[Key, ...] = ("common",)
    found = {path: _overlay(document, path, written.get("common", {}), faults)}
    for section in SECTIONS:
        for name, value in _section(document, section, written, faults).items():
            path = (section, name)
            if section in known and name not in known[section]:
                kind = section.removesuffix("s")
                what = f"overlay for unknown {kind} {name!r}; there are: {_some(known[section])}"
                faults.append(document.fault(what, *path))
            found[path] = _overlay(document, path, value, faults)
    return found


def _some(known: Iterable[str]) -> str:
    """Return a few names, and how many more there are."""
    every = sorted(known)
    more = f" and {len(every) - 12} more" if len(every) > 12 else ""
    return names(every[:12]) + more


def _section(
    document: Document, section: str, written: Mapping[str, object], faults: list[Fault]
) -> Mapping[str, object]:
    value = written.get(section)
    if value is None:
        return {}
    if not isinstance(value, dict) and value is not BAD:
        what = f"{section} is no mapping; expected overlays by name"
        faults.append(document.fault(what, section))
    return value if isinstance(value, dict) else {}


def _overlay(
    document: Document, path: tuple[Key, ...], value: object, faults: list[Fault]
) -> Overlay:
    row = validate(PolicyRow, {} if value is None else value, document, path, faults)
    if row is None:
        return _UnknownKeys(value) if isinstance(value, dict) else {}
    return row


class _UnknownKeys(dict[str, Any]):
    """An overlay with faults of its own: its keys count as given, its values do not."""


def _chain(device: Device, overlays: Mapping[tuple[Key, ...], Overlay]) -> Chain:
    """Return the overlays of one device in the order in which they are merged."""
    paths: tuple[tuple[Key, ...], ...] = (
        ("common",),
        ("estates", device.estate),
        ("roles", str(device.role)),
        ("sites", device.site),
        ("devices", device.name),
    )
    return tuple((path, overlays[path]) for path in paths if path in overlays)


def _missing(chain: Chain) -> tuple[str, ...]:
    """Return the keys that no overlay of `chain` gives."""
    given = {key for _, overlay in chain for key in overlay}
    return tuple(name for name in _NEEDED if name not in given)


def _merged(chain: Chain) -> Merged | None:
    """Return the merged policy, or None where a key is missing or an overlay is faulty."""
    if _missing(chain) or any(isinstance(overlay, _UnknownKeys) for _, overlay in chain):
        return None
    words: dict[str, Any] = {}
    origin: dict[str, tuple[Key, ...]] = {}
    for path, overlay in chain:
        for key, value in overlay.items():
            words[key] = {**words.get(key, {}), **value} if key == "vlan_names" else value
            origin[key] = (*path, key)
            if key == "vlan_names":
                origin.update({f"{key}.{vlan}": (*path, key, vlan) for vlan in value})
    return Merged(Policy(**words), origin)


def _absences(document: Document, absent: Mapping[str, list[str]]) -> Iterator[Fault]:
    for key, devices in absent.items():
        more = f" and {len(devices) - 1} more" if len(devices) > 1 else ""
        what = f"{key} is missing for {devices[0]}{more}; expected it in common or an overlay"
        yield document.fault(what, "common")
