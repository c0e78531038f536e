"""Portvakt itself, as a worker: one session after the other, or many through nornir."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from nornir.core.task import Result, Task

from automation import platforms
from automation.devices import LoginGuard, Session, Window, open_session
from automation.devices.nornir_plugin import NAME, Access
from automation.devices.session import Options
from automation.model import Device, Stanza, StanzaState
from automation.playbook import Fleet, Network
from automation.tasks.reach import Reach
from automation.workspace import find
from tests.bench import block
from tests.bench.serving import Work, serve

IOS = platforms.get("cisco_ios")


def prepare(job: dict[str, Any]) -> Work:
    """Return the work: `job` has folder, devices, window, forks; no forks means no nornir."""
    network = Network(find(Path(job["folder"]), {}))
    reach = network.reach()
    window = Window(job["window"])
    devices = [network.inventory.devices[name] for name in job["devices"]]
    if not job["forks"]:
        return lambda tag: _one_by_one(devices, reach, window, tag)
    fleet = Fleet(network.inventory, job["forks"])
    return lambda tag: _many(fleet, devices, reach, window, tag)


def _stanzas(tag: str) -> list[Stanza]:
    return [Stanza("ports", header, lines, header, ()) for header, lines in block.blocks(tag)]


def _block(session: Session, tag: str) -> None:
    """Send the block and save; a line that was not accepted ends the benchmark."""
    sent = session.configure(_stanzas(tag), str)
    assert set(sent.states) == {StanzaState.APPLIED}, sent.refusal
    session.save()


def _one_by_one(devices: list[Device], reach: Reach, window: Window, tag: str) -> None:
    for device in devices:
        options = Options(reach.clock(), guard=LoginGuard(), window=window)
        login = reach.credentials.login(device.credentials)
        session = open_session(device, IOS, login, reach.host_keys, options)
        _block(session, tag)
        session.close()


def _many(fleet: Fleet, devices: list[Device], reach: Reach, window: Window, tag: str) -> None:
    failed: list[object] = []

    def done(name: str, value: object) -> None:
        failed.extend([name, value] if value is not None else [])

    known = {device.name: device for device in devices}
    fleet.run(_task, list(known), done, known=known, reach=reach, window=window, tag=tag)
    assert not failed, failed


def _task(task: Task, known: dict[str, Device], reach: Reach, window: Window, tag: str) -> Result:
    device = known[task.host.name]
    access = Access(
        device=device,
        platform=IOS,
        login=reach.credentials.login(device.credentials),
        hostkeys=reach.host_keys,
        guard=reach.guards.setdefault(device.credentials, LoginGuard()),
        deadline=reach.clock(),
        window=window,
    )
    plugin = task.host.open_connection(NAME, task.nornir.config, extras=dict(access))
    _block(plugin.connection, tag)
    task.host.close_connection(NAME)
    return Result(task.host)


if __name__ == "__main__":
    serve(prepare)
    sys.exit(0)
