"""How a run went: counts that add up, then whoever did not end well, with the device's words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from automation.cli.output import aligned
from automation.cli.text import counted, one_line, plain
from automation.model import GOOD_OUTCOMES, DeviceResult, Outcome, Recap

_FIRST = 8


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
        "lines": result.lines,
        "ports": result.ports,
        "ports_unchanged": result.ports_unchanged,
        "deferred": result.deferred,
        "saved": result.saved,
        "seconds": result.seconds,
    }


RESULT_COLUMNS = tuple(result_row(DeviceResult("", "", Outcome.UNCHANGED)))


def text(title: str, recap: Recap, results: Iterable[DeviceResult]) -> str:
    """Return the failures and then, as the last lines, the recap in fixed columns."""
    lines = failures(results)
    return "\n".join([*lines, *([""] if lines else []), *_counts(title, recap)])


def failures(results: Iterable[DeviceResult]) -> list[str]:
    """Return the lines about those that did not end well."""
    bad = (result for result in results if result.outcome not in GOOD_OUTCOMES)
    return [line for result in bad for line in _failure(result)]


def _failure(result: DeviceResult) -> Iterator[str]:
    """Yield what an operator has to know of a device that did not end well."""
    yield f"{result.device}  {result.outcome.upper()}  {one_line(result.why)}"
    if result.line:
        yield f"    line:   {one_line(result.line)}"
    said = [line for line in plain(result.text).expandtabs().splitlines() if line.strip()]
    for number, line in enumerate(said):
        yield f"    {'device:' if not number else '       '} {line.rstrip()}"


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
        waiting = counted(recap.deferred, "line")
        yield f"{waiting} deferred until the device shows a DHCP binding; the next run takes them"


def _right(cells: Iterable[str], widths: Iterable[int]) -> list[str]:
    return [cell.rjust(width) for cell, width in zip(cells, widths, strict=True)]
