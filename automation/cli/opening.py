"""From a command line to an open workspace."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from automation.cli.options import EVERY_DEVICE

if TYPE_CHECKING:
    from automation.model import Device
    from automation.playbook import Network
    from automation.workspace import Workspace


def found(path: Path | None, forks: int | None = None) -> Workspace:
    """Return the workspace at `path` or around the current folder; `forks` overrides its own."""
    from automation.workspace import find

    workspace = find(path, os.environ)
    if forks is None:
        return workspace
    return replace(workspace, settings=replace(workspace.settings, forks=forks))


@contextmanager
def opened(path: Path | None, forks: int | None = None) -> Iterator[Network]:
    """Open the network of a workspace, and close it in the end."""
    from automation.playbook import Network

    with Network(found(path, forks)) as network:
        yield network


def limited(devices: Iterable[Device], limit: str) -> tuple[Device, ...]:
    """Return those of `devices` that a limit expression selects."""
    from automation.inventory import select

    devices = tuple(devices)
    return devices if limit == EVERY_DEVICE else select(devices, limit)


def names(network: Network, limit: str) -> tuple[str, ...] | None:
    """Return the names of the devices that `limit` selects, None for all there may be."""
    if limit == EVERY_DEVICE:
        return None
    return tuple(device.name for device in network.select(limit))


def today() -> date:
    """Return the day it is here: subscriptions begin and end by the local calendar."""
    return datetime.now().astimezone().date()
