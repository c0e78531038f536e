"""35,040 ports over SNMP: ten columns against the peers, whole cycles, dead and endless agents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from automation import lab
from automation.playbook import Network
from automation.workspace import find
from tests.bench import cpu, snmp_peers, snmp_store, twins, workspace
from tests.bench.bench import Setting
from tests.bench.contenders import OURS
from tests.bench.harness import Measured, Sample, in_turns
from tests.bench.peers.snmp_exporter import COLUMNS
from tests.bench.report import Finding, Target, compared
from tests.bench.worker import Worker

TEN = (
    *("ifHCInOctets", "ifHCOutOctets", "ifHCInUcastPkts", "ifHCOutUcastPkts"),
    *("ifInErrors", "ifOutErrors", "ifInDiscards", "ifOutDiscards"),
    *("ifAdminStatus", "ifOperStatus"),
)
ALL = (
    *TEN,
    *("ifHCInMulticastPkts", "ifHCOutMulticastPkts"),
    *("ifHCInBroadcastPkts", "ifHCOutBroadcastPkts", "ifLastChange"),
)
_ROWS = 4
"""Interfaces a request of all columns, as the poller asks: with the clock 61 objects."""
_V2C, _V3 = "city", "mkb"
"""Entries of the lab's portvakt.toml; each of its agents knows both."""
_FEW, _ALL = "mkb-acc-01?,mkb-acc-02?", "role=access"
_PEER = "tests.bench.peers.snmp_portvakt"


@dataclass(frozen=True, slots=True)
class Place:
    """A running city, and which of its switches are polled."""

    folder: Path
    twin: twins.Twin
    limit: str
    names: tuple[str, ...]
    ports: int

    def worker(self, login: str = "", **more: Any) -> Worker:  # noqa: ANN401 - whatever a worker wants
        """Return Portvakt's poller in a process of its own."""
        job = {"folder": str(self.folder), "limit": self.limit, "login": login, **more}
        return Worker(OURS, _PEER, job)


@dataclass(frozen=True, slots=True)
class Polls:
    """A contender that is a worker; all its devices in one round."""

    name: str
    place: Place
    worker: Worker

    def round(self, number: int) -> Sample:
        """Read every port once."""
        before, shards = self.place.twin.cpu, self._shards()
        wall, used = self.worker.work(str(number))
        return Sample(wall, used + self._shards() - shards, self.place.twin.cpu - before)

    def _shards(self) -> float:
        """Return the CPU-seconds of the worker's own processes, which it has not waited for."""
        return sum(map(cpu.of_process, cpu.children(self.worker.pid)))


def snmp(setting: Setting) -> Iterator[Finding]:
    """Measure all that a poller is asked for, on one city."""
    with _city(setting) as place:
        with place.worker(_V2C, shards=1, unread=[]) as first:
            first.work("the names of all ports, which are read once")
        yield _ten(setting, place)
        yield _whole(setting, place)
        yield _faulty(setting, place)
        yield snmp_store.growth(setting, place.folder, place.limit)


@contextmanager
def _city(setting: Setting) -> Iterator[Place]:
    limit = _FEW if setting.quick else _ALL
    with workspace.imported() as folder, twins.running(folder, twins.Pace()) as twin:
        with Network(find(folder, {})) as network:
            devices = network.select(limit)
        ports = sum(len(device.model.access) for device in devices)
        yield Place(folder, twin, limit, tuple(device.name for device in devices), ports)


def _ten(setting: Setting, place: Place) -> Finding:
    """Read ten columns, each contender in its own way."""
    oids = [COLUMNS[name] for name in TEN]
    with ExitStack() as stack:
        ours = stack.enter_context(place.worker(_V2C, columns=oids))
        exporter = stack.enter_context(snmp_peers.exporter(place.folder, TEN))
        contenders = (
            Polls("portvakt", place, ours),
            snmp_peers.Exporter("prometheus-snmp-exporter", place.folder, place.names, exporter),
            stack.enter_context(snmp_peers.pysnmp(place.folder, place.names, oids)),
        )
        measured = in_turns(contenders, setting.runs)
    mine, theirs, pysnmp = (measured[one.name] for one in contenders)
    targets = (
        Target("ten columns: CPU of a cycle", mine.cpu, 0.5, at_least=False, unit="s"),
        Target("portvakt CPU / exporter CPU", mine.cpu / theirs.cpu, 1 / 3, at_least=False),
        Target("pysnmp CPU / portvakt CPU", pysnmp.cpu / mine.cpu, 20, at_least=True),
    )
    notes = (
        f"{len(place.names)} agents, {place.ports} access ports, {place.ports * len(TEN)} values, "
        f"v2c: {', '.join(TEN)}.",
        "Portvakt asks for known instances, six ports and the clock a GET, through its own session "
        "class; each value is decoded and put into its column. The exporter walks the columns of "
        "every interface, also of the two or three a device that are no access port, and writes "
        "text; its scraper is not counted. pysnmp: v1arch, GETBULK, lookupMib=False.",
        f"pysnmp reads every {snmp_peers.TENTH}th device; its figures are multiplied by that.",
    )
    about = "One cycle over all agents; counters read and decoded, nothing stored."
    return compared("snmp: ten columns", about, "cycle", measured, targets, notes)


def _whole(setting: Setting, place: Place) -> Finding:
    """Run whole cycles: fifteen columns, rates, the store."""
    with ExitStack() as stack:
        workers = {
            "v2c": stack.enter_context(place.worker(_V2C, shards=1, unread=[])),
            "v3, authPriv, warm engines": stack.enter_context(
                place.worker(_V3, shards=1, unread=[])
            ),
            "v2c, two processes": stack.enter_context(place.worker(_V2C, shards=2, unread=[])),
        }
        polls = [Polls(name, place, worker) for name, worker in workers.items()]
        every = [COLUMNS[name] for name in ALL]
        alone = stack.enter_context(snmp_peers.floor(place.folder, place.names, every, _ROWS))
        measured = in_turns((*polls, alone), setting.runs)
        peak = cpu.peak_megabytes(workers["v2c"].pid)
    v2c, v3, _, floor = measured.values()
    targets = (
        Target("whole cycle, v2c: CPU", v2c.cpu, 1.5, at_least=False, unit="s"),
        Target("whole cycle, v2c: CPU, the stretch", v2c.cpu, 0.7, at_least=False, unit="s"),
        Target("whole cycle, v3: CPU", v3.cpu, 2.0, at_least=False, unit="s"),
        Target("client's peak memory", peak, 150, at_least=False, unit="MB"),
    )
    notes = (
        "All columns of every interface with the agent's clock, rates against the cycle before, "
        "samples, rates and days written to SQLite. v3 is SHA-256 and AES-128.",
        f"{alone.name}: the same values over v2c by its blocking client, {_ROWS} interfaces a "
        f"GET, one device after the other: {floor.cpu / v2c.cpu:.0%} of the cycle's CPU. Polling "
        "many devices at a time costs more.",
    )
    about = f"{len(place.names)} agents, one `poll once` after the other in one process."
    return compared("snmp: whole cycles", about, "cycle", measured, targets, notes)


def _faulty(setting: Setting, place: Place) -> Finding:
    """Run cycles with dead devices, and with one whose walk never ends."""
    healthy = _cycles(setting, place, "all healthy", ())
    found = [healthy]
    for percent in (5, 30):
        found.append(_cycles(setting, place, f"{percent} % dead", _dead(place, percent)))
    endless = _endless(setting, place)
    found.append(endless)
    few, many = found[1], found[2]
    targets = (
        Target("5 % dead: wall / healthy", few.wall / healthy.wall, 1.15, at_least=False),
        Target("30 % dead: wall", many.wall, 300, at_least=False, unit="s"),
        Target("one endless: CPU / healthy", endless.cpu / healthy.cpu, 1.15, at_least=False),
    )
    notes = (
        "A dead device answers nothing at all. Each cycle that counts comes after one in which "
        "the devices were dead already.",
        "The endless agent was rebooted before each cycle, so that its ports are walked anew; it "
        "alone was not read.",
    )
    about = f"Whole cycles, v2c, {len(place.names)} agents."
    measured = {one.name: one for one in found}
    return compared("snmp: faulty agents", about, "cycle", measured, targets, notes)


def _dead(place: Place, percent: int) -> tuple[str, ...]:
    step = 100 / percent
    count = max(1, len(place.names) * percent // 100)
    return tuple(place.names[int(at * step)] for at in range(count))


def _cycles(setting: Setting, place: Place, name: str, dead: Sequence[str]) -> Measured:
    for device in dead:
        lab.break_device(place.folder, device, "dead")
    try:
        with place.worker(_V2C, shards=1, unread=list(dead)) as worker:
            contender = Polls(name, place, worker)
            samples = [contender.round(number) for number in range(setting.runs + 1)]
    finally:
        for device in dead:
            lab.mend(place.folder, device)
    return Measured(name, tuple(samples[1:]))


def _endless(setting: Setting, place: Place) -> Measured:
    one = place.names[0]
    samples = []
    try:
        with place.worker(_V2C, shards=1, unread=[one]) as worker:
            contender = Polls("one endless", place, worker)
            for number in range(setting.runs + 1):
                lab.mend(place.folder, one)
                lab.reboot(place.folder, one)
                lab.break_device(place.folder, one, "endless")
                samples.append(contender.round(number))
    finally:
        lab.mend(place.folder, one)
    return Measured("one endless", tuple(samples[1:]))
