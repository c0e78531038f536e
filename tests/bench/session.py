"""One device, no latency, a new session each time: 48 ports of 6 lines, and a save."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.bench import contenders as who
from tests.bench import twins
from tests.bench.bench import Setting
from tests.bench.harness import Contender, Measured, in_turns
from tests.bench.report import Finding, Target, compared

_HOSTS = 5
_NOTES = (
    "CPU of the workers is what the session alone cost, interpreter and imports not counted. "
    f"Ansible is a program: its figures are those of one play over {_HOSTS} hosts at its own five "
    "forks, from start to end, divided by the hosts, with every process that it left behind.",
    "After each round the twin is asked, past SSH, whether every line is running and saved.",
)


def session(setting: Setting) -> Iterator[Finding]:
    """Measure the session alone."""
    with (
        twins.written("city") as folder,
        twins.running(folder, twins.Pace()) as twin,
        tempfile.TemporaryDirectory(prefix="pvb-") as place,
    ):
        field = who.Field(twin, twins.switches(1), setting.peers, forks=0)
        five = who.Field(twin, twins.switches(_HOSTS), setting.peers, forks=_HOSTS)
        names = (
            who.WINDOW_LINE,
            who.WINDOW_STANZA,
            who.STOCK,
            who.ASYNCSSH,
            who.ASYNCSSH_GCM,
        )
        with who.workers(field, names) as workers:
            every: list[Contender] = [*workers, who.ansible(five, Path(place))]
            measured = in_turns(every, setting.runs)
    about = "One device, no latency, a new session each time: 288 lines and a save."
    yield compared("session", about, "device", measured, _targets(measured), _NOTES)


def _targets(found: Mapping[str, Measured]) -> Iterator[Target]:
    line, stanza = found[who.WINDOW_LINE], found[who.WINDOW_STANZA]
    ansible = found[who.ANSIBLE].cpu
    for ours, factor in ((line, 40), (stanza, 70)):
        faster = found[who.STOCK].wall / ours.wall
        yield Target(f"stock wall / {ours.name} wall", faster, 20, at_least=True)
        for theirs in (who.ASYNCSSH, who.ASYNCSSH_GCM):
            what = f"{ours.name} CPU / {theirs} CPU"
            yield Target(what, ours.cpu / found[theirs].cpu, 1, at_least=False)
        yield Target(f"Ansible CPU / {ours.name} CPU", ansible / ours.cpu, factor, at_least=True)
