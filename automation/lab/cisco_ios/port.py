"""The interface view of a Catalyst 2960-X on IOS 15, and what its lines let through.

Forms and order are those of captures in CiscoTestAutomation/genieparser (ShowRunInterface),
texts those of public lab transcripts; see docs/lab.md.
"""

from __future__ import annotations

from automation.lab.ids import parse_commas, wrapped
from automation.lab.switch import PortView, Switch
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
    stores,
    usual,
    value,
)

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
        return (
            "Command rejected: Conflict between 'nonegotiate' and 'dynamic' status "
            f"on this interface: {short(port)}\n"
        )
    return f"Command rejected: {port} is a dynamic port.\n"


def _mode_conflict(at: At, match: Match) -> str:
    dynamic = match.negated or match.args["mode"] == "dynamic"
    if dynamic and "nonegotiate" in at.block.slots:
        return (
            "Command rejected: Conflict between 'nonegotiate' and 'dynamic' status "
            f"on this interface: {short(name(at.block))}\n"
        )
    return ""


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
    syntax = f"spanning-tree portfast {word}[<trunk:trunk>]"
    return special("portfast", syntax, do, no=syntax)


def _policy(at: At, match: Match) -> Said:
    """Attach a policy map, which must be there; older trains want the one before off first.

    The true wording of both refusals is not known.
    """
    there = f"policy-map {match.args['policy']}" in at.config.blocks
    held = at.block.line("policy", match.line) != match.line and not at.switch.identity.newer
    if not match.negated and (held or not there):
        return NOT_HERE
    return stores()(at, match)


def rows(*, edge: bool) -> tuple[Row, ...]:
    """Return the view of a switch port; `edge` says how the image spells portfast."""
    return (*_switching(), *_guarding(), *_physical(), *_protecting(edge=edge), *_snooping())


def _switching() -> tuple[Row, ...]:
    allowed = "switchport trunk allowed vlan"
    return (
        value("description", "description <text>", "description [<text>]"),
        value(
            "access",
            "switchport access vlan <vlan>",
            "switchport access vlan [<vlan>]",
            default="switchport access vlan 1",
            then=_make_vlan,
        ),
        value(
            "native",
            "switchport trunk native vlan <vlan>",
            "switchport trunk native vlan [<vlan>]",
            default="switchport trunk native vlan 1",
        ),
        special(
            "allowed",
            f"{allowed} {{<all:all>|<none:none>|[<how:add|remove|except>] <ids:commas>}}",
            _trunk_list,
            no=f"{allowed} [<all:text>]",
            show=_show_list,
        ),
        value(
            "mode",
            "switchport mode <mode:access|trunk|dot1q-tunnel>",
            "switchport mode [<mode:text>]",
        ),
        value(
            "mode",
            "switchport mode <mode:dynamic> <how:auto|desirable>",
            "switchport mode-never",
            default="switchport mode dynamic auto",
        ),
        value("voice", "switchport voice vlan <vlan>", "switchport voice vlan [<vlan>]"),
        value("nonegotiate", "switchport nonegotiate", refuse=_not_while_dynamic),
        each("block", "switchport block <kind:unicast|multicast>", "kind"),
        value("protected", "switchport protected"),
    )


def _guarding() -> tuple[Row, ...]:
    return (
        value(
            "maximum",
            "switchport port-security maximum <count:1-3072>",
            "switchport port-security maximum [<count:1-3072>]",
            default="switchport port-security maximum 1",
        ),
        value(
            "violation",
            "switchport port-security violation <how:protect|restrict|shutdown>",
            "switchport port-security violation [<how:protect|restrict|shutdown>]",
            default="switchport port-security violation shutdown",
        ),
        value(
            "aging-time",
            "switchport port-security aging time <minutes:0-1440>",
            "switchport port-security aging time [<minutes:0-1440>]",
            default="switchport port-security aging time 0",
        ),
        value(
            "aging-type",
            "switchport port-security aging type <how:absolute|inactivity>",
            "switchport port-security aging type [<how:absolute|inactivity>]",
            default="switchport port-security aging type absolute",
        ),
        value("port-security", "switchport port-security", refuse=_not_while_dynamic),
        value("arp-trust", "ip arp inspection trust"),
        value(
            "arp-rate",
            "ip arp inspection limit rate <rate:0-2048>",
            "ip arp inspection limit [rate [<rate:0-2048>]]",
            default="ip arp inspection limit rate 15",
        ),
    )


def _physical() -> tuple[Row, ...]:
    return (
        value("ip-address", "ip address <ip> <mask:ip>", "ip address [<ip> <mask:ip>]"),
        value("load-interval", "load-interval <s:30-600>", "load-interval [<s:30-600>]"),
        value("shutdown", "shutdown"),
        usual("link-trap", "snmp trap link-status"),
        value(
            "power",
            "power inline {auto|static|never} [max <mw:4000-30000>]",
            "power inline [{auto|static|never} [max <mw:4000-30000>]]",
            default="power inline auto",
        ),
        value(
            "power-priority",
            "power inline port priority <level:low|high>",
            "power inline port priority [<level:low|high>]",
            default="power inline port priority low",
        ),
        usual("cdp", "cdp enable"),
        usual("lldp-transmit", "lldp transmit"),
        usual("lldp-receive", "lldp receive"),
    )


def _protecting(*, edge: bool) -> tuple[Row, ...]:
    kinds = "<kind:broadcast|multicast|unicast>"
    bound = "{<rise:percent> [<fall:percent>]|bps <rise:rate> [<fall:rate>]|"
    return (
        each(
            "storm",
            f"storm-control {kinds} level {bound}pps <rise:rate> [<fall:rate>]}}",
            "kind",
            no=f"storm-control {kinds} level [<rise:text>]",
        ),
        each("storm-action", "storm-control action <how:shutdown|trap>", "how"),
        _portfast(edge),
        value("bpdufilter", "spanning-tree bpdufilter <how:enable|disable>",
              "spanning-tree bpdufilter [<how:enable|disable>]"),
        value("bpduguard", "spanning-tree bpduguard <how:enable|disable>",
              "spanning-tree bpduguard [<how:enable|disable>]"),
        value("guard", "spanning-tree guard <how:root|loop|none>",
              "spanning-tree guard [<how:root|loop|none>]"),
        value("qos-trust", "mls qos trust <what:cos|dscp>", "mls qos trust [<what:cos|dscp>]"),
        special("policy", "service-policy input <policy:word>", _policy,
                no="service-policy input <policy:word>"),
    )


def _snooping() -> tuple[Row, ...]:
    return (
        value("ip-verify", "ip verify source [port-security]"),
        value("snoop-trust", "ip dhcp snooping trust"),
        value(
            "snoop-rate",
            "ip dhcp snooping limit rate <rate:1-2048>",
            "ip dhcp snooping limit rate [<rate:1-2048>]",
        ),
        value("snoop-untrusted", "ip dhcp snooping information option allow-untrusted"),
        each(
            "circuit-id",
            "ip dhcp snooping vlan <vlan> information option format-type circuit-id "
            "[override] string <id:word>",
            "vlan",
            no="ip dhcp snooping vlan <vlan> information option format-type circuit-id "
            "[override] string [<id:word>]",
        ),
        value("channel", "channel-group <n:1-24> mode <how:active|passive|on>",
              "channel-group [<n:1-24> [mode <how:active|passive|on>]]"),
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
    carried = untagged if passes else None
    return PortView(
        up="shutdown" not in block.slots,
        untagged=carried,
        tagged=(held or frozenset()) & known - {native} if trunk else frozenset(),
        every=trunk and held is None,
        negotiates=mode(block).startswith("dynamic"),
        **_guards(config, block, frozenset() if carried is None else frozenset({carried})),
    )


def _guards(config: Block, block: Block, vlans: frozenset[int]) -> dict[str, bool | int | str | None]:
    """Return the protection of a port as fields of a `PortView`."""
    snooped = "snooping" in config.slots and vlans <= (config.ids("snooping-vlans") or frozenset())
    trusted = "snoop-trust" in block.slots
    inspected = vlans <= (config.ids("arp-vlans") or frozenset())
    limit = block.number("maximum", 1) if "port-security" in block.slots else None
    return {
        "isolated": "protected" in block.slots,
        "snooped": snooped and not trusted,
        "trusted": trusted,
        "source_guarded": "ip-verify" in block.slots,
        "arp_guarded": inspected and "arp-trust" not in block.slots,
        "bpdu_guarded": block.line("bpduguard").endswith("enable"),
        "storm_limited": any(slot.startswith("storm ") for slot in block.slots),
        "mac_limit": limit,
        "rate": block.line("policy").rpartition(" ")[2] if "mls-qos" in config.slots else "",
    }

