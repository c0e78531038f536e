"""What the lines of VRP do where they do more than be kept: VLANs, secrets, questions."""

from __future__ import annotations

from collections.abc import Mapping
from sys import intern

from automation.lab.grammar import Take, Taken, interface_names
from automation.lab.huawei_vrp.cipher import conceal, hashed, reveal
from automation.lab.huawei_vrp.port import NO_VLAN, vlans
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
    entered,
    special,
    store,
)

_KINDS = ("MEth", "GigabitEthernet", "XGigabitEthernet", "Eth-Trunk", "Vlanif", "NULL")
_PER_LINE = 10
"""`vlan batch` and the port lists take `&<1-10>` items a line (S-series command reference)."""
_CIPHER = "\x01"
"""Stands around a secret that is kept in clear and shown anew at each display."""


def _few(words: list[str]) -> Taken | None:
    """Take a list of at most ten items; `10 to 20` is one item."""
    count = items = 0
    while count < len(words) and items < _PER_LINE and words[count].isdecimal():
        spans = words[count + 1 : count + 2] == ["to"] and len(words) > count + 2
        count += 3 if spans else 1
        items += 1
    taken = words[:count]
    return (" ".join(taken), count) if taken and parse_spaces(taken) else None


TYPES: Mapping[str, Take] = {"interface": interface_names(_KINDS), "spaces": _few}


def batch(at: At, match: Match) -> Said:
    """Make VLANs, ten items a line; `undo` asks before it deletes them."""
    ids = parse_spaces(match.args["ids"].split()) or frozenset()
    if match.negated:
        return _asked_to_delete(at, ids)
    at.config.slots["vlan-batch"] = (at.config.ids("vlan-batch") or frozenset()) | ids - {1}
    return "Info: This operation may take a few seconds. Please wait for a moment...done.\n"


def _asked_to_delete(at: At, ids: frozenset[int]) -> Said:
    if not ids & vlans(at.config):
        return NO_VLAN
    return Question(
        "Warning: The configurations of the VLAN will be deleted. Continue? [Y/N]:",
        lambda answer: _delete(at, ids) if _yes(answer) else "",
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


def vlan(at: At, match: Match) -> Said:
    """Enter a VLAN and make it if it is not there."""
    number = int(match.args["vlan"])
    if match.negated:
        return _asked_to_delete(at, frozenset({number}))
    if number != 1:
        at.config.slots["vlan-batch"] = (at.config.ids("vlan-batch") or frozenset()) | {number}
    return entered(at.config, f"vlan {number}", "vlan")


def show_batch(_: At, held: Value) -> list[str]:
    """Return the VLANs of the device as VRP prints them."""
    return spaced("vlan batch", held, _PER_LINE) if isinstance(held, frozenset) else []


def sysname(at: At, match: Match) -> Said:
    """Name the switch; the prompt follows at once."""
    at.block.slots["sysname"] = "sysname HUAWEI" if match.negated else match.line
    return ""


def interface(at: At, match: Match) -> Said:
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


def fixed(at: At, match: Match) -> Said:
    """Enter a block that every device has."""
    return Entered(match.line) if match.line in at.block.blocks else NOT_HERE


def password(at: At, match: Match) -> Said:
    """Keep a user's password as a salted hash: it is shown as it was set (unlike a key)."""
    user = match.args["user"]
    slot = f"user-password {user}"
    new = slot not in at.block.slots
    stored = hashed(match.args["secret"])
    at.block.slots[slot] = intern(f"local-user {user} password irreversible-cipher {stored}")
    return "Info: Add a new user.\n" if new else ""


def shared_key(at: At, match: Match) -> Said:
    """Keep the key of a server template, to be shown with another text each time."""
    if match.negated:
        at.block.slots.pop("key", None)
    else:
        text = reveal(match.args["secret"])
        at.block.slots["key"] = f"hwtacacs-server shared-key cipher {_CIPHER}{text}{_CIPHER}"
    return ""


def scheme(kind: str) -> Row:
    """Return the row of an AAA scheme; making one is remarked upon."""
    header = f"{kind}-scheme"

    def do(at: At, match: Match) -> Said:
        name = f"{header} {match.args['name']}"
        if match.negated:
            at.block.blocks.pop(name, None)
            return ""
        new = name not in at.block.blocks
        entered(at.block, name, kind)
        remark = f"Info: Create a new {kind} scheme.\n" if kind != "accounting" else ""
        return Entered(name, remark if new else "")

    line = f"{header} <name:word>"
    return special(header, line, do, line, into=kind)


_VERSIONS = ("v1", "v2c", "v3")
_INSECURE = "Warning: SNMPv1/SNMPv2c is not secure, and it is recommended to use SNMPv3.\n"


def snmp_version(at: At, match: Match) -> Said:
    """Add versions of SNMP to those that run, or take them away; v3 runs out of the box."""
    held = set(at.block.line("snmp-version", "x x x v3").split()[3:])
    named = set(match.args.get("versions", "v1 v2c v3").replace("all", "v1 v2c v3").split())
    if named - set(_VERSIONS):
        return NOT_HERE
    after = held - named if match.negated else held | named
    words = [version for version in _VERSIONS if version in after]
    if words == ["v3"]:
        at.block.slots.pop("snmp-version", None)
    else:
        shown = "all" if len(words) == len(_VERSIONS) else " ".join(words)
        at.block.slots["snmp-version"] = intern(f"snmp-agent sys-info version {shown}")
    return _INSECURE if not match.negated and named - {"v3"} else ""


def dhcp(at: At, match: Match) -> Said:
    """Turn DHCP on; turning it off is asked about and takes all of its functions along."""
    if not match.negated or "dhcp" not in at.config.slots:
        return store(at, match)
    return Question(
        "Warning: All DHCP functions will be disabled. Continue? [Y/N]",
        lambda answer: _without_dhcp(at.config) if _yes(answer) else "",
    )


def _without_dhcp(config: Block) -> str:
    for block in (config, *config.blocks.values()):
        for slot in [slot for slot in block.slots if slot.startswith(("dhcp", "snoop"))]:
            del block.slots[slot]
    return ""


def show_secret(at: At, held: Value) -> list[str]:
    """Return the line with its secret enciphered for this display and no other."""
    if not isinstance(held, str) or _CIPHER not in held:
        return [held] if isinstance(held, str) else []
    before, clear, after = held.split(_CIPHER)
    return [f"{before}{conceal(clear, at.displays)}{after}"]


def community(at: At, match: Match) -> Said:
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


def asked(slot: str, line: str, warning: str) -> Row:
    """Return a switch of the device that asks before it is turned off."""

    def do(at: At, match: Match) -> Said:
        if not match.negated or slot not in at.block.slots:
            return store(at, match)
        return Question(warning, lambda answer: store(at, match) if _yes(answer) else "")

    return special(slot, line, do)


def _yes(answer: str) -> bool:
    return answer.lower() in ("y", "yes")


def level(at: At, match: Match) -> Said:
    """Set a user's level; another one than before is asked about."""
    return _overwrites(
        at,
        match,
        "Warning: This operation may affect online users, are you sure to change the user "
        "privilege level ?[Y/N]",
    )


def service_type(at: At, match: Match) -> Said:
    """Set what a user may come in by; another one than before is asked about."""
    return _overwrites(
        at,
        match,
        "Warning: The newly configured service-type will overwrite the original service-type. "
        "Continue? [Y/N]",
    )


def _overwrites(at: At, match: Match, warning: str) -> Said:
    """Keep a line of a user; ask first when it takes another's place."""
    slot = f"{match.row.slot} {match.args['user']}"
    if at.block.line(slot, match.line) == match.line:
        return _keep(at, slot, match.line)
    return Question(warning, lambda answer: _keep(at, slot, match.line) if _yes(answer) else "")


def _keep(at: At, slot: str, line: str) -> str:
    at.block.slots[slot] = line
    return ""


def remove_user(at: At, match: Match) -> Said:
    """Remove all that is kept of a user."""
    for slot in ("user-password", "user-level", "user-service"):
        at.block.slots.pop(f"{slot} {match.args['user']}", None)
    return ""
