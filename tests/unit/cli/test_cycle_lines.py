"""What a daemon says of a cycle: a line, and with -v each device with something to look at."""

from __future__ import annotations

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


def test_a_warning_is_no_good_end() -> None:
    assert ended_well(_found(READ))
    assert not ended_well(_found(READ, WARNED))
    assert not ended_well(_found(READ, UNREAD))
