"""What the poller saw after the last report."""

from __future__ import annotations

from dataclasses import replace

import pytest

from automation.findings import Note
from automation.findings.seen import Reading, ended, named
from automation.model import Finding, FindingKind, Signal
from tests.unit.findings.samples import NOW, link

UP = {"Gi1/0/1": True, "Gi1/0/2": False}
READING = Reading("a", NOW, NOW - 3600, UP, {7: "Gi1/0/2", 8: "Gi1/0/1"})


@pytest.mark.parametrize(
    ("finding", "read_at", "is_over"),
    [
        (link("a", "Gi1/0/1"), NOW, True),
        (link("a", "Gi1/0/1"), NOW - 60, False),
        (link("a", "Gi1/0/2"), NOW, False),
        (link("a", "Vlan10"), NOW, False),
        (link("a", "ifIndex 7"), NOW, True),
        (link("a", "ifIndex 7"), NOW - 61, False),
        (link("a", "ifIndex abc"), NOW, True),
        (link("a", "Gi1/0/1", is_open=False), NOW, False),
        (Finding("a", "Gi1/0/1", FindingKind.SENSOR, True, 0, 0), NOW, False),
    ],
)
def test_a_lost_report_of_the_end_is_made_up_for(
    finding: Finding, read_at: float, is_over: bool
) -> None:
    over = replace(finding, is_open=False, last=read_at, clock=None, clock_at=None)
    assert ended(finding, replace(READING, at=read_at)) == (over if is_over else None)


def test_a_port_that_was_a_number_gets_its_name_and_stays_down() -> None:
    finding = replace(link("a", "ifIndex 7"), clock=4711, detail="shut by configuration")
    assert named(finding, READING) == Note(
        *("a", "Gi1/0/2", FindingKind.LINK, Signal.RAISE, finding.last, 4711),
        detail="shut by configuration",
    )


@pytest.mark.parametrize(
    ("subject", "booted"),
    [
        ("ifIndex 8", NOW - 3600),  # it is up
        ("ifIndex 9", NOW - 3600),  # no port that is read
        ("ifIndex 7", NOW - 1),  # started since, so the number may be another's
        ("Gi1/0/2", NOW - 3600),
        ("ifIndex abc", NOW - 3600),
        ("ifIndex ²", NOW - 3600),
        ("ifIndex " + "7" * 5000, NOW - 3600),  # more digits than int() takes
        ("7", NOW - 3600),
    ],
)
def test_a_number_that_says_no_port_that_is_down_says_nothing(subject: str, booted: float) -> None:
    assert named(link("a", subject), replace(READING, booted=booted)) is None


def test_a_port_that_is_called_like_a_number_is_not_that_number() -> None:
    odd = replace(READING, up={**UP, "ifIndex 7": True})
    assert named(link("a", "ifIndex 7"), odd) is None
