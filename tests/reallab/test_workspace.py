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
from tests.reallab.agents import TRAP_PORT, Login, snmpd_conf
from tests.reallab.lab import Lab
from tests.reallab.topology import LARGE, SMALL, Size, topology
from tests.reallab.workspace import ports_csv

pytestmark = pytest.mark.reallab
ROOT = Path(__file__).parents[2]


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


def test_an_agent_is_configured_as_the_documents_say() -> None:
    """But for where its socket is, and that it looks for links more often: tests wait for it."""
    document = (ROOT / "docs" / "monitoring.md").read_text(encoding="utf-8")
    written = next(block for block in document.split("```") if "interface_replace_old" in block)
    node = topology(SMALL).nodes["city-acc-001"]
    lines = {
        line.replace("-r 2 ", "-r 10 ").replace(f":{TRAP_PORT}", ":162")
        for line in snmpd_conf(node, Login("COMMUNITY"), "PASSWORD")
    }
    own = {f"sysName {node.name}", "agentXSocket /run/agentx.sock"}
    assert set(written.split("\n")) - {""} == lines - own
