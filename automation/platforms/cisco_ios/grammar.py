"""How IOS configuration is read, compared and changed, as data.

Why each rule is as it is stands in docs/platforms.md; the order in a port is: description,
protections that need no mode, VLANs, mode, protections that need one, source guard.
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
    min_span=3,
    absent_is_all=True,
)
_GLOBAL_LIST = IdList(joiner=",", span="-", add="{key} {ids}", remove="no {key} {ids}", min_span=3)


def _value(
    key: str, within: str | None = None, order: int = 50, negate: str | None = "no {key}"
) -> Rule:
    """Return the rule of a setting with one value: `key`, and whatever follows it."""
    return Rule(rf"(?P<key>{key})(?: .*)?", Kind.VALUE, within=within, order=order, negate=negate)


_TOP = (
    _value(r"hostname", order=10, negate=""),
    _value(r"ip domain-name", order=11),
    Rule(r"vtp mode \S+", Kind.VALUE, negate="no vtp mode", order=12),
    # Every port of the switch waits for a new tree.
    replace(_value(r"spanning-tree mode", order=13), disrupts=True),
    _value(r"errdisable recovery interval", order=15),
    Rule(
        r"(?P<key>vlan) (?P<ids>[\d,-]+)",
        Kind.BLOCK,
        negate="no vlan {ids}",
        ids=_GLOBAL_LIST,
        keep_in_use=True,
    ),
    _value(r"name", r"vlan \d+"),
    Rule(_PORT, Kind.BLOCK, negate=""),
    Rule(r"mls qos", order=19),
    Rule(r"policy-map \S+", Kind.BLOCK, order=20, keep_in_use=True),
    Rule(r"class \S+", Kind.BLOCK, within=r"policy-map \S+"),
    # The 2960 wants the whole line to take a policer away (command reference, "police").
    _value(r"police", r"class \S+", negate="no {line}"),
    Rule(r"(?P<key>ip dhcp snooping vlan) (?P<ids>[\d,-]+)", Kind.LIST, ids=_GLOBAL_LIST, order=30),
    _value(r"ip dhcp snooping information option format remote-id", order=31),
    Rule(r"ip dhcp snooping", order=39),
    _value(r"service timestamps log"),
    _value(r"ntp server (?:vrf \S+ )?\S+"),
    _value(r"logging host (?:ipv6 )?\S+(?: vrf \S+)?"),
    Rule(r"ip access-list standard \S+", Kind.BLOCK, order=10, keep_in_use=True),
    _value(r"snmp-server community \S+", order=20, negate=None),
    _value(r"snmp-server (?:location|contact)", order=20),
    _value(r"username \S+", order=10),
    Rule(r"aaa new-model", order=20),
    Rule(r"tacacs server \S+", Kind.BLOCK, order=30, keep_in_use=True),
    _value(r"address ipv[46]", r"tacacs server \S+"),
    _value(r"key", r"tacacs server \S+"),
    Rule(r"aaa group server tacacs\+ \S+", Kind.BLOCK, order=40, keep_in_use=True),
    _value(r"aaa authentication login \S+", order=50),
    _value(r"aaa authorization exec \S+", order=60),
    _value(r"aaa accounting (?:exec|commands \d+) \S+", order=70),
)

_IN_PORT = (
    Rule(r"channel-group \d+ mode \S+", within=_PORT, hands_off=True),
    _value(r"description", _PORT, order=10),
    # Protections that hold in any mode stand before the VLANs that they protect.
    Rule(r"switchport protected", within=_PORT, order=20),
    Rule(r"no (?:cdp enable|lldp transmit|lldp receive)", within=_PORT, order=20),
    _value(r"power inline port priority", _PORT, order=20),
    _value(r"power inline", _PORT, order=20),
    Rule(
        r"(?P<key>storm-control (?:broadcast|multicast|unicast|unknown-unicast) level) .*",
        Kind.VALUE,
        within=_PORT,
        negate="no {key}",
        order=20,
    ),
    _value(r"ip dhcp snooping limit rate", _PORT, order=20),
    Rule(r"ip (?:dhcp snooping|arp inspection) trust", within=_PORT, order=20),
    # Stands beside what is trusted, and is taken away by itself.
    Rule(r"mls qos trust device .*", within=_PORT, order=20),
    _value(r"mls qos trust", _PORT, order=20),
    # The two go together, the guard before the door.
    _value(r"spanning-tree (?:bpduguard|bpdufilter|guard)", _PORT, order=21),
    _value(r"spanning-tree portfast", _PORT, order=22),
    _value(
        r"ip dhcp snooping vlan \d+ information option format-type circuit-id",
        _PORT,
        order=23,
        negate="no {line}",
    ),
    # A second policy is refused by some trains while the first is on the port.
    Rule(
        r"(?P<key>service-policy (?:input|output)) \S+",
        Kind.VALUE,
        within=_PORT,
        order=24,
        undo_first=True,
    ),
    _value(r"switchport access vlan", _PORT, order=40),
    _value(r"switchport voice vlan", _PORT, order=40),
    _value(r"switchport trunk native vlan", _PORT, order=41),
    # Its `no` form means all VLANs, whatever follows it (annetutil/annet, pull request 483).
    Rule(
        r"(?P<key>switchport trunk allowed vlan) (?:add )?(?P<ids>[\d,-]+|none)",
        Kind.LIST,
        within=_PORT,
        negate="no {key}",
        ids=_TRUNK_LIST,
        keep_in_use=True,
        order=42,
    ),
    _value(r"switchport trunk encapsulation", _PORT, order=43),
    # Before the VLANs it would open VLAN 1, or all of them.
    Rule(
        r"(?P<key>switchport mode) .*",
        Kind.VALUE,
        within=_PORT,
        negate="no {key}",
        order=45,
        disrupts=True,
    ),
    # Refused while the port negotiates its mode; switched off before their values are.
    Rule(r"switchport nonegotiate", within=_PORT, order=46),
    _value(r"switchport port-security maximum", _PORT, order=47, negate="no {line}"),
    _value(r"switchport port-security violation", _PORT, order=47, negate="no {line}"),
    _value(r"switchport port-security aging (?:time|type)", _PORT, order=47),
    Rule(r"switchport port-security", within=_PORT, order=48),
    Rule(
        r"(?P<key>ip verify source)(?: .*)?",
        Kind.VALUE,
        within=_PORT,
        negate="no {key}",
        order=60,
        needs_binding=True,
    ),
)

_FEATURES = (
    Feature(
        "system",
        (
            r"hostname\b",
            r"(?:no )?ip domain-lookup$",
            r"ip domain-name\b",
            r"vtp mode\b",
            r"spanning-tree mode\b",
            r"errdisable recovery\b",
        ),
    ),
    Feature("vlans", (r"vlan \d",)),
    Feature("tiers", (r"mls qos$", r"policy-map UP-")),
    Feature("uplinks", (), proved=True),
    Feature("dhcp_snooping", (r"(?:no )?ip dhcp snooping(?: vlan| information|$)",)),
    Feature("ports", ()),
    Feature("ntp", (r"ntp server\b",)),
    Feature("syslog", (r"service timestamps log\b", r"logging host\b")),
    Feature(
        "snmp",
        (
            r"ip access-list standard PORTVAKT-SNMP$",
            r"snmp-server (?:community|location|contact)\b",
            r"snmp-server ifindex persist$",
        ),
    ),
    Feature(
        "aaa",
        (
            r"username ",
            r"aaa new-model$",
            r"tacacs server PORTVAKT-",
            r"aaa group server tacacs\+ PORTVAKT$",
            r"aaa authentication login default\b",
            r"aaa authorization exec default\b",
            r"aaa accounting (?:exec|commands 15) default\b",
        ),
        shared=(r"username ",),
        proved=True,
    ),
)

_DROP = (
    r"!.*",
    r"Building configuration\.\.\.",
    r"Current configuration : \d+ bytes",
    r"Load for five secs: .*",
    r"Time source is .*",
    r"version \d+\.\d+",
    r"ntp clock-period \d+",
    r"switchport port-security mac-address sticky \S+(?: vlan \S+)?",  # learned, not configured
    r"end",
)

_REWRITE = (
    (r"^spanning-tree portfast edge\b", r"spanning-tree portfast"),
    (r"^(?:\d+ )?(permit|deny) +", r"\1 "),  # IOS pads: `deny   any`
    (r"^((?:permit|deny) \S+) {2,}", r"\1 "),
    (r"^(no )?ip domain (name|lookup)\b", r"\1ip domain-\2"),
    (r"^logging (\d+\.)", r"logging host \1"),
)

_SECRETS = (
    r"username \S+ (?:privilege \d+ )?(?:secret|password) (?P<secret>.+)",
    r"enable (?:secret|password) (?:level \d+ )?(?P<secret>.+)",
    r"(?!description )(?:.* )?password (?P<secret>(?:[0-9] )?\S+)",
    # The number of a key is not secret, and tells one line from another.
    r"(?:ntp authentication-key|ip ospf message-digest-key) \d+ md5 (?P<secret>.+)",
    r"(?!description |remark |name |snmp-server (?:location|contact) |key chain )"
    r"(?!ntp (?:server|peer|trusted-key) )(?:.*? )??\S*key\S* (?P<secret>.+)",
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
    drop=_DROP,
    rewrite=_REWRITE,
    secrets=_SECRETS,
    clear=_CLEAR,
    literal=(
        (r"banner \S+ \^C(?!.*\^C).*", r".*\^C.*"),
        (r"certificate .*", r"^\s*quit"),
    ),
)
