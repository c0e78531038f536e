"""How VRP configuration is read, compared and changed, as data.

Why each rule is as it is stands in docs/platforms.md. The order in a port is: description, link
type, VLAN 1 away, protections, limits, VLANs. Read from the end it empties a port: VLANs go
first, and the link type when nothing hangs on it any more.
"""

from __future__ import annotations

from dataclasses import replace

from automation.model import Feature, Grammar, IdList, Kind, Rule

_PORT = r"interface \S+"
_IDS = r"\d+(?: to \d+)?(?: \d+(?: to \d+)?)*"
_NAME = "portvakt"
"""What our own schemes and templates are called on a device."""
_ACL = 2900
"""The basic ACL of the SNMP managers; a community that is bound to it is ours."""

# Entering a list adds to it; a command takes ten items, and two ids in a row are a range.
_VLANS = IdList(joiner=" ", span=" to ", add="{key} {ids}", remove="undo {key} {ids}")
_BATCH = replace(_VLANS, add="{key} batch {ids}", remove="undo {key} batch {ids}")


def _value(
    key: str,
    within: str | None = None,
    order: int = 50,
    negate: str = "undo {key}",
    *,
    disrupts: bool = False,
) -> Rule:
    """Return the rule of a setting with one value: `key`, and whatever follows it.

    VRP refuses `undo` of such a line with its value behind it ("Too many parameters").
    """
    return Rule(
        rf"(?P<key>{key}) .+",
        Kind.VALUE,
        within=within,
        order=order,
        negate=negate,
        disrupts=disrupts,
    )


def _list(key: str, order: int, *, keep_in_use: bool = False) -> Rule:
    return Rule(
        rf"(?P<key>{key}) (?P<ids>{_IDS})",
        Kind.LIST,
        within=_PORT,
        order=order,
        ids=_VLANS,
        keep_in_use=keep_in_use,
    )


def _port(line: str, order: int, negate: str | None = None, *, needs_binding: bool = False) -> Rule:
    """Return the rule of a line in a port that is there or not."""
    return Rule(line, within=_PORT, order=order, negate=negate, needs_binding=needs_binding)


_TOP = (
    _value(r"sysname", order=10, negate=""),
    _value(r"error-down auto-recovery cause bpdu-protection", order=11),
    Rule(r"stp bpdu-protection", order=12),
    # `vlan batch` and the views of single VLANs say the same thing: which VLANs there are.
    Rule(
        rf"(?P<key>vlan)(?: batch)? (?P<ids>{_IDS})",
        Kind.BLOCK,
        negate="undo vlan {ids}",
        ids=_BATCH,
        keep_in_use=True,
    ),
    _value(r"(?:name|description)", r"vlan \d+"),
    Rule(r"dhcp enable", order=10),
    Rule(r"dhcp snooping enable", order=20),
    Rule(
        r"(?P<key>(?:ntp-service unicast-server|info-center loghost) (?:ipv6 )?\S+)(?: .+)?",
        Kind.VALUE,
        negate="undo {key}",
    ),
)

_SNMP = (
    Rule(rf"acl number {_ACL}", Kind.BLOCK, order=10, keep_in_use=True),
    # The parts of a rule that is there and that the new line does not name would stay.
    replace(_value(r"rule \d+", rf"acl number {_ACL}"), undo_first=True),
    Rule(r"snmp-agent", order=20),
    # It adds versions to those that are on: the old ones have to go first.
    Rule(
        r"(?P<key>snmp-agent sys-info version) (?P<versions>.+)",
        Kind.VALUE,
        negate="undo {key} {versions}",
        order=30,
        undo_first=True,
    ),
    _value(r"snmp-agent sys-info (?:contact|location)", order=30),
    # The name alone takes it away; with the ACL behind it the line is refused.
    Rule(
        rf"(?P<key>snmp-agent community read) cipher (?P<name>\S+) acl {_ACL}",
        Kind.VALUE,
        negate="undo snmp-agent community {name}",
        order=40,
    ),
)

_DOMAIN = r"domain \S+"
_HWTACACS = r"hwtacacs-server template \S+"
_AAA = (
    Rule(_HWTACACS, Kind.BLOCK, order=10, keep_in_use=True),
    Rule(
        r"hwtacacs-server (?P<key>authentication|authorization|accounting) \S+ secondary",
        Kind.VALUE,
        within=_HWTACACS,
        negate="undo hwtacacs-server {key} secondary",
    ),
    _value(r"hwtacacs-server (?:authentication|authorization|accounting)", _HWTACACS),
    _value(r"hwtacacs-server shared-key", _HWTACACS),
    Rule(r"aaa", Kind.BLOCK, order=20, negate=""),
    # The user for the day when no server answers stands before the servers are asked at all.
    Rule(
        r"(?P<key>local-user (?P<user>\S+) password) .+",
        Kind.VALUE,
        within=r"aaa",
        negate="undo local-user {user}",
        order=10,
    ),
    _value(r"local-user \S+ privilege level", r"aaa", order=11, negate=""),
    _value(r"local-user \S+ service-type", r"aaa", order=12, negate=""),
    Rule(r"(?:authentication|authorization)-scheme \S+", Kind.BLOCK, within=r"aaa", order=20),
    _value(r"(?:authentication|authorization)-mode", r"(?:authentication|authorization)-scheme .+"),
    Rule(_DOMAIN, Kind.BLOCK, within=r"aaa", order=30, negate=""),
    _value(r"(?:authentication|authorization|accounting)-scheme", _DOMAIN),
    _value(r"(?:hwtacacs|radius)-server", _DOMAIN),
)

_IN_PORT = (
    _value(r"description", _PORT, order=5),
    _value(r"port link-type", _PORT, order=10, disrupts=True),
    # These say that VLAN 1 is off; what takes them away puts it back, as out of the box.
    _port(r"undo port trunk allow-pass vlan 1", 12),
    _port(r"undo port hybrid vlan 1", 12, "port hybrid untagged vlan 1"),
    _port(r"port-isolate enable group \d+", 20),
    _port(r"stp edged-port enable", 20, "undo stp edged-port"),
    _port(r"stp disable", 20, "stp enable"),
    _port(r"bpdu disable", 20, "bpdu enable"),
    _value(r"(?:broadcast|multicast)-suppression", _PORT, order=20),
    _value(r"mac-limit", _PORT, order=20),
    _value(r"port-security (?:max-mac-num|protect-action)", _PORT, order=21),
    # A check is on before its rate is set, option 82 before its format: so the device itself
    # writes them down and reads them when it boots.
    _port(r"dhcp snooping trusted", 30),
    _port(r"dhcp snooping enable", 30),
    _port(r"dhcp snooping check \S+ enable", 32),
    _value(r"dhcp snooping check dhcp-rate", _PORT, order=34),
    _port(r"dhcp option82 (?:insert|rebuild) enable", 36),
    _value(
        r"dhcp option82 (?:vlan \d+ )?(?:ce-vlan \d+ )?(?:(?:circuit|remote)-id )?format",
        _PORT,
        order=38,
    ),
    _port(r"ip source check user-bind enable", 39, needs_binding=True),
    _port(r"arp anti-attack check user-bind enable", 39, needs_binding=True),
    _value(r"qos lr (?:inbound|outbound)", _PORT, order=40),
    _port(r"traffic-policy \S+ (?P<way>inbound|outbound)", 40, "undo traffic-policy {way}"),
    _value(r"(?:mtu|jumboframe enable)", _PORT),
    Rule(r"eth-trunk \d+", within=_PORT, hands_off=True),
    # The new VLAN untagged, then the one of untagged frames, then the tagged ones: a port that
    # stays open loses the old VLAN only when the new one carries it.
    _value(r"port default vlan", _PORT, order=60),
    _list(r"port hybrid untagged vlan", 60),
    _value(r"port (?:hybrid|trunk) pvid vlan", _PORT, order=62),
    _list(r"port hybrid tagged vlan", 64),
    _list(r"port trunk allow-pass vlan", 64, keep_in_use=True),
)

_FEATURES = (
    Feature(
        "system",
        (
            r"sysname\b",
            r"stp bpdu-protection$",
            r"error-down auto-recovery cause bpdu-protection\b",
        ),
    ),
    Feature("vlans", (r"vlan (?:batch )?\d",)),
    # Before the uplinks: `dhcp snooping trusted` wants the feature to be on, and as long as no
    # port has it on, no DHCP message is dropped anywhere.
    Feature("dhcp_snooping", (r"dhcp enable$", r"dhcp snooping enable$")),
    Feature("uplinks", (), proved=True),
    Feature("ports", ()),
    Feature("ntp", (r"ntp-service unicast-server\b",)),
    Feature("syslog", (r"info-center loghost (?!source\b)",)),
    Feature(
        "snmp",
        (
            r"snmp-agent$",
            r"snmp-agent sys-info\b",
            r"snmp-agent community read$",
            rf"snmp-agent community read cipher \S+ acl {_ACL}$",
            rf"acl number {_ACL}$",
        ),
    ),
    Feature("aaa", (r"aaa$", rf"hwtacacs-server template {_NAME}$"), shared=(r".*",), proved=True),
)

_DROP = (
    r"#",
    r"return",
    r"!.*",  # !Software Version V200R013C00SPC500
    r"\[V\d{3}R\d{3}C\d{2}\w*\]",  # the same on other releases: looks like a prompt
    r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?(?: DST)?",
)

_SECRETS = (
    r"local-user \S+ password (?:irreversible-)?cipher (?P<secret>.+)",
    r"(?:hwtacacs|radius)-server shared-key (?:cipher )?(?P<secret>\S+)",
    r"snmp-agent community (?:read|write) (?:cipher )?(?P<secret>\S+).*",
    # Whatever else VRP shows as a cipher text, in lines that nobody here owns.
    r"(?!description ).*?(?P<secret>%\^%#.+%\^%#|\$1[a-z]\$.+\$)(?: .*)?",
)

GRAMMAR = Grammar(
    negation="undo ",
    closed="shutdown",
    identity=("sysname",),
    opened="undo shutdown",
    features=_FEATURES,
    rules=(*_TOP, *_SNMP, *_AAA, *_IN_PORT),
    drop=_DROP,
    secrets=_SECRETS,
    # `irreversible-cipher` is a salted hash: it stands as it was set, and another is drift.
    reencoded=(
        r"hwtacacs-server shared-key .+",
        r"snmp-agent community read .+",
    ),
    literal=((r'header (?:login|shell) information "[^"]*$', r'.*"'),),
)
