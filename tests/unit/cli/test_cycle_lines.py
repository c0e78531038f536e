"""What a daemon says of a cycle: a line, and with -v each device with something to look at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import pytest

from automation.cli.poll_text import ended_well
from automation.cli.polling import every_interval
from automation.snmp import Polled
from automation.tasks.poll import DevicePoll, Polling
from tests.unit.metrics.readings import Port, device, sample

READ = Polled("sw-1", sample(Port()))
WARNED = Polled("sw-2", sample(Port(), name="sw-2"), warning="our own fault: IndexError")
UNREAD = Polled("sw-3", error="no SNMP answer")


@dataclass(frozen=True)
class Cycle:
    """A polling whose cycles all end alike."""

    found: tuple[DevicePoll, ...]
    fault: str = ""
    refusals_fault: str = ""
    refusals_unread: str = ""
    has_died: bool = False

    def cycle(self) -> tuple[DevicePoll, ...]:
        return self.found


def _found(*polled: Polled) -> tuple[DevicePoll, ...]:
    return tuple(DevicePoll(device(one.device), one, None, None) for one in polled)


@pytest.mark.parametrize(
    ("polled", "verbose", "expected"),
    [
        pytest.param((READ,), True, [("1 devices, 0 not read, 1 ports in", " s")], id="well"),
        pytest.param(
            (READ, WARNED, UNREAD),
            False,
            [("3 devices, 1 not read, 2 ports in", " s; 1 warning, told by -v and by poll once")],
            id="a warning is counted",
        ),
        pytest.param(
            (READ, WARNED, UNREAD),
            True,
            [
                ("3 devices, 1 not read", "told by -v and by poll once"),
                ("  sw-2: our own fault", "IndexError"),
                ("  sw-3: no SNMP", "answer"),
            ],
            id="and told by -v",
        ),
    ],
)
def test_a_cycle_is_a_line(
    polled: tuple[Polled, ...],
    verbose: bool,
    expected: list[tuple[str, str]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    polling = cast(Polling, Cycle(_found(*polled)))
    every_interval(polling, [None], verbose, lambda *_: None)
    lines = capsys.readouterr().err.splitlines()
    for line, (begin, end) in zip(lines, expected, strict=True):
        assert line.startswith(begin)
        assert line.endswith(end)


FULL, LOCKED = "the disk is full", "database is locked"


@pytest.mark.parametrize(
    ("faults", "expected"),
    [
        pytest.param(
            [(FULL, "", ""), (FULL, "", ""), ("", "", "")],
            [f"{FULL}; what is read waits", "the store is well again"],
            id="said when it begins and when it is over",
        ),
        pytest.param(
            [(FULL, LOCKED, ""), ("", LOCKED, ""), ("", "", "")],
            [
                f"{FULL}; what is read waits",
                f"{LOCKED}; who turned us down waits to be kept",
                "the store is well again",
            ],
            id="not well again while half of it is not",
        ),
        pytest.param(
            [("", "", LOCKED)],
            [f"{LOCKED}; who turned others down may be asked too often"],
            id="not read is no loss",
        ),
    ],
)
def test_a_store_that_fails_is_said_once(
    faults: list[tuple[str, str, str]], expected: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    polling = Cycle(_found(READ))

    def turns() -> Iterator[None]:
        for one in faults:
            for name, fault in zip(
                ("fault", "refusals_fault", "refusals_unread"), one, strict=True
            ):
                object.__setattr__(polling, name, fault)
            yield

    every_interval(cast(Polling, polling), turns(), False, lambda *_: None)
    lines = capsys.readouterr().err.splitlines()
    assert [line for line in lines if "devices" not in line] == expected


def test_a_warning_is_no_good_end() -> None:
    assert ended_well(_found(READ))
    assert not ended_well(_found(READ, WARNED))
    assert not ended_well(_found(READ, UNREAD))
