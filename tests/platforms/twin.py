"""The twin as a judge: it takes lines one by one, and says what each port lets through."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from automation.devices.steps import steps
from automation.lab import PortView, Switch, device_for
from automation.model import Platform, Stanza

SECRET_VALUE = "own-secret"
"""What every secret of ours is worth here."""
FOREIGN_VALUE = "bootstrap-ro"
"""The one secret that a bootstrapped twin shows in clear: its read community."""


def switch(platform: Platform, *, newer: bool = False) -> Switch:
    """Return a bootstrapped switch of the platform, as the lab would start it."""
    return device_for(platform.name, hostname="sw", newer=newer)  # type: ignore[arg-type]  # a name it knows


def send(
    device: Switch,
    platform: Platform,
    stanzas: Iterable[Stanza],
    after_each: Callable[[Stanza, str], None] | None = None,
) -> list[str]:
    """Enter the stanzas' lines as a session would; return every reply that is not accepted.

    So is a prompt that is not that of the mode in which the line must leave us.
    """
    cli, every = platform.cli, tuple(stanzas)
    device.enter(cli.enter.replace("{session}", "portvakt-0a1b2c3d"))
    strange: list[str] = []
    for step in steps(every, cli):
        reply = _answered(device, platform, step.line)
        strange += [f"{step.line}: {one}" for one in _unaccepted(platform, reply)]
        prompt = device.console.prompt
        if not re.fullmatch(step.prompt.replace("{host}", r"[\w-]+"), prompt):
            strange.append(f"{step.line}: stands at {prompt}")
        if after_each is not None and not step.leaves:
            after_each(every[step.stanza], step.line)
    device.enter(cli.commit or cli.leave)
    return strange


def _answered(device: Switch, platform: Platform, line: str) -> str:
    """Enter a line with its secrets, answer the questions that the platform knows."""
    said: list[str] = []
    known = re.sub(r"<secret:seen-\w+>", FOREIGN_VALUE, line)
    reply = device.enter(re.sub(r"<secret:[\w.-]+>", SECRET_VALUE, known))
    while device.console.question is not None:
        asked = device.console.question.text
        said.append(reply.removesuffix(asked))
        answers = [
            dialog.answer
            for dialog in platform.cli.dialogs
            if re.fullmatch(dialog.command, line) and re.search(dialog.question, asked)
        ]
        if not answers:
            return f"{said}\nasked without an answer: {asked}"
        reply = device.enter(answers[0])
    return "".join((*said, reply))


def _unaccepted(platform: Platform, reply: str) -> list[str]:
    accepted = [re.compile(pattern) for pattern in platform.cli.accept]
    lines = (line.rstrip() for line in reply.splitlines() if line.strip())
    return [line for line in lines if not any(one.fullmatch(line) for one in accepted)]


def exposures(device: Switch) -> dict[str, PortView]:
    """Return what every port lets through."""
    return {port: device.exposure(port) for port in device.ports()}
