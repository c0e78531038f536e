"""What planning and applying print on stdout, in each format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

from automation.cli import output
from automation.cli.change_text import Counts, change_row, lines_of, own_diff, summary
from automation.cli.options import Format
from automation.cli.recap import RESULT_COLUMNS, as_json, remarks, result_row, text
from automation.model import Change, DeviceResult, Plan, Recap

_CHANGE_COLUMNS = (
    *("device", "estate", "ports", "lines", "interrupts", "irreversible", "deferred"),
    *("unmanaged", "cautions"),
)


@dataclass(frozen=True, slots=True)
class Form:
    """How results are written, whether with every line, and whether with every name."""

    output: Format
    diff: bool = False
    names: bool = False


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended. `job` is its number in the journal, None if nothing was to be sent.

    `stopped` is who stopped it before its end, as far as that is known.
    """

    playbook: str
    plan: Plan
    recap: Recap
    results: tuple[DeviceResult, ...]
    job: int | None = None
    stopped: str = ""


def show_plan(plan: Plan, form: Form) -> None:
    """Print a plan: with `diff` its lines, then who could not be planned, then the counts."""
    if form.output is Format.TABLE:
        bad = remarks(plan.faults, names=form.names)
        for line in (*_lines(plan.changes, form), *bad, summary(plan)):
            output.write(line)
        return
    changes = [change_row(change, diff=form.diff) for change in plan.changes]
    if form.output is not Format.JSON:
        more = ("send", "rollback") if form.diff else ()
        output.rows(changes, (*_CHANGE_COLUMNS, *more), form.output)
        return
    whole = {
        "plan": plan.id,
        "playbook": plan.playbook,
        "selection": plan.selection,
        "created": plan.created,
        "expires": plan.expires,
        "counts": asdict(Counts.of(plan)),
        "devices": changes,
        "faults": [result_row(fault) for fault in plan.faults],
    }
    output.record(whole, form.output, "")


def show_lines(plan: Plan, form: Form) -> None:
    """Print the lines of a plan for people, where they were asked for."""
    if form.output is Format.TABLE:
        for line in _lines(plan.changes, form):
            output.write(line)


def show_ending(ending: Ending, form: Form) -> None:
    """Print how a run ended; for people the recap is the last thing."""
    if form.output is Format.TABLE:
        job = "nothing sent" if ending.job is None else f"job {ending.job}"
        for result in ending.results:
            if form.diff and result.diff:
                output.write(own_diff(result))
        title = f"{ending.playbook}  {job}  plan {ending.plan.id[:12]}"
        said = text(title, ending.recap, ending.results, stopped=ending.stopped, names=form.names)
        output.write(said)
        return
    rows = list(_result_rows(ending, form))
    whole = {"recap": as_json(ending.recap), "job": ending.job, "plan": ending.plan.id}
    if form.output is Format.JSON:
        output.record({**whole, "devices": rows}, form.output, "")
        return
    output.rows(rows, RESULT_COLUMNS, form.output)
    if form.output is Format.JSONL:
        output.record(whole, form.output, "")


def _lines(changes: Iterable[Change], form: Form) -> Iterator[str]:
    for change in changes:
        if form.diff and (change.stanzas or change.deferred):
            yield from lines_of(change)


def _result_rows(ending: Ending, form: Form) -> Iterator[dict[str, object]]:
    changes = {change.device: change for change in ending.plan.changes}
    for result in ending.results:
        row = result_row(result)
        if form.diff and (change := changes.get(result.device)):
            row |= {"send": list(change.lines), "rollback": list(change.rollback)}
            row["diff"] = result.diff
        yield row
