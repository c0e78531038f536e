"""The mark that keeps late changes out: how it is set, and how one that it kept out is told. Pure.

Every transaction asks for our record in the database as it was read, mark included (`guards`). So
once there is another mark, what was written down before it changes nothing, whenever it comes.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from automation.model import Judged, Output, Refusal
from automation.platforms.openvswitch.operations import fenced, text
from automation.platforms.openvswitch.snapshot import FENCE, Json, mapping

ALONE: Final = "export LC_ALL=C\novsdb-client --timeout=30 transact {}\n"
"""The database alone has to answer: what is in our record the switch daemon does not carry out."""
_MARK: Final = "the mark"


@dataclass(frozen=True, slots=True)
class OvsFence:
    """A mark as it goes to the switch."""

    script: str

    def judge(self, output: Output) -> Judged:
        """Say whether it is set: only the answer to all of its operations says so."""
        try:
            results = json.loads(output.out)
            done = results[0] == {"count": 1} and not any("error" in one for one in results if one)
        except (ValueError, LookupError, TypeError):
            why = output.complaint or "the database did not answer"
            return Judged(True, Refusal(_MARK, why, 0), answered=False)
        why = output.complaint or ("" if done else f"the database answered {output.out.strip()}")
        return Judged(done, Refusal(_MARK, why, 0) if why else None)


def fence(mark: str) -> OvsFence:
    """Return what sets `mark`, whatever mark there is."""
    return OvsFence(ALONE.format(shlex.quote(text(fenced(mark)))))


def record_moved(record: Mapping[str, Json], answer: Json) -> str:
    """Say what is new in our record, `record`, which a transaction has read again: `answer`."""
    known = mapping(record["external_ids"]).get(FENCE)
    seen = (mapping(row["external_ids"]).get(FENCE) for row in answer.get("rows", []))
    if any(one != known for one in seen):
        return "a lost change was settled meanwhile, and all that was sent before it is fenced off"
    return "the switch's own record has moved meanwhile"
