"""The inventory as plain nornir sees it, through nornir's own door."""

from __future__ import annotations

from pathlib import Path

import pytest
from nornir import InitNornir
from nornir.core.filter import F

from automation.errors import BadInput
from automation.inventory.nornir_plugin import nornir_inventory
from automation.model import Inventory

EXAMPLE = Path(__file__).parents[3] / "inventory"


def test_plain_nornir_finds_the_plugin() -> None:
    plugin = {"plugin": "portvakt", "options": {"folder": str(EXAMPLE)}}
    nornir = InitNornir(inventory=plugin, runner={"plugin": "serial"}, logging={"enabled": False})
    assert set(nornir.filter(estate="mkb").inventory.hosts) == {"mkb-acc-001"}
    assert nornir.inventory.hosts["city-acc-001"].hostname == "192.0.2.11"


def test_host(inventory: Inventory) -> None:
    host = nornir_inventory(inventory).hosts["sw-3"]
    assert (host.hostname, host.port, host.platform) == ("192.0.2.3", 2222, "os_b")
    assert {key: host[key] for key in ("estate", "role", "site", "model")} == {
        "estate": "mkb",
        "role": "access",
        "site": "varvet",
        "model": "b2",
    }
    assert host["device"] is inventory.devices["sw-3"]


def test_no_host_has_a_login(inventory: Inventory) -> None:
    hosts = nornir_inventory(inventory).hosts.values()
    assert {(host.username, host.password) for host in hosts} == {(None, None)}


def test_groups_are_there_to_filter_by(inventory: Inventory) -> None:
    hosts = nornir_inventory(inventory).hosts
    small = F(groups__contains="small")
    assert {name for name, host in hosts.items() if small(host)} == {"sw-1", "sw-2"}
    assert hosts["sw-3"].has_parent_group("plain")


def test_faults_stop_nornir(tmp_path: Path) -> None:
    plugin = {"plugin": "portvakt", "options": {"folder": str(tmp_path)}}
    with pytest.raises(BadInput, match="no estate"):
        InitNornir(inventory=plugin, logging={"enabled": False})
