"""The line discipline of a switch's terminal: echo, editing, pager; bytes in, bytes out.

A switch echoes a line when its command interpreter reads it, so that lines sent at once are
echoed one by one, each after the prompt before it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from automation.lab.faults import FaultKind
from automation.lab.reply import After, Reply
from automation.lab.switch import Cli

_PLAIN = re.compile(rb"[^\x00-\x1f\x7f]*")
_END = b"\r\n"
_CTRL_C, _CTRL_U, _CTRL_Z, _BACKSPACE, _DELETE = b"\x03", b"\x15", b"\x1a", b"\x08", b"\x7f"


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a device takes, in seconds: a command, a configuration line, a save."""

    command: float = 0.0
    line: float = 0.0
    save: float = 0.0

    def of(self, cli: Cli, line: str) -> float:
        """Return how long the device takes over `line`."""
        fault = cli.switch.fault
        slow = fault.ms / 1000 if fault and fault.kind is FaultKind.SLOW else 0.0
        if cli.path:
            return self.line + slow
        saves = line.lstrip().startswith(("wr", "save", "copy running-config"))
        return (self.save if saves else self.command) + slow


class Terminal:
    """One login's terminal. `later(seconds, call)` calls back when the device is done."""

    def __init__(
        self,
        cli: Cli,
        pace: Pace,
        write: Callable[[bytes], None],
        later: Callable[[float, Callable[[], None]], object],
        drop: Callable[[], None],
    ) -> None:
        """Begin with nothing typed."""
        self._cli = cli
        self._pace = pace
        self._write = write
        self._later = later
        self._drop = drop
        self._inbox = b""
        self._typed = bytearray()
        self._out: list[bytes] = []
        self._held: list[str] = []
        """Lines that wait behind the pager."""
        self._busy = False
        self._after_return = False

    def start(self, banner: str = "") -> None:
        """Print the banner and the first prompt."""
        self._say(banner + "\n")
        self._prompt()
        self._flush()

    def feed(self, data: bytes) -> None:
        """Take bytes from the wire, and write what the device answers."""
        self._inbox += data
        self._work()
        self._flush()

    def _work(self) -> None:
        while self._inbox and not self._busy and not self._cli.closed:
            if self._held:
                self._page(self._next(1))
                continue
            plain = _PLAIN.match(self._inbox)
            if plain and plain.end():
                self._type(self._next(plain.end()))
            else:
                self._control(self._next(1))

    def _next(self, count: int) -> bytes:
        taken, self._inbox = self._inbox[:count], self._inbox[count:]
        return taken

    def _type(self, text: bytes) -> None:
        """Take printable bytes: echoed as they are, unless a secret is asked for."""
        self._after_return = False
        self._typed += text
        if not (self._cli.question and self._cli.question.hidden):
            self._out.append(self._noisy(text))

    def _noisy(self, text: bytes) -> bytes:
        """Return the echo, with a log line in its middle on a device that is noisy."""
        fault = self._cli.switch.fault
        if not fault or fault.kind is not FaultKind.NOISE or not self._cli.path:
            return text
        if (self._cli.taken + 1) % (fault.line or 3):
            return text
        noise = self._cli.switch.os.noise.format(host=self._cli.switch.identity.hostname)
        half = len(text) // 2
        return text[:half] + b"\r\n" + noise.encode() + _END + text[half:]

    def _control(self, byte: bytes) -> None:
        if byte == b"\n" and self._after_return:
            self._after_return = False
        elif byte in b"\r\n":
            self._after_return = byte == b"\r"
            self._line()
        elif byte in (_BACKSPACE, _DELETE) and self._typed:
            del self._typed[-1:]
            self._out.append(b"\b \b")
        elif byte in (_CTRL_C, _CTRL_U):
            self._typed.clear()
            self._out.append(_END)
            self._prompt()
        elif byte == _CTRL_Z and self._cli.path:
            self._typed[:] = self._cli.switch.os.leave.encode()
            self._line()

    def _line(self) -> None:
        """Carry out what was typed, after the time that the device takes for it."""
        line = self._typed.decode("utf-8", "replace")
        self._typed.clear()
        self._out.append(_END)
        seconds = self._pace.of(self._cli, line)
        if not seconds:
            self._answer(self._cli.enter(line))
            return
        self._busy = True
        self._flush()
        self._later(seconds, lambda: self._resume(line))

    def _resume(self, line: str) -> None:
        self._busy = False
        self._answer(self._cli.enter(line))
        self._work()
        self._flush()

    def _answer(self, reply: Reply) -> None:
        if reply.after is After.HANG:
            self._busy = True
            return
        if reply.after is After.DROP or self._cli.closed:
            self._flush()
            self._cli.closed = True
            self._drop()
            return
        lines = reply.text.splitlines(keepends=True)
        if self._cli.page and len(lines) >= self._cli.page and not self._cli.path:
            self._held = lines
            self._show_page(self._cli.page - 1)
            return
        self._say(reply.text)
        self._prompt()

    def _show_page(self, count: int) -> None:
        shown, self._held = self._held[:count], self._held[count:]
        self._say("".join(shown))
        if self._held:
            self._out.append(self._cli.switch.os.pager.encode())
        else:
            self._prompt()

    def _page(self, key: bytes) -> None:
        """Take a key at the pager: a space is a page, return a line, q the end."""
        self._out.append(self._cli.switch.os.page_clear.encode())
        if key in b"qQ" or key == _CTRL_C:
            self._held = []
            self._prompt()
        else:
            self._show_page(self._cli.page - 1 if key == b" " else 1)

    def _say(self, text: str) -> None:
        if text:
            self._out.append(text.replace("\n", "\r\n").encode())

    def _prompt(self) -> None:
        self._out.append(self._cli.prompt.encode())

    def _flush(self) -> None:
        if self._out:
            self._write(b"".join(self._out))
            self._out.clear()
