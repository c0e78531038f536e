"""What a switch really has, read past SSH and past the product: the judge in a test."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tests.reallab.commands import LabError
from tests.reallab.lab import Lab
from tests.reallab.machine import inside

_VERSIONS: Final[Mapping[str, tuple[str, str, str]]] = {
    "openvswitch": ("city-acc-001", "ovs-vswitchd --version", r"\(Open vSwitch\) (\S+)"),
    "frr": ("city-core-001", "zebra --version", r"zebra version (\S+)"),
}
_NAMES: Final[Mapping[str, str]] = {"openvswitch": "Open vSwitch", "frr": "FRR"}
_COLUMNS: Final = "name,vlan_mode,tag,trunks,protected,external_ids,other_config,qos"


@dataclass(frozen=True, slots=True)
class PortTruth:
    """One row of a switch's Port table; `tag` is None where there is none."""

    name: str
    vlan_mode: str
    tag: int | None
    trunks: frozenset[int]
    protected: bool
    external_ids: Mapping[str, str]
    other_config: Mapping[str, str]
    has_qos: bool


def ports(lab: Lab, switch: str) -> Mapping[str, PortTruth]:
    """Return every port of a switch's database by name, the bridge's own left out."""
    command = ("ovs-vsctl", "--format=json", f"--columns={_COLUMNS}", "list", "port")
    told = json.loads(inside(lab.place, switch, *command))
    rows = [[_plain(value) for value in row] for row in told["data"]]
    found = (_row(dict(zip(told["headings"], row, strict=True))) for row in rows)
    return {port.name: port for port in found if port.name != "br0"}


def real_thing(lab: Lab, platform: str) -> str:
    """Return what runs in the lab as a platform, by its own word: `Open vSwitch 3.1.0`."""
    node, command, pattern = _VERSIONS[platform]
    told = inside(lab.place, node, *command.split())
    found = re.search(pattern, told)
    if found is None:
        raise LabError(f"{node} does not say what it is: {told[:200]!r}")
    return f"{_NAMES[platform]} {found[1]}"


def carries(port: PortTruth, vlan: int) -> bool:
    """Whether frames of a VLAN pass a port, by ovs-vswitchd.conf.db(5), "VLAN Configuration".

    A port without tag and without trunks carries every VLAN there is.
    """
    mode = port.vlan_mode or ("trunk" if port.tag is None else "access")
    if mode == "access":
        return vlan == (port.tag or 0)
    native = mode != "trunk" and vlan == port.tag
    return native or not port.trunks or vlan in port.trunks


def _row(row: Mapping[str, Any]) -> PortTruth:
    return PortTruth(
        name=row["name"],
        vlan_mode=row["vlan_mode"] or "",
        tag=None if row["tag"] == [] else row["tag"],
        trunks=frozenset(row["trunks"] if isinstance(row["trunks"], list) else [row["trunks"]]),
        protected=row["protected"],
        external_ids=row["external_ids"],
        other_config=row["other_config"],
        has_qos=row["qos"] != [],
    )


def _plain(value: object) -> object:
    """Return an OVSDB value (RFC 7047 section 5.1) as Python's own."""
    match value:
        case ["set", items]:
            return items
        case ["map", list(pairs)]:
            return dict(pairs)
        case _:
            return value
