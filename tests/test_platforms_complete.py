"""One name, three shelves: what a platform declares has its templates and its cases.

A platform is a folder under `automation/platforms/`, one under `templates/` and one under
`tests/platforms/`. What is missing on a shelf, or stands there without need, is named here.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from automation import platforms
from automation.model import Platform
from automation.render.renderer import PORTS, UPLINKS

ROOT = Path(__file__).parents[1]
TEMPLATES = ROOT / "templates"
CASES = ROOT / "tests" / "platforms"


def _features(platform: Platform) -> set[str]:
    """Return the features that have one template each, not one a port role."""
    return {feature.name for feature in platform.grammar.features} - {PORTS, UPLINKS}


def _wanted_templates(platform: Platform) -> set[str]:
    """Return the templates that the platform's features and roles need."""
    ports = {f"{PORTS}/{role}.j2" for role in platform.roles}
    return ports | {f"{name}.j2" for name in _features(platform)}


def _wanted_cases(platform: Platform) -> set[str]:
    """Return the golden renderings that the platform's features and roles need at least."""
    return {f"{name}.cfg" for name in (*_features(platform), *platform.roles)}


def _files(folder: Path) -> set[str]:
    """Return the files below `folder`, as paths relative to it."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def _folders(shelf: Path) -> set[str]:
    """Return the folders on a shelf that hold something."""
    folders = (path for path in shelf.iterdir() if path.is_dir() and path.name != "__pycache__")
    return {path.name for path in folders if any(path.iterdir())}


def _faults(platform: Platform, templates: set[str], cases: set[str]) -> set[str]:
    """Return what the two other shelves lack, and what no feature and no role asks for."""
    wanted, golden = _wanted_templates(platform), _wanted_cases(platform)
    return (
        {f"templates: {name} is missing" for name in wanted - templates}
        | {f"templates: {name} is left over" for name in templates - wanted}
        | {f"tests: {name} is missing" for name in golden - cases}
    )


def _shelves(name: str) -> tuple[Platform, set[str], set[str]]:
    """Return what stands on the three shelves of one platform."""
    return platforms.get(name), _files(TEMPLATES / name), _files(CASES / name / "render")


def test_the_three_shelves_hold_the_same_names() -> None:
    assert _folders(TEMPLATES) == _folders(CASES) == set(platforms.names())


@pytest.mark.parametrize("name", platforms.names())
def test_a_platform_is_called_as_its_folder(name: str) -> None:
    assert platforms.get(name).name == name


@pytest.mark.parametrize("name", platforms.names())
def test_a_platform_is_complete(name: str) -> None:
    assert _faults(*_shelves(name)) == set()


@pytest.mark.parametrize("name", platforms.names())
def test_what_is_missing_or_left_over_is_named(name: str) -> None:
    platform, templates, cases = _shelves(name)
    assert _faults(
        platform, templates - {"system.j2"} | {"ports/kiosk.j2"}, cases - {"parked.cfg"}
    ) == {
        "templates: system.j2 is missing",
        "templates: ports/kiosk.j2 is left over",
        "tests: parked.cfg is missing",
    }
