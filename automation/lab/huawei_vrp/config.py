"""The system view of an S5700 on V200R013, and the small views below it.

Rows stand in the order in which the device prints them.
"""

from __future__ import annotations

from collections.abc import Mapping
from sys import intern

from automation.lab.huawei_vrp import actions as do
from automation.lab.huawei_vrp.port import rows as port_rows
from automation.lab.huawei_vrp.port import snooping
from automation.lab.tree import Block, Row, View, block, each, special, value, view

_STOPS_STELNET = (
    "Warning: The operation will stop the STelnet server. Do you want to continue? [Y/N]:"
)

_DEFAULT_SCHEMES: Mapping[str, str] = {
    f"scheme {kind}-scheme": f"{kind}-scheme default" for kind in ("authentication", "accounting")
}
"""What both domains hold out of the box (the configurations of several public switches)."""


def _system() -> tuple[Row, ...]:
    cause = "error-down auto-recovery cause <cause:word>"
    down = f"{cause} interval <s:30-86400>"
    return (
        special("sysname", "sysname <name:word>", do.sysname),
        value("dns", "dns domain <name:word>", no="dns domain [<name:word>]"),
        value("timezone", "clock timezone <text>"),
        special(
            "vlan-batch",
            "vlan batch <ids:spaces>",
            do.batch,
            "vlan batch <ids:spaces>",
            show=do.show_batch,
        ),
        value("stp-mode", "stp mode <mode:stp|rstp|mstp>", "mstp"),
        value("stp-bpdu-protection", "stp bpdu-protection"),
        value("lldp", "lldp enable"),
        each("error-down", down, "cause", no=f"{cause} [interval <s:30-86400>]"),
        each("ntp", "ntp-service unicast-server <ip> [prefer]", "ip"),
        value("ntp-off", "ntp-service server disable"),
        value("isolate-mode", "port-isolate mode <mode:l2|all>", "l2"),
        special("dhcp", "dhcp enable", do.dhcp),
        special("snooping", "dhcp snooping enable", snooping),
        block("hwtacacs", "hwtacacs-server template <name:word>", "hwtacacs"),
        block("acl", "acl [number] <number:2000-4999>", "acl", "acl number {number}"),
        special("vlan", "vlan <vlan>", do.vlan, "vlan <vlan>", into="vlan"),
        special("aaa", "aaa", do.fixed, "", into="aaa"),
        special("vlanif", "", do.interface, "", into="vlanif"),
        special(
            "interface",
            "interface <name:interface>",
            do.interface,
            "interface <name:interface>",
            into="port",
        ),
    )


def _management() -> tuple[Row, ...]:
    community = "snmp-agent community <right:read|write> [cipher] <secret:word>"
    return (
        value("loghost-source", "info-center loghost source <name:interface>"),
        each("loghost", "info-center loghost <ip>", "ip"),
        value("snmp", "snmp-agent"),
        special(
            "snmp-community",
            f"{community} [acl <acl:2000-2999>]",
            do.community,
            "snmp-agent community <secret:word>",
            show=do.show_secret,
        ),
        value("snmp-contact", "snmp-agent sys-info contact <text>"),
        value("snmp-location", "snmp-agent sys-info location <text>"),
        special(
            "snmp-version",
            "snmp-agent sys-info version <versions:text>",
            do.snmp_version,
            "snmp-agent sys-info version [<versions:text>]",
        ),
        do.asked("stelnet", "stelnet server enable", _STOPS_STELNET),
        each(
            "ssh-user",
            "ssh user <user:word> <what:authentication-type|service-type> <v:word>",
            "user what",
        ),
        special("user-interface", "user-interface {con 0|vty 0 4}", do.fixed, "", into="line"),
    )


def _aaa() -> tuple[Row, ...]:
    user = "local-user <user:word>"
    return (
        *(do.scheme(kind) for kind in ("authentication", "authorization", "accounting")),
        block("domain", "domain <name:word>", "domain"),
        special(
            "user-password", f"{user} password irreversible-cipher <secret:word>", do.password, ""
        ),
        special("user-level", f"{user} privilege level <n:0-15>", do.level, ""),
        special("user-service", f"{user} service-type <kinds:text>", do.service_type, ""),
        special("user", "", do.remove_user, user),
    )


def _small_views() -> dict[str, tuple[Row, ...]]:
    modes = "<first:hwtacacs|local|none|radius> [<second:local|none>]"
    server = "hwtacacs-server <what:authentication|authorization|accounting>"
    schemes = "<kind:authentication-scheme|authorization-scheme|accounting-scheme>"
    return {
        "vlan": (
            value("name", "name <name:word>"),
            value("description", "description <text>"),
            special("snooping", "dhcp snooping enable", snooping),
        ),
        "authentication": (value("mode", f"authentication-mode {modes}", "local"),),
        "authorization": (value("mode", f"authorization-mode {modes}", "local"),),
        "accounting": (value("mode", "accounting-mode <how:hwtacacs|radius|none>", "none"),),
        "domain": (
            each("scheme", f"{schemes} <name:word>", "kind"),
            value("server", "hwtacacs-server <name:word>"),
        ),
        "hwtacacs": (
            each(
                "server",
                f"{server} <ip> [<rank:secondary|third>]",
                "what rank",
                f"{server} [<ip>] [<rank:secondary|third>]",
            ),
            value("source", "hwtacacs-server source-ip <ip>"),
            special(
                "key",
                "hwtacacs-server shared-key cipher <secret:word>",
                do.shared_key,
                show=do.show_secret,
            ),
        ),
        "acl": (each("rule", "rule <n:0-4294967294> <how:permit|deny> [<what:text>]", "n"),),
        "line": (
            value("auth", "authentication-mode <how:aaa|password|none>"),
            value("acl", "acl <n:2000-3999> inbound", no="acl [<n:2000-3999>] inbound"),
            value("idle", "idle-timeout <m:0-35791> [<s:0-59>]", "10 0"),
            value("protocol", "protocol inbound <how:ssh|telnet|all>"),
            value("level", "user privilege level <n:0-15>"),
        ),
    }


def views() -> dict[str, View]:
    """Return every configuration view; `undo` takes no value behind a setting's words."""
    ports = port_rows()
    whole = (*_system(), *_management())
    tables = {"system": whole, "port": ports, "vlanif": ports, "aaa": _aaa(), **_small_views()}
    return {name: view(rows, ("undo",), do.TYPES, bare=True) for name, rows in tables.items()}


def factory(ports: tuple[str, ...]) -> Block:
    """Return an empty configuration with every physical port at factory default."""
    config = Block("", "system")
    for name in ("Vlanif1", *ports, "NULL0"):
        kind = "vlanif" if name.startswith("Vlanif") else "port"
        config.blocks[intern(f"interface {name}")] = Block(intern(f"interface {name}"), kind)
    config.blocks["aaa"] = aaa = Block("aaa", "aaa")
    for header, kind in (
        ("authentication-scheme default", "authentication"),
        ("authorization-scheme default", "authorization"),
        ("accounting-scheme default", "accounting"),
        ("domain default", "domain"),
        ("domain default_admin", "domain"),
    ):
        aaa.blocks[header] = Block(header, kind)
        if kind == "domain":
            aaa.blocks[header].slots |= _DEFAULT_SCHEMES
    for header in ("user-interface con 0", "user-interface vty 0 4"):
        config.blocks[header] = Block(header, "line")
    return config
