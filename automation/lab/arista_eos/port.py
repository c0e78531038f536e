"""The interface view of an EOS switch, and what its lines let through.

Order and forms are those of aristanetworks/avd's `eos_cli_config_gen`, defaults those of a
`show running-config all` in arista-eosplus/pyeapi; see docs/lab.md.
"""

from __future__ import annotations

from sys import intern

from automation.lab.ids import commas, parse_commas
from automation.lab.switch import Switch
from automation.lab.tree import (
    At,
    Block,
    Match,
    Row,
    Said,
    Value,
    each,
    special,
    value,
)
from automation.lab.values import PortView

ALL = frozenset(range(1, 4095))
_PORTFAST = (
    "! portfast should only be enabled on ports connected to a single host. Connecting hubs, "
    "concentrators, switches, bridges, etc. to this interface when portfast is enabled can "
    "cause temporary bridging loops. Use with CAUTION.\n"
)


def _make_vlan(at: At, match: Match) -> str:
    """Make an access VLAN that is not there, as EOS does with a remark."""
    number = match.args.get("vlan", "1")
    if match.negated or number == "1" or f"vlan {number}" in at.config.blocks:
        return ""
    at.config.blocks[intern(f"vlan {number}")] = Block(intern(f"vlan {number}"), "vlan")
    return f"! Access VLAN does not exist. Creating vlan {number}\n"


def _trunk_list(at: At, match: Match) -> Said:
    """Change the list of a trunk; without one, and after `no` or `default`, all VLANs pass."""
    if match.negated or match.args.get("all"):
        at.block.slots.pop("allowed", None)
        return ""
    held = at.block.ids("allowed")
    before = ALL if held is None else held
    ids = parse_commas(match.args.get("ids", "")) or frozenset()
    match match.args.get("how", ""):
        case "add":
            ids = before | ids
        case "remove":
            ids = before - ids
        case "except":
            ids = ALL - ids
    if ids == ALL:
        at.block.slots.pop("allowed", None)
    else:
        at.block.slots["allowed"] = ids
    return ""


def _show_list(_: At, held: Value) -> list[str]:
    ids = held if isinstance(held, frozenset) else frozenset()
    return [f"switchport trunk allowed vlan {commas(ids, 2) or 'none'}"]


def _warns(_: At, match: Match) -> str:
    return "" if match.negated or match.args.get("kind") == "network" else _PORTFAST


def _kept(slot: str, syntax: str) -> Row:
    """Return a setting that is on by default, whose `no` is kept and `default` clears it."""

    def do(at: At, match: Match) -> Said:
        if match.negation == "no":
            at.block.slots[slot] = intern(f"no {match.line}")
        else:
            at.block.slots.pop(slot, None)
        return ""

    return special(slot, syntax, do)


def rows() -> tuple[Row, ...]:
    """Return the view of a switch port."""
    return (*_first(), *_switching(), *_rest())


def _first() -> tuple[Row, ...]:
    return (
        value("description", "description <text>"),
        value("shutdown", "shutdown"),
        value("load-interval", "load-interval <s:0-600>"),
        value("mtu", "mtu <bytes:68-9214>"),
        _kept("link-log", "logging event link-status"),
        value("speed", "speed <text>"),
        value("ip-address", "ip address <net:prefix>"),
    )


def _switching() -> tuple[Row, ...]:
    trunk = "switchport trunk"
    pool = "{<all:all>|<none:none>|[<how:add|remove|except>] <ids:commas>}"
    return (
        value("access", "switchport access vlan <vlan>", "1", then=_make_vlan),
        value("native", f"{trunk} native vlan <vlan>", "1"),
        value("native", f"{trunk} native vlan <tag:tag>", no=""),
        special(
            "allowed",
            f"{trunk} allowed vlan {pool}",
            _trunk_list,
            f"{trunk} allowed vlan [<ids:commas>]",
            show=_show_list,
        ),
        value("mode", "switchport mode <mode:access|trunk|dot1q-tunnel>", "access"),
        each("trunk-group", f"{trunk} group <name:word>", "name"),
    )


def _rest() -> tuple[Row, ...]:
    security = "switchport port-security"
    storm = "storm-control <kind:broadcast|multicast|unknown-unicast|all>"
    return (
        _kept("link-trap", "snmp trap link-change"),
        value("channel", "channel-group <n:1-2000> mode <how:active|passive|on>"),
        _kept("lldp-transmit", "lldp transmit"),
        _kept("lldp-receive", "lldp receive"),
        value("security", security),
        value("security-max", f"{security} mac-address maximum <n:1-1000>"),
        value(
            "security-violation",
            f"{security} violation protect [log]",
            no=f"{security} violation [protect [log]]",
        ),
        each(
            "storm",
            f"{storm} level {{<level:level>|pps <pps:1-100000000>}}",
            "kind",
            f"{storm} [level [<any:text>]]",
        ),
        value("portfast", "spanning-tree portfast [<kind:network|auto>]", then=_warns),
        value("bpduguard", "spanning-tree bpduguard <how:enable|disable>"),
        value("bpdufilter", "spanning-tree bpdufilter <how:enable|disable>"),
        value("guard", "spanning-tree guard <how:root|loop|none>"),
    )


def exposure(switch: Switch, port: str) -> PortView:
    """Return what `port` lets through; KeyError when there is no such port."""
    config = switch.config
    block = config.blocks[f"interface {port}"]
    known = {int(header[5:]) for header in config.blocks if header.startswith("vlan ")} | {1}
    trunk = block.line("mode").endswith(" trunk")
    held = block.ids("allowed")
    passing = ALL if held is None else held
    tags = block.line("native").endswith(" tag")
    native = None if tags else block.number("native", 1)
    untagged = native if trunk else block.number("access", 1)
    carried = untagged in known and (not trunk or untagged in passing)
    return PortView(
        up="shutdown" not in block.slots,
        untagged=untagged if carried else None,
        tagged=(held or frozenset()) & known - {native} if trunk else frozenset(),
        every=trunk and held is None,
        bpdu_guarded=block.line("bpduguard").endswith("enable"),
        storm_limited=any(slot.startswith("storm ") for slot in block.slots),
        mac_limit=block.number("security-max", 1) if "security" in block.slots else None,
    )
