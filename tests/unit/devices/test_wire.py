"""Waits on a TCP connection: what comes, what does not, and what ends them."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import NoReturn

import pytest

from automation.devices.deadline import Deadline
from automation.devices.wire import BoundedStream, TcpStream, dial

Pair = tuple[TcpStream, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    """A connection, and its other end."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        stream = dial("127.0.0.1", server.getsockname()[1], Deadline(10), 10)
        other, _ = server.accept()
        with other:
            yield stream, other
        stream.close()


def test_what_comes_is_read_and_what_is_sent_arrives(pair: Pair) -> None:
    stream, other = pair
    stream.settimeout(10)
    other.sendall(b"SSH")
    assert stream.recv(2) == b"SS"
    assert stream.recv(2) == b"H"
    assert stream.send(b"hello") == 5
    assert other.recv(10) == b"hello"
    other.shutdown(socket.SHUT_WR)
    assert stream.recv(1) == b""


@pytest.mark.parametrize("seconds", [0.01, 0.0, 1e-9])
def test_what_does_not_come_is_not_waited_for(pair: Pair, seconds: float) -> None:
    pair[0].settimeout(seconds)
    with pytest.raises(TimeoutError):
        pair[0].recv(1)


def test_what_does_not_fit_is_not_waited_for(pair: Pair) -> None:
    stream = pair[0]
    stream.settimeout(0.01)
    with pytest.raises(TimeoutError):
        flood(stream)


def flood(stream: TcpStream) -> NoReturn:
    """Send to somebody who does not read."""
    while True:
        stream.send(bytes(1 << 20))


def test_no_limit_is_no_limit(pair: Pair) -> None:
    stream, other = pair
    stream.settimeout(0.01)
    stream.settimeout(None)
    late = threading.Timer(0.05, other.sendall, [b"late"])
    late.start()
    assert stream.recv(10) == b"late"
    late.join()


def test_closing_wakes_whoever_reads(pair: Pair) -> None:
    stream = pair[0]
    closing = threading.Timer(0.05, stream.close)
    closing.start()
    assert stream.recv(1) == b""
    closing.join()


def test_after_the_deadline_nothing_is_read_or_sent(pair: Pair) -> None:
    stream, other = pair
    other.sendall(b"more")
    bounded = BoundedStream(stream, Deadline(0))
    assert bounded.recv(1) == b""
    with pytest.raises(ConnectionAbortedError, match="not done within"):
        bounded.send(b"x")
