"""From the first byte of a shell to a known prompt in privileged mode, with the pager off."""

from __future__ import annotations

import re
from typing import Final

from automation.devices.answers import Judge, Said, asks
from automation.devices.prompts import Prompts, login_patterns
from automation.devices.terminal import Terminal, Unanswered
from automation.errors import NotAuthorised
from automation.model import Cli, Login

_ASKS_SECRET: Final = r"[Pp]assword: ?$"  # noqa: S105


def greet(terminal: Terminal, cli: Cli, judge: Judge, login: Login, quiet: float) -> None:
    """Learn the device's name from its prompt, become privileged, and prepare the session.

    A banner may hold what looks like a prompt, so the name is taken from where the device echoes
    our first line: no banner knows that. The lines that prepare the session go out in one write.

    Raises:
        NotAuthorised: The device wants an enable secret that we lack or that it refuses.
        Unanswered: The device asks something at login that the platform does not list.
        Lost: The session ended first.
    """
    privileged, before = login_patterns(cli)
    data = _first_prompt(terminal, cli, judge, quiet)
    if before is not None and before.fullmatch(_last_line(terminal.text(data)).rstrip()):
        data = _enable(terminal, cli, login)
    lines = cli.prepare or ("",)
    terminal.type("\n".join(lines))
    anchor = re.compile(f"^(?P<prompt>{privileged.pattern} ?){re.escape(lines[0])}\n", re.M)
    while not (found := anchor.search(terminal.text(data))):
        data += terminal.receive() or b""
    terminal.prompts = Prompts(cli, found["host"])
    terminal.resume(found["prompt"], terminal.text(data)[found.end("prompt") :])
    for line in lines:
        terminal.answer(line)  # an old device may not know one; a pager left on shows itself


def _first_prompt(terminal: Terminal, cli: Cli, judge: Judge, quiet: float) -> bytes:
    """Read past banners and answer the questions that the platform lists, up to a prompt."""
    patterns = [pattern for pattern in login_patterns(cli) if pattern is not None]
    data = b""
    while True:
        tail = _last_line(terminal.text(data))
        if any(pattern.fullmatch(tail.rstrip()) for pattern in patterns):
            return data
        dialog = judge.dialog("", Said(True, (), terminal.text(data))) if tail else None
        if dialog is not None:
            terminal.type(dialog.answer)
            data = b""
            continue
        piece = terminal.receive(quiet if asks(tail) else None)
        if piece is None:
            raise Unanswered(Said(True, (), tail))
        data += piece


def _enable(terminal: Terminal, cli: Cli, login: Login) -> bytes:
    """Become privileged; return what the device wrote last, up to its new prompt."""
    privileged, before = login_patterns(cli)
    prompts = f"{privileged.pattern}|{before.pattern}" if before else privileged.pattern
    wanted = re.compile(rf"{_ASKS_SECRET}|\n(?:{prompts.replace('?P<host>', '?:')}) ?$")
    terminal.type(cli.enable or "")
    data = _read_until(terminal, wanted)
    if re.search(_ASKS_SECRET, terminal.text(data)):
        if login.enable is None:
            raise NotAuthorised(
                "the device asks for an enable secret and the login has none: "
                "set `enable` in its entry under [credentials]"
            )
        terminal.type(login.enable.reveal())
        data = _read_until(terminal, wanted)
    if not privileged.fullmatch(_last_line(terminal.text(data)).rstrip()):
        raise NotAuthorised("the device refused the enable secret")
    return data


def _read_until(terminal: Terminal, wanted: re.Pattern[str]) -> bytes:
    """Read until `wanted` is found, and return all that came."""
    data = b""
    while not wanted.search(terminal.text(data)):
        data += terminal.receive() or b""
    return data


def _last_line(text: str) -> str:
    """Return the line that has no end yet."""
    return text.rpartition("\n")[2]
