"""`portvakt port capacity`: what is full, what is idle, what waits for a customer."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from automation.cli import options

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import date

    from automation.counters import Place
    from automation.model import Device, Port
    from automation.playbook import Network

_PORTS = ("group", "total", "active", "idle", "ready", "unknown", "full")
_UPLINKS = ("uplinks", "uplinksFull", "uplinksUnknown", "fullestUse", "fullestUplink")
_FOR_PEOPLE = ("group", "uplinks", "full", "unknown", "peak", "fullest")
_KINDS = ("site", "estate", "provider")
_NOBODY = "(none)"

Row = dict[str, object]

By = Annotated[
    str,
    typer.Option("--by", metavar="KIND", envvar="PORTVAKT_BY", help="site, estate or provider."),
]
Days = Annotated[
    int,
    typer.Option("--days", metavar="N", min=1, envvar="PORTVAKT_DAYS", help="Days looked at."),
]


def capacity(
    by: By = "site",
    days: Days = 7,
    limit: options.Limit = options.EVERY_DEVICE,
    output: options.Output = options.Format.TABLE,
    workspace: options.Workspace = None,
    verbose: options.Verbose = False,
) -> None:
    """Count ports in use, in vain, dark but ready, and full; and how full uplinks are.

    Active: in service, its link was up on one of the days. Idle: in service, its link was not.
    Ready: out of service, on a switch that answers. Unknown: not read on those days. Full: one
    interval's mean was 80 % of the speed or more, in one direction. By provider, ports that no
    provider is on are the group (none); uplinks are those of the switches that have its ports.
    """
    from automation.cli.opening import limited, opened, today
    from automation.cli.output import rows
    from automation.errors import UsageError

    if by not in _KINDS:
        raise UsageError(f"no capacity by {by!r}; there are: {', '.join(_KINDS)}")
    since = today() - timedelta(days=days - 1)
    with opened(workspace) as network:
        devices = limited(network.inventory.devices.values(), limit)
        found = list(_counted(network, devices, by, since))
        interval = network.workspace.settings.poll.interval
    if output is options.Format.TABLE:
        _write(found, f"{since} to {today()}", interval)
    else:
        rows(found, (*_PORTS, *_UPLINKS), output)


def _counted(network: Network, devices: Collection[Device], by: str, since: date) -> Iterator[Row]:
    """Yield a row a group: its ports by their use, and how full they and its uplinks are."""
    from automation.counters import Capacity, lit, load, shares
    from automation.counters import capacity as count

    names = [device.name for device in devices]
    ports, days = network.store.ports(names), network.store.days(since.isoformat(), names)
    groups = _groups(network, ports, by)
    full = shares(days, _speeds(network, names))
    used = {one.group: one for one in count(ports, lit(days), groups)}
    places, uplinks = _by_group(groups), _by_group(_uplinks(devices, groups, by))
    for group in sorted(used.keys() | uplinks.keys()):
        row = used.get(group, Capacity(group))
        up = load(uplinks.get(group, ()), full)
        yield {
            **{name: getattr(row, name) for name in _PORTS[:-1]},
            "full": load(places.get(group, ()), full).full,
            "uplinks": up.total,
            "uplinksFull": up.full,
            "uplinksUnknown": up.unknown,
            "fullestUse": None if up.share is None else 100 * up.share,
            "fullestUplink": " ".join(up.fullest) if up.fullest else None,
        }


def _speeds(network: Network, devices: Collection[str]) -> Mapping[Place, int]:
    """Return the speed of every port that was read, in bit/s."""
    return {
        (device, port): speed
        for device, sample in network.store.samples(devices).items()
        for port, speed in zip(sample.layout.ports, sample.labels.speeds, strict=True)
    }


def _groups(network: Network, ports: Collection[Port], by: str) -> Mapping[Place, Sequence[str]]:
    """Return the groups of each port; ports of no provider are a group too."""
    providers: dict[str, list[str]] = {}
    if by == "provider":
        for one in network.store.subscriptions():
            if one.provider not in providers.setdefault(one.outlet, []):
                providers[one.outlet].append(one.provider)
    found: dict[Place, Sequence[str]] = {}
    for port in ports:
        if by == "provider":
            found[port.device, port.name] = providers.get(port.outlet or "") or [_NOBODY]
        else:
            found[port.device, port.name] = [getattr(network.inventory.devices[port.device], by)]
    return found


def _uplinks(
    devices: Collection[Device], groups: Mapping[Place, Sequence[str]], by: str
) -> Mapping[Place, Sequence[str]]:
    """Return the groups of each uplink: by provider, of every one that has a port behind it."""
    behind: dict[str, set[str]] = {}
    for (device, _), some in groups.items():
        behind.setdefault(device, set()).update(some)
    return {
        (device.name, port): sorted(behind.get(device.name, ()))
        if by == "provider"
        else [getattr(device, by)]
        for device in devices
        for port in device.uplinks
    }


def _by_group(groups: Mapping[Place, Sequence[str]]) -> Mapping[str, list[Place]]:
    found: dict[str, list[Place]] = {}
    for place, some in groups.items():
        for group in some:
            found.setdefault(group, []).append(place)
    return found


def _write(found: Sequence[Row], when: str, interval: int) -> None:
    """Write ports and uplinks as two tables: one would not fit into a terminal."""
    from automation.cli.output import rows, write
    from automation.counters import FULL

    write(
        f"{when}; full: a mean of {interval / 60:g} min was {100 * FULL:.0f} % of the speed or more"
    )
    write("")
    rows(found, _PORTS, options.Format.TABLE)
    write("")
    rows(map(_said, found), _FOR_PEOPLE, options.Format.TABLE, ("unknown",))


def _said(row: Row) -> Row:
    """Return the uplinks of a group as people read them."""
    use = row["fullestUse"]
    return {
        "group": row["group"],
        "uplinks": row["uplinks"],
        "full": row["uplinksFull"],
        "unknown": row["uplinksUnknown"],
        "peak": f"{use:.0f} %" if isinstance(use, float) else None,
        "fullest": row["fullestUplink"],
    }
