"""From the first byte of a shell to a known prompt in privileged mode, with the pager off."""

from __future__ import annotations

import re
from typing import Final

from automation.devices.answers import Judge, Said, asks
from automation.devices.prompts import Prompts, first_prompt
from automation.devices.terminal import Terminal, Unanswered
from automation.errors import NotAuthorised
from automation.model import Cli, Login

_ASKS_SECRET: Final = r"[Pp]assword: ?$"  # noqa: S105 - a prompt, no secret


def greet(terminal: Terminal, cli: Cli, judge: Judge, login: Login, quiet: float) -> None:
    """Learn the device's name from its prompt, prepare the session, and become privileged.

    A banner may hold what looks like a prompt, so the name is taken from where the device echoes
    our first line: no banner knows that. The lines that prepare the session go out in one write.

    Raises:
        NotAuthorised: The device wants an enable secret that we lack or that it refuses.
        Unanswered: The device asks something at login that the platform does not list.
        Lost: The session ended first.
    """
    data = _first_prompt(terminal, cli, judge, quiet)
    lines = cli.prepare or ("",)
    terminal.type("\n".join(lines))
    echo = re.compile(f"^(?P<prompt>{first_prompt(cli)} ?){re.escape(lines[0])}\n", re.MULTILINE)
    while not (found := echo.search(terminal.text(data))):
        data += terminal.receive() or b""
    terminal.prompts = Prompts(cli, found["host"])
    terminal.resume(found["prompt"], terminal.text(data)[found.end("prompt") :])
    for line in lines:
        terminal.answer(line)  # an old device may not know one; a pager left on shows itself
    if not terminal.stands_at(cli.exec_prompt):
        _enable(terminal, cli, login)


def _first_prompt(terminal: Terminal, cli: Cli, judge: Judge, quiet: float) -> bytes:
    """Read past banners and answer the questions that the platform lists, up to a prompt."""
    prompt = re.compile(f"{first_prompt(cli)} ?")
    data = b""
    while True:
        text = terminal.text(data)
        tail = text.rpartition("\n")[2]
        if prompt.fullmatch(tail):
            return data
        dialog = judge.dialog("", Said(True, (), text)) if tail else None
        if dialog is not None:
            terminal.type(dialog.answer)
            data = b""
            continue
        piece = terminal.receive(quiet if asks(tail) else None)
        if piece is None:
            raise Unanswered(Said(True, (), tail))
        data += piece


def _enable(terminal: Terminal, cli: Cli, login: Login) -> None:
    """Become privileged."""
    terminal.type(cli.enable or "")
    if terminal.until(_ASKS_SECRET):
        if login.enable is None:
            raise NotAuthorised(
                "the device asks for an enable secret and the login has none: "
                "set `enable` in its entry under [credentials]"
            )
        terminal.type(login.enable.reveal())
        terminal.until(_ASKS_SECRET)
    if not terminal.stands_at(cli.exec_prompt):
        raise NotAuthorised("the device refused the enable secret")
