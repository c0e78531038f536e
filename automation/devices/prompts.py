"""A platform's prompts, made exact by the hostname that the device shows."""

from __future__ import annotations

import re
from functools import cache

from automation.model import Cli

HOST = "{host}"
_ANY_HOST = r"(?P<host>[^\s<>\[\]#]+?)"
_SURE = 16
"""IOS cuts the hostname in configuration prompts at about 20 characters, and further in long
ones; netmiko's `cisco_ios` therefore compares 16 (`set_base_prompt`)."""


@cache
def first_prompt(cli: Cli) -> str:
    """Return a pattern for the prompt of a device whose name, the group `host`, is not known."""
    return _exec_prompt(cli).replace(HOST, _ANY_HOST)


def _exec_prompt(cli: Cli) -> str:
    """Return the exec prompt, be it before or after `enable`."""
    if cli.enable is None or not cli.exec_prompt.endswith("#"):
        return cli.exec_prompt
    return f"{cli.exec_prompt[:-1]}[#>]"


def mode_prompt(cli: Cli, prompt: str, name: str) -> str:
    """Return the whole prompt of a mode, with `{host}` still in it, from `Mode.prompt`."""
    before, _, _ = cli.config_prompt.partition(HOST)
    return before + HOST + prompt.replace("{name}", re.escape(name))


class Prompts:
    """The prompts of one device. `known` matches any of them at the start of a line."""

    def __init__(self, cli: Cli, host: str) -> None:
        """Learn the prompts of `cli` for the hostname `host`."""
        self.host = host
        self._cut = _cut(host)
        self._patterns: dict[str, re.Pattern[str]] = {}
        every = [_exec_prompt(cli), cli.config_prompt]
        every += [mode_prompt(cli, mode.prompt, "\0") for mode in cli.modes]
        bodies = dict.fromkeys(self._body(prompt).replace("\0", r"[^\s\]]+") for prompt in every)
        self.known = re.compile("^(?:" + "|".join(bodies) + ") ?", re.MULTILINE)

    def _body(self, prompt: str) -> str:
        """Return the regular expression for `prompt`, the hostname as long as it may be cut."""
        return "(?:" + prompt.replace(HOST, self._cut) + ")"

    def pattern(self, prompt: str) -> re.Pattern[str]:
        """Return the compiled `prompt`; each is compiled once a session."""
        found = self._patterns.get(prompt)
        if found is None:
            found = self._patterns[prompt] = re.compile(self._body(prompt) + " ?")
        return found


def _cut(host: str) -> str:
    """Return a pattern for `host` or any beginning of it of at least 16 characters."""
    tail = ""
    for character in reversed(host[_SURE:]):
        tail = f"(?:{re.escape(character)}{tail})?"
    return re.escape(host[:_SURE]) + tail
