"""Stanzas become one transaction, a script that carries it, and a judgement of its answer. Pure.

The transaction waits for what was read, without patience: if a port is no longer as it was,
nothing happens.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from automation.errors import Refused, Stale
from automation.model import Judged, Output, Refusal, Stanza, Timer
from automation.platforms.openvswitch.bars import attainable, reasons
from automation.platforms.openvswitch.fence import record_moved
from automation.platforms.openvswitch.line import Held, PortLine
from automation.platforms.openvswitch.operations import (
    DATABASE,
    Operation,
    Step,
    armed,
    ends,
    guards,
    sets,
    text,
)
from automation.platforms.openvswitch.snapshot import Json, Row, Snapshot, members

LIBRARY: Final = (files(__package__) / "switch.sh").read_text(encoding="utf-8")
_LONGEST: Final = 131_000
"""Linux takes 131,072 bytes in one argument of a program (execve(2), MAX_ARG_STRLEN)."""


@dataclass(frozen=True, slots=True)
class OvsWork:
    """A change as it goes to the switch.

    `errors` are, for each step, its port's interfaces (a bond has several, of other names), and
    what was wrong with them before.
    """

    script: str
    operations: tuple[Operation, ...]
    steps: tuple[Step, ...]
    record: Row
    errors: tuple[Mapping[str, frozenset[str]], ...]

    def judge(self, output: Output) -> Judged:
        """Say what became of it: the transaction's answer first, then all that followed it."""
        reply, _, rest = output.out.partition("\n")
        try:
            results = json.loads(reply)
            at = next(
                at for at, one in enumerate(results) if isinstance(one, dict) and "error" in one
            )
        except StopIteration:
            return Judged(True, self._aftermath(output, rest))
        except (ValueError, TypeError):
            silent = self._refusal(None, output.complaint or "it did not answer")
            return Judged(True, silent, answered=False)
        return self._turned_down(at, results)

    def _turned_down(self, at: int, results: Json) -> Judged:
        result = results[at]
        words = f"{result['error']}: {result.get('details', '')}".strip(": ")
        operation = self.operations[at] if at < len(self.operations) else None
        if operation is not None and operation.waits and result["error"] == "timed out":
            return Judged(False, stale=self._moved(operation, results))
        stanza = operation.stanza if operation else None
        return Judged(False, self._refusal(stanza, words))

    def _aftermath(self, output: Output, rest: str) -> Refusal | None:
        """Return what went wrong after the commit: in OpenFlow, or at a port's interface."""
        if output.complaint:
            return self._refusal(self._named_in(output.complaint), output.complaint)
        try:
            rows = json.loads(rest)[0]["rows"]
        except (ValueError, LookupError, TypeError):
            return self._refusal(None, "the switch did not say how its interfaces are")
        now = {row["name"]: members(row["error"]) for row in rows}
        for step, known in zip(self.steps, self.errors, strict=True):
            for face, before in known.items():
                new = [one for one in now.get(face, ()) if one not in before]
                if new:
                    return self._refusal(step.stanza, f"{face}: {new[0]}")
        return None

    def _named_in(self, complaint: str) -> int | None:
        """Return the stanza of the port that a complaint begins with, `swp5: …`."""
        names = ((step.stanza, step.new.name) for step in self.steps)
        return next((at for at, name in names if complaint.startswith(f"{name}: ")), None)

    def _refusal(self, stanza: int | None, words: str) -> Refusal:
        step = next((one for one in self.steps if one.stanza == stanza), self.steps[0])
        return Refusal(step.line, words, step.stanza)

    def _moved(self, operation: Operation, results: Json) -> str:
        """Say what was not as it was read; the first operation has read our record again."""
        if operation.body["table"] == DATABASE:
            return record_moved(self.record, results[0])
        step = next((one for one in self.steps if one.stanza == operation.stanza), None)
        return f"{step.old.key if step else 'a list of trunks'} has moved meanwhile"


def change(seen: Snapshot, stanzas: Sequence[Stanza], timer: Timer | None) -> OvsWork:
    """Return the one transaction that carries `stanzas` out, guarded by what was `seen`.

    Raises:
        Stale: A port is not, in `seen`, what its stanza takes it for.
        Refused: A line cannot be carried out, or the transaction is too long for the switch.
    """
    steps = tuple(_step(seen, at, stanza) for at, stanza in enumerate(stanzas))
    back = [armed(seen, steps, timer)] if timer else []
    operations = (*guards(seen, steps), *sets(steps), *back, *ends())
    sent = text(operations)
    if len(sent) > _LONGEST:
        why = f"not sent: the transaction has {len(sent)} bytes, and a program takes {_LONGEST}"
        raise Refused(steps[0].line, why)
    names = [step.new.name for step in steps if step.old.held != step.new.held]
    clock = [str(timer.seconds), timer.token] if timer else ["", ""]
    barred = "\n".join(f"{word} {name}" for name in names for word in reasons(seen.bars(name)))
    script = calling("pv_change", sent, *clock, barred, *names)
    errors = tuple(seen.errors(step.new.name) for step in steps)
    return OvsWork(script, operations, steps, seen.root, errors)


def calling(*words: str) -> str:
    """Return the switch's library with one call of it; no shell splits or expands a word."""
    return f'pv_library={shlex.quote(LIBRARY)}\neval "$pv_library"\n{shlex.join(words)}\n'


def _step(seen: Snapshot, at: int, stanza: Stanza) -> Step:
    """Read a stanza; what it undoes to must be what was seen."""
    try:
        (line,), (undo,) = stanza.lines, stanza.undo
        old, new = PortLine.parse(undo), PortLine.parse(line)
    except ValueError as error:
        shown = stanza.lines[0] if stanza.lines else stanza.subject
        raise Refused(shown, f"not sent: {error}") from error
    if old.key != new.key or not all(map(_can_be_set, new.held, old.held)):
        raise Refused(line, "not sent: it is not something that can be set")
    if old.name not in seen.ports or seen.line(old.name) != old:
        raise Stale(f"{old.key} has moved since it was read")
    _, late = attainable(line, str(seen.line(new.name)), seen.bars(new.name))
    if late:
        raise Refused(line, f"not sent: {late[0].why}")
    return Step(at, line, old, new)


def _can_be_set(new: Held, old: Held) -> bool:
    """Whether a word of a line can be carried out: it is ours, or stays as it is."""
    return new.settable or new == old
