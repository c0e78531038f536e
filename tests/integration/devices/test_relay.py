"""A long stanza, typed by the thread that reads: everything that may come in its middle."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import paramiko
import pytest

from automation.devices import Deadline, Window, open_session
from automation.devices.line import LineSession
from automation.devices.relay import Exchange, Relay
from automation.errors import Lost
from automation.model import StanzaState
from tests.integration.devices.bench import IOS, LOGIN, Bench, plain, stanza
from tests.integration.devices.change import IF, LOG, PORTS, A, U, X, typed
from tests.integration.devices.fake import Part, Script, Then

pytestmark = pytest.mark.integration

INNER = tuple(f"description number {number}" for number in range(40))
LONG = stanza("interface Gi1/0/2", *INNER)
CHANGE = (LONG, PORTS[2])
LINES = ["interface Gi1/0/2", *INNER, "exit", "ntp server 192.0.2.1", "end"]
"""What must be typed for CHANGE in configuration mode, to the letter."""
MIDDLE = INNER[20]


@pytest.fixture
def followed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """How many lines each script had, and how many of them were typed."""
    seen: list[tuple[int, int]] = []
    follow = Relay.follow

    def spy(self: Relay, script: Sequence[Exchange], timeout: float) -> int:
        count = follow(self, script, timeout)
        seen.append((len(script), count))
        return count

    monkeypatch.setattr(Relay, "follow", spy)
    return seen


def learned(
    bench: Bench,
    followed: list[tuple[int, int]],
    seconds: float = 10,
    lines: Window = Window.LINE,
    **ssh: Any,  # noqa: ANN401 - whatever asyncssh takes
) -> tuple[LineSession, Script]:
    """Return a session that has met every prompt of CHANGE, and the script of its switch."""
    switch = bench.rack.switch(**ssh)
    options = bench.options(deadline=Deadline(seconds), window=lines)
    hostkeys = bench.trust(switch)
    session = open_session(bench.device(switch), IOS, LOGIN, hostkeys, options)
    bench.open.append(session)
    assert isinstance(session, LineSession)
    assert session.configure([PORTS[0], PORTS[2]], plain).states == (A, A)
    switch.script.lines.clear()
    followed.clear()
    return session, switch.script


def test_a_stanza_is_typed_without_waking_us(bench: Bench, followed: list[tuple[int, int]]) -> None:
    session, script = learned(bench, followed)
    assert session.configure(CHANGE, plain).states == (A, A)
    assert typed(script)[1:] == LINES
    assert followed == [(42, 42), (1, 1)]


def test_a_very_long_stanza_is_typed_in_parts(
    bench: Bench, followed: list[tuple[int, int]]
) -> None:
    session, script = learned(bench, followed)
    long = replace(LONG, lines=INNER * 4)
    assert session.configure([long], plain).states == (A,)
    assert typed(script)[1:] == [LINES[0], *INNER * 4, "exit", "end"]
    assert followed == [(64, 64), (64, 64), (34, 34)]


def test_whoever_stops_is_asked_between_stanzas(
    bench: Bench, followed: list[tuple[int, int]]
) -> None:
    session, script = learned(bench, followed)
    seen: list[int] = []

    def stop() -> bool:
        seen.append(len(typed(script)[1:]))
        return len(seen) == 3

    sent = session.configure([LONG, PORTS[0], PORTS[2]], plain, stop=stop)
    assert sent.states == (A, A, U)
    assert seen == [0, 42, 46]
    assert script.lines[-1] == "end"


def test_a_rekey_that_the_device_begins(bench: Bench, followed: list[tuple[int, int]]) -> None:
    session, script = learned(bench, followed, rekey_bytes=1000)
    transport = session.connection.remote_conn_pre
    assert isinstance(transport, paramiko.Transport)
    before = transport.H
    assert session.configure(CHANGE, plain).states == (A, A)
    assert before != transport.H
    assert typed(script)[1:] == LINES


def test_a_rekey_that_we_begin(
    bench: Bench, followed: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    session, script = learned(bench, followed)
    monkeypatch.setattr(paramiko.packet.Packetizer, "REKEY_PACKETS", 15)
    assert session.configure(CHANGE, plain).states == (A, A)
    assert typed(script)[1:] == LINES
    assert len(followed) > 2  # the reader has handed back while keys were exchanged


def test_a_window_that_does_not_hold_the_next_line(
    bench: Bench, followed: list[tuple[int, int]]
) -> None:
    session, script = learned(bench, followed, window=24)
    wide = f"{MIDDLE} {'x' * 100}"
    long = replace(LONG, lines=(*INNER[:20], wide, *INNER[21:]))
    assert session.configure([long], plain).states == (A,)
    assert typed(script)[1:] == [LINES[0], *INNER[:20], wide, *INNER[21:], "exit", "end"]
    assert followed[0] == (42, 21)  # and our own thread typed the wide one
    assert sum(count for _, count in followed) == 42


@pytest.mark.parametrize("window", Window, ids=str)
@pytest.mark.parametrize(
    ("answer", "refused"),
    [
        (f"{MIDDLE}\r\n% Invalid input detected at '^' marker.\r\n{IF}", "Invalid input"),
        (f"{MIDDLE}\r\nother(config-if)#", "other(config-if)#"),
        (f"{MIDDLE}\r\nsw1(config)#", "which is another mode"),
        (f"{MIDDLE}\r\nReally? [confirm]", "Really? [confirm]"),
        (f"\r\n{IF}", "the device waits at"),
    ],
)
def test_a_refusal(
    bench: Bench, followed: list[tuple[int, int]], answer: str, refused: str, window: Window
) -> None:
    session, script = learned(bench, followed, lines=window)
    script.raw = {MIDDLE: [answer.encode()]}
    sent = session.configure(CHANGE, plain)
    assert sent.states == (X, U)
    assert sent.refusal is not None
    assert (sent.refusal.line, sent.refusal.stanza) == (MIDDLE, 0)
    assert refused in sent.refusal.text
    assert "end" not in script.lines
    if window is Window.LINE:
        assert script.lines[-1] == MIDDLE


@pytest.mark.parametrize("pause", [0.0, 0.01])
def test_a_complaint_that_comes_after_the_prompt(
    bench: Bench, followed: list[tuple[int, int]], pause: float
) -> None:
    session, script = learned(bench, followed)
    late = f"{MIDDLE}\r\n{IF}\r\n% Not so.\r\n".encode()
    script.raw = {MIDDLE: [late[:-13], pause, late[-13:]] if pause else [late]}
    sent = session.configure(CHANGE, plain)
    assert sent.states == (X, U)
    assert sent.refusal is not None
    assert (sent.refusal.line, sent.refusal.text) == (INNER[21], "% Not so.")
    assert script.lines[-1] == INNER[21]


@pytest.mark.parametrize(
    "answer",
    [
        f"descr\r\n{LOG}\r\niption number 20\r\n{IF}",
        f"\r\n{LOG}\r\n{MIDDLE}\r\n{IF}",
        f"{MIDDLE}\r\n{LOG}\r\n{IF}",
        f"{MIDDLE}\r\n{IF}\r\n{LOG}\r\n",
    ],
)
def test_a_log_line(bench: Bench, followed: list[tuple[int, int]], answer: str) -> None:
    session, script = learned(bench, followed)
    script.raw = {MIDDLE: [answer[:5].encode(), 0.01, answer[5:].encode()]}
    assert session.configure(CHANGE, plain).states == (A, A)
    assert typed(script)[1:] == LINES
    assert followed[0] == (42, 22)
    assert session.fetch() == script.running


@pytest.mark.parametrize(
    ("then", "seconds", "why"),
    [(Then.DROP, 10, "cut the session off"), (Then.HANG, 1.5, "was not done within its 1.5 s")],
)
@pytest.mark.parametrize("said", [b"", MIDDLE.encode(), f"{MIDDLE}\r\n{IF[:-1]}".encode()])
def test_an_end(
    bench: Bench,
    followed: list[tuple[int, int]],
    then: Then,
    seconds: float,
    why: str,
    said: bytes,
) -> None:
    session, script = learned(bench, followed, seconds)
    end: list[Part] = [said, then]
    script.raw = {MIDDLE: end}
    with pytest.raises(Lost, match=why) as caught:
        session.configure(CHANGE, plain)
    assert list(caught.value.states) == [X, U]
    assert caught.value.line == MIDDLE
    assert script.lines[-1] == MIDDLE


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (EOFError(), Lost),
        (OSError("Socket is closed"), Lost),
        (paramiko.SSHException("Key-exchange timed out"), Lost),
        (ValueError("a fault of ours"), ValueError),
    ],
)
def test_what_goes_wrong_in_the_reader_is_told_to_whoever_waits(
    bench: Bench,
    followed: list[tuple[int, int]],
    failure: Exception,
    told: type[Exception],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session, script = learned(bench, followed)
    sendall = paramiko.Channel.sendall
    where: list[str] = []

    def fails(self: paramiko.Channel, data: bytes) -> None:
        if data == f"{MIDDLE}\n".encode():
            where.append(type(threading.current_thread()).__name__)
            raise failure
        sendall(self, data)

    monkeypatch.setattr(paramiko.Channel, "sendall", fails)
    with pytest.raises(told) as caught:
        session.configure(CHANGE, plain)
    assert where == ["Transport"]
    assert script.lines[-1] == INNER[19]
    if isinstance(caught.value, Lost):
        assert caught.value.line == MIDDLE
        assert list(caught.value.states) == [X, StanzaState.UNTOUCHED]
    with pytest.raises(Lost, match="closed"):
        session.fetch()
