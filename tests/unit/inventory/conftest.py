"""A small inventory on disk to break in one place at a time, and stand-ins for platforms."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from automation.inventory import load
from automation.model import Cli, Grammar, Inventory, Platform, PortRole, SessionKind

FILES: Mapping[str, str] = {
    "city/hosts.yaml": """\
# Invented.
sw-1:
  hostname: 192.0.2.1
  groups: [access, small]
  data:
    site: varvet
    uplinks: [Ten1/0/1]
sw-2:
  hostname: 192.0.2.2
  groups: [access, small]
  data: {site: hamnen}
""",
    "mkb/hosts.yaml": """\
sw-3:
  hostname: 192.0.2.3
  port: 2222
  groups: [access, plain]
  data:
    site: varvet
    credentials: mkb
""",
    "groups.yaml": """\
access:
  data: {role: access}
small:
  platform: os_a
  data: {model: m4}
plain:
  platform: os_b
  data: {model: b2}
""",
    "defaults.yaml": """\
data:
  credentials: default
""",
    "models.yaml": """\
m4:
  platform: os_a
  access: ["Gig1/0/{1-4}"]
  uplinks: ["Ten1/0/{1-2}"]
  traits: [poe]
b2:
  platform: os_b
  access: ["Eth{1-2}"]
  uplinks: [Eth3]
""",
    "services.yaml": """\
providers:
  nordlys: Nordlys
  hamnen: Hamnens Nät
tiers:
  t100: {down: 100, up: 100}
services:
  internet:
    tagged: false
    offers:
      nordlys: {vlan: 1101}
      hamnen: {pool: 2001-2002}
  iptv:
    tagged: true
    offers:
      nordlys: {vlan: 1201}
  radio:
    tagged: false
    offers:
      nordlys: {vlan: 1301}
""",
    "port_roles.yaml": """\
customer:
  isolated: true
  storm: {broadcast: 1.0, multicast: 2}
wifi_ap:
  vlan: 310
  tagged: [311, 312]
iot_gateway: {vlan: 320}
internal: {}
colo: {}
parked: {}
uplink: {}
downlink: {}
interconnect: {}
""",
    "policy.yaml": """\
common:
  domain: net.example
  parking_vlan: 999
  native_vlan: 998
  ntp_servers: [203.0.113.1]
  syslog_servers: [203.0.113.2]
  snmp_community: snmp_read
  snmp_managers: [203.0.113.3]
  snmp_location: Malmö
  snmp_contact: noc
  tacacs_servers: []
  tacacs_key: tacacs
  local_user: breakglass
  local_user_secret: breakglass
  option82_remote_id: hostname
  vlan_names:
    999: PARKED
estates:
  mkb:
    ntp_servers: [203.0.113.9]
roles:
  access: {snmp_contact: access}
sites:
  varvet:
    snmp_location: Varvet
    vlan_names: {310: AP}
devices:
  sw-1: {snmp_location: Varvet 1}
""",
}


def _platform(name: str, roles: frozenset[PortRole]) -> Platform:
    cli = Cli(
        driver=name,
        session=SessionKind.LINE,
        prepare=(),
        fetch="",
        enter="",
        leave="",
        exit="",
        save="",
        saved="",
        exec_prompt="",
        config_prompt="",
        modes=(),
        refused=(),
    )
    return Platform(name, roles, Grammar("no ", "shutdown", "no shutdown", (), ()), cli)


@pytest.fixture
def platforms() -> dict[str, Platform]:
    """Return os_a, which carries every role, and os_b, which has no radios and no uplinks."""
    some = frozenset({PortRole.CUSTOMER, PortRole.PARKED, PortRole.DOWNLINK})
    return {"os_a": _platform("os_a", frozenset(PortRole)), "os_b": _platform("os_b", some)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a small, faultless inventory."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def inventory(folder: Path, platforms: dict[str, Platform]) -> Inventory:
    """Return that inventory, loaded."""
    return load(folder, platforms)
