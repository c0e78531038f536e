"""What a whole core router gets, and what must never be missing in it."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from automation import parse, platforms
from automation.drift import Engine, Seen
from automation.errors import DeviceError
from automation.model import DeviceIntent, IntendedConfig, PortIntent, Routing
from tests.platforms.cases import CASES, intent
from tests.platforms.frr.sample import ROUTING
from tests.platforms.test_render import renderer

HERE = Path(__file__).parent
FRR = platforms.get("frr")
FEATURES = [feature.name for feature in FRR.grammar.features]
PORTS = {"eth1": "interconnect", "eth2": "downlink", "eth3": "downlink", "eth4": "downlink"}


def port(name: str, role: str) -> PortIntent:
    return replace(next(case.port for case in CASES if case.name == role), name=name)


def core(routing: Routing = ROUTING) -> DeviceIntent:
    ports = [port(name, PORTS.get(name, "parked")) for name in ("eth1", "eth2", "eth3", "eth4")]
    return replace(intent("frr", [*ports, port("eth9", "uplink")]), routing=routing)


def config(made: DeviceIntent) -> IntendedConfig:
    return renderer("frr").config(made, FEATURES)


def text(made: DeviceIntent) -> str:
    return "".join(config(made).features.values())


def test_a_whole_router_is_the_one_on_disk() -> None:
    golden = HERE / "core.cfg"
    if os.environ.get("PORTVAKT_UPDATE_GOLDEN"):
        golden.write_text(text(core()), encoding="utf-8")
    assert text(core()) == golden.read_text(encoding="utf-8")


def test_no_neighbour_is_active_without_filters_in_both_directions() -> None:
    lines = [line.strip() for line in text(core()).splitlines()]
    active = [found[1] for line in lines if (found := re.fullmatch(r"(.+) activate", line))]
    assert len(active) == len(ROUTING.neighbours)
    for one in active:
        filters = [line for line in lines if line.startswith(f"{one} prefix-list ")]
        assert [line.rpartition(" ")[2] for line in filters] == ["in", "out"]
        assert max(map(lines.index, filters)) < lines.index(f"{one} activate")


def test_a_list_that_a_neighbour_names_is_there() -> None:
    """FRR takes the name of a list that there is not, and lets nothing through."""
    lines = text(core()).splitlines()
    named = {words[-2] for words in map(str.split, lines) if words[-1] in ("in", "out")}
    there = {words[2] for words in map(str.split, lines) if words[:2] == ["ip", "prefix-list"]}
    assert named == there


def test_a_system_that_announces_nothing_is_denied_all() -> None:
    assert "ip prefix-list PORTVAKT-TRANSIT seq 5 deny any\n" in text(core())


def test_a_parked_port_has_no_address() -> None:
    made = replace(core(), ports=(port("eth2", "parked"),))
    assert config(made).features["ports"] == "interface eth2\n description parked\n shutdown\n"


@pytest.mark.parametrize(
    ("shown", "wanted"),
    [
        ("interface eth1\n description x\n", ["interface eth1", " description y"]),
        ("", ["interface eth1", " description y"]),
    ],
)
def test_a_port_without_configuration_is_there_although_it_is_not_shown(
    shown: str, wanted: list[str]
) -> None:
    made = intent("frr", [port("eth1", "interconnect")])
    intended = IntendedConfig(made.device.name, {"ports": "interface eth1\n description y\n"}, "t")
    drift = Engine(FRR).compare(made.device, shown, intended, Seen())
    (stanza,) = drift.stanzas
    assert not drift.deferred
    assert [stanza.header, *(f" {line}" for line in stanza.lines)] == wanted
    assert stanza.undo_header == "interface eth1"
    assert stanza.undo == (("description x",) if shown else ("no description",))


@pytest.mark.parametrize(
    ("running", "wanted", "interrupts"),
    [
        ("neighbor 192.0.2.1 remote-as 1", "neighbor 192.0.2.1 remote-as 2", True),
        ("neighbor 192.0.2.1 remote-as 1", "neighbor 192.0.2.2 remote-as 1", True),
        ("no bgp default ipv4-unicast", "neighbor 192.0.2.1 remote-as 2", False),
        ("neighbor 192.0.2.1 description a", "neighbor 192.0.2.1 description b", False),
        ("bgp router-id 1.1.1.1", "bgp router-id 1.1.1.2", True),
    ],
)
def test_what_ends_a_session_is_told(running: str, wanted: str, interrupts: bool) -> None:
    made = intent("frr")
    head = "router bgp 65002\n "
    intended = IntendedConfig(made.device.name, {"bgp": f"{head}{wanted}\n"}, "t")
    drift = Engine(FRR).compare(made.device, f"{head}{running}\n", intended, Seen())
    assert [stanza.interrupts for stanza in drift.stanzas] == [interrupts]


SHOWN = """\
Interface eth0 is up, line protocol is up
  Link ups:       0    last: (never)
  vrf: default
  index 2 metric 0 mtu 1500 speed 10000
  HWaddr: 00:00:5e:00:53:01
  inet 192.0.2.2/24

Interface nosuch0 is down
  Link ups:       0    last: (never)
  vrf: default
  pseudo interface
Interface eth1 is down
  vrf: default
"""


def test_the_kernels_ports_are_told_from_those_of_the_configuration() -> None:
    assert parse.ports(FRR, SHOWN) == {"eth0", "eth1"}


@pytest.mark.parametrize("strange", ["% Unknown command: show interface", "eth9 is up"])
def test_ports_of_an_unknown_shape_are_not_none(strange: str) -> None:
    with pytest.raises(DeviceError, match="unknown shape"):
        parse.ports(FRR, f"{SHOWN}{strange}\n")


def test_a_secret_that_is_shown_in_clear_is_masked() -> None:
    reader = Engine(FRR).reader
    assert "s3cret" not in str(reader.read("router bgp 1\n neighbor 192.0.2.1 password s3cret\n"))
    assert "s3cret" not in str(reader.read("password s3cret\n"))
