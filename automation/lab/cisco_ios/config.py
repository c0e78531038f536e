"""The global configuration view of a Catalyst 2960-X on IOS 15, and the small views below it.

Rows stand in the order in which the device prints them.
"""

from __future__ import annotations

from dataclasses import replace
from sys import intern

from automation.lab.cisco_ios import actions as do
from automation.lab.cisco_ios.port import rows as port_rows
from automation.lab.cisco_ios.port import svi_rows
from automation.lab.ids import commas
from automation.lab.tree import (
    At,
    Block,
    Row,
    Value,
    View,
    block,
    each,
    special,
    usual,
    value,
    view,
)

_SECRET = "secret [<type:0|5|8|9>] <secret:word>"  # noqa: S105 - a syntax


def _id_list(slot: str, head: str) -> Row:
    """Return the row of a global VLAN list: entering it adds, `no` with ids removes."""

    def show(_: At, held: Value) -> list[str]:
        return [f"{head} {commas(held)}"] if isinstance(held, frozenset) else []

    line = f"{head} <ids:commas>"
    return special(slot, line, do.set_ids, line, show=show)


def _system() -> tuple[Row, ...]:
    group = "aaa group server tacacs+ <name:word>"
    stamps = "service <name:timestamps> <what:log|debug>"
    return (
        each("service", f"{stamps} [<text>]", "name what"),
        each("service", "service <name:password-encryption|compress-config>", "name"),
        special("hostname", "hostname <name:word>", do.hostname),
        special("enable", f"enable {_SECRET}", do.enable, "enable secret [<any:text>]"),
        special(
            "username",
            f"username <user:word> [privilege <level:0-15>] {_SECRET}",
            do.username,
            "username <user:word> [<any:text>]",
        ),
        value("aaa", "aaa new-model"),
        block("aaa-group", group, "aaa-group"),
        each(
            "aaa-authentication",
            "aaa authentication <kind:login|enable> <list:word> <text>",
            "kind list",
        ),
        *_authorization(),
        value("aaa-session", "aaa session-id common"),
        value("mls-qos", "mls qos", then=do.flow_control),
    )


def _authorization() -> tuple[Row, ...]:
    commands = "<kind:commands> <level:0-15> <list:word> <text>"
    return (
        value("aaa-console", "aaa authorization console"),
        value("aaa-config", "aaa authorization config-commands"),
        each("aaa-authorization", "aaa authorization <kind:exec> <list:word> <text>", "kind list"),
        each("aaa-authorization", f"aaa authorization {commands}", "kind level list"),
        each("aaa-accounting", "aaa accounting <kind:exec> <list:word> <text>", "kind list"),
        each("aaa-accounting", f"aaa accounting {commands}", "kind level list"),
    )


def _layer_two() -> tuple[Row, ...]:
    option82 = "ip dhcp snooping information option"
    domain = "ip {domain-name|domain name} <domain:word>"
    return (
        special("vtp", "vtp mode <mode:server|client|transparent|off>", do.vtp),
        _id_list("arp-vlans", "ip arp inspection vlan"),
        _id_list("snooping-vlans", "ip dhcp snooping vlan"),
        value("remote-id", f"{option82} format remote-id {{hostname|string <id:word>}}"),
        usual("option82", option82),
        value("snooping", "ip dhcp snooping"),
        usual("domain-lookup", "ip domain-lookup"),
        special("domain", domain, do.domain, "ip {domain-name|domain name} [<domain:word>]"),
        value("stp-mode", "spanning-tree mode <mode:pvst|rapid-pvst|mst>", "pvst"),
        value("stp-bpduguard", "spanning-tree portfast bpduguard default"),
        usual("stp-extend", "spanning-tree extend system-id"),
        each("errdisable", "errdisable recovery cause <cause:word>", "cause"),
        value("errdisable-interval", "errdisable recovery interval <s:30-86400>", "300"),
        special("vlan", "vlan <ids:commas>", do.vlan, "vlan <ids:commas>", into="vlan"),
        usual("cdp-run", "cdp run"),
        value("lldp-run", "lldp run"),
        block(
            "class-map",
            "class-map [match-all|match-any] <name:word>",
            "class-map",
            "class-map match-all {name}",
        ),
        block("policy-map", "policy-map <name:word>", "policy-map"),
        special(
            "interface",
            "interface <name:interface>",
            do.interface,
            "interface <name:interface>",
            into="port",
        ),
        special("svi", "", do.interface, "", into="svi"),
    )


def _management() -> tuple[Row, ...]:
    community = "snmp-server community <name:word>"
    return (
        value("gateway", "ip default-gateway <ip>"),
        usual("http", "ip http server"),
        usual("https", "ip http secure-server"),
        value("ssh", "ip ssh version <n:1-2>"),
        block("acl", "ip access-list standard <name:word>", "acl"),
        value("logging-trap", "logging trap <level:word>", "informational"),
        value("logging-buffered", "logging buffered <size:4096-2147483647>"),
        value("logging-source", "logging source-interface <name:interface>"),
        special("logging-host", "logging [host] <ip>", do.logging_host, "logging [host] <ip>"),
        each("logging-host6", "logging host ipv6 <ip:ipv6>", "ip"),
        each(
            "snmp-community",
            f"{community} <right:RO|RW> [<acl:word>]",
            "name",
            f"{community} [<any:text>]",
        ),
        value("snmp-ifindex", "snmp-server ifindex persist"),
        value("snmp-location", "snmp-server location <text>"),
        value("snmp-contact", "snmp-server contact <text>"),
        each("snmp-host", "snmp-server host <ip> version <v:2c> <name:word>", "ip name"),
        block("tacacs", "tacacs server <name:word>", "tacacs"),
        special("line", "line <kind:con|vty> <span:text>", do.line, "", into="line"),
        each("ntp", "ntp server <ip> [prefer]", "ip"),
    )


def _small_views() -> dict[str, tuple[Row, ...]]:
    entry = "[<n:1-2147483647>] <how:permit|deny> <rule:text>"
    police = "police <bps:megabits> <burst:8000-1000000> [exceed-action <do:drop>]"
    return {
        "vlan": (value("name", "name <name:word>"),),
        "aaa-group": (each("server", "server name <name:word>", "name"),),
        "tacacs": (
            value("address", "address ipv4 <ip>"),
            special("key", "key [<type:0|7>] <key:word>", do.key, show=do.show_key),
            value("timeout", "timeout <s:1-1000>"),
        ),
        "acl": (replace(each("entry", entry, "how rule"), show=do.show_entry),),
        "line": (
            value("access-class", "access-class <acl:word> in"),
            value("exec-timeout", "exec-timeout <m:0-35791> [<s:0-2147483>]", "10 0"),
            value("privilege", "privilege level <n:0-15>"),
            value("logging", "logging synchronous"),
            value("login", "login [{local|authentication <list:word>}]"),
            value("transport", "transport input {ssh|telnet|all|none|telnet ssh|ssh telnet}"),
        ),
        "class-map": (
            each(
                "match",
                "match {access-group name <acl:word>|ip dscp <dscp:word>}",
                "acl dscp",
                "match {access-group name <acl:word>|ip dscp <dscp:word>}",
            ),
        ),
        "policy-map": (block("class", "class <name:word>", "class"),),
        "class": (value("police", police), value("trust", "trust {dscp|cos}")),
    }


def views(*, edge: bool) -> dict[str, View]:
    """Return every configuration view; `edge` says how the image spells portfast."""
    ports = port_rows(edge=edge)
    whole = (*_system(), *_layer_two(), *_management())
    tables = {"global": whole, "port": ports, "svi": svi_rows(), **_small_views()}
    return {name: view(rows, ("no",), do.TYPES) for name, rows in tables.items()}


def factory(ports: tuple[str, ...]) -> Block:
    """Return an empty configuration with every physical port at factory default."""
    config = Block("", "global")
    for port in ports:
        config.blocks[intern(f"interface {port}")] = Block(intern(f"interface {port}"), "port")
    config.blocks["interface Vlan1"] = Block("interface Vlan1", "svi")
    config.blocks["interface Vlan1"].slots["ip-address"] = "no ip address"
    for header in ("line con 0", "line vty 0 4", "line vty 5 15"):
        config.blocks[header] = Block(header, "line")
    return config
