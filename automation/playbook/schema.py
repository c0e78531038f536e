"""Playbooks: YAML with a schema, so that a mistake is named with its file and line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError

from automation.errors import BadInput, Fault


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
    `estates` gives their order; empty means all, by name.
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


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Apply(_Strict):
    features: list[str] | Literal["all"] = "all"


class _Step(_Strict):
    apply: _Apply


_Count = Annotated[int, Field(ge=1)]


class _File(_Strict):
    name: str
    about: str
    select: str
    steps: Annotated[list[_Step | Literal["verify"]], Field(min_length=1, max_length=2)]
    waves: Annotated[Sequence[_Count], Field(min_length=1)] = (1, 5, 25, 50)
    stop: _Count | Annotated[str, Field(pattern=r"^\d+(\.\d+)?%$")] = 1
    estates: Sequence[str] = ()


def parse(text: str, where: str) -> Playbook:
    """Return the playbook in `text`; BadInput names every fault with its line in `where`."""
    document = _document(text, where)
    try:
        file = _File.model_validate(_plain(document))
    except ValidationError as error:
        raise BadInput(_faults(error, document, where)) from error
    return _playbook(file, where, document)


def _document(text: str, where: str) -> CommentedMap:
    try:
        document = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise BadInput([Fault(where, str(error.problem), line)]) from error
    if not isinstance(document, CommentedMap):
        raise BadInput([Fault(where, "a playbook is a mapping with name, about, select, steps", 1)])
    return document


def _plain(value: object) -> object:
    if isinstance(value, CommentedMap):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, CommentedSeq):
        return [_plain(inner) for inner in value]
    return value


def _faults(error: ValidationError, document: CommentedMap, where: str) -> list[Fault]:
    """Return a fault a place: of the alternatives pydantic tried, the first says enough."""
    faults: dict[int, Fault] = {}
    for one in error.errors():
        line, key = _place(document, one["loc"])
        what = f"{key}: {one['msg'].lower()}, got {_shown(one['input'])}"
        faults.setdefault(line, Fault(where, what, line))
    return list(faults.values())


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


def _place(document: CommentedMap, path: tuple[int | str, ...]) -> tuple[int, str]:
    """Return the line and the dotted key that a validation path leads to.

    A path also holds the names of the alternatives that pydantic tried: they lead nowhere.
    """
    node: object = document
    line, names = 1, []
    for part in path:
        if isinstance(node, CommentedMap) and part in node:
            line, node = node.lc.key(part)[0] + 1, node[part]
        elif isinstance(node, CommentedSeq) and isinstance(part, int) and part < len(node):
            line, node = node.lc.item(part)[0] + 1, node[part]
        elif not _is_key(part):
            continue
        names.append(str(part))
    return line, ".".join(names)


def _is_key(part: int | str) -> bool:
    return isinstance(part, str) and part.isidentifier() and not part.startswith("_")


def _playbook(file: _File, where: str, document: CommentedMap) -> Playbook:
    applies = [step for step in file.steps if isinstance(step, _Step)]
    if len(file.steps) == 2 and (file.steps[1] != "verify" or not applies):
        line = document.lc.key("steps")[0] + 1
        raise BadInput([Fault(where, "steps: at most an apply and then verify", line)])
    features = applies[0].apply.features if applies else "all"
    percent = float(file.stop[:-1]) if isinstance(file.stop, str) else None
    return Playbook(
        name=file.name,
        about=file.about,
        select=file.select,
        change=bool(applies),
        features=() if isinstance(features, str) else tuple(features),
        waves=tuple(file.waves),
        stop=Stop(file.stop if isinstance(file.stop, int) else 1, percent),
        verify="verify" in file.steps,
        estates=tuple(file.estates),
    )
