"""Writes the lab's Portvakt workspace: the files that an operator would write, and no more."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Final

from tests.reallab.place import Place
from tests.reallab.topology import ESTATES, NORDLYS, ROUTING, SUNDET, Kind, Node, Topology

CONTENT: Final = Path(__file__).parent / "content"
HEADER: Final = "device;port;role;outlet;service;provider;tier;state;from;to"
PARKED_AT_THE_END: Final = 4
"""Access ports that nobody has ordered: the last ones of every switch."""
_SITES: Final = {"city": "varvet", "mkb": "lindangen"}
SINCE: Final = "2026-01-01"
"""The first day of every service."""
_SERVICES: Final = (
    "internet;nordlys;t10",
    "internet;nordlys;t50",
    "internet;sundet;t10",
    "internet;sundet;t50",
)
_FIRST_PORTS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("customer", ("internet;nordlys;t10",)),
    ("customer", ("internet;nordlys;t50",)),
    ("customer", ("internet;sundet;t50", "care;trygghet;t10")),
    ("customer", ()),
    ("wifi_ap", ()),
    ("iot_gateway", ()),
    ("internal", ()),
    ("colo", ()),
)


def write_workspace(place: Place, network: Topology) -> None:
    """Write hosts, settings, ports and known host keys; the secrets are there already."""
    root = place.workspace
    shutil.copytree(CONTENT / "inventory", root / "inventory")
    shutil.copy(CONTENT / "portvakt.toml", root / "portvakt.toml")
    for estate in ESTATES:
        lines = [f"# The estate {estate} of the lab. Invented."]
        for node in network.managed:
            if node.estate == estate:
                lines.extend(_host(node, network))
        (root / "inventory" / estate).mkdir()
        _write(root / "inventory" / estate / "hosts.yaml", lines)
    _write(root / "inventory" / "routing.yaml", _routing())
    _write(root / "ports.csv", ports_csv(network))
    known = root / ".portvakt" / "known_hosts"
    known.touch(mode=0o600)
    _write(known, (f"{node.address} {_host_key(place, node)}" for node in network.managed))


def ports_csv(network: Topology) -> Iterator[str]:
    """Yield the lines of `ports.csv`: every port of every managed node."""
    yield HEADER
    for node in network.managed:
        rows = _access_rows(node) if node.role == "access" else _trunk_rows(node, network)
        yield from (f"{node.name};{row}" for row in rows)


def _write(path: Path, lines: Iterator[str] | list[str]) -> None:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _host(node: Node, network: Topology) -> Iterator[str]:
    """Yield one host in the format of Nornir's SimpleInventory."""
    make = "frr_core" if node.kind is Kind.ROUTER else f"whitebox_{len(node.ports)}"
    yield f"{node.name}:"
    yield f"  hostname: {node.address}"
    yield f"  groups: [{node.role}, {make}]"
    yield "  data:"
    yield f"    site: {_SITES[node.estate]}"
    yield f"    credentials: {node.estate}"
    yield f"    snmp: {node.estate}"
    if node.uplinks:
        yield f"    uplinks: [{node.uplinks[0]}]"
    if node.role == "access":
        above = next(two for one, two in network.cables if one.node == node.name)
        yield f"    links: {{{node.uplinks[0]}: {above.node} {above.port}}}"


def _routing() -> Iterator[str]:
    """Yield what the cores route. Internet crosses the demarcation; care at home does not."""
    yield "# The cores of the lab. Invented."
    yield "systems:"
    for estate, own in ROUTING.items():
        announced = ", ".join(one.subnet(estate) for one in (NORDLYS, SUNDET))
        yield f"  {estate}: {{asn: {own.asn}, prefixes: [{announced}]}}"
    yield "routers:"
    for number, (estate, own) in enumerate(ROUTING.items(), 1):
        router_id = f"203.0.113.{number}"
        other = next(one for one in ROUTING if one != estate)
        yield f"  {estate}-core-001:"
        yield f"    router_id: {router_id}"
        yield "    interfaces:"
        yield f"      lo: {{addresses: [{router_id}/32], area: 0}}"
        yield f"      eth1: {{addresses: [{own.demarcation}/30]}}"
        yield f"      eth2: {{addresses: [{own.inside}/30], area: 0}}"
        yield "    neighbours:"
        yield f"      {ROUTING[other].demarcation}: {other}"


def _host_key(place: Place, node: Node) -> str:
    return (place.node(node.name) / "host_key.pub").read_text(encoding="utf-8").strip()


def _access_rows(node: Node) -> Iterator[str]:
    """Yield one of every sort first, then customers, and a few parked ports at the end."""
    taken = len(node.ports) - PARKED_AT_THE_END
    more = cycle(_SERVICES)
    for number, port in enumerate(node.ports, 1):
        role, services = "customer", tuple[str, ...]()
        if number <= len(_FIRST_PORTS):
            role, services = _FIRST_PORTS[number - 1]
        elif number > taken:
            role = "parked"
        else:
            services = (next(more),)
        outlet = f"{outlet_id(node.name, number)}" if role == "customer" else ""
        for service in services:
            yield f"{port};{role};{outlet};{service};active;{SINCE};"
        if not services:
            yield f"{port};{role};{outlet};;;;;;"


def outlet_id(switch: str, number: int) -> str:
    """Return the outlet behind a customer port: `C-001-07`, `M-001-07`."""
    estate, _, place = switch.split("-")
    return f"{estate[0].upper()}-{place}-{number:02}"


def _trunk_rows(node: Node, network: Topology) -> Iterator[str]:
    """Yield the ports of a transport switch or a core router; what no cable is in is parked."""
    cabled = {end.port for cable in network.cables for end in cable if end.node == node.name}
    for port in node.ports:
        role = "downlink" if port in cabled else "parked"
        yield f"{port};{'interconnect' if port == 'eth1' else role};;;;;;;"
