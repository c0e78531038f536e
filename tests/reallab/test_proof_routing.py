"""Proof: routers get their intent; what a router takes without a word and does not do is found."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.reallab.commands import wait_for
from tests.reallab.lab import Lab
from tests.reallab.machine import inside
from tests.reallab.operator import City, Operator
from tests.reallab.probes.dhcp import lease
from tests.reallab.probes.faults import full_disk, read_only
from tests.reallab.probes.traffic import is_apart, reaches
from tests.reallab.topology import ROUTING

pytestmark = [
    pytest.mark.reallab,
    pytest.mark.proof("BGP between the estates; nonsense and a failed save are found", "frr"),
]
CORE, PLAYBOOK, FILE = "city-core-001", "provision-core", "/etc/frr/frr.conf"
PEER = ROUTING["mkb"].demarcation
TEMPLATES = Path(__file__).parents[2] / "templates" / "frr"
ROUTER_ID = " bgp router-id {{ routing.router_id }}\n"
UP = 60.0
"""Seconds until OSPF and BGP have met: FRR's own timers stand."""


def vtysh(lab: Lab, command: str) -> str:
    """Return what a router says at its own console."""
    return inside(lab.place, CORE, "vtysh", "-c", command)


def typed(lab: Lab, *lines: str) -> None:
    """Type lines by hand in the router's configuration mode."""
    text = "".join(f"{line}\n" for line in lines)
    inside(lab.place, CORE, "vtysh", "-f", "/dev/stdin", stdin=text)


def is_established(lab: Lab) -> bool:
    """Whether the session with the other estate's core is up."""
    peers = json.loads(vtysh(lab, "show bgp summary json")).get("ipv4Unicast", {}).get("peers", {})
    return bool(peers.get(PEER, {}).get("state") == "Established")


@contextmanager
def own_template(lab: Lab, feature: str, text: str) -> Iterator[None]:
    """Have a template of the workspace in place of a shipped one, for the length of the block."""
    file = lab.place.workspace / "templates" / "frr" / f"{feature}.j2"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    try:
        yield
    finally:
        file.unlink()


def test_a_customer_of_one_estate_reaches_the_other(city: City, operator: Operator) -> None:
    lab = city.lab
    assert lease(lab, "cpe-a")
    tenant = lease(lab, "cpe-m")
    assert tenant is not None
    wait_for("the cores to meet", lambda: is_established(lab), UP)
    wait_for("the estates to meet", lambda: reaches(lab, "cpe-a", tenant.address), UP)
    typed(lab, f"router bgp {ROUTING['city'].asn}", f"neighbor {PEER} shutdown")
    wait_for("the session to end", lambda: not is_established(lab))
    wait_for("the estates to part", lambda: is_apart(lab, "cpe-a", tenant.address))
    assert operator.plays(PLAYBOOK, CORE).outcomes == {CORE: "changed"}
    wait_for("the cores to meet again", lambda: is_established(lab), UP)
    wait_for("the estates to meet again", lambda: reaches(lab, "cpe-a", tenant.address), UP)


def test_what_a_router_takes_and_does_not_keep_is_found(city: City, operator: Operator) -> None:
    """FRR takes this neighbour statement without a word, and has no such line afterwards."""
    lab = city.lab
    nonsense = f"neighbor {PEER} ebgp-multihop 1"
    typed(lab, f"router bgp {ROUTING['city'].asn}", nonsense)
    before = vtysh(lab, "show running-config")
    assert nonsense not in before
    shipped = (TEMPLATES / "bgp.j2").read_text(encoding="utf-8")
    with own_template(lab, "bgp", shipped.replace(ROUTER_ID, f"{ROUTER_ID} {nonsense}\n")):
        ended = operator.plays(PLAYBOOK, CORE)
    row = ended.devices[CORE]
    assert (ended.code, row["outcome"], row["line"]) == (3, "failed", "")
    assert "the read-back differs" in row["why"]
    assert nonsense in row["why"]
    assert vtysh(lab, "show running-config") == before
    again = operator.plays(PLAYBOOK, CORE).devices[CORE]
    assert (again["sent"], again["outcome"]) == (0, "changed")  # only saved, as nothing was before


def in_kernel(lab: Lab, device: str) -> str:
    """Return the IPv4 addresses that the core's kernel has at an interface."""
    shown = json.loads(inside(lab.place, CORE, "ip", "-j", "-4", "addr", "show", "dev", device))
    found = (one for link in shown for one in link["addr_info"])
    return " ".join(f"{one['local']}/{one['prefixlen']}" for one in found)


def test_an_address_that_only_the_configuration_has_is_found_and_put_back(
    city: City, operator: Operator
) -> None:
    """FRR goes on showing what the kernel dropped."""
    lab, own = city.lab, f"{ROUTING['city'].demarcation}/30"
    wait_for("the cores to meet", lambda: is_established(lab), UP)
    inside(lab.place, CORE, "ip", "addr", "del", own, "dev", "eth1")
    assert in_kernel(lab, "eth1") == ""
    assert f" ip address {own}\n" in vtysh(lab, "show running-config")
    assert operator.plays("verify", CORE).outcomes == {CORE: "failed"}
    row = operator.plays(PLAYBOOK, CORE).devices[CORE]
    assert (row["outcome"], row["sent"]) == ("changed", 2)
    assert in_kernel(lab, "eth1") == own
    wait_for("the cores to meet again", lambda: is_established(lab), UP)


def test_a_link_gets_another_address_of_its_subnet(city: City, operator: Operator) -> None:
    """Linux drops all of a subnet with its first address: the new one must not come before."""
    lab, own = city.lab, f"{ROUTING['city'].demarcation}/30"
    wait_for("the cores to meet", lambda: is_established(lab), UP)
    setting = "net.ipv4.conf.eth1.promote_secondaries"
    inside(lab.place, CORE, "sysctl", "-w", f"{setting}=0")
    typed(lab, "interface eth1", f"no ip address {own}", f"ip address {PEER}/30")
    assert in_kernel(lab, "eth1") == f"{PEER}/30"
    row = operator.plays(PLAYBOOK, CORE).devices[CORE]
    assert (row["outcome"], row["sent"]) == ("changed", 3)
    assert in_kernel(lab, "eth1") == own
    assert operator.plays("verify", CORE).outcomes == {CORE: "unchanged"}
    wait_for("the cores to meet again", lambda: is_established(lab), UP)


def test_a_neighbour_that_nobody_ordered_is_found_and_taken_away(
    city: City, operator: Operator
) -> None:
    lab, stranger = city.lab, "neighbor 192.0.2.99 remote-as 64999"
    assert operator.plays("verify", CORE).outcomes == {CORE: "unchanged"}
    typed(lab, f"router bgp {ROUTING['city'].asn}", stranger)
    ended = operator.plays("verify", CORE)
    assert (ended.code, ended.outcomes) == (3, {CORE: "failed"})
    assert stranger in vtysh(lab, "show running-config")
    assert operator.plays(PLAYBOOK, CORE).outcomes == {CORE: "changed"}
    assert stranger not in vtysh(lab, "show running-config")


def test_a_configuration_that_cannot_be_saved_is_told(city: City, operator: Operator) -> None:
    lab = city.lab
    saved = inside(lab.place, CORE, "cat", FILE)
    typed(lab, "no ip prefix-list PORTVAKT-MKB")
    with read_only(lab, CORE, str(Path(FILE).parent)):
        row = operator.plays(PLAYBOOK, CORE).devices[CORE]
    assert (row["outcome"], row["saved"]) == ("failed", False)
    assert "applied, read back, not saved" in row["why"]
    assert "ip prefix-list PORTVAKT-MKB" in vtysh(lab, "show running-config")
    assert inside(lab.place, CORE, "cat", FILE) == saved


def test_a_full_disk_is_found_by_reading_what_was_saved(city: City, operator: Operator) -> None:
    """FRR says that it saved, and has emptied its file; the copy of before gave no room back."""
    lab = city.lab
    typed(lab, "no ip prefix-list PORTVAKT-MKB")
    inside(lab.place, CORE, "rm", "-f", f"{FILE}.sav")
    with full_disk(lab, CORE):
        row = operator.plays(PLAYBOOK, CORE).devices[CORE]
        assert inside(lab.place, CORE, "cat", FILE) == ""
    assert (row["outcome"], row["saved"]) == ("failed", False)
    assert "applied, read back, not saved: the device says that it saved" in row["why"]
    assert ": 0 lines are saved and " in row["why"]
    again = operator.plays(PLAYBOOK, CORE).devices[CORE]
    assert (again["sent"], again["outcome"], again["saved"]) == (0, "changed", True)
    assert "does not show" not in again["why"]
    assert "ip prefix-list PORTVAKT-MKB" in inside(lab.place, CORE, "cat", FILE)
