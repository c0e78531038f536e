"""What the poller saw later than the last report: the end of a trouble whose report was lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from automation.model import Finding, FindingKind


def ended(finding: Finding, up: Mapping[str, bool], read_at: float) -> Finding | None:
    """Return an open link finding as over, where a reading at `read_at` (Unix time) says so.

    `up` says of each port whether it was up. A port known by its ifIndex alone ends with the
    first reading after it: the poller knows from then on which port that is. None where the
    reading says nothing new.
    """
    if finding.kind is not FindingKind.LINK or not finding.is_open or read_at <= finding.last:
        return None
    if up.get(finding.subject, finding.subject.startswith("ifIndex ")):
        return replace(finding, is_open=False, last=read_at, clock=None)
    return None
