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
from functools import partial
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
    """One examination: whether it is well, what was found, and what to do if it is not.

    What was found may be several lines.
    """

    name: str
    well: bool
    found: str
    todo: str = ""


def examine(path: Path | None, limit: str) -> Iterator[Check]:
    """Yield each examination; what needs something that is not there is not begun.

    Raises:
        UsageError: `limit` selects nothing.
    """
    yield _python()
    yield _libraries()
    try:
        workspace = find_workspace(path)
    except PortvaktError as error:
        yield Check("workspace", False, str(error), "mend it, or portvakt init DIR")
        return
    yield _writable(workspace)
    yield _open_files(workspace)
    with Network(workspace) as network:
        yield from _store(network)
        try:
            every = network.inventory.devices.values()
        except PortvaktError as error:
            yield Check("inventory", False, str(error), "portvakt inventory check")
            return
        devices = limited(every, limit)
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
    said = ", ".join(f"{name} {text}" for name, text in found.items())
    return Check("libraries", old, said, todo)


def _writable(workspace: Workspace) -> Check:
    try:
        well = os.access(workspace.state, os.W_OK | os.X_OK)
    except OSError:
        well = False
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


def _store(network: Network) -> Iterator[Check]:
    """Open the store, which brings its schema up to date; its journal says if the clock can be."""
    try:
        jobs = network.store.jobs(1)
        ports = len(network.store.ports())
    except PortvaktError as error:
        yield Check("store", False, str(error), "look at [store] url in portvakt.toml")
        return
    todo = "" if ports else "portvakt port import FILE.csv"
    yield Check("store", bool(ports), f"{counted(ports, 'port')}, schema current", todo)
    now = datetime.now(UTC)
    well = not jobs or datetime.fromisoformat(jobs[0].begun) <= now
    said = now.isoformat(timespec="seconds")
    if well:
        yield Check("clock", True, said)
    else:
        todo = "set the clock: plans expire by it"
        yield Check("clock", False, f"{said} is before the last job, {jobs[0].begun}", todo)


def _secrets(network: Network, devices: Sequence[Device]) -> Check:
    """Resolve every login and secret that these devices need; none is shown."""
    asked = dict(_needed(network, devices))
    faults = [fault for resolve in asked.values() if (fault := _unresolved(resolve))]
    said = f"{len(asked) - len(faults)} of {len(asked)} resolved"
    if not faults:
        return Check("secrets", True, said)
    todo = "set them where portvakt.toml says that they are"
    return Check("secrets", False, "\n".join([said, *faults]), todo)


def _needed(
    network: Network, devices: Sequence[Device]
) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield each login and secret by its name, with the way to resolve it."""
    credentials = network.credentials
    for device in devices:
        yield f"login {device.credentials}", partial(credentials.login, device.credentials)
        if device.jump:
            yield f"jump {device.jump}", partial(credentials.jump, device.jump)
        policy = network.inventory.policies[device.name]
        for name in (policy.snmp_community, policy.tacacs_key, policy.local_user_secret):
            yield f"secret {name}", partial(credentials.secret, name)


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
        return Check("host keys", False, str(error), "mend the known_hosts file")
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
