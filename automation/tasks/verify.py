"""Read a device anew and say whether it is as it should be; changes nothing."""

from __future__ import annotations

from collections.abc import Mapping

from nornir.core.task import Result, Task

from automation.errors import DeviceError
from automation.model import Change, DeviceResult, Outcome
from automation.tasks.endings import Applied, before_change
from automation.tasks.reach import Reach
from automation.tasks.settle import after
from automation.tasks.subject import Subject


def verify(
    task: Task,
    changes: Mapping[str, Change],
    subjects: Mapping[str, Subject],
    reach: Reach,
    read: Mapping[str, str],
) -> Result:
    """Verify the task's host against its change's target; the result is an `Applied`.

    `read` are digests of texts that were found to be right: the same text is right again.
    """
    change, subject = changes[task.host.name], subjects[task.host.name]
    result = DeviceResult(change.device, change.estate, Outcome.UNCHANGED)
    try:
        with reach.session(task, subject) as session:
            running = session.fetch()
    except DeviceError as error:
        why = f"applied, then it could not be read again: {error}"
        return Result(host=task.host, result=Applied(_but(result, before_change(error), why)))
    known = subject.tools.engine.running_digest(running) == read.get(task.host.name)
    if not known and after(subject, change, running).base != change.target:
        result = _but(result, Outcome.FAILED, "applied and saved, but a new read differs")
    return Result(host=task.host, result=Applied(result))


def _but(result: DeviceResult, outcome: Outcome, why: str) -> DeviceResult:
    return DeviceResult(result.device, result.estate, outcome, why)
