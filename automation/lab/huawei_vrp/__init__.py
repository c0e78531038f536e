"""The twin's Huawei VRP: an S5700 on V200R013, line by line."""

from __future__ import annotations

from collections.abc import Mapping

from automation.lab.grammar import Language, Misfit, Mismatch
from automation.lab.huawei_vrp.actions import TYPES
from automation.lab.huawei_vrp.cipher import fits
from automation.lab.huawei_vrp.config import factory, views
from automation.lab.huawei_vrp.execs import languages
from automation.lab.huawei_vrp.port import exposure
from automation.lab.huawei_vrp.show import running
from automation.lab.switch import Cli, ExecDo, Switch
from automation.lab.tree import Block
from automation.lab.values import Identity, PortView

_WORDS: Mapping[Misfit, str] = {
    Misfit.INVALID: "Unrecognized command",
    Misfit.INCOMPLETE: "Incomplete command",
    Misfit.AMBIGUOUS: "Ambiguous command",
    Misfit.EXCESS: "Too many parameters",
}
_SHORT: Mapping[str, str] = {
    "authentication-scheme": "aaa-authen",
    "authorization-scheme": "aaa-author",
    "accounting-scheme": "aaa-accounting",
    "domain": "aaa-domain",
}


class HuaweiVrp:
    """VRP as the twin speaks it."""

    name = "huawei_vrp"
    comment = "#"
    pager = "  ---- More ----"
    page_clear = "\x1b[16D" + " " * 16 + "\x1b[16D"
    leave = "return"
    noise = (
        "Nov 23 2026 12:00:00 {host} %%01IFNET/4/IF_STATE(l)[1]:Interface "
        "GigabitEthernet0/0/24 has turned into UP state."
    )

    def __init__(self) -> None:
        """Build the language."""
        self.views = views()
        self._user, self._inside = languages(TYPES)

    def prompt(self, cli: Cli) -> str:
        """Return `<host>`, `[host]` or `[host-GigabitEthernet0/0/1]`."""
        host = cli.switch.config.line("sysname", "sysname HUAWEI").removeprefix("sysname ")
        if not cli.path:
            return f"<{host}>"
        view = _view(cli.path[-1])
        return f"[{host}-{view}]" if view else f"[{host}]"

    def exec_language(self, cli: Cli) -> Language[ExecDo]:
        """Return the commands of the user view."""
        return self._user

    def config_language(self, cli: Cli) -> Language[ExecDo]:
        """Return `quit`, `return` and `display …`."""
        return self._inside

    def refuse(self, cli: Cli, line: str, why: Mismatch) -> str:
        """Return VRP's words, the caret under the word that does not fit."""
        word = _WORDS[why.how]
        if why.how is Misfit.INVALID and why.depth:
            word = "Wrong parameter"
        caret = " " * (len(self.prompt(cli)) + why.column) + "^"
        return f"{caret}\nError: {word} found at '^' position.\n"

    def running(self, switch: Switch, config: Block) -> str:
        """Return the configuration, its secrets with a text that is new each time."""
        return running(switch, config)

    def logs_in_enabled(self, switch: Switch) -> bool:
        """Return True: what a user may do is his level, and there is no enable."""
        return True

    def lets_in(self, switch: Switch, user: str, password: str) -> bool:
        """Return whether `user` is a local user with this password."""
        stored = switch.config.blocks["aaa"].line(f"user-password {user}")
        return bool(stored) and fits(password, stored.rpartition(" ")[2])

    def greeting(self, switch: Switch) -> str:
        """Return what a login is told."""
        when = switch.clock().strftime("%Y-%m-%d %H:%M:%S+00:00")
        return (
            "Info: The max number of VTY users is 5, and the number\n"
            "      of current VTY users on line is 1.\n"
            f"      The current login time is {when}."
        )

    def exposure(self, switch: Switch, port: str) -> PortView:
        """Return what `port` lets through."""
        return exposure(switch, port)

    def factory(self, identity: Identity) -> Block:
        """Return a switch out of its box."""
        return factory(("MEth0/0/1", *identity.ports, *identity.uplinks))

    def bootstrap(self, identity: Identity) -> str:
        """Return what whoever mounted the switch left on it."""
        user = f" local-user {identity.username}"
        return (
            f"sysname {identity.hostname}\n"
            f"aaa\n{user} password irreversible-cipher {identity.password}\n"
            f"{user} privilege level 15\n{user} service-type ssh\n"
            f"interface MEth0/0/1\n ip address {identity.address} 255.0.0.0\n"
            "snmp-agent\nsnmp-agent sys-info version v2c\n"
            f"snmp-agent community read cipher {identity.community}\n"
            "stelnet server enable\n"
            f"ssh user {identity.username} authentication-type password\n"
            f"ssh user {identity.username} service-type stelnet\n"
            "user-interface vty 0 4\n authentication-mode aaa\n protocol inbound ssh\n"
        )


def _view(block: Block) -> str:
    """Return how the prompt names a view."""
    header = block.header
    if header.startswith("interface "):
        return header.removeprefix("interface ")
    if header.startswith("user-interface "):
        kind, *span = header.split()[1:]
        return f"ui-{kind}{'-'.join(span)}" if kind == "vty" else f"ui-console{span[0]}"
    if header.startswith("hwtacacs-server template "):
        return f"hwtacacs-{header.rpartition(' ')[2]}"
    if header.startswith("acl "):
        return f"acl-basic-{header.rpartition(' ')[2]}"
    word, _, name = header.partition(" ")
    if word in _SHORT:
        return f"{_SHORT[word]}-{name}"
    return header.replace(" ", "")
