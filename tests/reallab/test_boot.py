"""How the lab stands before anybody has configured anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reallab.commands import wait_for
from tests.reallab.lab import Lab
from tests.reallab.logins import secrets_folder
from tests.reallab.machine import inside
from tests.reallab.noc import ssh, walk
from tests.reallab.probes.truth import carries, ports
from tests.reallab.topology import NETWORKS, PARKED, SMALL, Kind, topology

pytestmark = pytest.mark.reallab
MANAGED = [node.name for node in topology(SMALL).managed]
SWITCHES = [node.name for node in topology(SMALL).of(Kind.SWITCH)]
_IF_NAME = "1.3.6.1.2.1.31.1.1.1.1"
_LLDP_REMOTE_NAME = "1.0.8802.1.1.2.1.4.1.1.9"


@pytest.mark.parametrize("name", SWITCHES)
def test_every_port_of_a_new_switch_is_parked(lab: Lab, name: str) -> None:
    found = ports(lab, name)
    node = lab.network.nodes[name]
    assert set(found) == {*node.ports, *node.uplinks}
    assert {port.tag for port in found.values()} == {PARKED}
    assert all(port.protected for port in found.values())
    services = [one.vlan for one in NETWORKS]
    assert [(p.name, v) for p in found.values() for v in services if carries(p, v)] == []


@pytest.mark.parametrize("name", MANAGED)
def test_the_noc_logs_in_with_the_host_key_it_knows(lab: Lab, name: str) -> None:
    router = lab.network.nodes[name].kind is Kind.ROUTER
    done = ssh(lab, name, stdin="show version\n") if router else ssh(lab, name, "hostname")
    assert done.code == 0, done.err
    assert ("FRRouting" if router else name) in done.out


def test_a_wrong_password_does_not_log_in(lab: Lab) -> None:
    secret = secrets_folder(lab.place) / "mkb"
    right = secret.read_text(encoding="utf-8")
    secret.write_text("not-it\n", encoding="utf-8")
    try:
        done = ssh(lab, "mkb-acc-001", "hostname")
    finally:
        secret.write_text(right, encoding="utf-8")
    assert done.code == 255
    assert "Permission denied" in done.err


def test_a_switch_shows_its_ports_and_its_neighbour_over_snmp(lab: Lab) -> None:
    names = walk(lab, "city-acc-001", _IF_NAME).values()
    assert {*lab.network.nodes["city-acc-001"].ports} <= set(names)
    seen = wait_for(
        "LLDP",
        lambda: "city-tra-001" in walk(lab, "city-acc-001", _LLDP_REMOTE_NAME).values(),
        30.0,
    )
    assert seen


def test_a_node_has_its_own_files_and_processes(lab: Lab) -> None:
    files = [f"{folder}/portvakt-was-here" for folder in ("/etc", "/root", "/run", "/var/log")]
    inside(lab.place, "city-acc-001", "touch", *files)
    try:
        assert [name for name in files if Path(name).exists()] == []
        assert inside(lab.place, "city-acc-001", "cat", "/etc/hostname").strip() == "city-acc-001"
        seen = inside(lab.place, "city-acc-001", "ps", "-eo", "args")
        assert seen.count("ovs-vswitchd") == 1
    finally:
        inside(lab.place, "city-acc-001", "rm", *files)
