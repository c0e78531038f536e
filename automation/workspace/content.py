"""What ships with Portvakt, in a wheel as in a checkout: templates, playbooks, an example, more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from automation.model import canonical_json, digest
from automation.render import Templates

TEMPLATES: Final = "templates"
PLAYBOOKS: Final = "playbooks"
EXAMPLE: Final = "example"
_IN_CHECKOUT: Final[Mapping[str, str]] = {
    EXAMPLE: "inventory",
    "systemd": "docs/systemd",
    "grafana": "docs/grafana",
    "prometheus": "docs/prometheus",
}


def shipped(name: str) -> Traversable:
    """Return the shipped folder `name`: inside the wheel, or at the root of a checkout."""
    package = files("automation")
    inside = package / "_content" / name
    if inside.is_dir():
        return inside
    return Path(str(package)).parent / _IN_CHECKOUT.get(name, name)


def templates(platform: str, own: Path) -> Templates:
    """Return the templates of `platform`: those in the folder `own`, then the shipped ones.

    They are looked up file by file. The digest covers those that are used, by name and text.
    """
    sources = dict(_templates(shipped(TEMPLATES) / platform))
    sources.update(_templates(own / platform))
    return Templates(platform, sources, digest(canonical_json({"of": platform, **sources})))


def _templates(folder: Traversable) -> Iterable[tuple[str, str]]:
    """Yield name and text of each template in `folder`: `<feature>` and `ports/<role>`."""
    for inner, prefix in ((folder, ""), (folder / "ports", "ports/")):
        for file in _sorted(inner):
            if file.name.endswith(".j2"):
                yield prefix + file.name.removesuffix(".j2"), file.read_text(encoding="utf-8")


def playbooks(own: Path) -> Mapping[str, Traversable]:
    """Return every playbook by name: those in the folder `own`, then the shipped ones."""
    found = {
        file.name.removesuffix(".yaml"): file
        for folder in (shipped(PLAYBOOKS), own)
        for file in _sorted(folder)
        if file.name.endswith(".yaml")
    }
    return dict(sorted(found.items()))


def example() -> Iterable[tuple[str, str]]:
    """Yield path and text of each file of the example inventory."""
    yield from _example(shipped(EXAMPLE), "")


def _example(folder: Traversable, prefix: str) -> Iterable[tuple[str, str]]:
    """Yield path and text of the files in `folder` and below."""
    for file in _sorted(folder):
        path = f"{prefix}{file.name}"
        if file.is_dir():
            yield from _example(file, f"{path}/")
        else:
            yield path, file.read_text(encoding="utf-8")


def _sorted(folder: Traversable) -> list[Traversable]:
    """Return what is in `folder` by name; nothing if it is not there."""
    return sorted(folder.iterdir(), key=lambda one: one.name) if folder.is_dir() else []
