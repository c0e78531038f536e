"""What a platform says about its language fits what its templates write and its device prints."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from string import Formatter

import pytest

from automation import platforms
from automation.devices.answers import judge
from automation.devices.steps import steps
from automation.drift import Engine, Seen
from automation.drift.block import canonical
from automation.drift.reader import Reader
from automation.model import DeviceIntent, IntendedConfig, Kind, PortRole, Rule, Verdict
from tests.platforms.cases import cases, intent, sample
from tests.platforms.test_render import PER_PORT, renderer
from tests.platforms.twin import switch

HERE = Path(__file__).parent
RULES = [(name, rule) for name in platforms.names() for rule in platforms.get(name).grammar.rules]
SAID = [
    (path.parent.name, *line.split(": ", 1))
    for path in sorted(HERE.glob("*/said.txt"))
    for line in path.read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
SPELLED = [
    (path.parent.name, *pair.split("=>\n"))
    for path in sorted(HERE.glob("*/spelled.txt"))
    for pair in path.read_text(encoding="utf-8").partition("\n")[2].split("----\n")
]


def whole(platform: str) -> DeviceIntent:
    """Return a device on which every case of the platform stands on a port of its own."""
    model = sample(platform).model
    free = {"ports": iter(model.access), "uplinks": iter(model.uplinks)}
    ports = tuple(replace(case.port, name=next(free[case.feature])) for case in cases(platform))
    return intent(platform, ports)


def config(platform: str, values: DeviceIntent) -> IntendedConfig:
    features = [feature.name for feature in platforms.get(platform).grammar.features]
    return renderer(platform).config(values, features)


def empty(platform: str, values: DeviceIntent) -> str:
    """Return the running configuration of a device that has its ports and nothing else."""
    header = platforms.get(platform).grammar.port_header
    return "".join(f"{header.format(name=port.name)}\n" for port in values.ports)


def groups(rule: Rule) -> set[str]:
    return set(re.compile(rule.match).groupindex) | {"line"}


@pytest.mark.parametrize(("platform", "rule"), RULES, ids=lambda value: getattr(value, "match", ""))
def test_a_rule_can_be_carried_out(platform: str, rule: Rule) -> None:
    named = {name for _, name, _, _ in Formatter().parse(rule.negate or "") if name}
    assert named <= groups(rule)
    assert rule.kind is not Kind.LIST or "ids" in groups(rule)
    assert ("ids" in groups(rule)) == (rule.ids is not None)
    assert not rule.keep_in_use or "ids" in groups(rule) or rule.kind is Kind.BLOCK
    assert rule.within is None or re.compile(rule.within)


@pytest.mark.parametrize("platform", platforms.names())
def test_every_group_of_secrets_is_there(platform: str) -> None:
    grammar = platforms.get(platform).grammar
    for pattern in (*grammar.secrets, *grammar.clear):
        assert "secret" in re.compile(pattern).groupindex, pattern


@pytest.mark.parametrize("platform", platforms.names())
def test_a_rendering_compared_with_itself_is_in_sync(platform: str) -> None:
    values = whole(platform)
    wanted = config(platform, values)
    running = "".join(wanted.features.values())
    found = Engine(platforms.get(platform)).compare(values.device, running, wanted)
    assert found.stanzas == ()
    assert set(found.verdicts.values()) == {Verdict.IN_SYNC}


@pytest.mark.parametrize("platform", platforms.names())
def test_every_block_that_is_sent_enters_a_declared_mode(platform: str) -> None:
    values = whole(platform)
    wanted = config(platform, values)
    found = Engine(platforms.get(platform)).compare(
        values.device, empty(platform, values), wanted, Seen()
    )
    assert not found.deferred
    lines = [step.line for step in steps(found.stanzas, platforms.get(platform).cli)]
    rendered = [line.strip() for text in wanted.features.values() for line in text.splitlines()]
    assert len(lines) > len(values.ports)
    assert set(_single(platform, rendered)) <= set(lines)


def _single(platform: str, lines: list[str]) -> Iterator[str]:
    """Yield the lines that are sent as they stand: lists may be cut into several lines."""
    lists = [rule.match for rule in platforms.get(platform).grammar.rules if rule.ids]
    for line in lines:
        if not any(re.fullmatch(pattern, line) for pattern in lists):
            yield line


@pytest.mark.parametrize("platform", platforms.names())
def test_features_that_hold_ports_own_nothing_else(platform: str) -> None:
    for feature in platforms.get(platform).grammar.features:
        assert bool(feature.owns) == (feature.name not in PER_PORT)


@pytest.mark.parametrize("platform", platforms.names())
def test_customers_are_served_only_where_addresses_are_watched(platform: str) -> None:
    one = platforms.get(platform)
    watched = any(feature.name == "dhcp_snooping" for feature in one.grammar.features)
    assert (PortRole.CUSTOMER in one.roles) == watched == (one.cli.bindings is not None)


@pytest.mark.parametrize(("platform", "shown", "written"), SPELLED)
def test_what_the_device_shows_reads_as_what_we_write(
    platform: str, shown: str, written: str
) -> None:
    reader = Reader(platforms.get(platform).grammar)
    assert canonical(reader.read(shown)) == canonical(reader.read(written))
    assert shown != written


@pytest.mark.parametrize("platform", platforms.names())
def test_the_last_line_of_a_configuration_is_the_one_that_a_device_prints(platform: str) -> None:
    one = platforms.get(platform)
    *_, last = switch(one).enter(one.cli.fetch).split()
    assert one.cli.fetch_end is not None
    assert re.fullmatch(one.cli.fetch_end, last)


@pytest.mark.parametrize(("platform", "verdict", "text"), SAID)
def test_what_the_device_says_is_understood(platform: str, verdict: str, text: str) -> None:
    assert understood(platform, text) == verdict


@pytest.mark.parametrize(
    ("platform", "text"),
    [(platform, text) for platform, verdict, text in SAID if verdict == "refused"],
)
def test_a_refusal_is_known_where_text_is_expected(platform: str, text: str) -> None:
    known = judge(platforms.get(platform).cli).refused(["hostname sw", text])
    assert known == ("" if text.startswith("!") else text)


@pytest.mark.parametrize("platform", sorted({platform for platform, _, _ in SAID}))
def test_text_that_nobody_has_seen_is_a_refusal(platform: str) -> None:
    assert understood(platform, "The moon is in the wrong house.") == "refused"


def understood(platform: str, text: str) -> str:
    """Return what the session makes of one line of text after a configuration line."""
    said = judge(platforms.get(platform).cli)
    if said.is_noise(text):
        return "noise"
    if said.is_unauthorised(text):
        return "unauthorised"
    if said.is_busy(text):
        return "busy"
    return "refused" if said.complaint([text]) else "accepted"
