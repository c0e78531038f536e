"""Every role and feature of every platform against its rendering on disk, and what all of them
must hold. `PORTVAKT_UPDATE_GOLDEN=1` writes the renderings anew; read the diff before you commit.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from automation import platforms
from automation.model import PortRole
from automation.render import Renderer, Templates
from tests.platforms.cases import CASES, Sample, cases, intent, port_intent, sample, switches

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PER_PORT = ("ports", "uplinks")


@cache
def renderer(platform: str) -> Renderer:
    folder = ROOT / "templates" / platform
    sources = {
        path.relative_to(folder).with_suffix("").as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*.j2"))
    }
    return Renderer(Templates(platform, sources, "digest"))


@cache
def rendered(platform: str, name: str) -> str:
    """Return the text of a base feature or of a port case, a port always as a block.

    Where the platform writes a port as one line, its words are the lines of the block.
    """
    header = sample(platform).one_line
    text = printed(platform, name)
    return _spread(header, text) if header else text


def _spread(header: str, text: str) -> str:
    """Return each line that begins with `header` as that header, and a line a word below it."""
    spread: list[str] = []
    for line in text.splitlines():
        found = re.match(header, line)
        words = line[found.end() :].split() if found else []
        spread += [found[0] if found else line, *(f" {word}" for word in words)]
    return "".join(f"{line}\n" for line in spread)


@cache
def printed(platform: str, name: str) -> str:
    """Return the text as it stands on disk."""
    case = next((case for case in CASES if case.name == name), None)
    feature = case.feature if case else name
    values = port_intent(platform, case) if case else intent(platform)
    return renderer(platform).config(values, [feature]).features[feature]


def base_features(platform: str) -> tuple[str, ...]:
    every = (feature.name for feature in platforms.get(platform).grammar.features)
    return tuple(name for name in every if name not in PER_PORT)


def _names(platform: str) -> tuple[str, ...]:
    return (*base_features(platform), *(case.name for case in cases(platform)))


EVERY = [(platform, name) for platform in platforms.names() for name in _names(platform)]
PORTS = [(platform, case.name) for platform in platforms.names() for case in cases(platform)]
IN_VLANS = [(platform, name) for platform, name in PORTS if platform in switches()]
CUSTOMERS = [(platform, name) for platform, name in PORTS if name.startswith("customer")]


@pytest.mark.parametrize(("platform", "name"), EVERY)
def test_rendering_is_the_one_on_disk(platform: str, name: str) -> None:
    golden = HERE / platform / "render" / f"{name}.cfg"
    text = printed(platform, name)
    if os.environ.get("PORTVAKT_UPDATE_GOLDEN"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("platform", platforms.names())
def test_renderings_on_disk_are_those_of_the_declared_roles_and_features(platform: str) -> None:
    on_disk = {path.stem for path in (HERE / platform / "render").glob("*.cfg")}
    assert on_disk == set(_names(platform))


@pytest.mark.parametrize("platform", platforms.names())
def test_every_declared_role_has_a_case_and_a_template_and_no_other_role_has(platform: str) -> None:
    declared = platforms.get(platform).roles
    templates = {
        PortRole(path.stem) for path in (ROOT / "templates" / platform / "ports").iterdir()
    }
    assert {case.port.role for case in cases(platform)} == declared == templates


@pytest.mark.parametrize(("platform", "name"), EVERY)
def test_rendering_is_printable_ascii(platform: str, name: str) -> None:
    assert re.fullmatch(r"(?:[\x20-\x7e]*\n)*", printed(platform, name))


@pytest.mark.parametrize(("platform", "name"), EVERY)
def test_no_line_stands_twice_in_its_block(platform: str, name: str) -> None:
    for header, body in blocks(rendered(platform, name)):
        assert len(body) == len(set(body)), header


@pytest.mark.parametrize(("platform", "name"), EVERY)
def test_every_line_is_owned_by_its_feature(platform: str, name: str) -> None:
    assert not foreign(platform, name, rendered(platform, name))


@pytest.mark.parametrize("platform", platforms.names())
def test_a_line_of_another_feature_is_found(platform: str) -> None:
    names = base_features(platform)
    for name, other in ((one, two) for one in names for two in names if one != two):
        assert foreign(platform, name, rendered(platform, other))


@pytest.mark.parametrize(("platform", "name"), IN_VLANS)
def test_port_is_safe(platform: str, name: str) -> None:
    assert not exposed(sample(platform), rendered(platform, name))


@pytest.mark.parametrize(("platform", "name"), CUSTOMERS)
def test_customer_port_has_every_protection(platform: str, name: str) -> None:
    assert not unprotected(sample(platform), rendered(platform, name))


@pytest.mark.parametrize(("platform", "name"), CUSTOMERS)
def test_a_customer_port_without_one_of_its_protections_is_found(platform: str, name: str) -> None:
    one = sample(platform)
    for word, pattern in one.protections.items():
        bare = without(rendered(platform, name), pattern)
        assert word in unprotected(one, bare)


@pytest.mark.parametrize(("platform", "name"), PORTS)
def test_a_trunk_without_what_it_needs_is_found(platform: str, name: str) -> None:
    one, text = sample(platform), rendered(platform, name)
    trunk = any(re.fullmatch(one.trunk, line.strip()) for line in text.splitlines())
    for pattern in one.trunk_needs:
        assert bool(exposed(one, without(text, pattern))) == trunk


@pytest.mark.parametrize(("platform", "name"), IN_VLANS)
def test_a_port_in_vlan_one_is_found(platform: str, name: str) -> None:
    one, text = sample(platform), rendered(platform, name)
    untagged = r"(?:(?<=vlan )|(?<=tag=))(?:310|320|330|340|998|999|1101|2001)$"
    worse = re.sub(untagged + r"|(?<=trunks=)\d+", "1", text, flags=re.M)
    assert worse != text
    assert exposed(one, worse)


@pytest.mark.parametrize("platform", switches())
@pytest.mark.parametrize("name", ["parked", "reserved", "suspended"])
def test_a_port_without_service_is_shut_in_the_parking_vlan(platform: str, name: str) -> None:
    one, lines = sample(platform), [line.strip() for line in rendered(platform, name).splitlines()]
    vlans = [found["id"] for line in lines if (found := re.fullmatch(one.access, line))]
    assert any(re.fullmatch(one.shut, line) for line in lines)
    assert vlans == ["999"]


@pytest.mark.parametrize(("platform", "name"), PORTS)
def test_a_port_with_service_is_not_shut(platform: str, name: str) -> None:
    one, lines = sample(platform), [line.strip() for line in rendered(platform, name).splitlines()]
    shut = any(re.fullmatch(one.shut, line) for line in lines)
    assert shut == (name in ("parked", "reserved", "suspended"))


def blocks(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each top-level header and the lines below it, indentation kept."""
    header, body = "", list[str]()
    for line in text.splitlines():
        if line.startswith(" "):
            body.append(line)
            continue
        if header:
            yield header, body
        header, body = line, []
    if header:
        yield header, body


def foreign(platform: str, name: str, text: str) -> list[str]:
    """Return the top-level lines that the feature of `name` does not own."""
    grammar = platforms.get(platform).grammar
    case = next((case for case in CASES if case.name == name), None)
    owns = {feature.name: feature.owns for feature in grammar.features}
    tops = [header for header, _ in blocks(text)]
    if case:
        values = port_intent(platform, case)
        own = {grammar.port_header.format(name=port.name) for port in values.ports}
        return [top for top in tops if top not in own]
    return [top for top in tops if not any(re.match(pattern, top) for pattern in owns[name])]


def without(text: str, pattern: str) -> str:
    kept = (line for line in text.splitlines() if not re.fullmatch(pattern, line.strip()))
    return "".join(f"{line}\n" for line in kept)


def exposed(one: Sample, text: str) -> list[str]:
    """Return what lets untagged traffic into VLAN 1 or carries VLANs that nobody asked for."""
    faults = []
    for header, body in blocks(text):
        lines = [line.strip() for line in body]
        faults += [line for line in lines for bad in one.vlan_one if re.fullmatch(bad, line)]
        if any(re.fullmatch(one.trunk, line) for line in lines):
            needs = (need for need in one.trunk_needs if not _has(lines, need))
            faults += [f"{header}: trunk without {need}" for need in needs]
        elif not _has(lines, one.access):
            faults.append(f"{header}: neither a trunk nor in a VLAN")
    return faults


def unprotected(one: Sample, text: str) -> list[str]:
    """Return the words of the protections that a customer port lacks."""
    lines = [line.strip() for line in text.splitlines()]
    return [word for word, pattern in one.protections.items() if not _has(lines, pattern)]


def _has(lines: list[str], pattern: str) -> bool:
    return any(re.fullmatch(pattern, line) for line in lines)
