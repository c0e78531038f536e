"""What ends a timed commit that waits: how it is kept, and how it is taken back. Pure."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from typing import Final

from automation.model import Judged, Output, Refusal
from automation.platforms.openvswitch.change import calling
from automation.platforms.openvswitch.fence import ALONE
from automation.platforms.openvswitch.operations import kept, text

_CONFIRMATION: Final = "the confirmation"


@dataclass(frozen=True, slots=True)
class OvsConfirmation:
    """What keeps a pending commit, as it goes to the switch."""

    script: str

    def judge(self, output: Output) -> Judged:
        """Say whether it is kept: its token was there until this took it away, and nobody else."""
        try:
            results = json.loads(output.out)
            faults = [one["error"] for one in results if one and "error" in one]
            done = not faults and results[1] == {"count": 1}
        except (ValueError, LookupError, TypeError):
            why = output.complaint or "the database did not answer"
            return Judged(True, Refusal(_CONFIRMATION, why, 0), answered=False)
        if faults == ["timed out"]:
            return Judged(False, stale="it does not wait any more")
        why = output.complaint or ("" if done else f"the database answered {output.out.strip()}")
        return Judged(done, Refusal(_CONFIRMATION, why, 0) if why else None)


def confirm(token: str) -> OvsConfirmation:
    """Return what keeps the pending commit `token`, if it is still that one that waits."""
    return OvsConfirmation(ALONE.format(shlex.quote(text(kept(token)))))


def revert(token: str) -> str:
    """Return the script that takes a pending commit back now."""
    return calling("pv_undo", token)
