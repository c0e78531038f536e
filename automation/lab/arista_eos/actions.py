"""What the lines of EOS do where they do more than be kept: VLANs, secrets, blocks."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace
from sys import intern

from automation.lab.grammar import Take, Taken, interface_names
from automation.lab.ids import parse_commas
from automation.lab.tree import NOT_HERE, At, Entered, Match, Said, entered

_KINDS = ("Ethernet", "Management", "Port-Channel", "Vlan", "Loopback")


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


TYPES: Mapping[str, Take] = {
    "interface": interface_names(_KINDS),
    "prefix": _prefix,
    "level": _level,
}


def hashed(secret: str) -> str:
    """Return a stored form of `secret`, of the shape of a sha512 hash; not a real one."""
    text = b64encode(hashlib.sha512(secret.encode()).digest()).decode().replace("+", ".")
    return f"$6${text[:16]}${text[16:86]}"


def scrambled(key: str) -> str:
    """Return a stored form of a key, of the shape of type 7: hexadecimal, and no cipher."""
    seed = 8
    return f"{seed:02}" + "".join(f"{letter ^ 0x55:02X}" for letter in key.encode())


def username(at: At, match: Match) -> Said:
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


def tacacs(at: At, match: Match) -> Said:
    """Keep a TACACS+ server with its key scrambled."""
    slot = f"tacacs-host {match.args['ip']}"
    if match.negated:
        at.block.slots.pop(slot, None)
        return ""
    key = match.args["key"]
    stored = key if match.args.get("type") == "7" else scrambled(key)
    at.block.slots[slot] = intern(f"tacacs-server host {match.args['ip']} key 7 {stored}")
    return ""


def vlan(at: At, match: Match) -> Said:
    """Enter a VLAN, or several at once; `no` removes them."""
    ids = parse_commas(match.args["ids"]) or frozenset()
    if match.negated:
        for number in ids - {1}:
            at.config.blocks.pop(f"vlan {number}", None)
        return ""
    for number in sorted(ids):
        last = entered(at.config, f"vlan {number}", "vlan")
    return replace(last, shown=match.args["ids"])


def interface(at: At, match: Match) -> Said:
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


def domain(at: At, match: Match) -> Said:
    """Keep the domain as newer trains spell it, whichever spelling was typed."""
    if match.negated:
        at.block.slots.pop("domain", None)
    else:
        at.block.slots["domain"] = intern(f"dns domain {match.args['domain']}")
    return ""


def hostname(at: At, match: Match) -> Said:
    """Name the switch; the prompt follows at once."""
    at.block.slots["hostname"] = "hostname localhost" if match.negated else match.line
    return ""


def stp_mode(at: At, match: Match) -> Said:
    """Set the spanning tree mode, which is always shown."""
    at.block.slots["stp-mode"] = "spanning-tree mode mstp" if match.negated else match.line
    return ""


def entry(at: At, match: Match) -> Said:
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
