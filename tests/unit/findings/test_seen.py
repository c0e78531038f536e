"""What the poller saw after the last report."""

from __future__ import annotations

from dataclasses import replace

import pytest

from automation.findings.seen import ended
from automation.model import Finding, FindingKind
from tests.unit.findings.samples import NOW, link

UP = {"Gi1/0/1": True, "Gi1/0/2": False}


@pytest.mark.parametrize(
    ("finding", "read_at", "is_over"),
    [
        (link("a", "Gi1/0/1"), NOW, True),
        (link("a", "Gi1/0/1"), NOW - 60, False),
        (link("a", "Gi1/0/2"), NOW, False),
        (link("a", "Vlan10"), NOW, False),
        (link("a", "ifIndex 7"), NOW, True),
        (link("a", "ifIndex 7"), NOW - 61, False),
        (link("a", "Gi1/0/1", is_open=False), NOW, False),
        (Finding("a", "Gi1/0/1", FindingKind.SENSOR, True, 0, 0), NOW, False),
    ],
)
def test_a_lost_report_of_the_end_is_made_up_for(
    finding: Finding, read_at: float, is_over: bool
) -> None:
    over = replace(finding, is_open=False, last=read_at)
    assert ended(finding, UP, read_at) == (over if is_over else None)
