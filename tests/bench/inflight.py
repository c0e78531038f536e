"""Fifty devices at once, 20 ms a command, 5 ms a line: what is left where devices are slow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tests.bench import contenders as who
from tests.bench import twins
from tests.bench.bench import Setting
from tests.bench.harness import Measured, in_turns
from tests.bench.report import Finding, Target, compared

_DEVICES = 50
_PACE = twins.Pace(command=20, line=5, save=20)
_NOTES = (
    "All fifty are begun at once and the round ends with the last; wall and CPU are divided by 50. "
    "A save takes as long as any command here.",
    "The device itself needs 288 x 5 ms + 6 x 20 ms = 1.56 s, which is 31 ms a device at fifty at "
    "once: no contender can be faster than that.",
)


def inflight(setting: Setting) -> Iterator[Finding]:
    """Measure the block on many slow devices."""
    devices = twins.switches(10 if setting.quick else _DEVICES)
    names = (who.WINDOW_LINE, who.WINDOW_STANZA, who.STOCK, who.ASYNCSSH, who.ASYNCSSH_GCM)
    with twins.written("city") as folder, twins.running(folder, _PACE) as twin:
        field = who.Field(twin, devices, setting.peers, forks=len(devices))
        with who.workers(field, names) as workers:
            measured = in_turns(workers, setting.runs)
    about = f"{len(devices)} devices in flight, 20 ms a command, 5 ms a line: 288 lines and a save."
    yield compared("inflight", about, "device", measured, _targets(measured), _NOTES)


def _targets(found: Mapping[str, Measured]) -> Iterator[Target]:
    each = ((who.WINDOW_LINE, 1.8, 2.2), (who.WINDOW_STANZA, 2.3, 1.7))
    for name, faster, slower in each:
        ours = found[name]
        ratio = found[who.STOCK].wall / ours.wall
        yield Target(f"stock wall / {name} wall", ratio, faster, at_least=True)
        for theirs in (who.ASYNCSSH, who.ASYNCSSH_GCM):
            what = f"{name} wall / {theirs} wall"
            yield Target(what, ours.wall / found[theirs].wall, slower, at_least=False)
