"""What the lines of VRP do where they do more than be kept: VLANs, secrets, questions."""

from __future__ import annotations

from collections.abc import Mapping

from automation.lab.grammar import Take, Taken, interface_names
from automation.lab.huawei_vrp.cipher import conceal, hashed, reveal
from automation.lab.huawei_vrp.port import NO_VLAN, vlans
from automation.lab.ids import parse_spaces, spaced
from automation.lab.tree import (
    NOT_HERE,
    At,
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
    return ""


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


def secret(slot: str, syntax: str, key: str = "", no: str | None = None) -> Row:
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

    return special(slot, syntax, do, no or f"{syntax.partition(' <how')[0]}", show=show_secret)


def show_secret(at: At, held: Value) -> list[str]:
    """Return the line with its secret enciphered for this display and no other."""
    if not isinstance(held, str) or _CIPHER not in held:
        return [held] if isinstance(held, str) else []
    before, clear, after = held.split(_CIPHER)
    hide = hashed if " irreversible-cipher " in held else conceal
    return [f"{before}{hide(clear, at.switch.displays)}{after}"]


def kept_secret(line: str) -> str:
    """Return the secret of a line that was kept in clear."""
    return line.partition(_CIPHER)[2].rpartition(_CIPHER)[0]


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
