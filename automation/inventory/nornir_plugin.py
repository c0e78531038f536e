"""The nornir inventory plugin `portvakt`: our devices for anybody's nornir tasks.

    InitNornir(inventory={"plugin": "portvakt", "options": {"folder": "inventory"}})

Hosts come without passwords and without port rows. `host["estate"]`, `role`, `site` and `model`
are text to filter by, `host["device"]` is the whole device.
"""

from __future__ import annotations

from pathlib import Path

from nornir.core.inventory import Defaults, Group, Groups, Host, Hosts, ParentGroups
from nornir.core.inventory import Inventory as NornirInventory

from automation.inventory.loading import load
from automation.model import Device, Inventory


class PortvaktInventory:
    """Nornir's entry point: reads and checks the folder, as `portvakt inventory check` does."""

    def __init__(self, folder: str = "inventory") -> None:
        """Read from `folder` when nornir asks."""
        self._folder = Path(folder).expanduser()

    def load(self) -> NornirInventory:
        """Return nornir's inventory.

        Raises:
            BadInput: with every fault in the folder's files.
        """
        return nornir_inventory(load(self._folder))


def nornir_inventory(inventory: Inventory) -> NornirInventory:
    """Return an inventory that is already loaded as nornir's.

    What hosts inherit is already in them; groups are there by name, to filter by.
    """
    groups = Groups()
    for names in inventory.groups.values():
        for name in names:
            if name not in groups:
                groups[name] = Group(name=name)
    hosts = Hosts()
    for device in inventory.devices.values():
        own = ParentGroups(groups[name] for name in inventory.groups.get(device.name, ()))
        hosts[device.name] = _host(device, own)
    return NornirInventory(hosts=hosts, groups=groups, defaults=Defaults())


def _host(device: Device, groups: ParentGroups) -> Host:
    return Host(
        name=device.name,
        hostname=device.address,
        port=device.port,
        platform=device.platform,
        groups=groups,
        data={
            "estate": device.estate,
            "role": str(device.role),
            "site": device.site,
            "model": device.model.name,
            "device": device,
        },
    )
