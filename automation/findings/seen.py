"""What the poller saw later than the last report: the end of a trouble whose report was lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from automation.findings.reading import INDEX, Note, number
from automation.model import Finding, FindingKind, Signal


@dataclass(frozen=True, slots=True)
class Reading:
    """What a device's ports looked like at `at`; `booted` is when it had started (Unix time).

    `up` says of each port whether it was up, `indexes` names the ports by ifIndex.
    """

    device: str
    at: float
    booted: float
    up: Mapping[str, bool]
    indexes: Mapping[int, str]


def ended(finding: Finding, reading: Reading) -> Finding | None:
    """Return an open link finding as over, where a later reading says so.

    A port known by its ifIndex alone ends with the first reading after it: from then on it is
    known by its name (`named`). None where the reading says nothing new.
    """
    if finding.kind is not FindingKind.LINK or not finding.is_open or reading.at <= finding.last:
        return None
    if reading.up.get(finding.subject, finding.subject.startswith(INDEX)):
        return replace(finding, is_open=False, last=reading.at, clock=None, clock_at=None)
    return None


def named(finding: Finding, reading: Reading) -> Note | None:
    """Return what a finding by ifIndex says of the port that a later reading shows to be down.

    None where that port is up or unknown, where a port is called so, or where the device has
    started since and may have numbered its ports anew.
    """
    index = number(finding.subject)
    if index is None or finding.subject in reading.up or reading.booted > finding.last:
        return None
    name = reading.indexes.get(index)
    if name is None or reading.up[name]:
        return None
    return Note(
        finding.device,
        name,
        finding.kind,
        Signal.RAISE,
        finding.last,
        finding.clock,
        detail=finding.detail,
    )
