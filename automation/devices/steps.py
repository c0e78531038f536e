"""From stanzas to what is typed: each line with the prompt that must follow it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from automation.devices.prompts import mode_prompt
from automation.model import Cli, Stanza


@dataclass(frozen=True, slots=True)
class Step:
    """One line to type, and the prompt (with `{host}`) of the mode it must leave us in.

    `alone` lines change mode or may be answered by a question: nothing is sent before their
    answer is read. After a line that `leaves` a mode nothing is sent before its answer either.
    One that goes `onward` is sent in one write with the next.
    `stanza` is the index of the stanza the line belongs to.
    """

    line: str
    prompt: str
    stanza: int
    alone: bool = False
    leaves: bool = False
    onward: bool = False


class UnknownMode(ValueError):
    """A line has lines below it, and the platform declares no mode that it enters."""

    def __init__(self, line: str, stanza: int) -> None:
        """Keep the line and the index of its stanza."""
        self.line = line
        self.stanza = stanza
        super().__init__(f"the platform declares no mode that {line!r} enters")


def steps(stanzas: Sequence[Stanza], cli: Cli) -> tuple[Step, ...]:
    """Return every line of `stanzas` in the order it is typed, exits included.

    Each stanza begins and ends in plain configuration mode, so that a header that the device
    ignored can never let the lines below it fall into the block before.

    Raises:
        UnknownMode: For a header that no mode of the platform matches; nothing was sent yet.
    """
    asking = _asking(cli)
    return tuple(
        step
        for number, stanza in enumerate(stanzas)
        for step in _Walk(cli, number, asking).stanza(stanza)
    )


@cache
def _asking(cli: Cli) -> re.Pattern[str]:
    """Return an expression for the commands that the platform lists a question for."""
    return re.compile("|".join(f"(?:{dialog.command})" for dialog in cli.dialogs) or r"(?!)")


def batches(steps: Sequence[Step], *, whole_stanza: bool) -> Iterator[tuple[Step, ...]]:
    """Yield the steps that may be outstanding together: one, or those of a confirmed mode.

    With `whole_stanza` the lines inside one mode go out together, the exit as the last of them.
    Lines that go onward do so in any case.
    """
    together: list[Step] = []
    for step in steps:
        if together and (step.alone or step.stanza != together[-1].stanza):
            yield tuple(together)
            together = []
        together.append(step)
        if step.alone or step.leaves or not (whole_stanza or step.onward):
            yield tuple(together)
            together = []
    if together:
        yield tuple(together)


class _Walk:
    """Walks one stanza and keeps the stack of modes that were entered."""

    def __init__(self, cli: Cli, number: int, asking: re.Pattern[str]) -> None:
        """Start in plain configuration mode; `asking` matches lines that may be answered so."""
        self._asking = asking
        self._cli = cli
        self._number = number
        self._modes = [cli.config_prompt]

    def stanza(self, stanza: Stanza) -> Iterator[Step]:
        """Yield the steps of `stanza`, back to where they began."""
        lines = _with_depth(stanza)
        onward = _onward(lines, self._cli)
        pairs = zip(lines, [*lines[1:], (0, "")], strict=True)
        for at, ((depth, line), (below, _)) in enumerate(pairs):
            yield from self._up_to(depth)
            if below > depth or self._enters(stanza, depth, line):
                yield self._enter(line)
            else:
                alone, prompt = self._may_ask(line), self._modes[-1]
                yield Step(line, prompt, self._number, alone=alone, onward=at in onward)
        yield from self._up_to(0)

    def _enters(self, stanza: Stanza, depth: int, line: str) -> bool:
        """Whether a line without lines below it changes mode all the same."""
        if stanza.header:
            return depth == 0
        return depth == 0 and _mode(self._cli, line) is not None

    def _enter(self, line: str) -> Step:
        """Return the step into the mode of `line`."""
        prompt = _mode(self._cli, line)
        if prompt is None:
            raise UnknownMode(line, self._number)
        self._modes.append(prompt)
        return Step(line, prompt, self._number, alone=True)

    def _up_to(self, depth: int) -> Iterator[Step]:
        """Yield the exits that take us back to `depth` levels below configuration mode."""
        while len(self._modes) > depth + 1:
            self._modes.pop()
            yield Step(self._cli.exit, self._modes[-1], self._number, leaves=True)

    def _may_ask(self, line: str) -> bool:
        """Whether the platform knows a question that `line` may be answered by."""
        return self._asking.match(line) is not None


def _with_depth(stanza: Stanza) -> list[tuple[int, str]]:
    """Return the stanza's lines without indentation, each with its depth, header first."""
    base = 1 if stanza.header else 0
    lines = [(base + len(line) - len(line.lstrip(" ")), line.strip()) for line in stanza.lines]
    return [(0, stanza.header.strip()), *lines] if stanza.header else lines


def _onward(lines: Sequence[tuple[int, str]], cli: Cli) -> frozenset[int]:
    """Return the numbers of the lines that the platform wants in one write with the next."""
    if cli.together is None:
        return frozenset()
    away, back = (re.compile(pattern) for pattern in cli.together)
    kinds = "".join(
        "a" if away.fullmatch(line) else "b" if back.fullmatch(line) else "-" for _, line in lines
    )
    return frozenset(
        at for run in re.finditer("a+b+", kinds) for at in range(run.start(), run.end() - 1)
    )


def _mode(cli: Cli, line: str) -> str | None:
    """Return the prompt of the mode that `line` enters, or None."""
    for mode in cli.modes:
        if found := re.fullmatch(mode.header, line):
            return mode_prompt(cli, mode.prompt, found.groupdict().get("name") or "")
    return None
