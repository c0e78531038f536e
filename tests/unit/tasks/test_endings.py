"""What an error means for a device, and an ending that cannot be written down."""

from __future__ import annotations

import pytest

from automation import errors
from automation.model import Change, DeviceResult, Outcome
from automation.tasks.apply import _written
from automation.tasks.endings import before_change


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (errors.Unreachable("refused"), Outcome.UNREACHABLE),
        (errors.LoginFailed("password"), Outcome.UNREACHABLE),
        (errors.Lost("cut"), Outcome.UNREACHABLE),
        (errors.HostKeyError("changed"), Outcome.REFUSED),
        (errors.NotAuthorised("no"), Outcome.REFUSED),
        (errors.Busy("locked by"), Outcome.REFUSED),
        (errors.Stale("moved"), Outcome.STALE),
        (errors.Refused("line", "% no"), Outcome.FAILED),
        (errors.SaveFailed("busy"), Outcome.FAILED),
        (errors.DeviceError("else"), Outcome.UNKNOWN),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_error_before_a_change_has_an_outcome(
    error: errors.DeviceError, outcome: Outcome
) -> None:
    assert before_change(error) is outcome


class FullDisk:
    """A journal on a disk that is full."""

    def begin_device(self, change: Change) -> None:
        raise errors.PortvaktError(f"{change.device}: the disk is full")

    def end_device(self, result: DeviceResult) -> None:
        raise errors.PortvaktError(f"{result.device}: the disk is full")


@pytest.mark.parametrize(
    ("why", "said"),
    [
        ("", "not in the journal: sw: the disk is full"),
        ("refused", "refused; not in the journal: sw: the disk is full"),
    ],
)
def test_an_ending_that_cannot_be_written_down_is_not_lost(why: str, said: str) -> None:
    result = DeviceResult("sw", "city", Outcome.CHANGED, why, saved=True)
    written = _written(result, FullDisk())
    assert (written.outcome, written.saved, written.why) == (Outcome.CHANGED, True, said)
