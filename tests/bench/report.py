"""What a benchmark found: tables, verdicts against the figures we set ourselves, and JSON."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench.harness import Measured


@dataclass(frozen=True, slots=True)
class Target:
    """One figure that is asked for, and what was found. A miss stands as a miss."""

    what: str
    found: float
    limit: float
    at_least: bool
    unit: str = "times"

    @property
    def met(self) -> bool:
        """Whether the figure was reached."""
        return self.found >= self.limit if self.at_least else self.found <= self.limit

    @property
    def words(self) -> tuple[str, str, str, str]:
        """A row of the table of verdicts."""
        sign = "≥" if self.at_least else "≤"
        return (
            self.what,
            f"{sign} {self.limit:g} {self.unit}",
            f"{self.found:.3g} {self.unit}",
            "met" if self.met else "**missed**",
        )


@dataclass(frozen=True, slots=True)
class Finding:
    """All that one benchmark has to say."""

    name: str
    about: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    targets: tuple[Target, ...] = ()
    notes: tuple[str, ...] = ()
    raw: Mapping[str, Any] = field(default_factory=dict)

    def text(self) -> str:
        """Return the finding in Markdown."""
        parts = [f"## {self.name}", self.about, table(self.head, self.rows)]
        if self.targets:
            head = ("figure", "asked", "found", "verdict")
            parts.append(table(head, [target.words for target in self.targets]))
        if self.notes:
            parts.append("\n".join(f"- {note}" for note in self.notes))
        return "\n\n".join(parts) + "\n"

    def json(self) -> dict[str, Any]:
        """Return the finding as JSON values; times are seconds."""
        targets = [{**asdict(target), "met": target.met} for target in self.targets]
        return {"name": self.name, "targets": targets, "notes": self.notes, **self.raw}


def compared(
    name: str,
    about: str,
    unit: str,
    measured: Mapping[str, Measured],
    targets: Iterable[Target],
    notes: tuple[str, ...] = (),
) -> Finding:
    """Return the finding of a comparison: milliseconds for each `unit`."""
    head = ("contender", f"wall ms a {unit}", "client CPU ms", "twin CPU ms", "runs", "spread")
    rows = tuple(_row(one) for one in measured.values())
    samples = {one.name: [asdict(each) for each in one.samples] for one in measured.values()}
    return Finding(name, about, head, rows, tuple(targets), notes, {"unit": unit, "raw": samples})


def _row(one: Measured) -> tuple[str, ...]:
    times = (f"{1000 * each:.4g}" if each else "" for each in (one.wall, one.cpu, one.twin))
    return (one.name, *times, str(len(one.samples)), f"{100 * one.spread:.0f} %")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table with its columns in line; all but the first to the right."""
    rows = [head, *rows]
    widths = [max(len(row[at]) for row in rows) for at in range(len(head))]
    lines = [_line(row, widths) for row in rows]
    marks = [("-" * (width - 1) + ":") if at else "-" * width for at, width in enumerate(widths)]
    return "\n".join((lines[0], _line(marks, widths), *lines[1:]))


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    put: Callable[[str, int], str] = str.ljust
    padded = []
    for cell, width in zip(cells, widths, strict=True):
        padded.append(put(cell, width))
        put = str.rjust
    return f"| {' | '.join(padded)} |"


def machine() -> dict[str, str]:
    """Return what it ran on and when; without that, figures mean nothing."""
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next((line.partition(":")[2].strip() for line in info if "model name" in line), "?")
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "cpu": model,
        "cores": str(os.cpu_count()),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "load at start": f"{os.getloadavg()[0]:.2f}",
    }
