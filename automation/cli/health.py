"""The examinations of `portvakt doctor`, one function each."""

from __future__ import annotations

import os
import platform as machine
import resource
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

from automation.cli.opening import found as find_workspace
from automation.cli.opening import limited
from automation.cli.text import counted, one_line
from automation.devices import Target
from automation.errors import PortvaktError
from automation.model import Device
from automation.playbook import Network
from automation.workspace import Workspace

_LIBRARIES: Final = ("nornir", "netmiko", "paramiko", "jinja2", "sqlalchemy", "pydantic")
_SPARE_FILES: Final = 64
"""Open files beside one for each device in flight: store, logs, lock, libraries."""
_KNOCK: Final = 3.0
_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Check:
    """One examination: whether it is well, what was found, and what to do if it is not."""

    name: str
    well: bool
    found: str
    todo: str = ""


def examine(path: Path | None, limit: str) -> Iterator[Check]:
    """Yield each examination; what needs something that is not there is not begun."""
    yield _python()
    yield _libraries()
    try:
        workspace = find_workspace(path)
    except PortvaktError as error:
        yield Check("workspace", False, one_line(str(error)), "mend it, or portvakt init DIR")
        return
    yield _writable(workspace)
    yield _open_files(workspace)
    with Network(workspace) as network:
        yield _store(network)
        try:
            devices = limited(network.inventory.devices.values(), limit)
        except PortvaktError as error:
            yield Check("inventory", False, one_line(str(error)), "portvakt inventory check")
            return
        yield Check("inventory", True, counted(len(network.inventory.devices), "device"))
        yield _secrets(network, devices)
        yield _host_keys(network, devices)
        yield _reachable(devices)


def _python() -> Check:
    known = (3, 11) <= sys.version_info[:2] <= (3, 13)
    said = f"{machine.python_version()} on {machine.system()} {machine.machine()}"
    return Check("python", known, said, "" if known else "use Python 3.11, 3.12 or 3.13")


def _libraries() -> Check:
    found = {name: version(name) for name in _LIBRARIES}
    old = found["paramiko"].startswith("4.")
    todo = "" if old else "pip install 'paramiko>=4,<5': others cannot speak to older switches"
    return Check(
        "libraries", old, ", ".join(f"{name} {text}" for name, text in found.items()), todo
    )


def _writable(workspace: Workspace) -> Check:
    try:
        well = os.access(workspace.state, os.W_OK | os.X_OK)
    except OSError as error:
        return Check(
            "workspace", False, f"{workspace.root}: {error.strerror}", "let me write there"
        )
    todo = "" if well else f"let me write in {workspace.root / '.portvakt'}"
    return Check("workspace", well, str(workspace.root), todo)


def _open_files(workspace: Workspace) -> Check:
    forks = workspace.settings.forks
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = forks + _SPARE_FILES
    well = soft >= needed
    return Check(
        "open files",
        well,
        f"{soft} allowed, {needed} needed for {forks} devices in flight",
        "" if well else f"ulimit -n {needed}, or fewer forks in portvakt.toml",
    )


def _store(network: Network) -> Check:
    try:
        jobs = network.store.jobs(1)
        ports = len(network.store.ports())
    except PortvaktError as error:
        return Check("store", False, one_line(str(error)), "look at [store] url in portvakt.toml")
    behind = bool(jobs) and datetime.fromisoformat(jobs[0].begun) > datetime.now(UTC)
    if behind:
        said = f"the clock is behind the last job, which began {jobs[0].begun}"
        return Check("clock", False, said, "set the clock: plans expire by it")
    if not ports:
        return Check("store", False, "no ports", "portvakt port import FILE.csv")
    return Check("store", True, f"{counted(ports, 'port')}, schema current")


def _secrets(network: Network, devices: Sequence[Device]) -> Check:
    """Resolve every login and secret that these devices need; none is shown."""
    policies = [network.inventory.policies[device.name] for device in devices]
    credentials = network.credentials
    asked: dict[str, Callable[[], object]] = {}
    for device in devices:
        asked[f"login {device.credentials}"] = lambda name=device.credentials: credentials.login(
            name
        )
        if device.jump:
            asked[f"jump {device.jump}"] = lambda name=device.jump: credentials.jump(name)
    for one in policies:
        for secret in (one.snmp_community, one.tacacs_key, one.local_user_secret):
            asked[f"secret {secret}"] = lambda name=secret: credentials.secret(name)
    faults = [fault for resolve in asked.values() if (fault := _unresolved(resolve))]
    said = f"{len(asked) - len(faults)} of {len(asked)} resolved"
    return Check(
        "secrets",
        not faults,
        said if not faults else f"{said}: {'; '.join(faults)}",
        "" if not faults else "set them where portvakt.toml says that they are",
    )


def _unresolved(resolve: Callable[[], object]) -> str:
    try:
        resolve()
    except PortvaktError as error:
        return one_line(str(error))
    return ""


def _host_keys(network: Network, devices: Sequence[Device]) -> Check:
    try:
        known = sum(bool(network.host_keys.kinds(Target.of(device))) for device in devices)
    except PortvaktError as error:
        return Check("host keys", False, one_line(str(error)), "mend the known_hosts file")
    well = known == len(devices)
    said = f"known for {known} of {counted(len(devices), 'device')}"
    return Check("host keys", well, said, "" if well else "portvakt hostkeys accept")


def _reachable(devices: Sequence[Device]) -> Check:
    """Knock at the SSH port of each device that is not behind a jump host."""
    direct = [device for device in devices if device.jump is None]
    with ThreadPoolExecutor(max_workers=50) as pool:
        silent = [name for name in pool.map(_knocked, direct) if name]
    said = f"{len(direct) - len(silent)} of {counted(len(direct), 'device')} answer"
    if len(direct) < len(devices):
        said += f"; {len(devices) - len(direct)} behind a jump host were not tried"
    more = f" and {len(silent) - _SHOWN} more" if len(silent) > _SHOWN else ""
    todo = f"look at {', '.join(silent[:_SHOWN])}{more}" if silent else ""
    return Check("devices", not silent, said, todo)


def _knocked(device: Device) -> str:
    """Return the device's name if nobody opens."""
    try:
        socket.create_connection((device.address, device.port), _KNOCK).close()
    except OSError:
        return device.name
    return ""
