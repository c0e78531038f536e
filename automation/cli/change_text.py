"""A plan as people read it: what it would touch, and line for line what is sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from automation.cli.output import aligned
from automation.cli.text import counted
from automation.model import Change, Deferred, DeviceResult, Plan, sent_lines

_FEW: Final = 3
"""So many lines that a device cannot have are said of it where nobody asked for all."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What a plan would touch. `interrupted` are ports that are shut for a moment in between."""

    devices: int
    to_change: int
    ports: int
    lines: int
    interrupted: int
    deferred: int
    irreversible: int
    unplanned: int
    unmanaged: int

    @classmethod
    def of(cls, plan: Plan) -> Counts:
        """Count a plan."""
        stanzas = [(change, stanza) for change in plan.changes for stanza in change.stanzas]
        shut = {(one.device, stanza.subject) for one, stanza in stanzas if stanza.interrupts}
        return cls(
            devices=len(plan.changes) + len(plan.faults),
            to_change=sum(1 for change in plan.changes if change.pending),
            ports=sum(len(change.ports) for change in plan.changes),
            lines=sum(len(change.lines) for change in plan.changes),
            interrupted=len(shut),
            deferred=sum(len(change.deferred) for change in plan.changes),
            irreversible=sum(1 for _, stanza in stanzas if stanza.irreversible),
            unplanned=len(plan.faults),
            unmanaged=sum(change.unmanaged for change in plan.changes),
        )


def summary(plan: Plan) -> str:
    """Return what a plan would touch, a count a line."""
    counts = Counts.of(plan)
    told = (
        ("devices to change", f"{counts.to_change} of {counts.devices}"),
        ("ports touched", str(counts.ports)),
        ("lines to send", str(counts.lines)),
        ("ports interrupted", str(counts.interrupted)),
        ("lines deferred", str(counts.deferred)),
        ("lines unmanaged", _unmanaged(plan)),
        ("irreversible", counted(counts.irreversible, "block")),
        ("not planned", counted(counts.unplanned, "device")),
    )
    head = f"plan {plan.id[:12]}  {plan.playbook}  {plan.selection}"
    rows = aligned([(f"  {name}", count) for name, count in told], (21, 1))
    return "\n".join([head, *rows, *_cautions(plan.changes)])


def _cautions(changes: Iterable[Change]) -> Iterator[str]:
    """Yield what to know before: what holds for many devices is said once."""
    alike: dict[str, list[str]] = {}
    for change in changes:
        for caution in (*change.cautions, *lacking(change)):
            alike.setdefault(caution, []).append(change.device)
    for caution, devices in alike.items():
        more = f" and {counted(len(devices) - 1, 'more device')}" if len(devices) > 1 else ""
        yield f"caution: {devices[0]}{more}: {caution}"


def _unmanaged(plan: Plan) -> str:
    """Return how many running lines nobody here owns, and on how many devices they stand."""
    found = [change.unmanaged for change in plan.changes if change.unmanaged]
    return f"{sum(found)} on {counted(len(found), 'device')}" if found else "none counted"


def lines_of(change: Change) -> Iterator[str]:
    """Yield the lines of one change exactly as they are sent, then those of its rollback."""
    yield f"{change.device}:"
    yield from (f"  {line}" for line in change.lines)
    yield "rollback:"
    yield from (f"  {line}" for line in change.rollback)
    final = [line for one in change.stanzas if one.irreversible for line in sent_lines(one)]
    if final:
        yield "irreversible:"
        yield from (f"  {line}" for line in final)
    if change.deferred:
        yield "deferred:"
        yield from (f"  {_late(late)}" for late in change.deferred)
    if change.unmanaged:
        yield f"unmanaged: {counted(change.unmanaged, 'line')} that nobody here owns, left alone"


def lacking(change: Change) -> tuple[str, ...]:
    """Return what a device will not do of its intent whatever is sent, and why; a few of many."""
    said = [
        f"{late.header} is left without {late.line}: {late.why}"
        if late.line
        else f"{late.header}: {late.why}"
        for late in change.deferred
        if late.lacking
    ]
    more = [f"so it is of {len(said) - _FEW} more; -D says which"] if len(said) > _FEW else []
    return (*said[:_FEW], *more)


def own_diff(result: DeviceResult) -> str:
    """Return what a device itself said that a change would do to it."""
    lines = "\n".join(f"  {line}" for line in result.diff.splitlines())
    return f"{result.device} itself says:\n{lines}"


def _late(late: Deferred) -> str:
    """Return a line that has to wait: where, which, and what for."""
    where = f"{late.header}: " if late.header else ""
    return f"{where}{late.line} ({late.why})"


def change_row(change: Change, *, diff: bool) -> dict[str, object]:
    """Return one change as JSON has it; `diff` brings the lines and the rollback."""
    row: dict[str, object] = {
        "device": change.device,
        "estate": change.estate,
        "ports": list(change.ports),
        "lines": len(change.lines),
        "interrupts": any(stanza.interrupts for stanza in change.stanzas),
        "irreversible": any(stanza.irreversible for stanza in change.stanzas),
        "deferred": len(change.deferred),
        "unmanaged": change.unmanaged,
        "cautions": list(change.cautions),
    }
    if diff:
        row |= {"send": list(change.lines), "rollback": list(change.rollback)}
    return row
