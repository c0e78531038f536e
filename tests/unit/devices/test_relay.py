"""What the relay types and when, with the device played by hand: no thread, no SSH."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

import paramiko
import pytest

from automation.devices.relay import Exchange, Relay

A, B, C = (Exchange(f"{one}\n".encode(), f"{one}\r\n#".encode()) for one in ("a", "bb", "ccc"))
SCRIPT = (A, B, C)


@dataclass
class Line:
    """A channel and its transport. `then` is fed, a piece at a time, once the first line is typed.

    Where the pieces end, so does the wait of whoever follows the script.
    """

    then: list[bytes] = field(default_factory=list)
    broken: dict[bytes, Exception] = field(default_factory=dict)
    out_window_size: int = 1000
    typed: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clear_to_send = threading.Event()
        self.clear_to_send.set()
        self.in_buffer: object = None
        self.relay = Relay(cast("paramiko.Transport", self), cast("paramiko.Channel", self))

    def sendall(self, data: bytes) -> None:
        if data in self.broken:
            raise self.broken[data]
        self.typed.append(data)
        self.out_window_size -= len(data)

    def follow(self, script: tuple[Exchange, ...] = SCRIPT) -> int:
        """Follow `script`; the device speaks where our thread would begin to wait."""
        self.relay._over = _Speaks(self._device)
        return self.relay.follow(script, 0)

    def _device(self) -> None:
        for piece in self.then:
            self.relay.feed(piece)

    def read(self) -> bytes:
        return self.relay.read(1000, 0.0)


class _Speaks(threading.Event):
    """An event that lets the device speak when somebody waits for it."""

    def __init__(self, device: Callable[[], None]) -> None:
        super().__init__()
        self._device = device

    def wait(self, timeout: float | None = None) -> bool:
        self._device()
        return self.is_set()


def split(data: bytes) -> list[bytes]:
    """Return the bytes of `data` one by one."""
    return [bytes([one]) for one in data]


ALL = A.answer + B.answer + C.answer


@pytest.mark.parametrize(
    ("then", "typed"),
    [
        ([], 1),
        ([A.answer[:-1]], 1),
        ([A.answer], 2),
        ([A.answer, B.answer], 3),
        ([A.answer, B.answer, C.answer], 3),
        (split(ALL), 3),
        ([A.answer, B.answer, C.answer, b"\r\nmore"], 3),
        ([A.answer + b"\r\n%LOG"], 1),
        ([b"\r\n%LOG", A.answer], 1),
        ([b"a\r\n%bad\r\n#", A.answer, B.answer], 1),
        ([A.answer, b"bb\r\n>", B.answer, C.answer], 2),
        ([A.answer, b"bb\n#"], 2),
        ([A.answer + B.answer], 1),
        ([A.answer + A.answer[:1]], 1),
    ],
)
def test_only_an_exact_answer_lets_the_next_line_go(then: list[bytes], typed: int) -> None:
    line = Line(then)
    assert line.follow() == typed
    assert line.typed == [one.typed for one in SCRIPT[:typed]]
    assert line.relay.read_ready() == bool(then)
    if then:
        assert line.read() == b"".join(then)


def test_a_script_that_is_over_types_no_more() -> None:
    line = Line()
    assert line.follow() == 1
    line.relay.feed(A.answer)
    assert line.typed == [A.typed]


def test_after_a_script_that_could_not_begin_nothing_is_typed() -> None:
    line = Line(broken={A.typed: OSError("Socket is closed")})
    with pytest.raises(OSError, match="Socket is closed"):
        line.follow()
    line.relay.feed(A.answer)
    assert line.typed == []


def test_one_script_follows_another() -> None:
    line = Line([A.answer, b"bb"])
    assert line.follow() == 2
    line.read()
    line.then = [C.answer, A.answer]
    assert line.follow((C, A)) == 2
    assert line.typed == [A.typed, B.typed, C.typed, A.typed]


def test_where_something_is_left_to_read_only_one_line_is_typed() -> None:
    line = Line([A.answer])
    line.relay.feed(b"\r\n%LOG\r\n")
    assert line.follow() == 1
    line.relay.feed(A.answer)
    assert line.typed == [A.typed]


def rekeying(line: Line) -> None:
    line.clear_to_send.clear()


def full(line: Line) -> None:
    line.out_window_size = len(A.typed) + len(B.typed) - 1


@pytest.mark.parametrize("busy", [rekeying, full])
def test_the_reader_types_nothing_that_would_have_to_wait(busy: Callable[[Line], None]) -> None:
    line = Line([A.answer])
    busy(line)
    assert line.follow() == 1
    assert line.typed == [A.typed]
    assert line.relay._over.is_set()


def test_a_window_that_just_holds_the_line_is_enough() -> None:
    line = Line([A.answer], out_window_size=len(A.typed) + len(B.typed))
    assert line.follow() == 2


@pytest.mark.parametrize("failure", [OSError("closed"), EOFError(), ValueError("a fault of ours")])
def test_a_failure_is_raised_where_the_answers_are_read_and_after_them(failure: Exception) -> None:
    line = Line([A.answer], {B.typed: failure})
    assert line.follow() == 2
    assert line.relay._over.is_set()
    assert line.read() == A.answer
    with pytest.raises(type(failure)) as caught:
        line.read()
    assert caught.value is failure


def test_the_end_of_the_connection_ends_the_wait() -> None:
    line = Line()
    line.relay._over = threading.Event()
    ends = threading.Thread(target=line.relay.close)
    line.sendall = lambda data: ends.start()  # type: ignore[method-assign]
    assert line.relay.follow(SCRIPT, 60) == 1
    ends.join()
    assert line.relay._over.is_set()
    line.sendall = lambda data: None  # type: ignore[method-assign]
    line.relay._over = _Speaks(lambda: pytest.fail("waits for what has ended"))
    assert line.relay.follow(SCRIPT, 60) == 1
    assert line.read() == b""


def test_closing_does_not_wait_for_whoever_types() -> None:
    line = Line()
    with line.relay._turn:
        line.relay.close()
    assert line.relay._over.is_set()


def test_what_is_typed_is_not_shown() -> None:
    assert "s3cr3t" not in repr(Exchange(b"key s3cr3t\n", b"key s3cr3t\r\n#"))
