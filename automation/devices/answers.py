"""What a device's answer to a line means: accepted, refused, a question, or not all there. Pure.

Acceptance is positive: the echo, the expected prompt, and no text that is not known to be
harmless. Absence of a known error text proves nothing (docs/adr: netmiko's silence).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from automation.devices.prompts import Prompts
from automation.model import Cli, Dialog

_ASKING = re.compile(r"[?:\])>#]\s*$")
"""How a line ends on which a device waits for us: a question, or a prompt we do not know."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One complete answer. `said` are the lines between echo and prompt that are not noise.

    `prompt` is the text of the prompt that followed; `end` is where it ends in the buffer.
    """

    said: tuple[str, ...]
    prompt: str
    end: int


@dataclass(frozen=True, slots=True)
class Said:
    """What stands in an unfinished or finished answer, after its echo."""

    echoed: bool
    lines: tuple[str, ...]
    tail: str


def clean(text: str) -> str:
    """Return device text with plain newlines and without bells and NULs."""
    text = re.sub(r"\r+\n", "\n", text)
    return text.translate({0: None, 7: None, 13: None})


class Judge:
    """Judges answers by the rules of one platform."""

    def __init__(self, cli: Cli) -> None:
        """Compile the platform's rules."""
        self._accept = [re.compile(one) for one in cli.accept]
        self._noise = [re.compile(one) for one in cli.noise]
        self._refused = [re.compile(one) for one in cli.refused]
        self._unauthorised = [re.compile(one) for one in cli.unauthorised]
        self._busy = [re.compile(one) for one in cli.busy]
        self._dialogs = cli.dialogs

    def answer(self, text: str, line: str, here: str, prompts: Prompts) -> Answer | None:
        """Return the first complete answer to `line` in `text`, or None while it is not whole.

        `here` is the prompt at which `line` was typed: a device that throws in a log line may
        write that prompt again, and what was typed so far.
        """
        for found in prompts.known.finditer(text):
            said = self.said(text[: found.start()], line, here)
            if said.echoed:
                return Answer(said.lines, found[0], found.end())
        return None

    def said(self, text: str, line: str, here: str) -> Said:
        """Return what `text` says after the echo of `line`, log lines left out."""
        *lines, tail = text.split("\n")
        left, said = line, list[str]()
        echoed = not line
        for number, one in enumerate(lines):
            one = one.rstrip()
            if not one or self.is_noise(one):
                continue
            if echoed:
                if one != here + line:  # EOS repeats prompt and command when it lags behind
                    said.append(one)
                continue
            left, one = _retyped(one, here, line, left)
            if one == left:
                echoed = True
            elif one and left.startswith(one) and self._interrupted(lines[number + 1 :]):
                left = left[len(one) :]
            elif one:
                said.append(one)
        return Said(echoed, tuple(said), "" if self.is_noise(tail) else tail)

    def _interrupted(self, following: Iterable[str]) -> bool:
        """Whether the next line that is not empty is a log line."""
        return any(self.is_noise(one) for one in following if one.strip())

    def is_noise(self, line: str) -> bool:
        """Whether `line` is a log line that the device may throw in anywhere."""
        return any(one.match(line) for one in self._noise)

    def complaint(self, lines: Iterable[str]) -> str:
        """Return what makes `lines` a refusal, in the device's words; empty when nothing does.

        A line that matches `refused` stands alone; otherwise it is all that is not accepted.
        """
        lines = tuple(lines)
        refused = [one for one in lines if any(rule.search(one) for rule in self._refused)]
        if refused:
            return "\n".join(refused)
        return "\n".join(
            one for one in lines if not any(rule.fullmatch(one) for rule in self._accept)
        )

    def refused(self, lines: Iterable[str]) -> str:
        """Return those of `lines` that are known refusals; for commands that print text."""
        return "\n".join(one for one in lines if any(rule.search(one) for rule in self._refused))

    def is_unauthorised(self, text: str) -> bool:
        """Whether `text` says that we may not configure at all."""
        return any(rule.search(text) for rule in self._unauthorised)

    def is_busy(self, text: str) -> bool:
        """Whether `text` says that somebody else holds the configuration."""
        return any(rule.search(text) for rule in self._busy)

    def dialog(self, line: str, said: Said) -> Dialog | None:
        """Return the listed dialog that the device has begun after `line`, or None."""
        if not said.tail.strip() or self.refused(said.lines):
            return None
        text = "\n".join((*said.lines, said.tail))
        for dialog in self._dialogs:
            if re.match(dialog.command, line) and re.search(dialog.question, text):
                return dialog
        return None


def asks(tail: str) -> bool:
    """Whether a line without an end looks as if the device waits for us there."""
    return _ASKING.search(tail) is not None


def _retyped(one: str, here: str, line: str, left: str) -> tuple[str, str]:
    """Return what is left of the echo, and `one` without a prompt that was written again."""
    if here and one.startswith(here.rstrip()):
        return line, one[len(here.rstrip()) :].lstrip()
    return left, one


@cache
def judge(cli: Cli) -> Judge:
    """Return the judge for `cli`; one a platform serves all sessions."""
    return Judge(cli)
