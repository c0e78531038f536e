"""Portvakt's poller, as a worker: ten columns of every port, or whole cycles with their store."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import uvloop

from automation.model import Device
from automation.playbook import Network
from automation.snmp import Limits, Target
from automation.snmp.link import Link
from automation.snmp.oids import UPTIME
from automation.snmp.pace import Pace
from automation.workspace import find
from tests.bench.serving import Work, serve

_PORTS = 6
"""Ports a request: with the clock 61 objects, which is what the poller asks for at a time."""


def prepare(job: dict[str, Any]) -> Work:
    """Return the work: `job` has folder, limit, and login; and columns, or shards."""
    network = Network(find(Path(job["folder"]), {}))
    devices = [
        replace(one, snmp=job["login"]) if job["login"] else one
        for one in network.select(job["limit"])
    ]
    if "columns" in job:
        return _columns(network, devices, job["columns"])
    polling = network.polling(devices, job["shards"])
    unread = set(job["unread"])

    def cycle(tag: str) -> None:
        found = polling.cycle()
        missing = {one.device.name for one in found if one.polled.sample is None}
        if missing != unread:
            raise AssertionError(f"not as expected: {sorted(missing ^ unread)[:5]}")

    return cycle


@dataclass(frozen=True)
class _Known:
    """An agent whose ports are known: what to ask, and where the values go."""

    link: Link
    requests: tuple[tuple[str, ...], ...]
    width: int

    async def read(self, gate: asyncio.Semaphore) -> int:
        """Return how many values were read, each decoded and in its column."""
        values: list[Any] = []
        async with gate:
            for names in self.requests:
                answer = await self.link.get(names)
                values += map(answer.get, names[1:])
        if None in values:
            raise AssertionError("a value is missing")
        columns = [array("Q", values[at :: self.width]) for at in range(self.width)]
        return sum(map(len, columns))


def _columns(network: Network, devices: Sequence[Device], columns: Sequence[str]) -> Work:
    """Return the reading of `columns` of every access port, by `get_many` of known instances.

    As in a cycle of the poller: by uvloop, and no garbage is collected meanwhile.
    """
    runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
    limits = Limits()
    samples = network.store.samples([device.name for device in devices])

    async def ready() -> list[_Known]:
        known = []
        for device in devices:
            login = network.credentials.snmp(device.snmp)
            target = Target(device.name, device.address, device.snmp_port, login)
            link = Link(target, limits, Pace())
            await link.open(1)
            layout = samples[device.name].layout
            index = dict(zip(layout.ports, layout.indexes, strict=True))
            ports = [index[port] for port in device.model.access]
            requests = tuple(
                (UPTIME, *(f"{oid}.{port}" for port in ports[at : at + _PORTS] for oid in columns))
                for at in range(0, len(ports), _PORTS)
            )
            known.append(_Known(link, requests, len(columns)))
        return known

    async def read(known: Sequence[_Known]) -> int:
        gate = asyncio.Semaphore(limits.in_flight)
        return sum(await asyncio.gather(*(one.read(gate) for one in known)))

    known = runner.run(ready())
    expected = sum(len(device.model.access) for device in devices) * len(columns)

    def work(tag: str) -> None:
        gc.disable()
        found = runner.run(read(known))
        gc.enable()
        if found != expected:
            raise AssertionError(f"{found} values, expected {expected}")

    return work


if __name__ == "__main__":
    serve(prepare)
    sys.stdout.flush()
    os._exit(0)  # the sockets of 730 agents need no farewell
