"""Runs one nornir task over many devices, and never loses one on the way."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from nornir.core import Nornir
from nornir.core.configuration import Config
from nornir.core.inventory import Host
from nornir.core.plugins.connections import ConnectionPluginRegister
from nornir.core.task import AggregatedResult, MultiResult, Result, Task
from nornir.plugins.runners import ThreadedRunner

from automation.inventory.nornir_plugin import nornir_inventory
from automation.model import Inventory

Done = Callable[[str, object], None]
"""Takes a device's name and the value its task returned, or the exception that it raised."""


@dataclass(frozen=True, slots=True)
class Fleet:
    """The devices of an inventory, as nornir sees them, `forks` at a time."""

    inventory: Inventory
    forks: int
    _nornir: Nornir = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Build nornir's own object, without its files and its logging."""
        ConnectionPluginRegister.auto_register()
        nornir = Nornir(
            inventory=nornir_inventory(self.inventory),
            runner=ThreadedRunner(num_workers=self.forks),
            config=Config(),
        )
        object.__setattr__(self, "_nornir", nornir)

    def run(
        self,
        task: Callable[..., Result],
        names: Collection[str],
        done: Done,
        **arguments: Any,  # noqa: ANN401 - whatever the task takes
    ) -> None:
        """Run `task` on the devices named; `done` gets each one's value as it comes.

        `done` runs in the runner's threads, one at a time. A task that raises is handed on as
        its exception: nornir alone would leave its host out of the next run without a word.
        """
        chosen = frozenset(names)
        if not chosen:
            return  # nornir would warn about it on stderr
        nornir = self._nornir.filter(filter_func=lambda host: host.name in chosen)
        nornir.data.reset_failed_hosts()
        nornir.with_processors([_Teller(done)]).run(task=task, **arguments)


class _Teller:
    """A nornir processor that hands each host's value on as soon as it is there."""

    def __init__(self, done: Done) -> None:
        self._done = done
        self._lock = threading.Lock()

    def task_instance_completed(self, task: Task, host: Host, result: MultiResult) -> None:
        """Hand on what the task of one host returned or raised."""
        first = result[0]
        with self._lock:
            self._done(host.name, first.exception or first.result)

    def task_started(self, task: Task) -> None:
        """Not told."""

    def task_completed(self, task: Task, result: AggregatedResult) -> None:
        """Not told."""

    def task_instance_started(self, task: Task, host: Host) -> None:
        """Not told."""

    def subtask_instance_started(self, task: Task, host: Host) -> None:
        """Not told: tasks here have none."""

    def subtask_instance_completed(self, task: Task, host: Host, result: MultiResult) -> None:
        """Not told: tasks here have none."""
