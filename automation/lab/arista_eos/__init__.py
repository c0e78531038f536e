"""The twin's Arista EOS: a 7050 on 4.26 or 4.31, with named configuration sessions."""

from __future__ import annotations

from collections.abc import Mapping

from automation.lab.arista_eos.actions import TYPES, hashed
from automation.lab.arista_eos.config import factory, views
from automation.lab.arista_eos.execs import languages
from automation.lab.arista_eos.port import exposure
from automation.lab.arista_eos.show import running
from automation.lab.grammar import Language, Misfit, Mismatch
from automation.lab.switch import Cli, ExecDo, Switch
from automation.lab.tree import Block
from automation.lab.values import Identity, PortView

_SHORT_SESSION = 6
"""Letters of a session's name in the prompt of the older train; the newer shows it whole."""
_MODES: Mapping[str, str] = {
    "aaa-group": "sg-tacacs+-{}",
    "acl": "std-acl-{}",
    "vlan": "vlan-{}",
    "ssh": "mgmt-ssh",
}
_WORDS: Mapping[Misfit, str] = {
    Misfit.INCOMPLETE: "% Incomplete command\n",
    Misfit.AMBIGUOUS: "% Ambiguous command\n",
}


class AristaEos:
    """EOS as the twin speaks it."""

    name = "arista_eos"
    comment = "!"
    pager = "\x1b[7m --More-- \x1b[27m\x1b[K"
    page_clear = "\r\x1b[K"
    leave = "end"
    noise = (
        "Nov 23 12:00:00 {host} Ebra: %LINEPROTO-5-UPDOWN: Line protocol on Interface "
        "Ethernet24, changed state to up"
    )

    def __init__(self) -> None:
        """Build the language."""
        self.views = views()
        self._user, self._privileged, self._inside = languages(TYPES)

    def prompt(self, cli: Cli) -> str:
        """Return `sw>`, `sw#`, `sw(config-if-Et1)#` or `sw(config-s-job-if-Et1)#`."""
        host = cli.switch.config.line("hostname").removeprefix("hostname ") or "localhost"
        if not cli.path:
            return f"{host}{'#' if cli.enabled else '>'}"
        newer = cli.switch.identity.newer
        session = cli.session if newer else cli.session[:_SHORT_SESSION]
        parts = ["config", *([f"s-{session}"] if session else []), *_view(cli)]
        return f"{host}({'-'.join(parts)})#"

    def exec_language(self, cli: Cli) -> Language[ExecDo]:
        """Return the exec commands of the login's privilege."""
        return self._privileged if cli.enabled else self._user

    def config_language(self, cli: Cli) -> Language[ExecDo]:
        """Return `end`, `exit`, `commit`, `abort` and what EOS shows from everywhere."""
        return self._inside

    def refuse(self, cli: Cli, line: str, why: Mismatch) -> str:
        """Return EOS's words; there is no caret."""
        if not cli.path and not cli.enabled and why.how is Misfit.INVALID:
            full = self._privileged.find(line)
            if not isinstance(full, Mismatch):
                return "% Invalid input (privileged mode required)\n"
        return _WORDS.get(why.how, "% Invalid input\n")

    def running(self, switch: Switch, config: Block) -> str:
        """Return the configuration with its head."""
        return running(switch, config)

    def logs_in_enabled(self, switch: Switch) -> bool:
        """Return whether exec authorization gives the user his privilege at login."""
        return "aaa-authorization exec" in switch.config.slots

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
        return factory((*identity.ports, *identity.uplinks), newer=identity.newer)

    def bootstrap(self, identity: Identity) -> str:
        """Return what whoever mounted the switch left on it."""
        return (
            f"hostname {identity.hostname}\n"
            f"username {identity.username} privilege 15 role network-admin "
            f"secret sha512 {hashed(identity.password)}\n"
            f"snmp-server community {identity.community} ro\n"
            f"interface Management1\n   ip address {identity.address}/8\n"
            "management ssh\n"
        )


def _view(cli: Cli) -> list[str]:
    """Return how the prompt names a view; nothing for the whole configuration."""
    block = cli.path[-1]
    name = block.header.rpartition(" ")[2]
    if block.header.startswith("interface "):
        digits = next((at for at, letter in enumerate(name) if letter.isdigit()), len(name))
        return [f"if-{name[:2]}{name[digits:]}"]
    return [_MODES[block.view].format(cli.shown or name)] if block.header else []
