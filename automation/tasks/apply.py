"""Carry out one change on one device: send exactly its lines, read back, save.

Success is a read: nothing is saved before a new read of the device shows the target. What was
left half done is undone in a new session, and read back as well.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Protocol

from nornir.core.task import Result, Task

from automation.devices import Deadline, Session
from automation.drift import Drift
from automation.errors import (
    Busy,
    DeviceError,
    NotAuthorised,
    PortvaktError,
    SaveFailed,
    Stale,
)
from automation.model import (
    Change,
    DeviceResult,
    Outcome,
    Sent,
    SessionKind,
    StanzaState,
    Verdict,
)
from automation.tasks.device_diff import without_secrets
from automation.tasks.endings import Applied, before_change
from automation.tasks.plan import compared
from automation.tasks.reach import Reach
from automation.tasks.settle import after, judged_anew, read_back, seen_after, settle
from automation.tasks.standing import (
    first_difference,
    how_far,
    in_words,
    moved_on,
    taken,
    unread,
)
from automation.tasks.subject import Subject, to_record
from automation.tasks.timed import Armed, arm, dead, keep

_NOTHING_SENT = (NotAuthorised, Busy, Stale)
_TO_SETTLE: Final = 0.2
"""The share of a device's deadline that is kept back to find out what is so if it hangs."""


class Journal(Protocol):
    """Where a change is written down before its first line, so that a crash leaves a trace."""

    def begin_device(self, change: Change) -> None:
        """Write that `change` is about to be sent."""

    def end_device(self, result: DeviceResult) -> None:
        """Write how it ended."""


def apply(
    task: Task,
    changes: Mapping[str, Change],
    subjects: Mapping[str, Subject],
    reach: Reach,
    journal: Journal,
) -> Result:
    """Apply the task's host's change; the result is an `Applied`. Only `playbook` calls this."""
    started = time.monotonic()
    change = changes[task.host.name]
    subject = subjects.get(task.host.name)
    moved = _moved(change, subject)
    if moved or subject is None:
        applied = _ended(change, Outcome.STALE, f"{moved}; plan again")
    elif not reach.may_begin():
        applied = _ended(change, Outcome.SKIPPED, "the run was stopped before this device")
    else:
        applied = _Attempt(task, change, subject, reach, journal, reach.clock()).run()
    result = replace(applied.result, seconds=round(time.monotonic() - started, 3))
    return Result(host=task.host, result=replace(applied, result=_written(result, journal)))


def _written(result: DeviceResult, journal: Journal) -> DeviceResult:
    """Write the ending down; where that fails, the ending itself says so and is not lost."""
    try:
        journal.end_device(result)
    except PortvaktError as error:
        why = "; ".join(part for part in (result.why, f"not in the journal: {error}") if part)
        return replace(result, why=why)
    return result


def _moved(change: Change, subject: Subject | None) -> str:
    """Return what the change was made from that is no longer so, or ""."""
    if subject is None:
        return "the device has no intent any more"
    if subject.intent_digest != change.intent:
        return "the intent has moved since the plan"
    if subject.tools.templates.digest != change.templates:
        return "a template has moved since the plan"
    return ""


def _ended(change: Change, outcome: Outcome, why: str, **more: object) -> Applied:
    """Return an ending in which no port was changed."""
    result = DeviceResult(change.device, change.estate, outcome, why, ports=len(change.ports))
    return Applied(replace(result, **more))  # type: ignore[arg-type]  # names of its own fields


def _told(applied: Applied, kept: str) -> Applied:
    """Return an ending that says as well what became of a dead timed commit."""
    why = "; ".join(part for part in (applied.result.why, kept) if part)
    return replace(applied, result=replace(applied.result, why=why))


_WINDOW: Final = 90.0
"""Seconds that a timed commit waits: time for a slow login, and no long outage if none comes."""
_TO_PROVE: Final = "sent, and a new login has to prove it"
_TAKEN_BACK: Final = "the device took the change back before it was confirmed"


@dataclass(frozen=True, slots=True)
class _Half:
    """A change that did not go to its end: how the device looked before it, and what is known."""

    before: str
    sent: Sent
    why: str
    armed: Armed | None = None
    """The timed commit that the change is, where the device has it."""
    kept: str = ""
    """What became of a dead timed commit that stood on the device before."""


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One change on its way to one device, which must be done with by `until`."""

    task: Task
    change: Change
    subject: Subject
    reach: Reach
    journal: Journal
    until: Deadline

    def run(self) -> Applied:
        try:
            sending = self.until.share(1 - _TO_SETTLE)
            with self.reach.session(self.task, self.subject, sending) as session:
                ending = self._begin(session)
        except PortvaktError as error:
            return self._before_change(error)
        if isinstance(ending, _Half):
            return _told(self._settled(ending), ending.kept)
        return ending

    def _before_change(self, error: PortvaktError) -> Applied:
        """Say how it ended where no line was sent."""
        if isinstance(error, DeviceError):
            return _ended(self.change, before_change(error), str(error))
        return _ended(self.change, Outcome.REFUSED, f"no line was sent: {error}")

    def _begin(self, session: Session) -> Applied | _Half:
        """Send only what planning again would give: the same lines, with the same undo."""
        before = session.fetch()
        now = self._planned_again(session, before)
        if now is not None and (moved := moved_on(now, self.change)):
            return _ended(self.change, Outcome.STALE, f"{moved}; plan again")
        stanzas = self.change.stanzas if now is None else now.stanzas
        died = dead(session)
        if not stanzas and died is None:
            return self._save(session) if self.change.save else self._done()
        self.journal.begin_device(self.change)
        kept = keep(session, died)
        try:  # from here on no ending may say that nothing was written
            ending = self._change(session, before) if stanzas else self._done()
        except PortvaktError as error:
            ending = self._before_change(error)
        return replace(ending, kept=kept) if isinstance(ending, _Half) else _told(ending, kept)

    def _planned_again(self, session: Session, before: str) -> Drift | None:
        """Compare as planning would now; None: the same text as then, so the same plan."""
        if self.subject.tools.engine.running_digest(before) == self.change.running:
            return None
        ready = seen_after(self.subject, self.change).bindings
        return compared(session, self.subject, before, ready)[0]

    def _done(self) -> Applied:
        return _ended(self.change, Outcome.UNCHANGED, "", ports=0, **self._left())

    def _save(self, session: Session) -> Applied:
        """Save what an earlier run left unsaved."""
        self.journal.begin_device(self.change)
        ports = len(self.subject.intent.ports)
        try:
            caution = session.save()
        except SaveFailed as error:
            return _ended(self.change, Outcome.FAILED, f"still not saved: {error}", ports=ports)
        except DeviceError as error:  # it may have been taken, and not what was saved been read
            why = f"the save was not seen to its end: {error}; whether it is saved is not known"
            return _ended(self.change, Outcome.UNKNOWN, why, ports=ports)
        why = "nothing was to be sent; what an earlier run left unsaved is saved now"
        why = "; ".join(part for part in (why, caution) if part)
        return _ended(self.change, Outcome.CHANGED, why, saved=True, **self._left())

    def _left(self) -> dict[str, int]:
        """Return the counts of a device to which no line was sent."""
        ports = len(self.subject.intent.ports)
        return {"ports_unchanged": ports, "deferred": len(self.change.deferred)}

    def _change(self, session: Session, before: str) -> Applied | _Half:
        """Send, read back and save; a change that can lock us out the device can take back."""
        proves = self.subject.proves(self.change.stanzas)
        armed = arm(session, min(self.until.left, _WINDOW)) if proves else None
        sent = Sent(())
        try:
            sent = session.configure(
                self.change.stanzas,
                self._reveal(before),
                expected=lambda running: self._unmoved(before, running),
                stop=self.reach.stop.is_set,
            )
            if sent.refusal is not None:
                return _Half(before, sent, "the device refused a line", armed)
            if set(sent.states) != {StanzaState.APPLIED}:
                return _Half(before, sent, "stopped on request before it was done")
            if proves:
                return _Half(before, sent, _TO_PROVE, armed)
            return self._finish(session, before, sent)
        except _NOTHING_SENT:
            raise
        except DeviceError as error:
            return _Half(before, how_far(sent, error), str(error), armed)

    def _finish(self, session: Session, before: str, sent: Sent) -> Applied | _Half:
        """Read back, and save only what was read."""
        running = session.fetch()
        drift = after(self.subject, self.change, running)
        if drift.base != self.change.target:
            return _Half(before, sent, f"the read-back differs: {first_difference(drift)}")
        states = (StanzaState.APPLIED,) * len(self.change.stanzas)
        try:
            caution = session.save()
        except SaveFailed as error:
            why = f"applied, read back, not saved: {error}"
            return self._result(Outcome.FAILED, why, states, sent)
        known = all(drift.verdicts[name] is Verdict.IN_SYNC for name in self.subject.features)
        key = self.subject.key(running) if known and not self.change.deferred else None
        applied = self._result(Outcome.CHANGED, caution, states, sent, saved=True)
        return replace(applied, verified=key, secrets=to_record(drift.secrets, self.subject.tools))

    def _settled(self, half: _Half) -> Applied:
        """Say over a new session what is so now, with what was half done undone.

        A change that turns out to be whole after all is finished there.
        """
        change, sent = self.change, half.sent
        try:
            with self.reach.session(self.task, self.subject, self.until) as session:
                reveal = self._reveal(half.before)
                now = read_back(session, sent)
                differs = first_difference(after(self.subject, change, now))
                refused = sent.refusal is not None
                states, caution = settle(
                    session,
                    self.subject,
                    change,
                    half.before,
                    now,
                    reveal,
                    half.armed.name if half.armed else "",
                    refused=refused,
                )
                whole = set(states) <= {StanzaState.APPLIED} and not refused
                ending = self._proved(session, half) if whole else half
                if whole and isinstance(ending, _Half):
                    now = session.fetch()
                    states = judged_anew(states, self.subject, change, half.before, now)
        except DeviceError as error:
            states = unread(sent.states) or (StanzaState.UNKNOWN,) * len(change.stanzas)
            back = f"; {half.armed.promise}" if half.armed else ""
            why = f"{half.why}; then it could not be read back: {error}{back}"
            return self._result(Outcome.UNKNOWN, why, states, sent)
        if isinstance(ending, Applied):
            return ending
        why = f"the read-back differs: {differs}" if ending.why == _TO_PROVE else ending.why
        unsaved = "" if self._durable else "nothing was saved"
        parts = (why, in_words(states), unsaved, caution)
        why = "; ".join(part for part in parts if part)
        return self._result(Outcome.FAILED, why, states, sent)

    def _proved(self, session: Session, half: _Half) -> Applied | _Half:
        """Keep a change that a new login found whole, and finish it.

        Read is what stands after the answer: the device's clock may have been faster.
        """
        kept = True
        if half.armed and session.timed is not None:
            kept = session.timed.confirm(half.armed.name)
        ending = self._finish(session, half.before, half.sent)
        if isinstance(ending, _Half) and not kept:
            return replace(ending, why=_TAKEN_BACK)
        return ending

    def _result(
        self,
        outcome: Outcome,
        why: str,
        states: tuple[StanzaState, ...],
        sent: Sent,
        *,
        saved: bool = False,
    ) -> Applied:
        change, reached = self.change, sent.reached
        return _ended(
            change,
            outcome,
            why,
            line=sent.refusal.line if sent.refusal else reached.line,
            text=sent.refusal.text if sent.refusal else "",
            states=states,
            lines=taken(change, states),
            sent=reached.sent,
            accepted=reached.accepted,
            reached=reached.last,
            diff=without_secrets(sent.diff, self.subject.tools.engine.reader.masked),
            ports_unchanged=len(self.subject.intent.ports) - len(change.ports),
            deferred=len(change.deferred),
            saved=saved,
        )

    def _unmoved(self, before: str, now: str) -> bool:
        """Whether the whole configuration is as it was: a commit would undo anybody's edit."""
        digest = self.subject.tools.engine.running_digest
        return digest(before) == digest(now)

    @property
    def _durable(self) -> bool:
        """Whether what stands on the device is saved without our doing."""
        return self.subject.platform.control.session is SessionKind.TRANSACTION

    def _reveal(self, before: str) -> Callable[[str], str]:
        """Return what gives secrets their value on the wire: ours, or one the device showed."""
        shown = self.subject.tools.engine.shown_secrets(before)
        return lambda name: shown[name] if name in shown else self.reach.reveal(name)
