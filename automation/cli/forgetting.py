"""Rows of the store that have no place in the inventory any more: found, shown, taken out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from automation.cli.text import counted
from automation.errors import UsageError
from automation.inventory import ports_csv
from automation.model import Catalogue, Inventory, Port, Standing, Subscription
from automation.playbook import Network

_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Homeless:
    """Ports without a place in the inventory, and what stands on their outlets."""

    ports: tuple[Port, ...]
    subscriptions: tuple[Subscription, ...]

    @property
    def csv(self) -> str:
        """The rows as `port import` would take them."""
        return ports_csv.write(self.ports, self.subscriptions)


def homeless(network: Network, devices: Sequence[str]) -> Homeless:
    """Return the rows of `devices` whose device or port the inventory no longer has.

    Raises:
        UsageError: one of `devices` has no such row; the message says why not of each of them.
    """
    ports = network.store.ports()
    placeless = [port for port in ports if not _placed(network.inventory, port)]
    gone = {port.device for port in placeless}
    if faults := [_none(network.inventory, one, gone) for one in devices if one not in gone]:
        raise UsageError("\n".join(faults))
    found = tuple(port for port in placeless if port.device in devices)
    outlets = [port.outlet for port in found if port.outlet]
    return Homeless(found, network.store.subscriptions(outlets=outlets))


def _placed(inventory: Inventory, port: Port) -> bool:
    """Whether the inventory has the device of `port`, and its model such a port."""
    device = inventory.devices.get(port.device)
    return device is not None and port.name in device.model.access


def _none(inventory: Inventory, device: str, gone: set[str]) -> str:
    """Say why there is nothing to forget of `device`."""
    if device in inventory.devices:
        return (
            f"{device} stands in the inventory, and so does every port that it has rows for: "
            "nothing was removed; take it out of hosts.yaml first"
        )
    there = ", ".join(sorted(gone)[:_SHOWN]) or "none"
    more = f" and {len(gone) - _SHOWN} more" if len(gone) > _SHOWN else ""
    return f"no rows of {device!r} in the store; without a place in the inventory: {there}{more}"


def living(found: Homeless, catalogue: Catalogue, day: date) -> list[str]:
    """Return a line for each subscription that has not ended on `day`, welfare first."""
    places = {port.outlet: port for port in found.ports}
    live = [one for one in found.subscriptions if one.standing(day) is not Standing.ENDED]
    live.sort(key=lambda one: not catalogue.is_welfare(one.service))
    return [
        f"{'WELFARE  ' if catalogue.is_welfare(one.service) else ''}{places[one.outlet].device} "
        f"{places[one.outlet].name} {one.outlet}: {one.service}/{one.provider} "
        f"{one.standing(day).value}"
        for one in live
    ]


def question(found: Homeless, live: Sequence[str]) -> str:
    """Return what is asked before rows are taken out."""
    what = f"{counted(len(found.ports), 'port')} and {counted(len(found.subscriptions), 'service')}"
    warned = f", {len(live)} of them not ended" if live else ""
    return f"Remove {what}{warned} from the store?"
