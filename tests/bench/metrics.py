"""The text of a scrape of the whole city, against the library that is made for it."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from time import time

from automation.counters import COLUMNS, Labels, Layout, Sample
from automation.metrics import Cycle, Reading, total
from automation.metrics.families import PORTS
from automation.model import Device, DeviceModel
from automation.model.words import DeviceRole
from tests.bench.bench import Setting
from tests.bench.harness import Sample as Cost
from tests.bench.harness import Timed, in_turns
from tests.bench.report import Finding, Target, compared
from tests.bench.worker import Worker

_DEVICES, _PORTS = 730, 48
_MODEL = DeviceModel("switch-48", "cisco_ios", ())
_OURS, _PEER = "portvakt", "prometheus-client"


class _Client:
    name = _PEER

    def __init__(self, worker: Worker) -> None:
        self._worker = worker

    def round(self, number: int) -> Cost:
        """Write the text once."""
        return Cost(*self._worker.work(str(number)))


def metrics(setting: Setting) -> Iterator[Finding]:
    """Write /metrics for 35,040 ports."""
    devices = _DEVICES // 10 if setting.quick else _DEVICES
    now = time()
    cycle = Cycle(tuple(_reading(number, now) for number in range(devices)), 300, now, 1.0)
    names = [family.name for family, of in PORTS.items() if not of.narrow]
    job = {"names": names, "devices": devices, "ports": _PORTS}
    octets = sum(len(part.encode()) for part in total(cycle, now))
    with Worker(setting.peers / "python", "tests.bench.peers.prometheus_text", job) as worker:
        ours = Timed(_OURS, lambda: [part.encode() for part in total(cycle, now)])
        measured = in_turns((ours, _Client(worker)), setting.runs)
    targets = (Target("CPU of a scrape", measured[_OURS].cpu, 0.4, at_least=False, unit="s"),)
    notes = (
        f"{devices} devices of {_PORTS} ports, {octets / 1e6:.0f} MB of text, made anew each time.",
        f"{len(names)} series a port from the client; from us two more, and the devices' own.",
        "The client's collector yields a family at a time from lists of label values.",
    )
    yield compared("metrics", "The text of `/metrics`.", "scrape", measured, targets, notes)


def _reading(number: int, now: float) -> Reading:
    name = f"sw-{number:03}"
    rows = range(1, _PORTS + 1)
    layout = Layout(
        tuple(f"GigabitEthernet1/0/{row}" for row in rows),
        tuple(f"Gi1/0/{row}" for row in rows),
        tuple(rows),
    )
    speeds, none = array("Q", [10**9] * _PORTS), array("Q", [0] * _PORTS)
    labels = Labels(now, tuple(f"outlet {row}" for row in rows), speeds, none)
    columns = tuple(array("Q", range(10**12, 10**12 + _PORTS)) for _ in COLUMNS)
    sample = Sample(name, now, 1, layout, labels, array("Q", [4200] * _PORTS), columns)
    device = Device(name, "city", DeviceRole.ACCESS, "site", "cisco_ios", _MODEL, "192.0.2.1")
    return Reading(device, sample, None, "", 0.1, 12, 0)
