"""A twin for the length of a benchmark, and its devices as every contender gets them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from automation import lab
from automation.playbook import Network
from automation.workspace import find
from tests.bench import cpu


@dataclass(frozen=True, slots=True)
class Pace:
    """Milliseconds that a device takes for a command, a configuration line and a save."""

    command: float = 0.0
    line: float = 0.0
    save: float = 0.0


@dataclass(frozen=True, slots=True)
class Twin:
    """A lab that runs as process `pid` on the workspace `folder`."""

    folder: Path
    pid: int

    @property
    def cpu(self) -> float:
        """CPU-seconds it has used so far."""
        return cpu.of_process(self.pid)


@contextmanager
def written(scale: Literal["demo", "city"]) -> Iterator[Path]:
    """Write a lab's workspace into a folder that is gone afterwards."""
    place = Path(tempfile.mkdtemp(prefix="portvakt-bench-"))
    try:
        lab.write_workspace(place / "lab", scale)
        yield place / "lab"
    finally:
        shutil.rmtree(place)


@contextmanager
def running(folder: Path, pace: Pace) -> Iterator[Twin]:
    """Run the lab of `folder`, its devices as if just bootstrapped, and stop it again."""
    status = lab.up(folder, pace.command, pace.line, pace.save)
    assert status.pid is not None
    try:
        yield Twin(folder, status.pid)
    finally:
        lab.down(folder)


def addresses(folder: Path, names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return where devices are and how to log in there, as values for a worker."""
    with Network(find(folder, {})) as network:
        found = []
        for name in names:
            device = network.inventory.devices[name]
            login = network.credentials.login(device.credentials)
            assert login.password is not None
            found.append(
                {
                    "name": name,
                    "host": device.address,
                    "port": device.port,
                    "username": login.username,
                    "password": login.password.reveal(),
                }
            )
        return found


def switches(count: int) -> tuple[str, ...]:
    """Return the names of `count` IOS switches of the city that log in privileged."""
    return tuple(f"mkb-acc-{number:03}" for number in range(1, 2 * count, 2))


def saved(folder: Path, name: str) -> Mapping[str, str]:
    """Return what a device runs and what it would boot with, read past SSH."""
    return {"running": lab.running(folder, name), "startup": lab.startup(folder, name)}
