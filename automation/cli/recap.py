"""How a run went: who did not end well or has to be watched, then counts that add up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from automation.cli.output import aligned
from automation.cli.text import counted, one_line, plain
from automation.model import GOOD_OUTCOMES, DeviceResult, Outcome, Recap

_FIRST = 8
_SAME = 5
"""So many devices with one and the same ending are told one by one; more are one line."""


def as_json(recap: Recap) -> dict[str, object]:
    """Return the recap as JSON has it: `planned`, the eight outcomes, `ports`, `deferred`."""
    return {
        "planned": recap.planned,
        **{outcome.value: recap.devices[outcome] for outcome in Outcome},
        "ports": {outcome.value: recap.ports[outcome] for outcome in Outcome},
        "deferred": recap.deferred,
    }


def result_row(result: DeviceResult) -> dict[str, object]:
    """Return how one device ended, as JSON and CSV have it."""
    return {
        "device": result.device,
        "estate": result.estate,
        "outcome": result.outcome.value,
        "why": result.why,
        "line": result.line,
        "text": result.text,
        "states": [state.value for state in result.states],
        "lines": result.lines,
        "sent": result.sent,
        "accepted": result.accepted,
        "reached": result.reached,
        "ports": result.ports,
        "ports_unchanged": result.ports_unchanged,
        "deferred": result.deferred,
        "saved": result.saved,
        "seconds": result.seconds,
    }


RESULT_COLUMNS = tuple(result_row(DeviceResult("", "", Outcome.UNCHANGED)))


def text(
    title: str,
    recap: Recap,
    results: Iterable[DeviceResult],
    *,
    stopped: str = "",
    names: bool = False,
) -> str:
    """Return what an operator has to know and then, as the last lines, the recap in columns.

    `stopped` is who stopped the run, if that is known. `names` names also those who share a line.
    """
    lines = remarks(results, stopped=stopped, names=names)
    return "\n".join([*lines, *([""] if lines else []), *_counts(title, recap)])


def remarks(
    results: Iterable[DeviceResult], *, stopped: str = "", names: bool = False
) -> list[str]:
    """Return the lines about those that did not end well, and those that did with a caution.

    What failed comes first, and who was skipped last. Many with the same ending share one line,
    or the one that matters would not be seen.
    """
    alike: dict[tuple[str, ...], list[DeviceResult]] = {}
    for one in results:
        if one.outcome not in GOOD_OUTCOMES or one.why:
            alike.setdefault((one.outcome, one.why, one.line, one.text), []).append(one)
    told = [
        group
        for same in alike.values()
        for group in ([same] if len(same) > _SAME else [[one] for one in same])
    ]
    told.sort(key=lambda group: (_weight(group[0]), group[0].device))
    return [line for group in told for line in _remark(group, stopped, names=names)]


def _weight(result: DeviceResult) -> int:
    """Return how soon an ending has to be read: failures at once, those not begun at the end."""
    if result.outcome is Outcome.SKIPPED:
        return 2
    return int(result.outcome in GOOD_OUTCOMES)


def _remark(alike: Sequence[DeviceResult], stopped: str, *, names: bool) -> Iterator[str]:
    """Yield what an operator has to know of devices that ended in the same way."""
    result = alike[0]
    why = one_line(result.why)
    if stopped and result.outcome is Outcome.SKIPPED:
        why = f"{why} ({stopped})"
    if len(alike) == 1:
        yield f"{result.device}  {result.outcome.upper()}  {why}"
    else:
        yield f"{result.outcome.upper()}  {counted(len(alike), 'device')}: {why}"
        if names:
            yield f"    {', '.join(one.device for one in alike)}"
    yield from _words(result)


def _words(result: DeviceResult) -> Iterator[str]:
    """Yield the line at which a device stopped, and its own words."""
    if result.line:
        yield f"    line:   {one_line(result.line)}{'' if result.text else ' (in flight)'}"
    said = [line for line in plain(result.text).expandtabs().splitlines() if line.strip()]
    for number, line in enumerate(said):
        yield f"    {'device:' if not number else '       '} {line.rstrip()}"
    if result.sent > result.accepted or (result.sent and result.outcome is Outcome.UNKNOWN):
        last = f", the last of them: {one_line(result.reached)}" if result.reached else ""
        yield f"    sent:   {counted(result.sent, 'line')}, {result.accepted} accepted{last}"


def _counts(title: str, recap: Recap) -> Iterator[str]:
    outcomes = [outcome.value for outcome in Outcome]
    header = ["", "planned", *outcomes]
    ports = [recap.ports[outcome] for outcome in Outcome]
    cells = [
        ["devices", str(recap.planned), *(str(recap.devices[one]) for one in Outcome)],
        ["ports", str(sum(ports)), *map(str, ports)],
    ]
    widths = [_FIRST, *(max(len(name), 7) for name in header[1:])]
    right = [[row[0], *_right(row[1:], widths[1:])] for row in (header, *cells)]
    yield f"RECAP  {title}"
    yield from aligned(right, widths)
    if recap.deferred:
        yield f"{counted(recap.deferred, 'line')} deferred; -D says which and why"


def _right(cells: Iterable[str], widths: Iterable[int]) -> list[str]:
    return [cell.rjust(width) for cell, width in zip(cells, widths, strict=True)]
