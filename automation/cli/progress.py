"""How a run is watched: bars on a terminal, a line now and then without one, or nothing."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, TextIO

from automation.cli.text import counted, one_line
from automation.playbook import Progress, Silent

if TYPE_CHECKING:
    from rich.progress import Progress as Display
    from rich.progress import TaskID

    from automation.model import DeviceResult, Plan
    from automation.playbook import Wave
    from automation.tasks.plan import Planned

_EVERY = 5.0
"""Seconds between two lines where there is no terminal."""


class Watcher(Progress, Protocol):
    """Something that watches planning, then applying."""

    def applying(self, plan: Plan) -> None:
        """A plan is about to be applied."""


@contextmanager
def watching(*, verbose: bool) -> Iterator[Watcher]:
    """Watch on stderr in the way that fits it, as long as the block lasts."""
    if sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
        with bars() as watcher:
            yield watcher
    elif verbose:
        yield Lines(sys.stderr)
    else:
        yield Nothing()


class Nothing(Silent):
    """Watches nothing."""

    def applying(self, plan: Plan) -> None:
        """Say nothing."""


class Tally:
    """Devices by how they ended. A device that ends twice counts by its last ending."""

    def __init__(self) -> None:
        """Count nobody yet."""
        self._ended: dict[str, str] = {}

    def add(self, device: str, outcome: str) -> None:
        """Count a device."""
        self._ended[device] = outcome

    def __len__(self) -> int:
        return len(self._ended)

    def __str__(self) -> str:
        """Return `11 changed, 1 failed`, or `none`."""
        counts = sorted(Counter(self._ended.values()).items())
        return ", ".join(f"{count} {name}" for name, count in counts) or "none"


def wave_title(wave: Wave) -> str:
    """Return `city: canary, wave 1 of 4`."""
    canary = "canary, " if wave.canary else ""
    return f"{wave.estate}: {canary}wave {wave.number} of {wave.of}"


def found_of(planned: Planned) -> str:
    """Return in one word what planning found on a device."""
    if planned.outcome is not None:
        return planned.outcome.value
    return "to change" if planned.change and planned.change.pending else "in sync"


class Lines:
    """A line of text every few seconds, one for each wave, and one for each device with a `why`."""

    def __init__(self, stream: TextIO) -> None:
        """Write to `stream`."""
        self._stream = stream
        self._mute = False
        self._tally = Tally()
        self._total = 0
        self._said = time.monotonic()

    def planning(self, devices: int) -> None:
        """Say how many devices are read."""
        self._tally, self._total = Tally(), devices
        self._say(f"reading {counted(devices, 'device')}")

    def planned(self, planned: Planned) -> None:
        """Count one that was read."""
        self._tally.add(planned.device, found_of(planned))
        self._now_and_then()

    def applying(self, plan: Plan) -> None:
        """Say how many devices are in the plan."""
        self._tally, self._total = Tally(), len(plan.changes) + len(plan.faults)
        for fault in plan.faults:
            self._tally.add(fault.device, fault.outcome)
        self._say(f"applying plan {plan.id[:12]} to {counted(self._total, 'device')}")

    def wave(self, wave: Wave) -> None:
        """Say which wave begins."""
        devices = counted(len(wave.changes), "device")
        self._say(f"{wave_title(wave)}, {devices}; so far: {self._tally}")

    def ended(self, result: DeviceResult) -> None:
        """Count one that ended, and say why if there is something to say; also of a good one."""
        self._tally.add(result.device, result.outcome)
        if result.why:
            self._say(f"{result.device}: {result.outcome}: {one_line(result.why)}")
        self._now_and_then()

    def _now_and_then(self) -> None:
        if len(self._tally) == self._total or time.monotonic() - self._said >= _EVERY:
            self._say(f"{len(self._tally)} of {self._total}: {self._tally}")

    def _say(self, text: str) -> None:
        self._said = time.monotonic()
        if self._mute:
            return
        try:
            self._stream.write(f"{text}\n")
            self._stream.flush()
        except OSError:
            # Whoever read this has left: no reason to leave devices half done.
            self._mute = True
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())


@contextmanager
def bars() -> Iterator[Watcher]:
    """Show a bar for reading, then one for each estate, with counts and the time that is left."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Display

    display = Display(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=28),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("ETA"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[counts]}", markup=False),
        console=Console(stderr=True),
    )
    with display:
        yield Bars(display)


class Bars:
    """Bars of rich; safe to be told from several threads."""

    def __init__(self, display: Display) -> None:
        """Draw on `display`."""
        self._display = display
        self._tallies: dict[TaskID, Tally] = {}
        self._reading: TaskID | None = None
        self._estates: dict[str, TaskID] = {}

    def planning(self, devices: int) -> None:
        """Begin the bar of reading."""
        self._reading = self._bar("reading", devices)

    def planned(self, planned: Planned) -> None:
        """Move it on."""
        if self._reading is not None:
            self._count(self._reading, planned.device, found_of(planned))

    def applying(self, plan: Plan) -> None:
        """Begin a bar for each estate of the plan."""
        devices = Counter([one.estate for one in plan.changes])
        devices.update(one.estate for one in plan.faults)
        self._estates = {name: self._bar(name, devices[name]) for name in sorted(devices)}
        for fault in plan.faults:
            self._count(self._estates[fault.estate], fault.device, fault.outcome)

    def wave(self, wave: Wave) -> None:
        """Say on the estate's bar which wave is under way."""
        self._display.update(self._estates[wave.estate], description=wave_title(wave))

    def ended(self, result: DeviceResult) -> None:
        """Move the estate's bar on."""
        self._count(self._estates[result.estate], result.device, result.outcome)

    def _bar(self, title: str, total: int) -> TaskID:
        task = self._display.add_task(title, total=total, counts="")
        self._tallies[task] = Tally()
        return task

    def _count(self, task: TaskID, device: str, ending: str) -> None:
        tally = self._tallies[task]
        tally.add(device, ending)
        self._display.update(task, completed=len(tally), counts=str(tally))
