"""The system view of an S5700 on V200R013, and the small views below it."""

from __future__ import annotations

from sys import intern

from automation.lab.grammar import Take, Taken
from automation.lab.huawei_vrp.cipher import conceal, hashed, reveal
from automation.lab.huawei_vrp.port import NO_VLAN, vlans
from automation.lab.huawei_vrp.port import rows as port_rows
from automation.lab.ids import parse_spaces, spaced
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
    stores,
    value,
    view,
)

_KINDS = ("MEth", "GigabitEthernet", "XGigabitEthernet", "Eth-Trunk", "Vlanif", "NULL")
_PER_LINE = 10
"""`vlan batch` and the port lists take `&<1-10>` items a line (S-series command reference)."""
_CIPHER = "\x01"
"""Stands before a secret that is stored in clear and shown anew at each display."""


def _interface(words: list[str]) -> Taken | None:
    """Take an interface name, short or full, its number apart or not."""
    letters = words[0].rstrip("0123456789/")
    digits, taken = words[0][len(letters) :], 1
    if not digits and len(words) > 1 and words[1][0].isdigit():
        digits, taken = words[1], 2
    kinds = [kind for kind in _KINDS if letters and kind.lower().startswith(letters.lower())]
    return (kinds[0] + digits, taken) if len(kinds) == 1 and digits else None


def _few(words: list[str]) -> Taken | None:
    """Take a list of at most ten items; `10 to 20` is one item."""
    count = items = 0
    while count < len(words) and items < _PER_LINE and words[count].isdecimal():
        spans = words[count + 1 : count + 2] == ["to"] and len(words) > count + 2
        count += 3 if spans else 1
        items += 1
    taken = words[:count]
    return (" ".join(taken), count) if taken and parse_spaces(taken) else None


TYPES: dict[str, Take] = {"interface": _interface, "spaces": _few}


def _batch(at: At, match: Match) -> Said:
    ids = parse_spaces(match.args["ids"].split()) or frozenset()
    if match.negated:
        return _asked_to_delete(at, ids)
    at.config.slots["vlan-batch"] = (at.config.ids("vlan-batch") or frozenset()) | ids - {1}
    return ""


def _asked_to_delete(at: At, ids: frozenset[int]) -> Said:
    if not ids & vlans(at.config):
        return NO_VLAN
    return Question(
        "Warning: The configurations of the VLAN will be deleted. Continue? [Y/N]:",
        lambda answer: _delete(at, ids) if answer.lower() == "y" else "",
    )


def _delete(at: At, ids: frozenset[int]) -> str:
    left = (at.config.ids("vlan-batch") or frozenset()) - ids
    if left:
        at.config.slots["vlan-batch"] = left
    else:
        at.config.slots.pop("vlan-batch", None)
    for number in ids:
        at.config.blocks.pop(f"vlan {number}", None)
    return ""


def _vlan(at: At, match: Match) -> Said:
    """Enter a VLAN and make it if it is not there."""
    number = int(match.args["vlan"])
    if match.negated:
        return _asked_to_delete(at, frozenset({number}))
    if number != 1:
        at.config.slots["vlan-batch"] = (at.config.ids("vlan-batch") or frozenset()) | {number}
    return entered(at.config, f"vlan {number}", "vlan")


def _show_batch(_: At, held: Value) -> list[str]:
    return spaced("vlan batch", held, _PER_LINE) if isinstance(held, frozenset) else []


def _sysname(at: At, match: Match) -> Said:
    at.block.slots["sysname"] = "sysname HUAWEI" if match.negated else match.line
    return ""


def _interface_block(at: At, match: Match) -> Said:
    """Enter an interface: a VLAN interface needs its VLAN, a physical one must be there."""
    name = match.args["name"]
    header = f"interface {name}"
    if name.startswith("Vlanif"):
        if int(name[6:]) not in vlans(at.config):
            return NO_VLAN
        if match.negated:
            at.config.blocks.pop(header, None)
            return ""
        return entered(at.config, header, "vlanif")
    if match.negated or header not in at.config.blocks:
        return NOT_HERE
    return Entered(header)


def _fixed(at: At, match: Match) -> Said:
    """Enter a block that every device has."""
    header = match.row.header.format(**match.args)
    return Entered(header) if header in at.block.blocks else NOT_HERE


def _there(slot: str, syntax: str, into: str, header: str) -> Row:
    return Row(slot=slot, syntax=syntax, do=_fixed, into=into, header=header)


def _secret(slot: str, syntax: str, key: str, no: str) -> Row:
    """Return the row of a setting with a secret, shown with another text each time."""
    names = key.split()

    def do(at: At, match: Match) -> Said:
        name = " ".join((slot, *(match.args[part] for part in names)))
        if match.negated:
            at.block.slots.pop(name, None)
            return ""
        before, _, after = match.line.partition(f" {match.args['secret']}")
        at.block.slots[name] = f"{before} {_CIPHER}{reveal(match.args['secret'])}{_CIPHER}{after}"
        return ""

    return special(slot, syntax, do, no=no, show=_show_secret)


def _show_secret(at: At, held: Value) -> list[str]:
    """Return the line with its secret enciphered for this display and no other."""
    if not isinstance(held, str) or _CIPHER not in held:
        return [held] if isinstance(held, str) else []
    before, secret, after = held.split(_CIPHER)
    if " irreversible-cipher " in held:
        return [f"{before}{hashed(secret, at.switch.displays)}{after}"]
    return [f"{before}{conceal(secret, at.switch.displays)}{after}"]


def _community(at: At, match: Match) -> Said:
    """Keep an SNMP community by its text; it is removed by that text, without its ACL."""
    text = reveal(match.args["secret"])
    slot = f"snmp-community {text}"
    if match.negated:
        at.block.slots.pop(slot, None)
        return ""
    acl = f" acl {match.args['acl']}" if "acl" in match.args else ""
    right = match.args["right"]
    at.block.slots[slot] = f"snmp-agent community {right} cipher {_CIPHER}{text}{_CIPHER}{acl}"
    return ""


def _asks(slot: str, line: str, warning: str) -> Row:
    """Return a switch that asks before it is turned off."""

    def do(at: At, match: Match) -> Said:
        if match.negated and slot in at.block.slots:
            return Question(
                warning,
                lambda answer: str(at.block.slots.pop(slot) and "") if answer.lower() == "y" else "",
            )
        return stores()(at, match)

    return special(slot, line, do, no=line)


def _system() -> tuple[Row, ...]:
    return (
        special("sysname", "sysname <name:word>", _sysname, no="sysname"),
        value("dns", "dns domain <name:word>", "dns domain [<name:word>]"),
        value("timezone", "clock timezone <text>", "clock timezone"),
        special("vlan-batch", "vlan batch <ids:spaces>", _batch, no="vlan batch <ids:spaces>",
                show=_show_batch),
        value("stp-mode", "stp mode <mode:stp|rstp|mstp>", "stp mode", default="stp mode mstp"),
        value("stp-bpdu-protection", "stp bpdu-protection"),
        value("lldp", "lldp enable"),
        each("ntp", "ntp-service unicast-server <ip> [prefer]", "ip",
             no="ntp-service unicast-server <ip>"),
        value("ntp-off", "ntp-service server disable"),
        value("isolate-mode", "port-isolate mode <mode:l2|all>", "port-isolate mode",
              default="port-isolate mode l2"),
        _asks("dhcp", "dhcp enable",
              "Warning: All DHCP functions will be disabled. Continue? [Y/N]"),
        value("snooping", "dhcp snooping enable [ipv4]", "dhcp snooping enable"),
        block("hwtacacs", "hwtacacs-server template <name:word>", "hwtacacs",
              "hwtacacs-server template {name}", no="hwtacacs-server template <name:word>"),
        block("acl", "acl [number] <number:2000-4999>", "acl", "acl number {number}",
              no="acl [number] <number:2000-4999>"),
        value("error-down", "error-down auto-recovery cause <cause:word> interval <s:30-86400>",
              "error-down auto-recovery cause <cause:word>"),
        special("vlan", "vlan <vlan>", _vlan, no="vlan <vlan>", into="vlan"),
        _there("aaa", "aaa", "aaa", "aaa"),
        Row(slot="vlanif", syntax="", do=_interface_block, into="vlanif"),
        special("interface", "interface <name:interface>", _interface_block,
                no="interface <name:interface>", into="port"),
    )


def _management() -> tuple[Row, ...]:
    source = "info-center loghost source <name:interface>"
    return (
        value("loghost-source", source, "info-center loghost source"),
        each("loghost", "info-center loghost <ip>", "ip"),
        value("snmp", "snmp-agent"),
        special("snmp-community", "snmp-agent community <right:read|write> [cipher] <secret:word> "
                "[acl <acl:2000-2999>]", _community, no="snmp-agent community <secret:word>",
                show=_show_secret),
        value("snmp-contact", "snmp-agent sys-info contact <text>", "snmp-agent sys-info contact"),
        value("snmp-location", "snmp-agent sys-info location <text>",
              "snmp-agent sys-info location"),
        value("snmp-version", "snmp-agent sys-info version <text>",
              "snmp-agent sys-info version [<text>]"),
        _asks("stelnet", "stelnet server enable",
              "Warning: The operation will stop the STelnet server. Do you want to continue? "
              "[Y/N]:"),
        each("ssh-user", "ssh user <user:word> <what:authentication-type|service-type> <v:word>",
             "user what", no="ssh user <user:word>"),
        _there("user-interface", "user-interface <kind:con> <first:0-0>", "line",
               "user-interface {kind} {first}"),
        _there("user-interface", "user-interface <kind:vty> <first:0-0> <last:4-4>", "line",
               "user-interface {kind} {first} {last}"),
    )


def _level(at: At, match: Match) -> Said:
    """Set a user's level; another one than before is asked about."""
    slot = f"user-level {match.args['user']}"
    if at.block.line(slot, match.line) == match.line:
        return _stored(at, slot, match)
    return Question(
        "Warning: This operation may affect online users, are you sure to change the user "
        "privilege level ?[Y/N]",
        lambda answer: _stored(at, slot, match) if answer.lower() == "y" else "",
    )


def _service_type(at: At, match: Match) -> Said:
    """Set what a user may come in by; another one than before is asked about."""
    slot = f"user-service {match.args['user']}"
    held = at.block.line(slot)
    if match.negated or held in ("", match.line):
        return _stored(at, slot, match)
    return Question(
        "Warning: The newly configured service-type will overwrite the original service-type. "
        "Continue? [Y/N]",
        lambda answer: _stored(at, slot, match) if answer.lower() == "y" else "",
    )


def _stored(at: At, slot: str, match: Match) -> str:
    at.block.slots[slot] = match.line
    return ""


def _remove_user(at: At, match: Match) -> Said:
    for slot in ("user-password", "user-level", "user-service"):
        at.block.slots.pop(f"{slot} {match.args['user']}", None)
    return ""


def _aaa() -> tuple[Row, ...]:
    return (
        block("authentication-scheme", "authentication-scheme <name:word>", "authen",
              "authentication-scheme {name}", no="authentication-scheme <name:word>"),
        block("authorization-scheme", "authorization-scheme <name:word>", "author",
              "authorization-scheme {name}", no="authorization-scheme <name:word>"),
        block("accounting-scheme", "accounting-scheme <name:word>", "accounting",
              "accounting-scheme {name}", no="accounting-scheme <name:word>"),
        block("domain", "domain <name:word>", "domain", "domain {name}", no="domain <name:word>"),
        _secret("user-password",
                "local-user <user:word> password <how:cipher|irreversible-cipher> <secret:word>",
                "user", "local-user <user:word> password"),
        special("user-level", "local-user <user:word> privilege level <n:0-15>", _level),
        special("user-service", "local-user <user:word> service-type <kinds:text>", _service_type),
        special("user", "", _remove_user, no="local-user <user:word>"),
    )


def _small_views() -> dict[str, tuple[Row, ...]]:
    mode = "<first:hwtacacs|local|none|radius> [<second:local|none>]"
    server = "hwtacacs-server <what:authentication|authorization|accounting>"
    return {
        "vlan": (
            value("name", "name <name:word>", "name"),
            value("description", "description <text>", "description"),
            value("snooping", "dhcp snooping enable"),
        ),
        "authen": (value("mode", f"authentication-mode {mode}", "authentication-mode",
                         default="authentication-mode local"),),
        "author": (value("mode", f"authorization-mode {mode}", "authorization-mode",
                         default="authorization-mode local"),),
        "accounting": (value("mode", "accounting-mode <how:hwtacacs|radius|none>",
                             "accounting-mode", default="accounting-mode none"),),
        "domain": (
            each("scheme", "<kind:authentication-scheme|authorization-scheme|accounting-scheme> "
                 "<name:word>", "kind",
                 no="<kind:authentication-scheme|authorization-scheme|accounting-scheme>"),
            value("server", "hwtacacs-server <name:word>", "hwtacacs-server"),
        ),
        "hwtacacs": (
            each("server", f"{server} <ip> [<rank:secondary|third>]", "what rank",
                 no=f"{server} [<ip>] [<rank:secondary|third>]"),
            value("source", "hwtacacs-server source-ip <ip>", "hwtacacs-server source-ip"),
            _secret("key", "hwtacacs-server shared-key cipher <secret:word>", "",
                    "hwtacacs-server shared-key"),
        ),
        "acl": (each("rule", "rule <n:0-4294967294> {permit|deny} <text>", "n",
                     no="rule <n:0-4294967294>"),),
        "line": (
            value("auth", "authentication-mode <how:aaa|password|none>", "authentication-mode"),
            value("acl", "acl <n:2000-3999> inbound", "acl [<n:2000-3999>] inbound"),
            value("idle", "idle-timeout <m:0-35791> [<s:0-59>]", "idle-timeout",
                  default="idle-timeout 10 0"),
            value("protocol", "protocol inbound <how:ssh|telnet|all>", "protocol inbound"),
            value("level", "user privilege level <n:0-15>", "user privilege level"),
        ),
    }


def views() -> dict[str, View]:
    """Return every configuration view."""
    ports = port_rows()
    tables = {
        "system": (*_system(), *_management()),
        "port": ports,
        "vlanif": ports,
        "aaa": _aaa(),
        **_small_views(),
    }
    return {name: view(rows, ("undo",), TYPES) for name, rows in tables.items()}


def factory(ports: tuple[str, ...]) -> Block:
    """Return an empty configuration with every physical port at factory default."""
    config = Block("", "system")
    for name in ("Vlanif1", *ports, "NULL0"):
        kind = "vlanif" if name.startswith("Vlanif") else "port"
        config.blocks[intern(f"interface {name}")] = Block(intern(f"interface {name}"), kind)
    config.blocks["aaa"] = aaa = Block("aaa", "aaa")
    for header, kind in (
        ("authentication-scheme default", "authen"),
        ("authorization-scheme default", "author"),
        ("accounting-scheme default", "accounting"),
        ("domain default", "domain"),
        ("domain default_admin", "domain"),
    ):
        aaa.blocks[header] = Block(header, kind)
    for header in ("user-interface con 0", "user-interface vty 0 4"):
        config.blocks[header] = Block(header, "line")
    return config
