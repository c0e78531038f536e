"""How EOS configuration is read, compared and changed, as data.

A candidate is committed whole, so nothing here shuts a port in between. What is taken away is
set back with `default`: on EOS a `no` can itself be stored as a line. Why: docs/platforms.md.
"""

from __future__ import annotations

from dataclasses import replace

from automation.model import Feature, Grammar, IdList, Kind, Rule

_PORT = r"interface \S+"
_TRUNK_LIST = IdList(
    joiner=",",
    span="-",
    whole="{key} {ids}",
    add="{key} add {ids}",
    remove="{key} remove {ids}",
    empty="none",
    absent_is_all=True,
)
_VLANS = IdList(joiner=",", span="-", add="{key} {ids}", remove="no {key} {ids}")


def _value(
    key: str, within: str | None = None, order: int = 50, negate: str | None = "no {key}"
) -> Rule:
    """Return the rule of a setting with one value: `key`, and whatever follows it."""
    return Rule(rf"(?P<key>{key})(?: .*)?", Kind.VALUE, within=within, order=order, negate=negate)


def _in_port(key: str, order: int = 50) -> Rule:
    """Return the rule of a port's setting, which is set back with `default`."""
    return _value(key, _PORT, order, "default {key}")


_TOP = (
    _value(r"hostname", order=10, negate=""),
    _value(r"dns domain", order=11),
    # Every port of the switch waits for a new tree.
    replace(_value(r"spanning-tree mode", order=12), disrupts=True),
    _value(r"errdisable recovery interval"),
    Rule(
        r"(?P<key>vlan) (?P<ids>[\d,-]+)",
        Kind.BLOCK,
        negate="no vlan {ids}",
        ids=_VLANS,
        keep_in_use=True,
    ),
    _value(r"name", r"vlan \d+"),
    # EOS refuses to take a physical interface away.
    Rule(_PORT, Kind.BLOCK, negate=""),
    _value(r"ntp server (?:vrf \S+ )?\S+"),
    _value(r"logging (?:vrf \S+ )?host \S+"),
    Rule(r"ip access-list standard \S+", Kind.BLOCK, order=10, keep_in_use=True),
    # A number that is taken is refused: "% Duplicate sequence number".
    Rule(
        r"(?P<key>\d+) (?:permit|deny|remark) .*",
        Kind.VALUE,
        within=r"ip access-list standard \S+",
        negate="no {key}",
        undo_first=True,
    ),
    _value(r"snmp-server community \S+", order=20, negate=None),
    _value(r"snmp-server (?:location|contact)", order=20),
    Rule(
        r"(?P<key>username \S+) (?:privilege|role|secret|nopassword)\b.*",
        Kind.VALUE,
        negate="no {key}",
        order=10,
    ),
    _value(r"tacacs-server host \S+(?: vrf \S+)?", order=20),
    Rule(r"aaa group server tacacs\+ \S+", Kind.BLOCK, order=30, keep_in_use=True),
    _value(r"aaa authentication login \S+", order=40),
    _value(r"aaa authorization exec \S+", order=50),
    _value(r"aaa accounting (?:exec|commands \S+) \S+", order=60),
)

_IN_PORT = (
    Rule(r"channel-group \d+ mode \S+", within=_PORT, hands_off=True),
    _in_port(r"description", order=10),
    _in_port(r"storm-control (?:broadcast|multicast|unknown-unicast|all)", order=20),
    _in_port(r"spanning-tree (?:bpduguard|bpdufilter|guard)", order=21),
    _in_port(r"spanning-tree portfast", order=22),
    _in_port(r"switchport access vlan", order=40),
    _in_port(r"switchport trunk native vlan", order=41),
    Rule(
        r"(?P<key>switchport trunk allowed vlan) (?:add )?(?P<ids>[\d,-]+|none)",
        Kind.LIST,
        within=_PORT,
        negate="default {key}",
        ids=_TRUNK_LIST,
        keep_in_use=True,
        order=42,
    ),
    _in_port(r"switchport mode", order=45),
    Rule(r"no (?P<what>.+)", within=_PORT, negate="default {what}", order=20),
)

_FEATURES = (
    Feature(
        "system",
        (
            r"hostname\b",
            r"dns domain\b",
            r"spanning-tree mode\b",
            r"errdisable recovery\b",
        ),
    ),
    Feature("vlans", (r"vlan \d",)),
    Feature("uplinks", (), proved=True),
    Feature("ports", ()),
    Feature("ntp", (r"ntp server\b",)),
    Feature("syslog", (r"logging (?:vrf \S+ )?host\b",)),
    Feature(
        "snmp",
        (
            r"ip access-list standard PORTVAKT-SNMP$",
            r"snmp-server (?:community|location|contact)\b",
        ),
    ),
    Feature(
        "aaa",
        (
            r"username ",
            r"tacacs-server host\b",
            r"aaa group server tacacs\+ PORTVAKT$",
            r"aaa authentication login default\b",
            r"aaa authorization exec default\b",
            r"aaa accounting (?:exec|commands all) default\b",
        ),
        shared=(r"username ",),
        proved=True,
    ),
)

_SECRETS = (
    r"username \S+ (?:privilege \d+ )?(?:role \S+ )?secret (?P<secret>.+)",
    r"(?:enable (?:secret|password)|aaa root secret) (?P<secret>.+)",
    r"snmp-server user .* auth \S+ (?P<secret>.+)",
    r"(?!description |username )(?:.* )?(?:key|password) (?P<secret>(?:\d[a-z]? )?\S+)",
    r"ntp authentication-key \d+ \S+ (?P<secret>.+)",
)

_CLEAR = (
    r"snmp-server community (?P<secret>\S+).*",
    r"snmp-server host \S+ (?:vrf \S+ )?(?:traps |informs )?version (?:1|2c) (?P<secret>\S+).*",
)

GRAMMAR = Grammar(
    negation="no ",
    closed="shutdown",
    identity=("hostname",),
    opened="no shutdown",
    features=_FEATURES,
    rules=(*_TOP, *_IN_PORT),
    drop=(r"!.*", r"end"),
    rewrite=((r"^ip domain-name\b", r"dns domain"),),
    secrets=_SECRETS,
    clear=_CLEAR,
    literal=((r"banner (?:login|motd)$", r"^EOF$"),),
)
