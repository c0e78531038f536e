"""`routing.yaml`: what a router gets from it, and every fault that can be made in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from automation.errors import BadInput
from automation.inventory import load
from automation.model import Neighbour, Platform, RoutedInterface, Routing, System
from tests.unit.inventory.test_faults import Case, cases, said_of

MORE: Final[Mapping[str, str]] = {
    "city/hosts.yaml": """\
r-1:
  hostname: 192.0.2.101
  groups: [router]
  data: {site: varvet}
""",
    "mkb/hosts.yaml": """\
r-2:
  hostname: 192.0.2.102
  groups: [router]
  data: {site: varvet}
""",
    "groups.yaml": """\
router:
  data: {role: core, model: r3}
""",
    "models.yaml": """\
r3:
  platform: os_r
  access: ["eth{1-2}"]
  uplinks: [eth3]
""",
    "routing.yaml": """\
systems:
  city: {asn: 65001, prefixes: [10.11.0.0/16, 10.12.0.0/16]}
  mkb: {asn: 65002, prefixes: [10.21.0.0/16]}
  transit: {asn: 64496}
routers:
  r-1:
    router_id: 203.0.113.1
    interfaces:
      lo: {addresses: [203.0.113.1/32], area: 0, passive: true}
      eth1: {addresses: [10.9.0.1/30]}
      eth2: {addresses: [10.9.1.1/31, 10.9.1.9/30], area: 0}
      eth3: {addresses: [198.51.100.1/24]}
    neighbours:
      10.9.0.2: mkb
      198.51.100.9: transit
  r-2:
    router_id: 203.0.113.2
    interfaces:
      eth1: {addresses: [10.9.0.2/30]}
    neighbours: {10.9.0.1: city}
""",
}


@pytest.fixture
def routed(folder: Path) -> Path:
    """Return the small inventory with a router in each estate."""
    for name, text in MORE.items():
        with (folder / name).open("a", encoding="utf-8") as file:
            file.write(text)
    return folder


@pytest.fixture
def routers(platforms: dict[str, Platform]) -> dict[str, Platform]:
    """Return the small inventory's platforms, and one that routes."""
    one = platforms["os_a"]
    return {**platforms, "os_r": replace(one, name="os_r", routes=True)}


def test_a_router_has_its_part_and_its_neighbours(
    routed: Path, routers: dict[str, Platform]
) -> None:
    routing = load(routed, routers).routing
    assert routing["r-1"] == Routing(
        system="city",
        router_id="203.0.113.1",
        systems=(
            System("city", 65001, ("10.11.0.0/16", "10.12.0.0/16")),
            System("mkb", 65002, ("10.21.0.0/16",)),
            System("transit", 64496),
        ),
        interfaces=(
            RoutedInterface("lo", ("203.0.113.1/32",), 0, passive=True),
            RoutedInterface("eth1", ("10.9.0.1/30",)),
            RoutedInterface("eth2", ("10.9.1.1/31", "10.9.1.9/30"), 0),
            RoutedInterface("eth3", ("198.51.100.1/24",)),
        ),
        neighbours=(
            Neighbour("10.9.0.2", "mkb", 65002),
            Neighbour("198.51.100.9", "transit", 64496),
        ),
    )
    assert [one.name for one in routing["r-2"].systems] == ["city", "mkb"]


def test_a_network_without_routers_needs_no_routing(
    folder: Path, platforms: dict[str, Platform]
) -> None:
    assert load(folder, platforms).routing == {}
    (folder / "routing.yaml").write_text("# nothing yet\n", encoding="utf-8")
    assert load(folder, platforms).routing == {}


def test_routers_need_the_file(routed: Path, routers: dict[str, Platform]) -> None:
    (routed / "routing.yaml").unlink()
    with pytest.raises(BadInput, match=r"routing.yaml: no such file; expected the routing of r-1"):
        load(routed, routers)


@pytest.mark.parametrize("text", ["- a\n", "a: [\n"])
def test_a_file_that_is_none_is_the_only_fault(
    text: str, routed: Path, routers: dict[str, Platform]
) -> None:
    (routed / "routing.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as raised:
        load(routed, routers)
    assert len(raised.value.faults) == 1


@pytest.mark.parametrize(
    "case",
    cases([Path(__file__).with_name("routing_faults.txt")]),
    ids=lambda case: case.title,
)
def test_a_fault_is_reported_with_its_line(
    case: Case, routed: Path, routers: dict[str, Platform]
) -> None:
    assert said_of(case, routed, routers) == list(case.faults)
