"""The twin's Cisco IOS: a Catalyst 2960-X on IOS 15."""

from __future__ import annotations

from collections.abc import Mapping

from automation.lab.cisco_ios.actions import TYPES, hashed
from automation.lab.cisco_ios.config import factory, views
from automation.lab.cisco_ios.execs import languages
from automation.lab.cisco_ios.port import exposure
from automation.lab.cisco_ios.show import running
from automation.lab.grammar import Language, Misfit, Mismatch
from automation.lab.switch import Cli, ExecDo, Switch
from automation.lab.tree import Block
from automation.lab.values import Identity, PortView

_LONGEST = 20
"""Characters of the hostname that a prompt of configuration mode shows."""
_MODES: Mapping[str, str] = {
    "global": "config",
    "port": "config-if",
    "svi": "config-if",
    "vlan": "config-vlan",
    "line": "config-line",
    "aaa-group": "config-sg-tacacs+",
    "tacacs": "config-server-tacacs",
    "acl": "config-std-nacl",
    "class-map": "config-cmap",
    "policy-map": "config-pmap",
    "class": "config-pmap-c",
}


class CiscoIos:
    """IOS as the twin speaks it; `edge` images spell `spanning-tree portfast edge`."""

    name = "cisco_ios"
    comment = "!"
    pager = " --More-- "
    page_clear = "\b" * 9 + " " * 8 + "\b" * 9
    leave = "end"
    noise = (
        "*Nov 23 12:00:00.000: %LINK-3-UPDOWN: Interface GigabitEthernet1/0/24, changed state to up"
    )

    def __init__(self, *, edge: bool) -> None:
        """Build the language of one image."""
        self.views = views(edge=edge)
        self._user, self._privileged, self._inside = languages(TYPES)

    def prompt(self, cli: Cli) -> str:
        """Return `sw>`, `sw#` or `sw(config-if)#`; in configuration mode the name is cut."""
        host = cli.switch.config.line("hostname").removeprefix("hostname ") or "Switch"
        if cli.path:
            return f"{host[:_LONGEST]}({_MODES[cli.path[-1].view]})#"
        return f"{host}{'#' if cli.enabled else '>'}"

    def exec_language(self, cli: Cli) -> Language[ExecDo]:
        """Return the exec commands of the login's privilege."""
        return self._privileged if cli.enabled else self._user

    def config_language(self, cli: Cli) -> Language[ExecDo]:
        """Return `end`, `exit` and `do`."""
        return self._inside

    def refuse(self, cli: Cli, line: str, why: Mismatch) -> str:
        """Return IOS's words, the caret under the word that does not fit."""
        if why.how is Misfit.INCOMPLETE:
            return "% Incomplete command.\n\n"
        if why.how is Misfit.AMBIGUOUS:
            return f'% Ambiguous command:  "{line}"\n'
        caret = " " * (len(self.prompt(cli)) + why.column) + "^"
        return f"{caret}\n% Invalid input detected at '^' marker.\n\n"

    def running(self, switch: Switch, config: Block) -> str:
        """Return the configuration with its head, whose size and time change."""
        return running(switch, config)

    def logs_in_enabled(self, switch: Switch) -> bool:
        """Return whether the user's privilege is 15."""
        return any(
            isinstance(line, str) and " privilege 15 " in line
            for slot, line in switch.config.slots.items()
            if slot.startswith("username ")
        )

    def lets_in(self, switch: Switch, user: str, password: str) -> bool:
        """Return whether the stored secret of `user` is that of `password`."""
        return switch.config.line(f"username {user}").endswith(f" {hashed(password)}")

    def greeting(self, switch: Switch) -> str:
        """Return nothing: no banner is configured."""
        return ""

    def exposure(self, switch: Switch, port: str) -> PortView:
        """Return what `port` lets through."""
        return exposure(switch, port)

    def factory(self, identity: Identity) -> Block:
        """Return a switch out of its box."""
        return factory(("FastEthernet0", *identity.ports, *identity.uplinks))

    def bootstrap(self, identity: Identity) -> str:
        """Return what whoever mounted the switch left on it."""
        level = "" if identity.enable else " privilege 15"
        enable = f"enable secret 5 {hashed(identity.enable)}\n" if identity.enable else ""
        return (
            f"hostname {identity.hostname}\n{enable}"
            f"username {identity.username}{level} secret 5 {hashed(identity.password)}\n"
            "interface FastEthernet0\n"
            f" ip address {identity.address} 255.0.0.0\n"
            f"snmp-server community {identity.community} RO\n"
            "line vty 0 4\n login local\n transport input ssh\n"
            "line vty 5 15\n login local\n transport input ssh\n"
        )
