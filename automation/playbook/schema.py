"""Playbooks: YAML with a schema, so that a mistake is named with its file and line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import ceil
from re import fullmatch
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from automation.errors import BadInput, Fault
from automation.inventory.document import Document, parsed
from automation.inventory.schema import STRICT, validate

_STEPS: Final = "`verify` or `apply: {features: all}` or `apply: {features: [a, b]}`"
_STOP: Final = "a count of devices, or a percentage of them in quotes or plain like 2%"


@dataclass(frozen=True, slots=True)
class Stop:
    """When a run stops: at so many devices that did not end well, or at a percentage."""

    count: int = 1
    percent: float | None = None

    def at(self, planned: int) -> int:
        """Return the count at which a run over `planned` devices stops; never less than 1."""
        if self.percent is None:
            return self.count
        return max(1, ceil(planned * self.percent / 100))


@dataclass(frozen=True, slots=True)
class Playbook:
    """Who gets it, what, and how carefully.

    `select` is a limit expression as for `-l`. `features` empty means all of the platform's.
    `change` is False for a playbook that only verifies. `waves` are device counts an estate,
    the last repeats; `verify` reads each wave's devices anew before the next one begins.
    `estates` gives their order; empty means all, by name. `selected_at` is where `select` stands
    in the file.
    """

    name: str
    about: str
    select: str
    change: bool
    features: tuple[str, ...] = ()
    waves: tuple[int, ...] = (1, 5, 25, 50)
    stop: Stop = field(default_factory=Stop)
    verify: bool = True
    estates: tuple[str, ...] = ()
    selected_at: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Known:
    """What a playbook may speak of: the features of all platforms, the inventory's estates."""

    features: frozenset[str]
    estates: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Step:
    """One step: `features` is None for a verification, empty for all."""

    features: tuple[str, ...] | None


def _step(value: object) -> _Step:
    match value:
        case "verify":
            return _Step(None)
        case {"apply": {"features": "all", **rest}, **more} if not rest and not more:
            return _Step(())
        case {"apply": {"features": tuple(names), **rest}, **more} if not rest and not more:
            if names and all(isinstance(name, str) for name in names):
                return _Step(names)
    raise ValueError(f"{_written(value)} is no step; expected {_STEPS}")


def _written(value: object) -> str:
    """Return a value as it could stand in the file, on one line."""
    match value:
        case dict():
            pairs = (f"{name}: {_written(inner)}" for name, inner in value.items())
            return f"{{{', '.join(pairs)}}}"
        case tuple():
            return f"[{', '.join(map(_written, value))}]"
        case None:
            return "an empty value"
        case bool():
            return str(value).lower()
    return str(value)


def _filled(text: str) -> str:
    if not text.strip():
        raise ValueError("empty; expected text")
    return text


def _ordered(steps: tuple[_Step, ...]) -> tuple[_Step, ...]:
    if len(steps) == 2 and (steps[0].features is None or steps[1].features is not None):
        found = ", ".join("verify" if one.features is None else "apply" for one in steps)
        raise ValueError(f"{found} is no order; expected an apply and then a verify")
    return steps


def _stop(value: object) -> Stop:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return Stop(value)
    if isinstance(value, str) and fullmatch(r"\d{1,2}(\.\d+)?%", value) and float(value[:-1]):
        return Stop(percent=float(value[:-1]))
    raise ValueError(f"{_written(value)} is no stop rule; expected {_STOP}")


_Filled = Annotated[str, AfterValidator(_filled)]


class _File(BaseModel):
    model_config = ConfigDict(**STRICT, frozen=True, arbitrary_types_allowed=True)

    name: _Filled
    about: _Filled
    select: _Filled
    steps: Annotated[
        tuple[Annotated[_Step, BeforeValidator(_step)], ...],
        Field(min_length=1, max_length=2),
        AfterValidator(_ordered),
    ]
    waves: Annotated[tuple[Annotated[int, Field(ge=1)], ...], Field(min_length=1)] = (1, 5, 25, 50)
    stop: Annotated[Stop, BeforeValidator(_stop)] = Stop()
    estates: tuple[str, ...] = ()


def parse(text: str, where: str, known: Known) -> Playbook:
    """Return the playbook in `text`; BadInput names every fault with its line in `where`."""
    faults: list[Fault] = []
    document = parsed(text, where, faults)
    file = None if document is None else validate(_File, document.value, document, (), faults)
    if document is not None and file is not None:
        faults += _strangers(document, file, known)
    if document is None or file is None or faults:
        raise BadInput(faults)
    features = next((one.features for one in file.steps if one.features is not None), None)
    return Playbook(
        name=file.name,
        about=file.about,
        select=file.select,
        change=features is not None,
        features=features or (),
        waves=file.waves,
        stop=file.stop,
        verify=any(one.features is None for one in file.steps),
        estates=file.estates,
        selected_at=f"{where}:{document.line('select')}",
    )


def _strangers(document: Document, file: _File, known: Known) -> Iterator[Fault]:
    """Yield a fault for each feature and each estate that there is not."""
    for step, one in enumerate(file.steps):
        for at, feature in enumerate(one.features or ()):
            if feature not in known.features:
                what = f"unknown feature {feature}; there are {', '.join(sorted(known.features))}"
                yield document.fault(what, "steps", step, "apply", "features", at)
    for at, estate in enumerate(file.estates):
        if estate not in known.estates:
            what = f"unknown estate {estate}; there are {', '.join(sorted(known.estates))}"
            yield document.fault(what, "estates", at)
