"""`models.yaml`: device models, their ports written as ranges."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import product
from typing import Final

from automation.errors import Fault
from automation.inventory.document import Document, names
from automation.inventory.schema import ModelRow, validate
from automation.model import DeviceModel, Platform

_MOST: Final = 1024
"""More ports than any switch has: a range beyond it is a slip of the finger."""
_RANGE: Final = re.compile(r"\{(0|[1-9][0-9]{0,4})-(0|[1-9][0-9]{0,4})\}")
_PART: Final = re.compile(r"[A-Za-z0-9./:-]*")


def read_models(
    document: Document, platforms: Mapping[str, Platform], faults: list[Fault]
) -> dict[str, DeviceModel]:
    """Return the models of `document` by name; faulty ones are left out and reported."""
    found: dict[str, DeviceModel] = {}
    for name, value in entries(document, faults).items():
        row = validate(ModelRow, value, document, (name,), faults)
        if row is None:
            continue
        before = len(faults)
        model = DeviceModel(
            name=name,
            platform=row.platform,
            access=_ports(document, name, "access", row.access, faults),
            uplinks=_ports(document, name, "uplinks", row.uplinks, faults),
            traits=frozenset(row.traits),
        )
        faults.extend(_faults(document, model, platforms))
        if len(faults) == before:
            found[name] = model
    return found


def entries(document: Document, faults: list[Fault]) -> dict[str, object]:
    """Return the top-level entries of `document`, whose names have to be text."""
    for name in document.value:
        if not isinstance(name, str):
            faults.append(document.fault(f"{name} is a number; write the name in quotes", name))
    return {name: value for name, value in document.value.items() if isinstance(name, str)}


def expand(pattern: str) -> tuple[str, ...]:
    """Return the port names of `pattern`; `{1-48}` counts, and several ranges multiply.

    Raises:
        ValueError: the pattern is no port name or range, or gives more ports than a switch has.
    """
    parts = _RANGE.split(pattern)
    if not pattern or not all(_PART.fullmatch(part) for part in parts[::3]):
        raise ValueError(f"{pattern!r} is no port range; expected such as Ethernet1/{{1-48}}")
    counts: list[Iterable[int]] = []
    size = 1
    for low, high in zip(parts[1::3], parts[2::3], strict=True):
        if int(low) > int(high):
            raise ValueError(f"{pattern!r} counts down; expected {{{high}-{low}}}")
        size *= int(high) - int(low) + 1
        if size > _MOST:
            raise ValueError(f"{pattern!r} is more than {_MOST} ports; expected one switch")
        counts.append(range(int(low), int(high) + 1))
    return tuple(_joined(parts[::3], numbers) for numbers in product(*counts))


def _joined(texts: list[str], numbers: tuple[int, ...]) -> str:
    return texts[0] + "".join(f"{n}{text}" for n, text in zip(numbers, texts[1:], strict=True))


def _ports(
    document: Document, model: str, key: str, patterns: tuple[str, ...], faults: list[Fault]
) -> tuple[str, ...]:
    """Return the ports of all `patterns`; each may be named once."""
    found: dict[str, None] = {}
    for index, pattern in enumerate(patterns):
        try:
            ports = expand(pattern)
        except ValueError as error:
            faults.append(document.fault(f"{key}: {error}", model, key, index))
            continue
        if twice := [port for port in ports if port in found]:
            what = f"{key}: {twice[0]} is named twice; expected each port once"
            faults.append(document.fault(what, model, key, index))
        found.update(dict.fromkeys(ports))
    return tuple(found)


def _faults(
    document: Document, model: DeviceModel, platforms: Mapping[str, Platform]
) -> Iterable[Fault]:
    """Yield what is wrong with the model as a whole."""
    if model.platform not in platforms:
        what = f"unknown platform {model.platform!r}; there are: {names(platforms)}"
        yield document.fault(what, model.name, "platform")
    if both := [port for port in model.uplinks if port in frozenset(model.access)]:
        what = f"{both[0]} is both access and uplink; expected one of the two"
        yield document.fault(what, model.name, "uplinks")
    if not model.access and not model.uplinks:
        yield document.fault("no ports; expected access, uplinks or both", model.name)
