"""A run is watched in the way that fits whoever looks."""

from __future__ import annotations

import io
import sys
from dataclasses import replace

import pytest
from rich.console import Console
from rich.progress import Progress, TextColumn

from automation.cli.progress import Bars, Lines, Nothing, Watcher, watching, wave_title
from automation.model import DeviceResult, Outcome
from automation.playbook import Wave
from automation.tasks.plan import Planned
from tests.unit.cli.samples import CHANGED, ISOLATED, REFUSED, change, plan

FIRST = Wave("city", 1, 2, (change("sw1", ISOLATED),))
SECOND = Wave("city", 2, 2, (change("sw2", ISOLATED),))
AWAY = DeviceResult("sw9", "city", Outcome.UNREACHABLE, "no answer")


def _whole_run(watcher: Watcher) -> None:
    watcher.planning(3)
    watcher.planned(Planned("sw1", change("sw1", ISOLATED)))
    watcher.planned(Planned("sw2", change("sw2")))
    watcher.planned(Planned("sw9", outcome=Outcome.UNREACHABLE, why="no answer"))
    watcher.applying(plan(*FIRST.changes, *SECOND.changes, faults=(AWAY,)))
    watcher.wave(FIRST)
    watcher.ended(CHANGED)
    watcher.wave(SECOND)
    watcher.ended(REFUSED)


def test_without_a_terminal_waves_and_failures_are_lines() -> None:
    stream = io.StringIO()
    _whole_run(Lines(stream))
    assert stream.getvalue().splitlines() == [
        "reading 3 devices",
        "3 of 3: 1 in sync, 1 to change, 1 unreachable",
        "applying plan 0123456789ab to 3 devices",
        "city: canary, wave 1 of 2, 1 device; so far: 1 unreachable",
        "city: wave 2 of 2, 1 device; so far: 1 changed, 1 unreachable",
        "sw2: failed: the device refused a line; nothing was saved",
        "3 of 3: 1 changed, 1 failed, 1 unreachable",
    ]


def test_without_a_terminal_a_caution_of_a_good_device_is_a_line() -> None:
    stream = io.StringIO()
    lines = Lines(stream)
    lines.applying(plan(*FIRST.changes))
    lines.ended(replace(CHANGED, why="the device does not show what it saved"))
    assert stream.getvalue().splitlines()[1:] == [
        "sw1: changed: the device does not show what it saved",
        "1 of 1: 1 changed",
    ]


def test_a_device_that_ends_twice_counts_once() -> None:
    stream = io.StringIO()
    lines = Lines(stream)
    lines.applying(plan(*FIRST.changes))
    lines.ended(CHANGED)
    lines.ended(DeviceResult("sw1", "city", Outcome.FAILED, "a new read differs"))
    assert stream.getvalue().splitlines()[-1] == "1 of 1: 1 failed"


def test_bars_count_by_estate_and_name_the_wave() -> None:
    stream = io.StringIO()
    columns = (
        TextColumn("{task.description}|{task.completed}/{task.total}|{task.fields[counts]}"),
    )
    console = Console(file=stream, force_terminal=False, width=100)
    with Progress(*columns, console=console) as display:
        _whole_run(Bars(display))
    assert [line.rstrip() for line in stream.getvalue().splitlines() if line.strip()] == [
        "reading|3/3|1 in sync, 1 to change, 1 unreachable",
        "city: wave 2 of 2|3/3|1 changed, 1 failed, 1 unreachable",
    ]


@pytest.mark.parametrize(("wave", "title"), [(FIRST, "city: canary, wave 1 of 2")])
def test_the_first_wave_is_the_canary(wave: Wave, title: str) -> None:
    assert wave_title(wave) == title


@pytest.mark.parametrize(
    ("terminal", "verbose", "kind"),
    [(True, False, Bars), (True, True, Bars), (False, True, Lines), (False, False, Nothing)],
)
def test_bars_need_a_terminal_and_lines_need_to_be_asked_for(
    terminal: bool, verbose: bool, kind: type[Watcher], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    with watching(verbose=verbose) as watcher:
        assert type(watcher) is kind


def test_nothing_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    _whole_run(Nothing())
    assert capsys.readouterr() == ("", "")
