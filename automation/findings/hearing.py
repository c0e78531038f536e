"""What becomes of a finding when something is heard of it: told twice, flapping, late, over."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from automation.findings.reading import Note
from automation.model import Finding, FindingKind, Signal

FLAPS: Final = 3
"""Raised so often within one finding, a port flaps."""
_SAME_START: Final = 30.0
"""Seconds within which two reported starts are one: the report was under way, or sent again."""
_EVENTS: Final = frozenset({FindingKind.RESTART, FindingKind.LOGIN})


def heard(current: Finding | None, note: Note, quiet: float) -> Finding:
    """Return the finding that `current` becomes by `note`; a new one where it is long over.

    What is raised again within `quiet` seconds of its last change is the same finding, counted.
    An end of which no beginning was heard gives a finding with a count of 0, so that a report of
    the beginning that comes late (informs are sent again until they are acknowledged) does not
    open what is over.
    """
    if current is None:
        return _new(note)
    if _is_late(current, note):
        return replace(current, repeats=current.repeats + 1)
    changed = _changed(current, note, quiet)
    if note.clock is None:
        return changed
    # The newest report that we have, whatever becomes of it: the next one is late by its clock.
    return replace(changed, clock=note.clock, clock_at=note.at)


def _changed(current: Finding, note: Note, quiet: float) -> Finding:
    """Return what becomes of a finding by a report that is not late."""
    lapsed = not current.is_open and note.at - current.last > quiet
    if note.signal is Signal.CLEAR:
        return _cleared(current, note)
    if lapsed:
        return _new(note)
    return _raised(current, note) if note.signal is Signal.RAISE else _happened(current, note)


def _new(note: Note) -> Finding:
    return Finding(
        note.device,
        note.subject,
        note.kind,
        is_open=note.signal is Signal.RAISE,
        first=note.at,
        last=note.at,
        count=int(note.signal is not Signal.CLEAR),
        detail=note.detail,
        clock=note.clock,
        clock_at=None if note.clock is None else note.at,
    )


def _is_late(current: Finding, note: Note) -> bool:
    """Whether the device wrote this before the newest report we have, and since its last start."""
    if note.clock is None or note.booted is None:
        return False
    if current.clock is None or current.clock_at is None:
        return False
    return note.clock < current.clock and note.booted < current.clock_at


def _cleared(current: Finding, note: Note) -> Finding:
    if not current.is_open:
        return replace(current, repeats=current.repeats + 1)
    return replace(current, is_open=False, last=note.at)


def _raised(current: Finding, note: Note) -> Finding:
    if current.is_open:
        return replace(current, repeats=current.repeats + 1, detail=note.detail)
    if not current.count:
        return _new(note)
    return replace(
        current,
        is_open=True,
        last=note.at,
        count=current.count + 1,
        detail=note.detail,
    )


def _happened(current: Finding, note: Note) -> Finding:
    if note.kind is FindingKind.RESTART and note.at - current.last < _SAME_START:
        return replace(current, repeats=current.repeats + 1)
    return replace(current, last=note.at, count=current.count + 1, detail=note.detail)


def flaps(finding: Finding, now: float, quiet: float) -> bool:
    """Whether a port goes up and down, and did so lately."""
    is_link = finding.kind is FindingKind.LINK
    return is_link and finding.count >= FLAPS and now - finding.last <= quiet


def is_current(finding: Finding, now: float, quiet: float) -> bool:
    """Whether a finding is worth anybody's attention now; the rest is history."""
    if not finding.count:
        return False
    lately = now - finding.last <= quiet
    return finding.is_open or (finding.kind in _EVENTS and lately) or flaps(finding, now, quiet)
