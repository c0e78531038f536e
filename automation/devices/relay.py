"""Typing the next line in the thread that takes in the answer to the last one.

paramiko reads each connection in a thread of its own. Where that thread wakes ours for every
answer, only for ours to type the next line, fifty sessions under one interpreter lock spend more
on the hand-overs than on all else (docs/adr/0007-the-reader-types-the-next-line.md).
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

import paramiko
from paramiko.buffered_pipe import BufferedPipe


@dataclass(frozen=True, slots=True)
class Exchange:
    """What is typed, which may hold a secret, and the whole answer on which the next may follow."""

    typed: bytes = field(repr=False)
    answer: bytes = field(repr=False)


class Relay(BufferedPipe):  # type: ignore[type-arg]  # generic in the stubs alone
    """A channel's output on its way to its reader; types what comes next as the answers pass by.

    It sets the pace and accepts nothing: whatever passes is left to be read and judged.
    """

    def __init__(self, transport: paramiko.Transport, channel: paramiko.Channel) -> None:
        """Take the place of the buffer of `channel`, into which nothing may have come yet."""
        super().__init__()
        self._transport = transport
        self._channel = channel
        self._turn = threading.Lock()
        """Held while the script is looked at. `close` must not want it: paramiko calls that with
        the channel locked, and whoever types with this lock held wants the channel's."""
        self._over = threading.Event()
        self._script: Sequence[Exchange] = ()
        self._typed = 0
        self._heard = b""
        self._failure: Exception | None = None
        self._ended = False
        channel.in_buffer = self

    def follow(self, script: Sequence[Exchange], timeout: float) -> int:
        """Type the first of `script`, and each other once the answer before it is there exactly.

        Returns how many were typed, when no more will be: the script is done, an answer is
        another one, the connection has ended, or `timeout` seconds have passed. And where typing
        would have to wait, which only our own thread can do. All answers are left to be read.

        Raises:
            OSError, EOFError, SSHException: The first could not be typed.
        """
        with self._turn:
            self._over.clear()
            plain = not (self._ended or self.read_ready())  # what came unasked is judged first
            self._script, self._typed, self._heard = script if plain else (), 1, b""
        try:
            self._channel.sendall(script[0].typed)
            if plain:
                self._over.wait(timeout)
        finally:
            with self._turn:
                self._script = ()
        return self._typed

    def feed(self, data: bytes) -> None:
        """Take what has arrived, in paramiko's thread."""
        super().feed(data)
        with self._turn:
            if self._script and not self._goes_on(data):
                self._script = ()
                self._over.set()

    def read(self, nbytes: int, timeout: float | None = None) -> bytes:
        """Return what has arrived; after the last of it, raise what went wrong in typing."""
        if self._failure is not None and not self.read_ready():
            raise self._failure
        data: bytes = super().read(nbytes, timeout)
        return data

    def close(self) -> None:
        """Let nobody wait any longer: nothing more will come."""
        self._ended = True
        super().close()
        self._over.set()

    def _goes_on(self, data: bytes) -> bool:
        """Return whether the script holds after `data`; type its next line when it is time."""
        self._heard += data
        answer = self._script[self._typed - 1].answer
        if self._heard != answer:
            return answer.startswith(self._heard)
        self._heard = b""
        return self._typed < len(self._script) and self._type(self._script[self._typed].typed)

    def _type(self, line: bytes) -> bool:
        """Type `line` and return True, unless that would have to wait or goes wrong.

        Waiting here would never end: this is the thread that takes in the device's window
        adjustments (RFC 4254 section 5.2) and its part of a key exchange (RFC 4253 section 9).
        """
        window, rekeying = self._channel.out_window_size, not self._transport.clear_to_send.is_set()
        if rekeying or window < len(line):
            return False
        self._typed += 1
        try:
            self._channel.sendall(line)
        except Exception as failure:  # noqa: BLE001 - `read` raises it, where somebody listens
            self._failure = failure
        return self._failure is None
