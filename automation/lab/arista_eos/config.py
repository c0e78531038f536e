"""The global configuration view of an EOS switch, and the small views below it."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from sys import intern

from automation.lab.arista_eos.port import rows as port_rows
from automation.lab.grammar import Take, Taken
from automation.lab.ids import parse_commas
from automation.lab.tree import (
    NOT_HERE,
    At,
    Block,
    Entered,
    Match,
    Row,
    Said,
    View,
    block,
    each,
    entered,
    special,
    usual,
    value,
    view,
)

_KINDS = ("Ethernet", "Management", "Port-Channel", "Vlan", "Loopback")


def _interface(words: list[str]) -> Taken | None:
    """Take an interface name, short or full, its number apart or not."""
    letters = words[0].rstrip("0123456789/")
    digits, taken = words[0][len(letters) :], 1
    if not digits and len(words) > 1 and words[1][0].isdigit():
        digits, taken = words[1], 2
    kinds = [kind for kind in _KINDS if letters and kind.lower().startswith(letters.lower())]
    return (kinds[0] + digits, taken) if len(kinds) == 1 and digits else None


def _prefix(words: list[str]) -> Taken | None:
    """Take an IPv4 address with its prefix length: `192.0.2.1/24`."""
    address, slash, length = words[0].partition("/")
    fits = slash and address.count(".") == 3 and length.isdecimal() and int(length) <= 32
    return (words[0], 1) if fits else None


def _level(words: list[str]) -> Taken | None:
    """Take a storm level in percent; trailing zeros are not kept."""
    try:
        level = float(words[0])
    except ValueError:
        return None
    return (f"{level:g}", 1) if 0 <= level <= 100 else None


TYPES: dict[str, Take] = {"interface": _interface, "prefix": _prefix, "level": _level}


def hashed(secret: str) -> str:
    """Return a stored form of `secret`, of the shape of a sha512 hash; not a real one."""
    text = b64encode(hashlib.sha512(secret.encode()).digest()).decode().replace("+", ".")
    return f"$6${text[:16]}${text[16:86]}"


def scrambled(key: str) -> str:
    """Return a stored form of a key, of the shape of type 7: hexadecimal, and no cipher."""
    seed = 8
    return f"{seed:02}" + "".join(f"{letter ^ 0x55:02X}" for letter in key.encode())


def _username(at: At, match: Match) -> Said:
    """Keep a user with the hash of his secret; a role is kept only when it was entered."""
    user = match.args["user"]
    if match.negated:
        gone = at.block.slots.pop(f"username {user}", None)
        return "" if gone else "% User not present\n"
    words = [f"username {user}"]
    words += [f"privilege {match.args['level']}"] if "level" in match.args else []
    words += [f"role {match.args['role']}"] if "role" in match.args else []
    secret = match.args["secret"]
    stored = secret if match.args.get("type") in ("sha512", "5") else hashed(secret)
    at.block.slots[f"username {user}"] = intern(f"{' '.join(words)} secret sha512 {stored}")
    return ""


def _tacacs(at: At, match: Match) -> Said:
    """Keep a TACACS+ server with its key scrambled."""
    slot = f"tacacs-host {match.args['ip']}"
    if match.negated:
        at.block.slots.pop(slot, None)
        return ""
    key = match.args["key"]
    stored = key if match.args.get("type") == "7" else scrambled(key)
    at.block.slots[slot] = intern(f"tacacs-server host {match.args['ip']} key 7 {stored}")
    return ""


def _vlan(at: At, match: Match) -> Said:
    """Enter a VLAN, or several at once; `no` removes them."""
    ids = parse_commas(match.args["ids"]) or frozenset()
    if match.negated:
        for number in ids - {1}:
            at.config.blocks.pop(f"vlan {number}", None)
        return ""
    for number in sorted(ids):
        last = entered(at.config, f"vlan {number}", "vlan")
    return last


def _interface_block(at: At, match: Match) -> Said:
    """Enter an interface: a logical one is made, a physical one must be there."""
    name = match.args["name"]
    made = name.startswith(("Vlan", "Port-Channel", "Loopback"))
    if match.negated:
        if not made:
            return "% Removal of physical interfaces is not permitted\n"
        at.config.blocks.pop(f"interface {name}", None)
        return ""
    if f"interface {name}" in at.config.blocks:
        return Entered(f"interface {name}")
    return entered(at.config, f"interface {name}", "port") if made else NOT_HERE


def _domain(at: At, match: Match) -> Said:
    if match.negated:
        at.block.slots.pop("domain", None)
    else:
        at.block.slots["domain"] = intern(f"dns domain {match.args['domain']}")
    return ""


def _hostname(at: At, match: Match) -> Said:
    at.block.slots["hostname"] = "hostname localhost" if match.negated else match.line
    return ""


def _stp_mode(at: At, match: Match) -> Said:
    at.block.slots["stp-mode"] = "spanning-tree mode mstp" if match.negated else match.line
    return ""


def _global() -> tuple[Row, ...]:
    recovery = "errdisable recovery"
    return (
        value("model", "service routing protocols model <name:ribd|multi-agent>",
              "service routing protocols model"),
        each("errdisable", f"{recovery} cause <cause:word>", "cause"),
        value("errdisable-interval", f"{recovery} interval <s:30-86400>",
              f"{recovery} interval [<s:30-86400>]", default=f"{recovery} interval 300"),
        usual("lldp-run", "lldp run"),
        value("logging-trap", "logging trap <level:word>", "logging trap [<level:word>]"),
        each("logging-host", "logging host <ip>", "ip"),
        special("hostname", "hostname <name:word>", _hostname, no="hostname [<name:word>]"),
        special("domain", "{dns domain|ip domain-name} <domain:word>", _domain,
                no="{dns domain|ip domain-name} [<domain:word>]"),
        each("ntp", "ntp server <ip> [prefer]", "ip", no="ntp server <ip> [prefer]"),
        value("snmp-contact", "snmp-server contact <text>", "snmp-server contact [<text>]"),
        value("snmp-location", "snmp-server location <text>", "snmp-server location [<text>]"),
        each("snmp-community", "snmp-server community <name:word> <right:ro|rw> [<acl:word>]",
             "name", no="snmp-server community <name:word> [<right:ro|rw>] [<acl:word>]"),
        special("stp-mode", "spanning-tree mode <mode:mstp|rstp|rapid-pvst|none>", _stp_mode,
                no="spanning-tree mode [<mode:mstp|rstp|rapid-pvst|none>]"),
        value("stp-edge", "spanning-tree edge-port bpduguard default"),
        special("tacacs-host", "tacacs-server host <ip> key [<type:0|7>] <key:word>", _tacacs,
                no="tacacs-server host <ip> [key [<type:0|7>] <key:word>]"),
        *_aaa(),
        special("vlan", "vlan <ids:commas>", _vlan, no="vlan <ids:commas>", into="vlan"),
        special("interface", "interface <name:interface>", _interface_block,
                no="interface <name:interface>", into="port"),
        block("acl", "ip access-list standard <name:word>", "acl",
              "ip access-list standard {name}", no="ip access-list standard <name:word>"),
        usual("routing", "ip routing"),
        block("ssh", "management ssh", "ssh", "management ssh", no="management ssh"),
    )


def _aaa() -> tuple[Row, ...]:
    who = "<kind:exec|commands> [<level:all>] default"
    return (
        block("aaa-group", "aaa group server tacacs+ <name:word>", "aaa-group",
              "aaa group server tacacs+ {name}", no="aaa group server tacacs+ <name:word>"),
        each("aaa-authentication", "aaa authentication <kind:login|enable> <list:word> <text>",
             "kind list", no="aaa authentication <kind:login|enable> <list:word> [<text>]"),
        each("aaa-authorization", f"aaa authorization {who} <text>", "kind level",
             no=f"aaa authorization {who} [<text>]"),
        each("aaa-accounting", f"aaa accounting {who} <text>", "kind level",
             no=f"aaa accounting {who} [<text>]"),
        usual("aaa-root", "aaa root"),
        special("username",
                "username <user:word> [privilege <level:0-15>] [role <role:word>] "
                "secret [<type:0|5|sha512>] <secret:word>", _username,
                no="username <user:word>"),
    )


def _entry(at: At, match: Match) -> Said:
    """Keep an entry of a list under its number; one without a number comes last."""
    if match.negated:
        at.block.slots.pop(f"entry {match.args['n']}", None)
        return ""
    taken = [int(slot.rpartition(" ")[2]) for slot in at.block.slots]
    number = int(match.args.get("n") or max(taken, default=0) + 10)
    if number in taken:
        return "% Duplicate sequence number\n"
    rule = match.args["rule"]
    at.block.slots[f"entry {number}"] = intern(f"{number} {match.args['how']} {rule}")
    return ""


def _small_views() -> dict[str, tuple[Row, ...]]:
    return {
        "vlan": (
            value("name", "name <name:word>", "name [<name:word>]"),
            value("state", "state <how:active|suspend>", "state [<how:active|suspend>]",
                  default="state active"),
        ),
        "aaa-group": (each("server", "server <ip>", "ip"),),
        "acl": (
            special("entry", "[<n:1-2147483647>] <how:permit|deny> <rule:text>", _entry,
                    no="<n:1-2147483647>"),
        ),
        "ssh": (
            value("idle", "idle-timeout <m:0-86400>", "idle-timeout [<m:0-86400>]"),
            usual("shutdown", "shutdown"),
        ),
    }


def views() -> dict[str, View]:
    """Return every configuration view; `default` takes a setting back as `no` does."""
    tables = {"global": _global(), "port": port_rows(), **_small_views()}
    return {name: view(rows, ("no", "default"), TYPES) for name, rows in tables.items()}


def factory(ports: tuple[str, ...], *, newer: bool) -> Block:
    """Return an empty configuration with every physical port at factory default."""
    config = Block("", "global")
    config.slots["stp-mode"] = "spanning-tree mode mstp"
    config.slots["routing"] = "no ip routing"
    if newer:
        config.slots["model"] = "service routing protocols model multi-agent"
        config.slots["aaa-root"] = "no aaa root"
    for port in (*ports, "Management1"):
        config.blocks[intern(f"interface {port}")] = Block(intern(f"interface {port}"), "port")
    return config
