"""The interface view of a Catalyst 2960-X on IOS 15, and what its lines let through.

Forms and order are those of captures in CiscoTestAutomation/genieparser (ShowRunInterface),
texts those of public lab transcripts; see docs/lab.md.
"""

from __future__ import annotations

from dataclasses import replace

from automation.lab.ids import parse_commas, wrapped
from automation.lab.switch import Switch
from automation.lab.tree import (
    NOT_HERE,
    At,
    Block,
    Match,
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

ALL = frozenset(range(1, 4095))
_PORTFAST = """\
%Warning: portfast should only be enabled on ports connected to a single
 host. Connecting hubs, concentrators, switches, bridges, etc... to this
 interface  when portfast is enabled, can cause temporary bridging loops.
 Use with CAUTION

"""
_PORTFAST_ACCESS = """\
%Portfast has been configured on {port} but will only
 have effect when the interface is in a non-trunking mode.
"""
_CONFLICT = (
    "Command rejected: Conflict between 'nonegotiate' and 'dynamic' status on this interface: {}\n"
)


def name(block: Block) -> str:
    """Return the interface's own name, from the header of its block."""
    return block.header.removeprefix("interface ")


def mode(block: Block) -> str:
    """Return the switchport mode; factory default is `dynamic auto`."""
    return block.line("mode", "switchport mode dynamic auto").removeprefix("switchport mode ")


def _vlan_exists(at: At, vlan: int) -> bool:
    return vlan == 1 or f"vlan {vlan}" in at.config.blocks


def _make_vlan(at: At, match: Match) -> str:
    """Make an access VLAN that is not there, as IOS does with a remark."""
    if match.negated or _vlan_exists(at, int(match.args["vlan"])):
        return ""
    number = match.args["vlan"]
    at.config.blocks[f"vlan {number}"] = Block(f"vlan {number}", "vlan")
    return f"% Access VLAN does not exist. Creating vlan {number}\n"


def _trunk_list(at: At, match: Match) -> Said:
    """Change the list of a trunk. Without a list all VLANs are allowed, and `no` is that.

    The arguments of the `no` form are ignored (annetutil/annet, pull request 483).
    """
    if match.negated or match.args.get("all"):
        at.block.slots.pop("allowed", None)
        return ""
    if match.args.get("none"):
        at.block.slots["allowed"] = frozenset()
        return ""
    ids = parse_commas(match.args["ids"]) or frozenset()
    held = at.block.ids("allowed")
    match match.args.get("how", ""):
        case "add":
            ids = ALL if held is None else held | ids
        case "remove":
            ids = (ALL if held is None else held) - ids
        case "except":
            ids = ALL - ids
    _store_list(at.block, ids)
    return ""


def _store_list(block: Block, ids: frozenset[int]) -> None:
    if ids == ALL:
        block.slots.pop("allowed", None)
    else:
        block.slots["allowed"] = ids


def _show_list(_: At, held: Value) -> list[str]:
    ids = held if isinstance(held, frozenset) else frozenset()
    head = "switchport trunk allowed vlan"
    return wrapped(head, f"{head} add", ids) if ids else [f"{head} none"]


def _not_while_dynamic(at: At, match: Match) -> str:
    if match.negated or not mode(at.block).startswith("dynamic"):
        return ""
    port = name(at.block)
    if match.row.slot == "nonegotiate":
        return _CONFLICT.format(short(port))
    return f"Command rejected: {port} is a dynamic port.\n"


def _not_negotiating(at: At, match: Match) -> str:
    if "nonegotiate" not in at.block.slots:
        return ""
    return _CONFLICT.format(short(name(at.block)))


def short(port: str) -> str:
    """Return the short name: `Gi1/0/1` for `GigabitEthernet1/0/1`."""
    digits = next((at for at, letter in enumerate(port) if letter.isdigit()), len(port))
    return port[:2] + port[digits:]


def _portfast(edge: bool) -> Row:
    """Return the portfast row: trains with the edge keyword store it, others do not know it."""

    def do(at: At, match: Match) -> Said:
        if match.negated:
            at.block.slots.pop("portfast", None)
            return ""
        trunk = " trunk" if "trunk" in match.args else ""
        keyword = " edge" if edge else ""
        at.block.slots["portfast"] = f"spanning-tree portfast{keyword}{trunk}"
        return _PORTFAST + ("" if trunk else _PORTFAST_ACCESS.format(port=name(at.block)))

    word = "[edge] " if edge else ""
    return special("portfast", f"spanning-tree portfast {word}[<trunk:trunk>]", do)


def _policy(at: At, match: Match) -> Said:
    """Attach a policy map, which must be there; older trains want the one before off first.

    The true wording of both refusals is not known.
    """
    there = f"policy-map {match.args['policy']}" in at.config.blocks
    held = at.block.line("policy", match.line) != match.line and not at.newer
    if not match.negated and (held or not there):
        return NOT_HERE
    return store(at, match)


def rows(*, edge: bool) -> tuple[Row, ...]:
    """Return the view of a switch port; `edge` says how the image spells portfast."""
    return (*_switching(), *_security(), *_physical(), *_protecting(edge=edge), *_snooping())


def svi_rows() -> tuple[Row, ...]:
    """Return the view of a VLAN interface, which shows that it has no address."""
    return (
        value("description", "description <text>"),
        special("ip-address", "ip address <ip> <mask:ip>", _address),
        value("shutdown", "shutdown"),
    )


def _address(at: At, match: Match) -> Said:
    at.block.slots["ip-address"] = "no ip address" if match.negated else match.line
    return ""


def _switching() -> tuple[Row, ...]:
    trunk = "switchport trunk"
    pool = "{<all:all>|<none:none>|[<how:add|remove|except>] <ids:commas>}"
    return (
        value("description", "description <text>"),
        value("access", "switchport access vlan <vlan>", "1", then=_make_vlan),
        value("native", f"{trunk} native vlan <vlan>", "1"),
        special(
            "allowed",
            f"{trunk} allowed vlan {pool}",
            _trunk_list,
            f"{trunk} allowed vlan [<any:text>]",
            show=_show_list,
        ),
        value("mode", "switchport mode <mode:access|trunk|dot1q-tunnel>"),
        value(
            "mode",
            "switchport mode <mode:dynamic> <how:auto|desirable>",
            "dynamic auto",
            no="",
            refuse=_not_negotiating,
        ),
        value("voice", "switchport voice vlan <vlan>"),
        value("nonegotiate", "switchport nonegotiate", refuse=_not_while_dynamic),
        each("block", "switchport block <kind:unicast|multicast>", "kind"),
        value("protected", "switchport protected"),
    )


def _security() -> tuple[Row, ...]:
    head = "switchport port-security"
    return (
        value("maximum", f"{head} maximum <count:1-3072>", "1"),
        value("violation", f"{head} violation <how:protect|restrict|shutdown>", "shutdown"),
        value("aging-time", f"{head} aging time <minutes:0-1440>", "0"),
        value("aging-type", f"{head} aging type <how:absolute|inactivity>", "absolute"),
        value("port-security", head, refuse=_not_while_dynamic),
        value("arp-trust", "ip arp inspection trust"),
        value("arp-rate", "ip arp inspection limit rate <rate:0-2048>", "15"),
    )


def _physical() -> tuple[Row, ...]:
    power = "power inline"
    return (
        value("ip-address", "ip address <ip> <mask:ip>"),
        value("load-interval", "load-interval <s:30-600>"),
        value("shutdown", "shutdown"),
        usual("link-trap", "snmp trap link-status"),
        value("power", f"{power} <how:auto|static|never> [max <mw:4000-30000>]", "auto"),
        value("power-priority", f"{power} port priority <level:low|high>", "low"),
        usual("cdp", "cdp enable"),
        usual("lldp-transmit", "lldp transmit"),
        usual("lldp-receive", "lldp receive"),
    )


def _protecting(*, edge: bool) -> tuple[Row, ...]:
    storm = "storm-control <kind:broadcast|multicast|unicast> level"
    bound = "{<rise:percent> [<fall:percent>]|{bps|pps} <rise:rate> [<fall:rate>]}"
    return (
        each("storm", f"{storm} {bound}", "kind", f"{storm} [<any:text>]"),
        each("storm-action", "storm-control action <how:shutdown|trap>", "how"),
        _portfast(edge),
        value("bpdufilter", "spanning-tree bpdufilter <how:enable|disable>"),
        value("bpduguard", "spanning-tree bpduguard <how:enable|disable>"),
        value("guard", "spanning-tree guard <how:root|loop|none>"),
        value("qos-device", "mls qos trust device <device:word>"),
        value("qos-trust", "mls qos trust <what:cos|dscp>"),
        special(
            "policy",
            "service-policy input <policy:word>",
            _policy,
            "service-policy input <policy:word>",
        ),
    )


def _snooping() -> tuple[Row, ...]:
    form = "ip dhcp snooping vlan <vlan> information option format-type circuit-id"
    return (
        value("ip-verify", "ip verify source [port-security]"),
        value("snoop-trust", "ip dhcp snooping trust"),
        value("snoop-rate", "ip dhcp snooping limit rate <rate:1-2048>"),
        value("snoop-untrusted", "ip dhcp snooping information option allow-untrusted"),
        each("circuit-id", f"{form} [override] string <id:word>", "vlan"),
        value("channel", "channel-group <n:1-24> mode <how:active|passive|on>"),
    )


def exposure(switch: Switch, port: str) -> PortView:
    """Return what `port` lets through; KeyError when there is no such port."""
    config = switch.config
    block = config.blocks[f"interface {port}"]
    known = {int(header[5:]) for header in config.blocks if header.startswith("vlan ")} | {1}
    trunk = mode(block) == "trunk"
    held = block.ids("allowed")
    native, access = block.number("native", 1), block.number("access", 1)
    untagged = native if trunk else access
    passes = untagged in known and (not trunk or held is None or native in held)
    view = PortView(
        up="shutdown" not in block.slots,
        untagged=untagged if passes else None,
        tagged=(held or frozenset()) & known - {native} if trunk else frozenset(),
        every=trunk and held is None,
        negotiates=mode(block).startswith("dynamic"),
    )
    return _guarded(view, config, block)


def _guarded(view: PortView, config: Block, block: Block) -> PortView:
    """Return the view with the port's protection: all VLANs that it carries, or none."""
    carried = view.tagged if view.untagged is None else view.tagged | {view.untagged}
    trusted = "snoop-trust" in block.slots

    def covered(slot: str) -> bool:
        held = config.ids(slot) or frozenset()
        return bool(carried) and not view.every and carried <= held

    return replace(
        view,
        isolated="protected" in block.slots,
        snooped="snooping" in config.slots and covered("snooping-vlans") and not trusted,
        trusted=trusted,
        source_guarded="ip-verify" in block.slots,
        arp_guarded=covered("arp-vlans") and "arp-trust" not in block.slots,
        bpdu_guarded=block.line("bpduguard").endswith("enable"),
        storm_limited=any(slot.startswith("storm ") for slot in block.slots),
        mac_limit=block.number("maximum", 1) if "port-security" in block.slots else None,
        rate=block.line("policy").rpartition(" ")[2] if "mls-qos" in config.slots else "",
    )
