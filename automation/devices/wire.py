"""The TCP connection under an SSH session: bounded by a deadline, read in large pieces."""

from __future__ import annotations

import contextlib
import socket
import struct
from typing import Protocol

from automation.devices.deadline import Deadline

_PIECE = 65536


class Stream(Protocol):
    """What SSH needs of a connection: a socket, or a channel through a jump host."""

    def recv(self, size: int, /) -> bytes:
        """Return at most `size` bytes; none when the other end has closed."""

    def send(self, data: bytes, /) -> int:
        """Send what fits now; return how much that was."""

    def settimeout(self, seconds: float | None, /) -> None:
        """Set how long `recv` and `send` wait before TimeoutError."""

    def close(self) -> None:
        """Close the connection."""


class BoundedStream:
    """A stream that dies at its deadline, which ends whatever waits for it.

    paramiko waits without limit for the answer to some requests, and each byte of a banner
    restarts its banner timeout. But its reader thread comes by here at least ten times a second,
    and when the stream ends, so does every wait. One `recv` below serves several above:
    paramiko asks for a packet's header and body apart.
    """

    def __init__(self, stream: Stream, deadline: Deadline) -> None:
        """Take over `stream`; it is closed with this."""
        self._stream = stream
        self._deadline = deadline
        self._ahead = b""
        self._closed = False

    def recv(self, size: int) -> bytes:
        """Return at most `size` bytes; none once the deadline has passed or the peer closed."""
        ahead = self._ahead
        if not ahead:
            if self._deadline.passed:
                return b""
            ahead = self._stream.recv(_PIECE)
        self._ahead = ahead[size:]
        return ahead[:size]

    def send(self, data: bytes) -> int:
        """Send what fits now, or raise OSError once the deadline has passed."""
        if self._deadline.passed:
            raise ConnectionAbortedError(f"it was not done within {self._deadline}")
        return self._stream.send(data)

    def settimeout(self, seconds: float | None) -> None:
        """Set how long `recv` and `send` wait; paramiko sets a tenth of a second."""
        self._stream.settimeout(seconds)

    def close(self) -> None:
        """Close the stream, which wakes the thread that reads from it."""
        self._closed = True
        self._stream.close()


class TcpStream:
    """A TCP connection whose waits are bounded by the kernel (SO_RCVTIMEO, socket(7)).

    Python bounds a wait by asking poll(2) before each call: two system calls where one will do,
    and after each of them a wait for the interpreter lock.
    """

    def __init__(self, sock: socket.socket) -> None:
        """Take over `sock`, which is connected; it waits without limit until `settimeout`."""
        sock.settimeout(None)
        self._sock = sock

    def recv(self, size: int) -> bytes:
        """Return at most `size` bytes; none when the other end has closed."""
        try:
            return self._sock.recv(size)
        except BlockingIOError:
            raise TimeoutError from None

    def send(self, data: bytes) -> int:
        """Send what fits now; return how much that was."""
        try:
            return self._sock.send(data)
        except BlockingIOError:
            raise TimeoutError from None

    def settimeout(self, seconds: float | None) -> None:
        """Set how long `recv` and `send` wait before TimeoutError; None is without limit."""
        micros = 0 if seconds is None else max(1, round(seconds * 1e6))
        timeval = struct.pack("ll", *divmod(micros, 1_000_000))
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            self._sock.setsockopt(socket.SOL_SOCKET, option, timeval)

    def close(self) -> None:
        """Close the connection, and wake whoever reads from it."""
        with contextlib.suppress(OSError):  # the peer was faster
            self._sock.shutdown(socket.SHUT_RDWR)
        self._sock.close()


def dial(address: str, port: int, deadline: Deadline, timeout: float) -> TcpStream:
    """Return a TCP connection with Nagle's algorithm off, or raise OSError.

    Without TCP_NODELAY the kernel holds each short line back until the one before it is
    acknowledged: 86 ms a session on loopback (docs/performance.md).
    """
    sock = socket.create_connection((address, port), timeout=max(0.001, deadline.within(timeout)))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return TcpStream(sock)
