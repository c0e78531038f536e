"""Told twice, flapping, late, over: what becomes of a finding."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from automation.findings import Note, heard, is_current
from automation.model import Finding, FindingKind, Signal
from tests.unit.findings.samples import NOW, QUIET, link, note

R, C, E = Signal.RAISE, Signal.CLEAR, Signal.EVENT
RESTART, LOGIN = FindingKind.RESTART, FindingKind.LOGIN


def after(notes: Sequence[Note]) -> Finding:
    found = None
    for one in notes:
        found = heard(found, one, QUIET)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("told", "is_open", "first", "last", "count", "repeats"),
    [
        ([(R, 0)], True, 0, 0, 1, 0),
        ([(R, 0), (R, 5)], True, 0, 0, 1, 1),
        ([(R, 0), (C, 5)], False, 0, 5, 1, 0),
        ([(R, 0), (C, 5), (C, 6)], False, 0, 5, 1, 1),
        ([(R, 0), (C, 5), (R, 9)], True, 0, 9, 2, 0),
        ([(R, 0), (C, 5), (R, 9), (C, 10), (R, 11)], True, 0, 11, 3, 0),
        # within the window it is the same, after it a new one
        ([(R, 0), (C, 5), (R, 905)], True, 0, 905, 2, 0),
        ([(R, 0), (C, 5), (R, 905.5)], True, 905.5, 905.5, 1, 0),
        # an open one never lapses
        ([(R, 0), (R, 90000)], True, 0, 0, 1, 1),
        ([(C, 0)], False, 0, 0, 0, 0),
        ([(C, 0), (R, 5)], True, 5, 5, 1, 0),
        ([(C, 0), (C, 5)], False, 0, 0, 0, 1),
    ],
)
def test_a_port_is_one_finding(
    told: list[tuple[Signal, float]],
    is_open: bool,
    first: float,
    last: float,
    count: int,
    repeats: int,
) -> None:
    found = after([note(signal, at) for signal, at in told])
    assert (found.is_open, found.first, found.last) == (is_open, first, last)
    assert (found.count, found.repeats) == (count, repeats)


@pytest.mark.parametrize(
    ("kind", "times", "count", "repeats"),
    [
        (LOGIN, [0], 1, 0),
        (LOGIN, [0, 1, 2], 3, 0),
        (LOGIN, [0, 901], 1, 0),
        (RESTART, [0, 29], 1, 1),
        (RESTART, [0, 31], 2, 0),
    ],
)
def test_what_happens_again_is_counted(
    kind: FindingKind, times: list[float], count: int, repeats: int
) -> None:
    found = after([note(E, at, kind=kind) for at in times])
    assert (found.is_open, found.count, found.repeats) == (False, count, repeats)


BOOTED = -100_000.0


def on_clock(signal: Signal, at: float, clock: int, booted: float = BOOTED) -> Note:
    return note(signal, at, clock=clock, booted=booted)


@pytest.mark.parametrize(
    ("notes", "is_open", "count"),
    [
        # an inform of linkDown is lost and sent again after the linkUp
        ([on_clock(C, 10, 500), on_clock(R, 15, 400)], False, 0),
        ([on_clock(R, 5, 300), on_clock(C, 10, 500), on_clock(R, 15, 400)], False, 1),
        # a report that changes nothing is the newest that we have, too
        ([on_clock(R, 5, 100), on_clock(R, 10, 400), on_clock(C, 15, 300)], True, 1),
        (
            [on_clock(R, 5, 100), on_clock(C, 6, 200), on_clock(C, 10, 400), on_clock(R, 15, 300)],
            False,
            1,
        ),
        # an inform whose answer was lost is heard twice
        ([on_clock(R, 5, 100), on_clock(C, 6, 200), on_clock(R, 15, 100)], False, 1),
        ([on_clock(R, 5, 100), on_clock(R, 15, 100), on_clock(C, 16, 300)], False, 1),
        ([*(on_clock(R, at, 400) for at in (5, 10, 11)), on_clock(C, 15, 300)], True, 1),
        ([on_clock(C, 5, 400), *(on_clock(R, at, 300) for at in (10, 15))], False, 0),
        # in order
        ([on_clock(R, 5, 300), on_clock(C, 10, 500), on_clock(R, 15, 600)], True, 2),
        # a restart in between sets the clock back: that is no late report
        ([on_clock(C, 10, 500), on_clock(R, 100, 400, booted=96)], True, 1),
        # and what is late is told from what was heard since then, though it changed nothing
        (
            [
                on_clock(R, 10, 5000),
                on_clock(R, 100, 400, booted=96),
                on_clock(C, 105, 300, booted=98),
            ],
            True,
            1,
        ),
        # devices that tell no time are believed as they come
        ([on_clock(C, 10, 500), note(R, 15)], True, 1),
        ([note(C, 10), on_clock(R, 15, 400)], True, 1),
        ([on_clock(R, 5, 400), note(R, 10), on_clock(C, 15, 300)], True, 1),
    ],
)
def test_a_late_report_changes_nothing(notes: list[Note], is_open: bool, count: int) -> None:
    found = after(notes)
    assert (found.is_open, found.count) == (is_open, count)


def test_the_detail_is_the_last_one() -> None:
    assert after([note(R, 0), note(R, 1, detail="shut")]).detail == "shut"


@pytest.mark.parametrize(
    ("finding", "current"),
    [
        (link("a", "p"), True),
        (link("a", "p", last=0), True),
        (link("a", "p", is_open=False), False),
        (link("a", "p", is_open=False, count=3), True),
        (link("a", "p", is_open=False, count=2), False),
        (link("a", "p", is_open=False, count=3, last=NOW - 901), False),
        (link("a", "p", count=0, is_open=False), False),
        (Finding("a", "", LOGIN, False, NOW - 5, NOW - 5), True),
        (Finding("a", "", RESTART, False, NOW - 901, NOW - 901), False),
        (Finding("a", "", FindingKind.SENSOR, False, NOW - 5, NOW - 5, count=5), False),
    ],
)
def test_what_is_worth_attention_now(finding: Finding, current: bool) -> None:
    assert is_current(finding, NOW, QUIET) is current
