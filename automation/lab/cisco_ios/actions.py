"""What the lines of IOS do where they do more than be kept: VLANs, secrets, blocks."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Mapping
from ipaddress import AddressValueError, IPv6Address
from sys import intern

from automation.lab.grammar import Take, Taken, interface_names
from automation.lab.ids import parse_commas
from automation.lab.tree import NOT_HERE, At, Entered, Match, Question, Said, Value, entered

_KINDS = ("FastEthernet", "GigabitEthernet", "TenGigabitEthernet", "Port-channel", "Vlan")


def _rate(words: list[str]) -> Taken | None:
    """Take a storm rate: a number with an optional k, m or g."""
    number = words[0].rstrip("kmg")
    fits = number.replace(".", "", 1).isdecimal() and len(words[0]) - len(number) <= 1
    return (words[0], 1) if fits else None


def _megabits(words: list[str]) -> Taken | None:
    """Take a policer's bits a second: 1 Mbit/s steps (Catalyst 2960 command reference)."""
    fits = words[0].isdecimal() and 10**6 <= int(words[0]) <= 10**9
    return (words[0], 1) if fits and int(words[0]) % 10**6 == 0 else None


def _ipv6(words: list[str]) -> Taken | None:
    """Take an IPv6 address."""
    try:
        return str(IPv6Address(words[0])).upper(), 1
    except AddressValueError:
        return None


TYPES: Mapping[str, Take] = {
    "ipv6": _ipv6,
    "interface": interface_names(_KINDS),
    "rate": _rate,
    "megabits": _megabits,
}


def set_ids(at: At, match: Match) -> Said:
    """Add to a global VLAN list, or take from it; `no` without a list takes nothing away."""
    held = at.block.ids(match.row.slot) or frozenset()
    ids = parse_commas(match.args["ids"]) or frozenset()
    held = held - ids if match.negated else held | ids
    if held:
        at.block.slots[match.row.slot] = held
    else:
        at.block.slots.pop(match.row.slot, None)
    return ""


def vlan(at: At, match: Match) -> Said:
    """Enter a VLAN, or several at once; `no` removes them and leaves their ports inactive."""
    ids = parse_commas(match.args["ids"]) or frozenset()
    if match.negated:
        for number in ids - {1}:
            at.config.blocks.pop(f"vlan {number}", None)
        return ""
    for number in sorted(ids):
        last = entered(at.config, f"vlan {number}", "vlan")
    return last


def vtp(at: At, match: Match) -> Said:
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


def username(at: At, match: Match) -> Said:
    """Keep a user with the hash of his secret; `no` asks before it removes him."""
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


def enable(at: At, match: Match) -> Said:
    """Keep the enable secret as a hash."""
    if match.negated:
        at.block.slots.pop("enable", None)
    else:
        at.block.slots["enable"] = _secret("enable", match)
    return ""


def domain(at: At, match: Match) -> Said:
    """Store the domain as IOS 15 spells it, whichever spelling was typed."""
    if match.negated:
        at.block.slots.pop("domain", None)
    else:
        at.block.slots["domain"] = intern(f"ip domain-name {match.args['domain']}")
    return ""


def hostname(at: At, match: Match) -> Said:
    """Name the switch; the prompt follows at once."""
    at.block.slots["hostname"] = match.line if not match.negated else "hostname Switch"
    return ""


def interface(at: At, match: Match) -> Said:
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
    made_now = entered(at.config, header, "svi")
    at.config.blocks[header].slots["ip-address"] = "no ip address"
    return made_now


def logging_host(at: At, match: Match) -> Said:
    """Store a syslog server as IOS 15 prints it."""
    slot = f"logging-host {match.args['ip']}"
    if match.negated:
        at.block.slots.pop(slot, None)
    else:
        at.block.slots[slot] = intern(f"logging host {match.args['ip']}")
    return ""


def line(at: At, match: Match) -> Said:
    """Enter the lines of the console or of the virtual terminals, in the spans there are."""
    header = f"line {match.args['kind']} {match.args['span']}"
    return Entered(header) if header in at.config.blocks else NOT_HERE


def key(at: At, match: Match) -> Said:
    """Keep a key in clear, or as it was scrambled elsewhere."""
    if match.negated:
        at.block.slots.pop("key", None)
        return ""
    scrambled = match.args.get("type") == "7"
    at.block.slots["key"] = intern(f"key {'7 ' if scrambled else ''}{match.args['key']}")
    return ""


def show_key(at: At, held: Value) -> list[str]:
    """Return a key as it is, or scrambled where `service password-encryption` is on."""
    if not isinstance(held, str):
        return []
    text = held.removeprefix("key ")
    if "service password-encryption" not in at.config.slots or text.startswith("7 "):
        return [held]
    return [f"key 7 08{''.join(f'{letter ^ 0x55:02X}' for letter in text.encode())}"]


def show_entry(_: At, held: Value) -> list[str]:
    """Return an entry of an access list as IOS prints it: `deny` as wide as `permit`."""
    return [re.sub(r"\bdeny +", "deny   ", held, count=1)] if isinstance(held, str) else []


def flow_control(_: At, match: Match) -> str:
    """Remark what pause frames do to QoS, when it is switched on."""
    if match.negated:
        return ""
    return "QoS: ensure flow-control on all interfaces are OFF for proper operation.\n"
