"""The global configuration view of an EOS switch, and the small views below it.

Rows stand in the order in which the device prints them.
"""

from __future__ import annotations

from sys import intern

from automation.lab.arista_eos import actions as do
from automation.lab.arista_eos.port import rows as port_rows
from automation.lab.tree import Block, Row, View, block, each, special, usual, value, view


def _global() -> tuple[Row, ...]:
    domain = "{dns domain|ip domain-name}"
    community = "snmp-server community <name:word>"
    server = "tacacs-server host <ip>"
    return (
        value("model", "service routing protocols model <name:ribd|multi-agent>"),
        each("errdisable", "errdisable recovery cause <cause:word>", "cause"),
        value("errdisable-interval", "errdisable recovery interval <s:30-86400>", "300"),
        usual("lldp-run", "lldp run"),
        value("logging-trap", "logging trap <level:word>"),
        each("logging-host", "logging host <ip>", "ip"),
        special("hostname", "hostname <name:word>", do.hostname),
        special("domain", f"{domain} <domain:word>", do.domain, f"{domain} [<domain:word>]"),
        each("ntp", "ntp server <ip> [prefer]", "ip"),
        value("snmp-contact", "snmp-server contact <text>"),
        value("snmp-location", "snmp-server location <text>"),
        each(
            "snmp-community",
            f"{community} <right:ro|rw> [<acl:word>]",
            "name",
            f"{community} [<right:ro|rw>] [<acl:word>]",
        ),
        special("stp-mode", "spanning-tree mode <mode:mstp|rstp|rapid-pvst|none>", do.stp_mode),
        value("stp-edge", "spanning-tree edge-port bpduguard default"),
        special(
            "tacacs-host",
            f"{server} key [<type:0|7>] <key:word>",
            do.tacacs,
            f"{server} [key [<type:0|7>] <key:word>]",
        ),
        *_aaa(),
        special("vlan", "vlan <ids:commas>", do.vlan, "vlan <ids:commas>", into="vlan"),
        special(
            "interface",
            "interface <name:interface>",
            do.interface,
            "interface <name:interface>",
            into="port",
        ),
        block("acl", "ip access-list standard <name:word>", "acl"),
        usual("routing", "ip routing"),
        block("ssh", "management ssh", "ssh"),
    )


def _aaa() -> tuple[Row, ...]:
    user = "username <user:word> [privilege <level:0-15>] [role <role:word>]"
    login = "<kind:login|enable> <list:word>"
    return (
        block("aaa-group", "aaa group server tacacs+ <name:word>", "aaa-group"),
        each("aaa-authentication", f"aaa authentication {login} <text>", "kind list"),
        each("aaa-authorization", "aaa authorization <kind:exec> default <text>", "kind"),
        each("aaa-authorization", "aaa authorization <kind:commands> all default <text>", "kind"),
        each("aaa-accounting", "aaa accounting <kind:exec> default <text>", "kind"),
        each("aaa-accounting", "aaa accounting <kind:commands> all default <text>", "kind"),
        usual("aaa-root", "aaa root"),
        special(
            "username",
            f"{user} secret [<type:0|5|sha512>] <secret:word>",
            do.username,
            "username <user:word>",
        ),
    )


def _small_views() -> dict[str, tuple[Row, ...]]:
    return {
        "vlan": (
            value("name", "name <name:word>"),
            value("state", "state <how:active|suspend>", "active"),
        ),
        "aaa-group": (each("server", "server <ip>", "ip"),),
        "acl": (
            special(
                "entry",
                "[<n:1-2147483647>] <how:permit|deny> <rule:text>",
                do.entry,
                "<n:1-2147483647>",
            ),
        ),
        "ssh": (value("idle", "idle-timeout <m:0-86400>"), usual("shutdown", "shutdown")),
    }


def views() -> dict[str, View]:
    """Return every configuration view; `default` takes a setting back as `no` does."""
    tables = {"global": _global(), "port": port_rows(), **_small_views()}
    return {name: view(rows, ("no", "default"), do.TYPES) for name, rows in tables.items()}


def factory(ports: tuple[str, ...], *, newer: bool) -> Block:
    """Return an empty configuration with every physical port at factory default."""
    config = Block("", "global")
    config.slots["stp-mode"] = "spanning-tree mode mstp"
    config.slots["routing"] = "no ip routing"
    if newer:
        config.slots["model"] = "service routing protocols model multi-agent"
        config.slots["aaa-root"] = "no aaa root"
    for port in (*ports, "Management1"):
        config.blocks[intern(f"interface {port}")] = Block(intern(f"interface {port}"), "port")
    return config
