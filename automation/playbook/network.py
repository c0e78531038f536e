"""Everything that one workspace says about its network, opened once and put together here."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from types import TracebackType
from typing import Self

from automation import inventory as inventories
from automation import platforms
from automation.credentials import Credentials
from automation.devices import HostKeys, Jumps, LoginGuard
from automation.model import Device, Inventory, digest
from automation.playbook.fleet import Fleet
from automation.playbook.progress import Progress, Silent
from automation.playbook.rollout import Rollout
from automation.playbook.schema import Known, Playbook, parse
from automation.store import Store
from automation.tasks.poll import Polling
from automation.tasks.reach import Reach
from automation.tasks.subject import Memory, Rows, Subject, Toolset, subjects
from automation.workspace import Workspace


@dataclass
class Network:
    """A workspace with its inventory and store open; a context manager that closes what it opened.

    Each part is read when it is first asked for.
    """

    workspace: Workspace
    stop: threading.Event = field(default_factory=threading.Event)

    @cached_property
    def inventory(self) -> Inventory:
        """The inventory, checked; raises BadInput with every fault."""
        return inventories.load(self.workspace.inventory)

    @cached_property
    def store(self) -> Store:
        """The store, with its schema brought up to date."""
        return Store.open(self.workspace.store_url)

    def __enter__(self) -> Self:
        """Return the network itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close what was opened: the store, and connections to jump hosts."""
        for part in ("store", "jumps"):
            if part in self.__dict__:
                getattr(self, part).close()

    def select(self, limit: str) -> tuple[Device, ...]:
        """Return the devices that a limit expression selects."""
        return inventories.select(self.inventory.devices.values(), limit)

    def playbook(self, name: str) -> Playbook:
        """Return a playbook by path or by name, checked against platforms and inventory."""
        text, where = self.workspace.playbook(name)
        features = (one.grammar.features for one in platforms.every().values())
        known = Known(
            features=frozenset(feature.name for every in features for feature in every),
            estates=frozenset(device.estate for device in self.inventory.devices.values()),
        )
        return parse(text, where, known)

    def subjects(
        self, devices: Sequence[Device], features: tuple[str, ...], today: date
    ) -> Mapping[str, Subject]:
        """Return what each of `devices` should be; devices without rows are not in it."""
        names = [device.name for device in devices]
        own = self._own_secrets({one for name in names for one in self._secret_names(name)})
        tools = {
            platform: Toolset.of(self.workspace.templates(platform), own)
            for platform in sorted({device.platform for device in devices})
        }
        rows = Rows(self.store.ports(names), self.store.subscriptions(devices=names))
        memory = Memory(
            self.store.verified(names), self.store.secrets(names), self.store.unsaved(names)
        )
        return subjects(self.inventory, devices, rows, tools, features, memory, today)

    def _own_secrets(self, names: Iterable[str]) -> dict[str, str]:
        """Return the names of our secrets by their value's digest."""
        return {digest(self.credentials.secret(name).reveal()): name for name in sorted(names)}

    def _secret_names(self, device: str) -> tuple[str, ...]:
        policy = self.inventory.policies[device]
        return policy.snmp_community, policy.tacacs_key, policy.local_user_secret

    @cached_property
    def credentials(self) -> Credentials:
        """The named logins and secrets, resolved when they are first asked for."""
        return Credentials(self.workspace)

    @cached_property
    def host_keys(self) -> HostKeys:
        """The known host keys of the workspace."""
        return HostKeys(self.workspace.known_hosts)

    @cached_property
    def jumps(self) -> Jumps:
        """The connections to jump hosts, one each."""
        return Jumps(self.host_keys, LoginGuard())

    def reach(self) -> Reach:
        """Return what it takes to reach the devices."""
        settings = self.workspace.settings
        return Reach(
            credentials=self.credentials,
            host_keys=self.host_keys,
            jumps=self.jumps,
            deadline=settings.deadline,
            windows=settings.windows,
            stop=self.stop,
        )

    def polling(
        self,
        devices: Sequence[Device],
        shards: int = 1,
        *,
        all_now: bool = False,
        again: bool = False,
    ) -> Polling:
        """Return what reads the counters of `devices`, with `shards` processes.

        `all_now` reads light, power and neighbours in the first cycle, whether due or not; `again`
        asks devices, too, that turned us down a short while ago.
        """
        settings = self.workspace.settings.poll
        return Polling(
            devices,
            self.credentials,
            self.store,
            settings,
            shards,
            inventory=self.inventory.devices.keys(),
            all_now=all_now,
            again=again,
        )

    def rollout(
        self,
        devices: Sequence[Device],
        features: tuple[str, ...],
        today: date,
        progress: Progress | None = None,
    ) -> Rollout:
        """Return what plans and applies over `devices`."""
        return Rollout(
            fleet=Fleet(self.inventory, self.workspace.settings.forks),
            subjects=self.subjects(devices, features, today),
            reach=self.reach(),
            store=self.store,
            progress=progress or Silent(),
        )
