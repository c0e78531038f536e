"""The whole city: from bootstrapped to verified by the command, and again."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from automation import lab
from automation.playbook import Network
from automation.workspace import find
from tests.bench import cpu, twins, workspace
from tests.bench.bench import Setting
from tests.bench.report import Finding, Target
from tests.bench.workspace import Ran

_FORKS = 50
_SLOW = twins.Pace(command=20, line=20, save=2000)
_FEW = "mkb-acc-01?,mkb-acc-02?"
_COMMANDS = 4
"""The least commands of a session: two that prepare it, a read, and the line that ends it."""


class NotDone(Exception):
    """The command said something else than that all is as it should be."""


@dataclass(frozen=True, slots=True)
class Round:
    """Two runs over the same city, and the twin that it was."""

    first: Ran
    again: Ran
    twin_cpu: float
    twin_mb: float
    device_seconds: float
    """What the devices alone need for what they were asked to do in the first run."""

    @property
    def slack(self) -> float:
        """The first run's wall over what bounds it: device time in flight, or our one process."""
        ended = self.first.ended
        return ended.wall / max(self.device_seconds / _FORKS, ended.cpu)


def city(setting: Setting) -> Iterator[Finding]:
    """Measure the city at no latency as often as asked, and once with slow devices."""
    limit = _FEW if setting.quick else "role=access"
    with workspace.imported() as folder:
        fast = [_round(folder, limit, twins.Pace()) for _ in range(setting.runs)]
        slow = _round(folder, limit, _SLOW)
        waves = _waves(folder, limit)
    yield _finding(fast, slow, waves)


def _waves(folder: Path, limit: str) -> str:
    """Say how far the playbook's waves alone keep devices from being in flight."""
    with Network(find(folder, {})) as network:
        playbook = network.playbook("provision-access")
        estates = Counter(device.estate for device in network.select(limit))
    count = sum(_rounds(devices, playbook.waves) for devices in estates.values())
    devices = estates.total()
    return (
        f"The playbook takes {devices} devices of {len(estates)} estates in {count} waves; with "
        f"{_FORKS} always in flight it would be {devices / _FORKS:.1f}: the waves alone cost a "
        f"factor of {count / (devices / _FORKS):.2f}, which is what a canary costs."
    )


def _rounds(devices: int, sizes: Sequence[int]) -> int:
    """Return how many waves `devices` take; the last size repeats."""
    count = 0
    while devices > 0:
        devices -= sizes[min(count, len(sizes) - 1)]
        count += 1
    return count


def _round(folder: Path, limit: str, pace: twins.Pace) -> Round:
    workspace.forget(folder)
    with twins.running(folder, pace) as twin:
        before = twin.cpu
        first = workspace.provision(folder, limit)
        used = twin.cpu - before
        counted = lab.counters(folder)
        again = workspace.provision(folder, limit)
        entered = {name: one.configured for name, one in lab.counters(folder).items()}
        peak = cpu.peak_megabytes(twin.pid)
    if not first.all_are("changed") or not again.all_are("unchanged"):
        raise NotDone(f"first {first.recap}, again {again.recap}")
    if entered != {name: one.configured for name, one in counted.items()}:
        raise NotDone("a device was entered in configuration mode the second time")
    seconds = sum(
        one.lines * pace.line + one.saves * pace.save + one.sessions * _COMMANDS * pace.command
        for one in counted.values()
    )
    return Round(first, again, used, peak, seconds / 1000)


def _finding(fast: Sequence[Round], slow: Round, waves: str) -> Finding:
    head = ("run", "wall s", "client CPU s", "client peak MB", "twin CPU s", "runs")
    first = [one.first for one in fast]
    again = [one.again for one in fast]
    rows = (
        _row("bootstrapped to verified", first, statistics.median(one.twin_cpu for one in fast)),
        _row("again, unchanged", again),
        _row("slow devices, bootstrapped to verified", [slow.first], slow.twin_cpu),
        _row("slow devices, again", [slow.again]),
    )
    peak = max(run.ended.peak_mb for one in (*fast, slow) for run in (one.first, one.again))
    twin = max(one.twin_mb for one in (*fast, slow))
    targets = (
        Target("client's peak memory", peak, 400, at_least=False, unit="MB"),
        Target("twin's peak memory", twin, 300, at_least=False, unit="MB"),
        Target("slow devices: wall / what bounds it", slow.slack, 1.5, at_least=False),
    )
    planned, ports = first[0].recap["planned"], sum(first[0].recap["ports"].values())
    by = "`portvakt run provision-access`"
    about = f"{planned} access switches, {ports} ports with their uplinks, by {by}."
    raw = {"rounds": [asdict(one) for one in (*fast, slow)]}
    return Finding("city", about, head, rows, targets, (*_notes(slow), waves), raw)


def _row(name: str, runs: Sequence[Ran], twin: float | None = None) -> tuple[str, ...]:
    ended = [run.ended for run in runs]
    figures = (
        statistics.median(one.wall for one in ended),
        statistics.median(one.cpu for one in ended),
        max(one.peak_mb for one in ended),
    )
    twin_cpu = "" if twin is None else f"{twin:.4g}"
    return (name, *(f"{figure:.4g}" for figure in figures), twin_cpu, str(len(runs)))


def _notes(slow: Round) -> tuple[str, ...]:
    ended = slow.first.ended
    return (
        "The client is one process, from interpreter start to recap, imports included.",
        f"Slow devices: 20 ms a command, 20 ms a line, 2 s a save; they alone need "
        f"{slow.device_seconds:.0f} s, which is {slow.device_seconds / _FORKS:.1f} s at "
        f"{_FORKS} in flight; the client used {ended.cpu:.1f} CPU-s in one process; "
        f"wall {ended.wall:.1f} s.",
        "Planning reads all devices; then come the estates one after the other, each in waves of "
        "1, 5, 25, 50, 50 …, each wave read again before the next begins.",
    )
