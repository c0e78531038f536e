"""Typing lines at a device and waiting for their answers, within one deadline."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from automation.devices.answers import Answer, Judge, Said, asks, clean
from automation.devices.deadline import Deadline
from automation.devices.prompts import Prompts
from automation.devices.relay import Exchange
from automation.errors import DeviceError, Lost
from automation.model import Output

_CUT: Final = "the device cut the session off"
_PATIENCE: Final = 3
"""Silences in a row, in the middle of a long text, before its last line is taken for a question:
a lost packet is sent again after a second or three."""
_SCRIPT: Final = 64
"""Batches that may be answered before we read the answers; they must fit into SSH's window."""


class Keyboard(Protocol):
    """What a terminal needs of a connection."""

    def type(self, data: bytes) -> None:
        """Write `data` to the device, or raise OSError."""

    def follow(self, script: Sequence[Exchange], timeout: float) -> int:
        """Write `script`, as `Relay.follow` does; return how many of it, or raise OSError."""

    def aside(self, command: str, timeout: float) -> Output:
        """Return what `command` leaves on a channel of its own, or raise OSError."""

    def receive(self, timeout: float) -> bytes | None:
        """Return what has come; nothing when closed, None when nothing came in time.

        Raises:
            OSError: The connection broke.
        """

    def strip_ansi_escape_codes(self, string_buffer: str) -> str:
        """Return the text without escape codes, as the platform's driver knows them."""


class Unanswered(DeviceError):
    """The device waits for something that is not listed: an unknown question or prompt."""

    def __init__(self, said: Said) -> None:
        """Keep what the device wrote, and whether it had repeated the line it was given."""
        self.echoed = said.echoed
        after = "".join(f"{line!r}, then " for line in said.lines)
        super().__init__(f"the device waits at {after}{said.tail!r}, which we do not know")


@dataclass(frozen=True, slots=True)
class Typed:
    """A line as it goes on the wire, and the pattern of the prompt that is expected after it."""

    wire: str = field(repr=False)
    prompt: str


class Terminal:
    """One shell on one device, from its first prompt on."""

    def __init__(
        self, keyboard: Keyboard, judge: Judge, pager: str, deadline: Deadline, quiet: float
    ) -> None:
        """Read from `keyboard` until `deadline`.

        `quiet` is how many seconds a device may be silent on what looks like a question before
        we take it for one.
        """
        self._keyboard = keyboard
        self._judge = judge
        self._pager = pager
        self._deadline = deadline
        self._quiet = quiet
        self._ahead = b""
        self.here = ""
        """The prompt we stand at, as the device writes it."""
        self.known: dict[str, str] = {}
        """Prompts as the device writes them, by their patterns, for whoever has accepted them."""
        self.typed = 0
        """How many lines `exchange` has begun to type so far."""
        self.prompts: Prompts
        """The device's prompts, set when its hostname has been learned."""

    @property
    def left(self) -> float:
        """Seconds until the deadline."""
        return self._deadline.left

    def receive(self, timeout: float | None = None) -> bytes | None:
        """Return what comes next; None when nothing does within `timeout` seconds.

        Raises:
            Lost: The device closed the session, or the deadline passed.
        """
        left = self._deadline.left
        try:
            piece = self._keyboard.receive(left if timeout is None else min(timeout, left))
        except OSError as broken:
            raise self._lost() from broken
        if piece or (piece is None and not self._deadline.passed):
            return piece
        raise self._lost()

    def _lost(self) -> Lost:
        """Return why the session has ended."""
        if self._deadline.passed:
            return Lost(f"the device was not done within {self._deadline}")
        return Lost(_CUT)

    def type(self, text: str) -> None:
        """Write `text` and a newline to the device."""
        try:
            self._keyboard.type(text.encode() + b"\n")
        except OSError as broken:
            raise self._lost() from broken

    def aside(self, command: str) -> Output:
        """Return what `command` leaves on a channel of its own; nothing where there is none.

        Raises:
            Lost: The session ended first.
        """
        try:
            output = self._keyboard.aside(command, self._deadline.left)
        except OSError as broken:
            raise self._lost() from broken
        return Output(output.status, self._plain(output.out), self._plain(output.err))

    def text(self, data: bytes) -> str:
        """Return device bytes as text with plain newlines and without escape codes."""
        return self._plain(data.decode("utf-8", "replace"))

    def _plain(self, text: str) -> str:
        if "\x1b" in text:
            text = self._keyboard.strip_ansi_escape_codes(text)
        return clean(text)

    def exchange(self, batches: Sequence[Sequence[Typed]]) -> Iterator[Answer]:
        """Type the lines of each batch at once, batch after batch; yield the answers in order.

        A batch is typed once all answers before it are the echo and the known prompt to the
        byte; after any other answer, once the caller asks for the next, and so accepts it.

        Raises:
            Lost: The session ended first.
            Unanswered: The device waits for something that is not listed.
        """
        while batches:
            self.typed += len(batches[0])
            typed = self._follow(batches)
            self.typed += sum(map(len, batches[1:typed]))
            for lines in batches[:typed]:
                yield from self._answers(lines)
            batches = batches[typed:]

    def _follow(self, batches: Sequence[Sequence[Typed]]) -> int:
        """Type the first batch, and more while the answers are as expected; return how many."""
        script = [] if self._ahead else list(self._script(batches[:_SCRIPT]))
        if not script:
            self.type(_wire(batches[0]))
            return 1
        try:
            return self._keyboard.follow(script, self._deadline.left)
        except OSError as broken:
            raise self._lost() from broken

    def _script(self, batches: Sequence[Sequence[Typed]]) -> Iterator[Exchange]:
        """Yield the batches up to the first that may lead to a prompt we have not met."""
        for lines in batches:
            foreseen = self._foreseen(lines)
            if foreseen is None:
                return
            yield foreseen

    def _foreseen(self, lines: Sequence[Typed]) -> Exchange | None:
        """Return `lines` with their usual answer: the echoes and prompts that we know."""
        if any(line.prompt not in self.known for line in lines):
            return None
        answer = "".join(f"{line.wire}\r\n{self.known[line.prompt]}" for line in lines)
        return Exchange(f"{_wire(lines)}\n".encode(), answer.encode())

    def _answers(self, lines: Sequence[Typed]) -> Iterator[Answer]:
        """Yield the answers to `lines`, which were typed."""
        if not self._as_foreseen(lines):
            for line in lines:
                yield self.answer(line.wire)
            return
        for line in lines:
            self.here = self.known[line.prompt]
            yield Answer((), self.here, 0)

    def _as_foreseen(self, lines: Sequence[Typed]) -> bool:
        """Read on while all is as in most answers: the echo, a newline and the known prompt.

        Comparing bytes spares all but the unusual answers their parsing; what differs, at
        whichever byte, is left in the buffer for the judge.
        """
        foreseen = self._foreseen(lines)
        if foreseen is None:
            return False
        answer = foreseen.answer
        while len(self._ahead) < len(answer) and answer.startswith(self._ahead):
            self._ahead += self.receive() or b""
        if not self._ahead.startswith(answer):
            return False
        self._ahead = self._ahead[len(answer) :]
        return True

    def resume(self, here: str, ahead: str) -> None:
        """Stand at the prompt `here`, with `ahead` read already but not looked at."""
        self.here, self._ahead = here, ahead.encode()

    def stands_at(self, prompt: str) -> bool:
        """Whether the prompt we stand at is `prompt`, a pattern with `{host}`."""
        return self.prompts.pattern(prompt).fullmatch(self.here) is not None

    def until(self, question: str) -> bool:
        """Read up to `question` or to one of the device's prompts; return whether it asks.

        For what is answered by a secret, which is not echoed.
        """
        while True:
            text = self.text(self._ahead)
            asked = re.search(question, text) is not None
            *before, tail = text.split("\n")
            if asked or (before and self.prompts.known.fullmatch(tail)):
                self.resume("" if asked else tail, "")
                return asked
            self._ahead += self.receive() or b""

    def answer(self, command: str) -> Answer:
        """Read until the answer to `command`, which was typed, is whole; stand at its prompt.

        Questions that the platform lists are answered; what led to one is part of it, and the
        answer is echoed or not.

        Raises:
            Lost: The session ended first.
            Unanswered: The device waits for something that is not listed.
        """
        echo, typed = command, ""
        while True:
            text = self.text(self._ahead)
            answer = self._judge.answer(text, echo, self.here, self.prompts)
            if answer is not None:
                self.resume(answer.prompt, text[answer.end :])
                said = tuple(line for line in answer.said if line != typed)
                return Answer(said, answer.prompt, answer.end)
            part = self._judge.said(text, echo, self.here)
            dialog = self._judge.dialog(command, part) if part.echoed else None
            if dialog is None:
                self._wait(part, echo)
                continue
            typed, echo, self._ahead = dialog.answer, "", b""
            self.type(typed)

    def _wait(self, part: Said, echo: str) -> None:
        """Wait for more, but not for long where the device seems to wait for us."""
        waiting = asks(part.tail) and not (echo and echo.startswith(part.tail))
        piece = self.receive(self._quiet if waiting else None)
        if piece is None:
            raise Unanswered(part)
        self._ahead += piece

    def collect(self, command: str) -> str:
        """Type `command` and return all it prints, from after its echo to before the prompt.

        A configuration may contain what looks like our prompt. So the end is only believed when
        an empty line typed there brings the same prompt again, and nothing else.

        Raises:
            Lost: The session ended first.
            DeviceError: The pager is on, or the device waits for something else.
        """
        prompt = b"\n" + self.here.encode()
        self.type(command)
        self._until((prompt,))
        self.type("")
        self._until((prompt + b"\r" + prompt, prompt + prompt))
        lines = self._quiet_lines(self._ahead)
        self._ahead = b""
        while lines and lines[-1] == self.here:  # twice, or more often after a log line
            lines.pop()
        return "".join(f"{line}\n" for line in self._after_echo(lines, command))

    def _after_echo(self, lines: list[str], command: str) -> list[str]:
        """Return the lines that follow the echo of `command`."""
        for number, line in enumerate(lines):
            if line.strip().removeprefix(self.here).strip() == command:
                return lines[number + 1 :]
        wrote = "\n".join(lines[:3])
        raise DeviceError(f"the device did not repeat {command!r}; it wrote {wrote!r}")

    def _until(self, ends: tuple[bytes, ...]) -> None:
        """Read until one of `ends` is the last that came."""
        silences = 0
        while not self._ahead.endswith(ends):
            piece = self.receive(self._quiet)
            if piece is not None:
                self._ahead += piece
                silences = 0
                continue
            silences += 1
            self._silent(ends, silences)

    def _silent(self, ends: tuple[bytes, ...], silences: int) -> None:
        """Find out why nothing comes: a log line in the prompt's way, the pager, or a question."""
        lines = self._quiet_lines(self._ahead)
        without = "\n".join(lines).rstrip("\n").encode()
        if without.endswith(ends):
            self._ahead = without
        elif re.fullmatch(self._pager, lines[-1]):
            raise DeviceError("the device waits at its pager, which it would not turn off")
        elif silences >= _PATIENCE and asks(lines[-1]):
            raise Unanswered(Said(True, (), lines[-1]))

    def _quiet_lines(self, data: bytes) -> list[str]:
        """Return the lines of `data` without log lines and the empty lines that led to them."""
        kept: list[str] = []
        for line in self.text(data).split("\n"):
            if not self._judge.is_noise(line):
                kept.append(line)
            elif kept and not kept[-1]:
                kept.pop()
        return kept


def _wire(lines: Sequence[Typed]) -> str:
    """Return `lines` as they are typed at once, but for the last newline."""
    return "\n".join(line.wire for line in lines)
