"""The lab's workspace is one that Portvakt reads without a fault."""

from __future__ import annotations

import csv
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from automation import platforms
from automation.inventory import load
from automation.model import Platform, PortRole
from tests.reallab.lab import Lab
from tests.reallab.topology import LARGE, SMALL, Size, topology
from tests.reallab.workspace import ports_csv

pytestmark = pytest.mark.reallab


def _platforms() -> dict[str, Platform]:
    """Return the installed platforms; what the lab runs and is not installed yet can do all."""
    any_role = frozenset(PortRole)
    other = platforms.get("cisco_ios")
    lab = {name: replace(other, name=name, roles=any_role) for name in ("openvswitch", "frr")}
    return {**lab, **platforms.every()}


def test_the_inventory_is_read_without_a_fault(lab: Lab, workspace: Path) -> None:
    inventory = load(workspace / "inventory", _platforms())
    assert {name: device.address for name, device in inventory.devices.items()} == {
        node.name: node.address for node in lab.network.managed
    }
    for node in lab.network.managed:
        model = inventory.devices[node.name].model
        assert (model.access, model.uplinks) == (node.ports, node.uplinks)


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=str)
def test_every_port_has_an_intent(size: Size) -> None:
    network = topology(size)
    rows = list(csv.DictReader(ports_csv(network), delimiter=";"))
    assert {(row["device"], row["port"]) for row in rows} == {
        (node.name, port) for node in network.managed for port in node.ports
    }


def test_secrets_are_their_owners_only(workspace: Path) -> None:
    private = [workspace / ".portvakt", *(workspace / ".portvakt").rglob("*")]
    loose = [path for path in private if stat.S_IMODE(path.stat().st_mode) & 0o077]
    assert [path.name for path in loose] == ["city.pub"]
