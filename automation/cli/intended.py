"""Intended configuration for the eye: rendered from the store, without touching a device."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import takewhile

from automation import platforms
from automation.cli.opening import today
from automation.model import Device, DeviceIntent, IntendedConfig, Port
from automation.playbook import Network
from automation.render import Renderer, intents


def configs(
    network: Network, devices: Iterable[Device]
) -> Iterator[tuple[DeviceIntent, IntendedConfig]]:
    """Yield intent and intended configuration of each of `devices` that has rows."""
    wanted = {device.name: device for device in devices}
    renderers: dict[str, Renderer] = {}
    found = _intents(network, tuple(wanted))
    for name, intent in found.items():
        platform = platforms.get(wanted[name].platform)
        if platform.name not in renderers:
            renderers[platform.name] = Renderer(network.workspace.templates(platform.name))
        features = [feature.name for feature in platform.grammar.features]
        yield intent, renderers[platform.name].config(intent, features)


def _intents(network: Network, names: tuple[str, ...]) -> Mapping[str, DeviceIntent]:
    store = network.store
    subscriptions = store.subscriptions(devices=names)
    return intents(network.inventory, store.ports(names), subscriptions, today())


def of_port(network: Network, port: Port) -> tuple[dict[str, object], tuple[str, ...]]:
    """Return the intent of one port and its intended lines, header first.

    Both are empty when the inventory does not have its device.
    """
    device = network.inventory.devices.get(port.device)
    if device is None:
        return {}, ()
    ((intent, config),) = configs(network, [device])
    own = next(one for one in intent.ports if one.name == port.name)
    header = platforms.get(device.platform).grammar.port_header.format(name=port.name)
    shown: dict[str, object] = {
        "role": own.role.value,
        "enabled": own.enabled,
        "description": own.description,
        "untagged": own.untagged,
        "tagged": list(own.tagged),
        "tier": own.tier.name if own.tier else None,
    }
    return shown, tuple(_block(header, config.features.values()))


def _block(header: str, texts: Iterable[str]) -> Iterator[str]:
    """Yield the block below `header`, which stands in one of `texts`."""
    for text in texts:
        lines = text.splitlines()
        if header in lines:
            after = lines[lines.index(header) + 1 :]
            yield header
            yield from takewhile(lambda line: line.startswith(" "), after)
