"""The peers that read the same agents: snmp_exporter as a program, pysnmp as a worker."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from socket import socket

from automation.lab.files import SECRETS
from automation.playbook import Network
from automation.workspace import find
from tests.bench import cpu
from tests.bench.contenders import OURS, NotDone
from tests.bench.harness import Sample
from tests.bench.peers import snmp_exporter
from tests.bench.worker import Worker

TENTH = 10
_AT_ONCE = 50
_PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Agent:
    """Where an agent listens, and how many access ports it has."""

    address: str
    port: int
    ports: int
    indexes: tuple[int, ...] = ()
    """ifIndex of each port that was read, where the poller has read any."""


def agents(folder: Path, names: Sequence[str]) -> list[Agent]:
    """Return the agents of devices of a workspace."""
    with Network(find(folder, {})) as network:
        devices = [network.inventory.devices[name] for name in names]
        samples = network.store.samples(names)
    return [
        Agent(
            one.address,
            one.snmp_port,
            len(one.model.access),
            samples[one.name].layout.indexes if one.name in samples else (),
        )
        for one in devices
    ]


@dataclass(frozen=True, slots=True)
class Running:
    """An exporter that serves."""

    pid: int
    port: int


@contextmanager
def exporter(folder: Path, columns: Sequence[str]) -> Iterator[Running]:
    """Run prometheus-snmp-exporter on loopback."""
    if shutil.which(snmp_exporter.PROGRAM) is None:
        raise NotDone(f"no {snmp_exporter.PROGRAM}: apt-get install {snmp_exporter.PROGRAM}")
    settings = folder / "snmp.yml"
    settings.write_text(snmp_exporter.config(SECRETS["snmp_read"], columns, labels=False))
    with socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    process = subprocess.Popen(  # noqa: S603 - Debian's program, our arguments
        snmp_exporter.command(settings, port), stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(port)
        yield Running(process.pid, port)
    finally:
        process.terminate()
        process.wait()


def _wait(port: int) -> None:
    """Return when somebody listens at `port`."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        with socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise NotDone(f"{snmp_exporter.PROGRAM} does not listen")


class Exporter:
    """A contender: every device is scraped once; the CPU is the exporter's alone."""

    def __init__(self, name: str, folder: Path, names: Sequence[str], running: Running) -> None:
        """Scrape the devices `names` through `running`."""
        self._name = name
        self._agents = agents(folder, names)
        self._running = running

    @property
    def name(self) -> str:
        """What it is called in the tables."""
        return self._name

    def round(self, number: int) -> Sample:
        """Scrape every device, fifty at a time."""
        wall, used = time.perf_counter(), cpu.of_process(self._running.pid)
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(self._scrape, self._agents))
        used = cpu.of_process(self._running.pid) - used
        return Sample(time.perf_counter() - wall, used)

    def _scrape(self, agent: Agent) -> None:
        connection = HTTPConnection("127.0.0.1", self._running.port, timeout=_PATIENCE)
        connection.request("GET", f"/snmp?module=if_mib&target={agent.address}:{agent.port}")
        answer = connection.getresponse()
        lines = answer.read().count(b"\nifHCInOctets{")
        connection.close()
        if answer.status != 200 or lines < agent.ports:
            raise NotDone(f"{agent.address}: {answer.status}, {lines} of {agent.ports} ports")


class Pysnmp:
    """A contender: every tenth device, times ten."""

    name = "pysnmp, v1arch"

    def __init__(self, worker: Worker, share: float) -> None:
        """Let `worker` read a part of the devices, one in `share`."""
        self._worker = worker
        self._share = share

    def round(self, number: int) -> Sample:
        """Read its devices once."""
        wall, used = self._worker.work(str(number))
        return Sample(wall * self._share, used * self._share)


@contextmanager
def pysnmp(folder: Path, names: Sequence[str], oids: Sequence[str]) -> Iterator[Pysnmp]:
    """Start pysnmp in a process of its own."""
    some = names[::TENTH]
    job = {
        "agents": [(one.address, one.port, one.ports) for one in agents(folder, some)],
        "community": SECRETS["snmp_read"],
        "columns": list(oids),
    }
    with Worker(OURS, "tests.bench.peers.snmp_pysnmp", job) as worker:
        yield Pysnmp(worker, len(names) / len(some))


@dataclass(frozen=True, slots=True)
class Floor:
    """A contender: the library that Portvakt stands on, alone."""

    worker: Worker
    name: str = "gufo-snmp alone, nothing kept"

    def round(self, number: int) -> Sample:
        """Read every device once."""
        return Sample(*self.worker.work(str(number)))


@contextmanager
def floor(folder: Path, names: Sequence[str], oids: Sequence[str], rows: int) -> Iterator[Floor]:
    """Start gufo-snmp in a process of its own; it asks for `rows` interfaces at a time."""
    job = {
        "agents": [(one.address, one.port, one.indexes) for one in agents(folder, names)],
        "community": SECRETS["snmp_read"],
        "columns": list(oids),
        "rows": rows,
    }
    with Worker(OURS, "tests.bench.peers.snmp_library", job) as worker:
        yield Floor(worker)
