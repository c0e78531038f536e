"""How FRR configuration is read, compared and changed, as data.

An interface gets an address before it loses one of another subnet, a neighbour its filters before
it is activated, and is closed before it loses them. Why each rule is as it is: docs/platforms.md.
"""

from __future__ import annotations

from dataclasses import replace

from automation.model import Feature, Grammar, Kind, Rule

_PORT = r"interface \S+"
_BGP = r"router bgp \d+"
_FAMILY = r"address-family ipv4 unicast"
UNMET = " # not in force"
"""What stands behind an address that is configured and that the kernel does not have; we put it
there (`InForce`)."""


def _value(
    key: str, within: str | None = None, order: int = 50, negate: str | None = "no {key}"
) -> Rule:
    """Return the rule of a setting with one value: `key`, and whatever follows it."""
    return Rule(rf"(?P<key>{key})(?: .*)?", Kind.VALUE, within=within, order=order, negate=negate)


_TOP = (
    _value(r"hostname", order=10, negate=""),
    _value(r"log syslog", order=20),
    _value(r"ip prefix-list \S+ description", order=20),
    # The kernel's interfaces cannot be taken away here, and are not shown while they are bare.
    Rule(_PORT, Kind.BLOCK, negate="", unshown=True),
    Rule(r"router ospf", Kind.BLOCK, order=20, disrupts=True),
    Rule(_BGP, Kind.BLOCK, order=30, disrupts=True),
)

_IN_PORT = (
    _value(r"description", _PORT, order=10),
    # With the first address of a subnet Linux may drop the others; FRR goes on showing them.
    Rule(
        rf"(?P<key>ip address (?P<address>\S+))(?P<unmet>{UNMET})?",
        within=_PORT,
        order=20,
    ),
    _value(r"ip ospf network", _PORT, order=30),
    _value(r"ip ospf passive", _PORT, order=31),
    # "Must remove previous area config before changing ospf area"
    replace(_value(r"ip ospf area", _PORT, order=40), undo_first=True),
)

_IN_OSPF = (_value(r"ospf router-id", r"router ospf", order=10),)

_IN_BGP = (
    # Every session begins anew.
    replace(_value(r"bgp router-id", _BGP, order=10), disrupts=True),
    # Before the first neighbour, who would else be active without a filter.
    Rule(r"no bgp default ipv4-unicast", within=_BGP, order=11),
    Rule(
        r"(?P<key>neighbor (?P<peer>\S+) remote-as) \S+",
        Kind.VALUE,
        within=_BGP,
        negate="no neighbor {peer}",
        order=20,
        disrupts=True,
    ),
    _value(r"neighbor \S+ description", _BGP, order=30),
    Rule(_FAMILY, Kind.BLOCK, within=_BGP, order=40),
    # `no` takes away whichever list is there, the new one too: FRR does not look at the name.
    Rule(
        r"(?P<key>neighbor \S+ prefix-list) \S+ (?P<also>in|out)",
        Kind.VALUE,
        within=_FAMILY,
        negate="no {line}",
        order=10,
    ),
    Rule(r"neighbor \S+ activate", within=_FAMILY, order=20, disrupts=True),
)

_FEATURES = (
    Feature("system", (r"hostname\b", r"log syslog\b", r"no ip forwarding$")),
    Feature("prefix_lists", (r"ip prefix-list PORTVAKT-",)),
    Feature("loopback", (r"interface lo$",), proved=True),
    Feature("uplinks", (), proved=True),
    Feature("ports", (), proved=True),
    Feature("ospf", (r"router ospf$",), proved=True),
    Feature("bgp", (r"router bgp \d+$",), proved=True),
)

GRAMMAR = Grammar(
    negation="no ",
    closed="shutdown",
    identity=("hostname",),
    opened="no shutdown",
    features=_FEATURES,
    rules=(*_TOP, *_IN_PORT, *_IN_OSPF, *_IN_BGP),
    drop=(
        r"!.*",
        r"Building configuration\.\.\.",
        r"Current configuration:",
        r"frr version \S+",
        r"exit",
        r"exit-address-family",
        r"end",
    ),
    rewrite=(
        # Numbers are given by FRR as entries come. Ours only permit, so their order is nothing;
        # one that denies was made by hand, and is taken away by its number.
        (r"^(ip prefix-list \S+) seq \d+ (permit) ", r"\1 \2 "),
        (r"^ip ospf area 0\.0\.0\.(\d+)$", r"ip ospf area \1"),
    ),
    # What the kernel drops by itself no undo brings about.
    derived=((rf"{UNMET}$", ""),),
    secrets=(
        r"(?:enable )?password (?P<secret>(?:8 )?\S+)",
        r"key-string (?P<secret>.+)",
    ),
    clear=(
        r"neighbor \S+ password (?P<secret>\S+)",
        r"ip ospf authentication-key (?P<secret>\S+)(?: \S+)?",
        r"ip ospf message-digest-key \d+ md5 (?P<secret>\S+)(?: \S+)?",
    ),
)
