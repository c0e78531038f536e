"""The terminal echoes, edits, pages and waits, byte by byte."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from automation.lab import Fault, FaultKind, device_for
from automation.lab.switch import Cli
from automation.lab.terminal import Pace, Terminal


class Wire:
    """What a terminal wrote, what it put off until later, and whether it hung up."""

    def __init__(self, cli: Cli, pace: Pace | None = None) -> None:
        self.written = b""
        self.waiting: list[tuple[float, Callable[[], None]]] = []
        self.cut = False
        self.terminal = Terminal(
            cli,
            pace or Pace(),
            self._write,
            lambda seconds, call: self.waiting.append((seconds, call)),
            self._cut,
        )

    def _write(self, data: bytes) -> None:
        self.written += data

    def _cut(self) -> None:
        self.cut = True

    def type(self, text: str) -> str:
        """Type, and return what is written for it."""
        self.written = b""
        self.terminal.feed(text.encode())
        return self.written.decode()


def _ios(pace: Pace | None = None) -> Wire:
    return Wire(Cli(device_for("cisco_ios", ports=30), enabled=True), pace)


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("show", "show"),
        ("\r\n", "\r\nsw#"),
        ("\r", "\r\nsw#"),
        ("\n", "\r\nsw#"),
        ("ab\bc\n", "ab\b \bc\r\n   ^\r\n% Invalid input detected at '^' marker.\r\n\r\nsw#"),
        ("junk\x15", "junk\r\nsw#"),
        ("junk\x03", "junk\r\nsw#"),
        ("conf t\nvlan 5\x1a", None),
    ],
)
def test_what_is_typed_is_seen(typed: str, seen: str | None) -> None:
    wire = _ios()
    text = wire.type(typed)
    assert text == seen or (seen is None and text.endswith("\r\nsw#"))


def test_a_secret_is_not_echoed() -> None:
    switch = device_for("cisco_ios", enable="s3cret")
    wire = Wire(Cli(switch, enabled=False))
    assert wire.type("enable\n") == "enable\r\nPassword: "
    assert wire.type("s3cret") == ""
    assert wire.type("\n") == "\r\nsw#"


def test_the_pager_takes_a_space_a_return_or_q() -> None:
    wire = _ios()
    assert wire.type("show running-config\n").endswith("\r\n --More-- ")
    page = wire.type(" ")
    assert page.count("\r\n") == 23
    assert wire.type("\r").count("\r\n") == 1
    assert wire.type("q").endswith("sw#")


def test_a_line_waits_for_the_device_and_those_after_it_too() -> None:
    wire = _ios(Pace(command=0.02, line=0.005, save=1.0))
    assert wire.type("configure terminal\nvlan 10\nend\nwrite memory\n") == "configure terminal\r\n"
    waited = []
    while wire.waiting:
        seconds, call = wire.waiting.pop()
        waited.append(seconds)
        call()
    assert waited == [0.02, 0.005, 0.005, 1.0]
    assert wire.written.endswith(b"[OK]\r\nsw#")


def test_a_slow_device_adds_its_own_time() -> None:
    switch = device_for("cisco_ios")
    switch.fault = Fault(FaultKind.SLOW, ms=500)
    cli = Cli(switch, enabled=True)
    assert Pace(command=0.5).of(cli, "show clock") == 1.0
    assert Pace(line=0.5, save=2.0).of(cli, "write memory") == 2.5


def test_leaving_hangs_up() -> None:
    wire = _ios()
    wire.type("exit\nshow version\n")
    assert wire.cut
