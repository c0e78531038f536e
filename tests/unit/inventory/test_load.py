"""What a faultless inventory means: inheritance, merged policies, expanded ports."""

from __future__ import annotations

from pathlib import Path

import pytest

from automation.inventory import load
from automation.inventory.models import expand
from automation.model import DeviceRole, Inventory, Offer, Platform, PortRole, StormLimit


def test_device_has_all_that_it_inherits(inventory: Inventory) -> None:
    device = inventory.devices["sw-1"]
    assert (device.estate, device.role, device.site) == ("city", DeviceRole.ACCESS, "varvet")
    assert (device.platform, device.model.name) == ("os_a", "m4")
    assert (device.address, device.port, device.uplinks) == ("192.0.2.1", 22, ("Ten1/0/1",))
    assert (device.credentials, device.jump, device.crypto) == ("default", None, "modern")


def test_host_wins_over_defaults(inventory: Inventory) -> None:
    device = inventory.devices["sw-3"]
    assert (device.port, device.credentials) == (2222, "mkb")


def test_order_of_groups_decides_and_parents_follow_their_child(
    folder: Path, platforms: dict[str, Platform]
) -> None:
    (folder / "groups.yaml").write_text(
        "access: {data: {role: access, crypto: modern}}\n"
        "old: {data: {crypto: legacy, jump: bastion}, port: 2022}\n"
        "small: {platform: os_a, groups: [old], data: {model: m4, credentials: small}}\n"
        "plain: {platform: os_b, port: 3022, data: {model: b2}}\n"
    )
    (folder / "city" / "hosts.yaml").write_text(
        "a: {hostname: 192.0.2.1, groups: [small, access], data: {site: varvet}}\n"
        "b: {hostname: 192.0.2.2, groups: [access, small], data: {site: hamnen, jump: null}}\n"
    )
    text = (folder / "policy.yaml").read_text().replace("  sw-1: {", "  a: {")
    (folder / "policy.yaml").write_text(text)
    loaded = load(folder, platforms)
    a, b = loaded.devices["a"], loaded.devices["b"]
    assert (a.crypto, a.jump, a.port, a.credentials) == ("legacy", "bastion", 2022, "small")
    assert (b.crypto, b.jump, b.port, b.credentials) == ("modern", None, 2022, "small")
    assert loaded.groups["a"] == ("small", "old", "access")


def test_group_that_is_inherited_twice_counts_once(
    folder: Path, platforms: dict[str, Platform]
) -> None:
    text = (folder / "groups.yaml").read_text()
    text = text.replace("small:\n", "small:\n  groups: [left, right]\n")
    text += "left: {groups: [base]}\nright: {groups: [base]}\nbase: {data: {crypto: legacy}}\n"
    (folder / "groups.yaml").write_text(text)
    loaded = load(folder, platforms)
    assert loaded.groups["sw-1"] == ("access", "small", "left", "base", "right")
    assert loaded.devices["sw-1"].crypto == "legacy"


def test_policy_overlays_in_order(inventory: Inventory) -> None:
    first, second, third = (inventory.policies[name] for name in ("sw-1", "sw-2", "sw-3"))
    assert (first.snmp_location, second.snmp_location) == ("Varvet 1", "Malmo")
    assert third.snmp_location == "Varvet"
    assert (first.ntp_servers, third.ntp_servers) == (("203.0.113.1",), ("203.0.113.9",))
    assert {policy.snmp_contact for policy in (first, second, third)} == {"access"}
    assert first.vlan_names == {999: "PARKED", 310: "AP"}
    assert second.vlan_names == {999: "PARKED"}


def test_role_wins_over_estate_and_site_over_role(
    folder: Path, platforms: dict[str, Platform]
) -> None:
    text = (folder / "policy.yaml").read_text()
    text = text.replace("  mkb:\n", "  mkb:\n    snmp_contact: mkb\n    snmp_location: Mkb\n")
    (folder / "policy.yaml").write_text(
        text.replace("{snmp_contact: access}", "{snmp_contact: role, snmp_location: Role}")
    )
    policy = load(folder, platforms).policies["sw-3"]
    assert (policy.snmp_contact, policy.snmp_location) == ("role", "Varvet")


def test_devices_with_the_same_overlays_share_one_policy(
    folder: Path, platforms: dict[str, Platform]
) -> None:
    with (folder / "city" / "hosts.yaml").open("a") as file:
        file.write("sw-4: {hostname: 192.0.2.4, groups: [access, small], data: {site: hamnen}}\n")
    policies = load(folder, platforms).policies
    assert policies["sw-4"] is policies["sw-2"]


def test_catalogue(inventory: Inventory) -> None:
    catalogue = inventory.catalogue
    assert catalogue.offers["internet", "nordlys"] == Offer("internet", "nordlys", vlan=1101)
    assert catalogue.offers["internet", "hamnen"].pool == (2001, 2002)
    assert catalogue.services["iptv"].tagged
    assert catalogue.providers["hamnen"] == "Hamnens Nat"
    assert catalogue.tiers["t100"].down == 100


def test_port_roles(inventory: Inventory) -> None:
    assert set(inventory.roles) == set(PortRole)
    assert inventory.roles[PortRole.WIFI_AP].tagged == (311, 312)
    assert inventory.roles[PortRole.CUSTOMER].storm == StormLimit(1.0, 2.0)


def test_groups_and_defaults_may_be_absent(folder: Path, platforms: dict[str, Platform]) -> None:
    (folder / "groups.yaml").unlink()
    (folder / "defaults.yaml").unlink()
    (folder / "mkb" / "hosts.yaml").write_text("# none yet\n")
    (folder / "city" / "hosts.yaml").write_text(
        "sw-1: {hostname: 192.0.2.1, data: {role: access, site: varvet, model: m4}}\n"
    )
    assert load(folder, platforms).devices["sw-1"].platform == "os_a"


@pytest.mark.parametrize(
    ("pattern", "ports"),
    [
        ("Eth3", ("Eth3",)),
        ("Eth{1-3}", ("Eth1", "Eth2", "Eth3")),
        ("Gi{1-2}/0/{0-1}", ("Gi1/0/0", "Gi1/0/1", "Gi2/0/0", "Gi2/0/1")),
        ("ge-0/0/{0-1}.0", ("ge-0/0/0.0", "ge-0/0/1.0")),
        ("p{7-7}", ("p7",)),
    ],
)
def test_port_range(pattern: str, ports: tuple[str, ...]) -> None:
    assert expand(pattern) == ports


def test_example_inventory_is_faultless(platforms: dict[str, Platform]) -> None:
    example = Path(__file__).parents[3] / "inventory"
    every = platforms["os_a"]
    names = ("cisco_ios", "huawei_vrp", "arista_eos", "openvswitch")
    loaded = load(example, dict.fromkeys(names, every))
    assert {device.estate for device in loaded.devices.values()} == {"city", "mkb"}
    assert set(loaded.policies) == set(loaded.devices)
