"""The global configuration view of a Catalyst 2960-X on IOS 15, and the small views below it."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from sys import intern

from automation.lab.cisco_ios.port import rows as port_rows
from automation.lab.grammar import Taken, Take
from automation.lab.ids import commas, parse_commas
from automation.lab.tree import (
    NOT_HERE,
    At,
    Block,
    Entered,
    Match,
    Question,
    Row,
    Said,
    Value,
    View,
    block,
    each,
    entered,
    special,
    usual,
    value,
    view,
)

_KINDS = ("FastEthernet", "GigabitEthernet", "TenGigabitEthernet", "Port-channel", "Vlan")


def _interface(words: list[str]) -> Taken | None:
    """Take an interface name, short or full, its number apart or not."""
    letters = words[0].rstrip("0123456789/")
    digits, taken = words[0][len(letters) :], 1
    if not digits and len(words) > 1 and words[1][0].isdigit():
        digits, taken = words[1], 2
    kinds = [kind for kind in _KINDS if letters and kind.lower().startswith(letters.lower())]
    return (kinds[0] + digits, taken) if len(kinds) == 1 and digits else None


def _rate(words: list[str]) -> Taken | None:
    """Take a storm rate: a number with an optional k, m or g."""
    number = words[0].rstrip("kmg")
    fits = number.replace(".", "", 1).isdecimal() and len(words[0]) - len(number) <= 1
    return (words[0], 1) if fits else None


def _megabits(words: list[str]) -> Taken | None:
    """Take a policer's bits a second: 1 Mbit/s steps (Catalyst 2960 command reference)."""
    fits = words[0].isdecimal() and 10**6 <= int(words[0]) <= 10**9
    return (words[0], 1) if fits and int(words[0]) % 10**6 == 0 else None


TYPES: dict[str, Take] = {"interface": _interface, "rate": _rate, "megabits": _megabits}


def _set_ids(at: At, match: Match) -> Said:
    """Add to a global VLAN list, or take from it; `no` without a list takes nothing away."""
    held = at.block.ids(match.row.slot) or frozenset()
    ids = parse_commas(match.args["ids"]) or frozenset()
    held = held - ids if match.negated else held | ids
    if held:
        at.block.slots[match.row.slot] = held
    else:
        at.block.slots.pop(match.row.slot, None)
    return ""


def _id_list(slot: str, head: str) -> Row:
    """Return the row of a global VLAN list: entering it adds, `no` with ids removes."""

    def show(_: At, held: Value) -> list[str]:
        return [f"{head} {commas(held)}"] if isinstance(held, frozenset) else []

    return special(slot, f"{head} <ids:commas>", _set_ids, no=f"{head} <ids:commas>", show=show)


def _vlan(at: At, match: Match) -> Said:
    """Enter a VLAN, or several at once; `no` removes them and leaves their ports inactive."""
    ids = parse_commas(match.args["ids"]) or frozenset()
    if match.negated:
        for number in ids - {1}:
            at.config.blocks.pop(f"vlan {number}", None)
        return ""
    for number in sorted(ids):
        last = entered(at.config, f"vlan {number}", "vlan")
    return last


def _vtp(at: At, match: Match) -> Said:
    """Set the VTP mode; only in transparent and off are VLANs part of the configuration."""
    mode = "server" if match.negated else match.args["mode"]
    if mode == "server":
        at.block.slots.pop("vtp", None)
    else:
        at.block.slots["vtp"] = intern(f"vtp mode {mode}")
    if mode == "off":
        return "Setting device to VTP Off mode for VLANS.\n"
    return f"Setting device to VTP {mode.upper()} mode.\n"


def hashed(secret: str) -> str:
    """Return a stored form of `secret`, of the shape of a type 5 hash; not a real one."""
    text = b64encode(hashlib.sha256(secret.encode()).digest()).decode().replace("+", ".")
    return f"$1${text[:4]}${text[4:26]}"


def _secret(head: str, args: Match) -> str:
    """Return the stored line of a secret: entered in clear, it is kept as a hash."""
    if args.args.get("type", "0") == "0":
        return intern(f"{head} secret 5 {hashed(args.args['secret'])}")
    return intern(f"{head} secret {args.args['type']} {args.args['secret']}")


def _username(at: At, match: Match) -> Said:
    user = match.args["user"]
    if match.negated:
        return Question(
            "This operation will remove all username related configurations with same name."
            "Do you want to continue? [confirm]",
            lambda answer: _remove_user(at, user) if answer in ("", "y", "Y") else "",
        )
    level = match.args.get("level", "1")
    privilege = "" if level == "1" else f" privilege {level}"
    at.block.slots[f"username {user}"] = _secret(f"username {user}{privilege}", match)
    return ""


def _remove_user(at: At, user: str) -> str:
    at.block.slots.pop(f"username {user}", None)
    return ""


def _enable(at: At, match: Match) -> Said:
    if match.negated:
        at.block.slots.pop("enable", None)
    else:
        at.block.slots["enable"] = _secret("enable", match)
    return ""


def _domain(at: At, match: Match) -> Said:
    """Store the domain as IOS 15 spells it, whichever spelling was typed."""
    if match.negated:
        at.block.slots.pop("domain", None)
    else:
        at.block.slots["domain"] = intern(f"ip domain-name {match.args['domain']}")
    return ""


def _hostname(at: At, match: Match) -> Said:
    at.block.slots["hostname"] = match.line if not match.negated else "hostname Switch"
    return ""


def _interface_block(at: At, match: Match) -> Said:
    """Enter an interface: a VLAN interface is made, a physical one must be there."""
    header = f"interface {match.args['name']}"
    made = match.args["name"].startswith(("Vlan", "Port-channel"))
    if match.negated:
        if made:
            at.config.blocks.pop(header, None)
        return ""
    if header in at.config.blocks:
        return Entered(header)
    if not made:
        return NOT_HERE
    return entered(at.config, header, "svi")


def _system() -> tuple[Row, ...]:
    return (
        each("service", "service <name:timestamps> <what:log|debug> [<text>]", "name what"),
        each("service", "service <name:password-encryption|compress-config>", "name"),
        special("hostname", "hostname <name:word>", _hostname, no="hostname [<name:word>]"),
        special(
            "enable",
            "enable secret [<type:0|5|8|9>] <secret:word>",
            _enable,
            no="enable secret [<text>]",
        ),
        special(
            "username",
            "username <user:word> [privilege <level:0-15>] secret [<type:0|5|8|9>] <secret:word>",
            _username,
            no="username <user:word> [<text>]",
        ),
        value("aaa", "aaa new-model"),
        block("aaa-group", "aaa group server tacacs+ <name:word>", "aaa-group",
              "aaa group server tacacs+ {name}", no="aaa group server tacacs+ <name:word>"),
        each("aaa-authentication", "aaa authentication <kind:login|enable> <list:word> <text>",
             "kind list", no="aaa authentication <kind:login|enable> <list:word> [<text>]"),
        *_aaa_authorization(),
        value("aaa-session", "aaa session-id common"),
        value("mls-qos", "mls qos"),
    )


def _aaa_authorization() -> tuple[Row, ...]:
    head = "aaa authorization"
    accounting = "aaa accounting"
    return (
        value("aaa-console", f"{head} {{console|config-commands}}"),
        each("aaa-authorization", f"{head} <kind:exec> <list:word> <text>", "kind list",
             no=f"{head} <kind:exec> <list:word> [<text>]"),
        each("aaa-authorization", f"{head} <kind:commands> <level:0-15> <list:word> <text>",
             "kind level list", no=f"{head} <kind:commands> <level:0-15> <list:word> [<text>]"),
        each("aaa-accounting", f"{accounting} <kind:exec> <list:word> <text>", "kind list",
             no=f"{accounting} <kind:exec> <list:word> [<text>]"),
        each("aaa-accounting", f"{accounting} <kind:commands> <level:0-15> <list:word> <text>",
             "kind level list",
             no=f"{accounting} <kind:commands> <level:0-15> <list:word> [<text>]"),
    )


def _layer_two() -> tuple[Row, ...]:
    recovery = "errdisable recovery"
    return (
        special("vtp", "vtp mode <mode:server|client|transparent|off>", _vtp, no="vtp mode"),
        _id_list("arp-vlans", "ip arp inspection vlan"),
        _id_list("snooping-vlans", "ip dhcp snooping vlan"),
        value("remote-id",
              "ip dhcp snooping information option format remote-id {hostname|string <id:word>}",
              "ip dhcp snooping information option format remote-id [<text>]"),
        usual("option82", "ip dhcp snooping information option"),
        value("snooping", "ip dhcp snooping"),
        usual("domain-lookup", "ip domain-lookup"),
        special("domain", "ip {domain-name|domain name} <domain:word>", _domain,
                no="ip {domain-name|domain name} [<domain:word>]"),
        value("stp-mode", "spanning-tree mode <mode:pvst|rapid-pvst|mst>",
              "spanning-tree mode [<text>]", default="spanning-tree mode pvst"),
        value("stp-bpduguard", "spanning-tree portfast bpduguard default"),
        value("stp-extend", "spanning-tree extend system-id"),
        each("errdisable", f"{recovery} cause <cause:word>", "cause"),
        value("errdisable-interval", f"{recovery} interval <s:30-86400>",
              f"{recovery} interval [<s:30-86400>]", default=f"{recovery} interval 300"),
        special("vlan", "vlan <ids:commas>", _vlan, no="vlan <ids:commas>", into="vlan"),
        usual("cdp-run", "cdp run"),
        value("lldp-run", "lldp run"),
    )


def _blocks() -> tuple[Row, ...]:
    return (
        block("class-map", "class-map [match-all|match-any] <name:word>", "class-map",
              "class-map match-all {name}", no="class-map [match-all|match-any] <name:word>"),
        block("policy-map", "policy-map <name:word>", "policy-map", "policy-map {name}",
              no="policy-map <name:word>"),
        special("interface", "interface <name:interface>", _interface_block,
                no="interface <name:interface>", into="port"),
        Row(slot="svi", syntax="", do=_interface_block, into="svi"),
    )


def _management() -> tuple[Row, ...]:
    return (
        usual("http", "ip http server"),
        usual("https", "ip http secure-server"),
        value("gateway", "ip default-gateway <ip>", "ip default-gateway [<ip>]"),
        value("ssh", "ip ssh version <n:1-2>", "ip ssh version [<n:1-2>]"),
        block("acl", "ip access-list standard <name:word>", "acl",
              "ip access-list standard {name}", no="ip access-list standard <name:word>"),
        value("logging-trap", "logging trap <level:word>", "logging trap [<level:word>]",
              default="logging trap informational"),
        value("logging-buffered", "logging buffered <size:4096-2147483647>",
              "logging buffered [<text>]"),
        value("logging-source", "logging source-interface <name:interface>",
              "logging source-interface [<name:interface>]"),
        special("logging-host", "logging [host] <ip>", _logging_host, no="logging [host] <ip>"),
        each("snmp-community", "snmp-server community <name:word> <right:RO|RW> [<acl:word>]",
             "name", no="snmp-server community <name:word> [<text>]"),
        value("snmp-ifindex", "snmp-server ifindex persist"),
        value("snmp-location", "snmp-server location <text>", "snmp-server location [<text>]"),
        value("snmp-contact", "snmp-server contact <text>", "snmp-server contact [<text>]"),
        each("snmp-host", "snmp-server host <ip> version <v:2c> <name:word>", "ip name",
             no="snmp-server host <ip> [version <v:2c>] <name:word>"),
        block("tacacs", "tacacs server <name:word>", "tacacs", "tacacs server {name}",
              no="tacacs server <name:word>"),
        special("line", "line <kind:con|vty> <span:text>", _line, into="line"),
        each("ntp", "ntp server <ip> [prefer]", "ip", no="ntp server <ip> [prefer]"),
    )


def _logging_host(at: At, match: Match) -> Said:
    """Store a syslog server as IOS 15 prints it."""
    slot = f"logging-host {match.args['ip']}"
    if match.negated:
        at.block.slots.pop(slot, None)
    else:
        at.block.slots[slot] = intern(f"logging host {match.args['ip']}")
    return ""


def _line(at: At, match: Match) -> Said:
    """Enter the lines of the console or of the virtual terminals, in the spans there are."""
    header = f"line {match.args['kind']} {match.args['span']}"
    return Entered(header) if header in at.config.blocks else NOT_HERE


def _small_views() -> dict[str, tuple[Row, ...]]:
    return {
        "vlan": (value("name", "name <name:word>", "name [<name:word>]"),),
        "aaa-group": (each("server", "server name <name:word>", "name"),),
        "tacacs": (
            value("address", "address ipv4 <ip>", "address ipv4 [<ip>]"),
            value("key", "key [<type:0|7>] <key:word>", "key [<text>]"),
            value("timeout", "timeout <s:1-1000>", "timeout [<s:1-1000>]"),
        ),
        "acl": (
            each("entry", "[<n:1-2147483647>] {permit|deny} <text>", "text"),
        ),
        "line": (
            value("access-class", "access-class <acl:word> in", "access-class <acl:word> in"),
            value("exec-timeout", "exec-timeout <m:0-35791> [<s:0-2147483>]",
                  "exec-timeout [<text>]", default="exec-timeout 10 0"),
            value("privilege", "privilege level <n:0-15>", "privilege level [<n:0-15>]"),
            value("logging", "logging synchronous"),
            value("login", "login [{local|authentication <list:word>}]"),
            value("transport", "transport input {ssh|telnet|all|none|telnet ssh|ssh telnet}",
                  "transport input [<text>]"),
        ),
        "class-map": (
            each("match", "match {access-group name <acl:word>|ip dscp <dscp:word>}", "acl dscp"),
        ),
        "policy-map": (
            block("class", "class <name:word>", "class", "class {name}", no="class <name:word>"),
        ),
        "class": (
            value("police", "police <bps:megabits> <burst:8000-1000000> [exceed-action <do:drop>]",
                  "police [<text>]"),
            value("trust", "trust {dscp|cos}"),
        ),
    }


def views(*, edge: bool) -> dict[str, View]:
    """Return every configuration view; `edge` says how the image spells portfast."""
    tables = {
        "global": (*_system(), *_layer_two(), *_blocks(), *_management()),
        "port": port_rows(edge=edge),
        **_small_views(),
    }
    tables["svi"] = tables["port"]
    return {name: view(rows, ("no",), TYPES) for name, rows in tables.items()}


def factory(ports: tuple[str, ...]) -> Block:
    """Return an empty configuration with every physical port at factory default."""
    config = Block("", "global")
    for port in (*ports, "Vlan1"):
        kind = "svi" if port.startswith("Vlan") else "port"
        config.blocks[intern(f"interface {port}")] = Block(intern(f"interface {port}"), kind)
    for header in ("line con 0", "line vty 0 4", "line vty 5 15"):
        config.blocks[header] = Block(header, "line")
    return config
