"""Holding a workspace: one run or apply at a time, and what is told of one that was lost."""

from __future__ import annotations

import getpass
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import typer

from automation.cli.locking import held
from automation.cli.text import counted, plain
from automation.errors import AlreadyRunning
from automation.model import JobRow, Owner

if TYPE_CHECKING:
    from automation.playbook import Network
    from automation.workspace import Workspace


def owner(workspace: Workspace) -> Owner:
    """Return who applies a plan from this process in `workspace`."""
    return Owner(getpass.getuser(), socket.gethostname(), os.getpid(), str(workspace.root))


@contextmanager
def alone(network: Network) -> Iterator[None]:
    """Hold the workspace's lock; tell on stderr of jobs whose process died while it held it.

    Raises:
        AlreadyRunning: another one holds it.
    """
    workspace = network.workspace
    with held(workspace.lock, f"another run or apply is under way in {workspace.root}"):
        for job in network.store.find_lost(owner(workspace)):
            typer.echo(plain(lost_text(job)), err=True)
        yield


def tell_lost(network: Network) -> None:
    """Tell of jobs that were lost, unless somebody holds the workspace: then none is known to be.

    The lock is taken only where an open job of this workspace is on record.
    """
    if network.store.has_open(owner(network.workspace)):
        with suppress(AlreadyRunning), alone(network):
            pass


def lost_text(job: JobRow) -> str:
    """Return what became of a job whose process is gone, and what to do about it."""
    hit = [row.device for row in job.devices if row.left]
    ended = sum(1 for row in job.devices if row.ended)
    where = (
        f"It was writing to {', '.join(hit)}: what runs there now is not known, and not saved."
        if hit
        else "No device was being written to."
    )
    return (
        f"Job {job.id} ({job.playbook}, begun {job.begun} by {job.owner}) was lost: its process "
        f"{job.owner.pid} is gone.\n"
        f"{where} {ended} of {counted(job.planned, 'device')} had ended, as far as is on record.\n"
        "Run it again: planning reads each device first, and mends what is half done.\n"
        f"Its lines and what undoes them: portvakt job show {job.id} -D"
    )
