"""The interface view of an S5700 on V200R013, and what its lines let through.

Forms and order follow the configuration of a live access switch of that release (fact sheet
PUB-1) and the S-series command reference; see docs/lab.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from sys import intern

from automation.lab.ids import parse_spaces, spaced
from automation.lab.switch import Switch
from automation.lab.tree import (
    NOT_HERE,
    At,
    Block,
    Match,
    Question,
    Row,
    Said,
    Value,
    each,
    special,
    store,
    usual,
    value,
)
from automation.lab.values import PortView

RENEW = "Error: Please renew the default configurations.\n"
NO_VLAN = "Error: The VLAN does not exist.\n"
_LOSES_VLANS = "Warning: This command will delete VLANs on this port. Continue?[Y/N]:"
_ONE = frozenset({1})
_EVERY = frozenset(range(1, 4095))
_VLAN_SLOTS = ("default", "trunk-pvid", "hybrid-pvid", "allow", "tagged", "untagged")
_NEEDS: Mapping[str, tuple[str, ...]] = {
    "default": ("access", "dot1q-tunnel"),
    "trunk-pvid": ("trunk",),
    "allow": ("trunk",),
    "hybrid-pvid": ("hybrid",),
    "tagged": ("hybrid",),
    "untagged": ("hybrid",),
}


def link_type(block: Block) -> str:
    """Return the link type; out of the box the port negotiates it and no line is shown."""
    return block.line("link-type").removeprefix("port link-type ")


def vlans(config: Block) -> frozenset[int]:
    """Return every VLAN that the device has."""
    return (config.ids("vlan-batch") or frozenset()) | _ONE


def _link_type(at: At, match: Match) -> Said:
    """Change the link type: a port that carries VLANs first has to lose them.

    Older images refuse until that is done by hand, newer ones ask and do it themselves.
    """
    wanted = "" if match.negated else match.args["type"]
    if wanted == link_type(at.block):
        return ""
    if not any(slot in at.block.slots for slot in _VLAN_SLOTS):
        return _set_type(at, wanted)
    if not at.newer:
        return RENEW
    return Question(
        _LOSES_VLANS, lambda answer: _set_type(at, wanted) if answer.lower() == "y" else ""
    )


def _set_type(at: At, wanted: str) -> str:
    for slot in _VLAN_SLOTS:
        at.block.slots.pop(slot, None)
    if wanted:
        at.block.slots["link-type"] = intern(f"port link-type {wanted}")
    else:
        at.block.slots.pop("link-type", None)
    return ""


def _unfit(at: At, match: Match) -> str:
    """Refuse a VLAN line that does not go with the link type."""
    return "" if link_type(at.block) in _NEEDS[match.row.slot] else RENEW


def _one_vlan(at: At, match: Match) -> Said:
    """Set the VLAN of untagged frames, which must exist."""
    if refused := _unfit(at, match):
        return refused
    if not match.negated and int(match.args["vlan"]) not in vlans(at.config):
        return NO_VLAN
    if match.args.get("vlan") == "1":
        at.block.slots.pop(match.row.slot, None)
        return ""
    return store(at, match)


def _ids(match: Match) -> frozenset[int]:
    if match.args.get("all"):
        return _EVERY
    return parse_spaces(match.args["ids"].split()) or frozenset()


def _start(slot: str) -> frozenset[int]:
    """Return what a list holds before anything is entered: VLAN 1, where it is untagged."""
    return frozenset() if slot == "tagged" else _ONE


def _member(at: At, match: Match) -> Said:
    """Add to a list of VLANs, or take from it: entering a list never replaces it."""
    slot = match.row.slot
    if refused := _unfit(at, match):
        return refused
    ids = _ids(match)
    if not match.negated and slot != "allow" and ids - vlans(at.config):
        return NO_VLAN
    _change(at.block, slot, ids, take=match.negated)
    if not match.negated and slot in ("tagged", "untagged"):
        _change(at.block, "untagged" if slot == "tagged" else "tagged", ids, take=True)
    return ""


def _change(block: Block, slot: str, ids: frozenset[int], *, take: bool) -> None:
    held = block.ids(slot)
    before = _start(slot) if held is None else held
    after = before - ids if take else before | ids
    if after == _start(slot):
        block.slots.pop(slot, None)
    else:
        block.slots[slot] = after


def _leave_hybrid(at: At, match: Match) -> Said:
    """Take VLANs from both lists of a hybrid port."""
    if link_type(at.block) != "hybrid":
        return RENEW
    _change(at.block, "tagged", _ids(match), take=True)
    _change(at.block, "untagged", _ids(match), take=True)
    return ""


def snooping(at: At, match: Match) -> Said:
    """Turn DHCP snooping on; the device wants DHCP on first, a port also global snooping."""
    needs = ("dhcp",) if at.block is at.config else ("dhcp", "snooping")
    if not match.negated and any(slot not in at.config.slots for slot in needs):
        return NOT_HERE
    return store(at, match)


def rows() -> tuple[Row, ...]:
    """Return the view of a switch port."""
    return (*_vlan_rows(), *_loop_rows(), *_limit_rows(), *_guard_rows())


def _vlan_rows() -> tuple[Row, ...]:
    pool = "{<ids:spaces>|<all:all>}"
    allow, hybrid = "port trunk allow-pass vlan", "port hybrid"
    return (
        value("description", "description <text>"),
        usual("trap", "enable snmp trap updown", "undo"),
        special("link-type", "port link-type <type:access|trunk|hybrid|dot1q-tunnel>", _link_type),
        special("default", "port default vlan <vlan>", _one_vlan),
        special("trunk-pvid", "port trunk pvid vlan <vlan>", _one_vlan),
        _list("allow", allow, f"undo {allow} 1"),
        special("hybrid-pvid", f"{hybrid} pvid vlan <vlan>", _one_vlan),
        _list("untagged", f"{hybrid} untagged vlan", f"undo {hybrid} vlan 1"),
        _list("tagged", f"{hybrid} tagged vlan"),
        special("hybrid", "", _leave_hybrid, f"{hybrid} vlan {pool}"),
        value("ip-address", "ip address <ip> <mask:ip>"),
        value("shutdown", "shutdown"),
    )


def _list(slot: str, head: str, gone: str = "") -> Row:
    """Return the row of a list; `gone` is the line that says that VLAN 1 was taken away."""

    def show(_: At, held: Value) -> list[str]:
        ids = held if isinstance(held, frozenset) else frozenset()
        lines = [gone] if gone and 1 not in ids else []
        return lines + spaced(head, ids - _ONE if gone else ids)

    line = f"{head} {{<ids:spaces>|<all:all>}}"
    return special(slot, line, _member, line, show=show)


def _loop_rows() -> tuple[Row, ...]:
    detect = "loopback-detect"
    return (
        value("loop-time", f"{detect} recovery-time <s:30-255>"),
        value("loop-vlan", f"{detect} packet vlan <vlan>", no=f"{detect} packet vlan [<vlan>]"),
        value("loop", f"{detect} enable"),
        value("loop-action", f"{detect} action <do:quitvlan|shutdown|trap|block>"),
        _switched("stp-off", "stp"),
        value("stp-filter", "stp bpdu-filter <how:enable|disable>"),
        value("stp-edge", "stp edged-port <how:enable|disable>"),
        value("stp-root", "stp root-protection"),
        _switched("bpdu-off", "bpdu"),
        usual("lldp", "lldp enable", "undo"),
        usual("poe", "poe enable", "undo"),
        value("poe-priority", "poe priority <level:critical|high|low>", "low"),
    )


def _switched(slot: str, word: str) -> Row:
    """Return a switch that is on out of the box: only that it is off is shown.

    It is turned on by its `enable`, and by `undo` of its `disable` (command reference, "stp" and
    "bpdu" in the interface view).
    """

    def do(at: At, match: Match) -> str:
        if match.negated or match.args["how"] == "enable":
            at.block.slots.pop(slot, None)
        else:
            at.block.slots[slot] = match.line
        return ""

    return special(slot, f"{word} <how:enable|disable>", do, f"{word} disable")


def _rate_limit(at: At, match: Match) -> Said:
    """Set a rate; the device fills in the burst where none is given."""
    slot = f"lr {match.args['way']}"
    if match.negated:
        at.block.slots.pop(slot, None)
        return ""
    cir = int(match.args["cir"])
    burst = match.args.get("cbs") or str(min(cir * 125, 4294967295))
    at.block.slots[slot] = intern(f"qos lr {match.args['way']} cir {cir} cbs {burst}")
    return ""


def _limit_rows() -> tuple[Row, ...]:
    head = "port-security"
    rate = "qos lr <way:inbound|outbound> cir <cir:64-10000000> [cbs <cbs:4000-4294967295>]"
    bound = "{<percent:0-100>|packets <count:0-148810000>}"
    return (
        special("lr", rate, _rate_limit, "qos lr <way:inbound|outbound>"),
        value("security", f"{head} enable"),
        value(
            "security-action", f"{head} protect-action <do:protect|restrict|shutdown>", "restrict"
        ),
        value("security-max", f"{head} max-mac-num <n:1-1024>", "1"),
        value("security-aging", f"{head} aging-time <m:1-1440>"),
        value("mac-limit", "mac-limit maximum <n:0-4096>", no="mac-limit"),
        value("multicast-storm", f"multicast-suppression {bound}"),
        value("broadcast-storm", f"broadcast-suppression {bound}"),
        value("unicast-storm", f"unicast-suppression {bound}"),
        value("unicast-block", "unicast-suppression block outbound"),
        each("isolate", "port-isolate enable group <group:1-64>", "group"),
        special("isolate", "port-isolate enable", _isolate),
    )


def _isolate(at: At, match: Match) -> Said:
    """Isolate in group 1, or leave every group."""
    if not match.negated:
        at.block.slots["isolate 1"] = "port-isolate enable group 1"
        return ""
    for slot in [slot for slot in at.block.slots if slot.startswith("isolate ")]:
        del at.block.slots[slot]
    return ""


def _guard_rows() -> tuple[Row, ...]:
    check = "dhcp snooping check"
    part = "<part:circuit-id|remote-id>"
    form = "format {<kind:default|common|extend>|user-defined <id:text>}"
    return (
        value("arp-check", "arp anti-attack check user-bind enable"),
        value("source-check", "ip source check user-bind enable"),
        value("sticky", "user-bind ip sticky-mac"),
        special("snooping", "dhcp snooping enable", snooping),
        special("snoop-trusted", "dhcp snooping trusted", snooping),
        each("snoop-check", f"{check} <what:dhcp-request|dhcp-chaddr> enable", "what"),
        value("snoop-rated", f"{check} dhcp-rate enable"),
        value("snoop-rate", f"{check} dhcp-rate <rate:1-100>", "100"),
        each("option82-mode", "dhcp option82 <how:insert|rebuild> enable", "how"),
        each("option82", f"dhcp option82 {part} {form}", "part", f"dhcp option82 {part} format"),
        each(
            "option82",
            f"dhcp option82 vlan <vlan> {part} {form}",
            "vlan part",
            f"dhcp option82 vlan <vlan> {part} format",
        ),
        value("eth-trunk", "eth-trunk <n:0-127>", no="eth-trunk [<n:0-127>]"),
    )


def exposure(switch: Switch, port: str) -> PortView:
    """Return what `port` lets through; KeyError when there is no such port."""
    config = switch.config
    block = config.blocks[f"interface {port}"]
    known = vlans(config)
    untagged, tagged = _carried(block)
    held = block.ids("allow")
    view = PortView(
        up="shutdown" not in block.slots,
        untagged=untagged if untagged in known else None,
        tagged=tagged & known,
        every=link_type(block) == "trunk" and held == _EVERY,
        negotiates=not link_type(block),
    )
    return _guarded(view, config, block)


def _carried(block: Block) -> tuple[int | None, frozenset[int]]:
    """Return the VLAN of untagged frames and those with a tag, by link type."""
    match link_type(block):
        case "trunk":
            pvid, held = block.number("trunk-pvid", 1), block.ids("allow")
            passes = _ONE if held is None else held
            return (pvid if pvid in passes else None), passes - {pvid}
        case "hybrid":
            pvid, held = block.number("hybrid-pvid", 1), block.ids("untagged")
            out = _ONE if held is None else held
            return (pvid if pvid in out else None), block.ids("tagged") or frozenset()
        case _:
            return block.number("default", 1), frozenset()


def _guarded(view: PortView, config: Block, block: Block) -> PortView:
    """Return the view with the port's protection."""
    edge = block.line("stp-edge").endswith("enable")
    trusted = "snoop-trusted" in block.slots
    snooping = "dhcp" in config.slots and "snooping" in config.slots
    limit = block.number("mac-limit", 0) if "mac-limit" in block.slots else None
    return replace(
        view,
        isolated=any(slot.startswith("isolate ") for slot in block.slots),
        snooped=snooping and "snooping" in block.slots and not trusted,
        trusted=trusted,
        source_guarded="source-check" in block.slots,
        arp_guarded="arp-check" in block.slots,
        bpdu_guarded=edge and "stp-bpdu-protection" in config.slots,
        storm_limited="broadcast-storm" in block.slots,
        mac_limit=block.number("security-max", 1) if "security" in block.slots else limit,
        rate=block.line("lr inbound").removeprefix("qos lr inbound "),
    )
