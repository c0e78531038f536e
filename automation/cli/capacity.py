"""`portvakt port capacity`: what is full, what is idle, what waits for a customer."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from automation.cli import options

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from automation.model import Port
    from automation.playbook import Network

_COLUMNS = ("group", "total", "active", "idle", "ready", "unknown")
_KINDS = ("site", "estate", "provider")
_NOBODY = "(none)"

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
    """Count ports in use, in service without a link, and dark but ready.

    Active: in service, its link was up on one of the days. Idle: in service, its link was not.
    Ready: out of service, on a switch that answers. Unknown: not read on those days. By provider,
    ports that no provider is on are the group (none).
    """
    from automation.cli.opening import names, opened, today
    from automation.cli.output import rows
    from automation.counters import capacity as count
    from automation.counters import lit
    from automation.errors import UsageError

    if by not in _KINDS:
        raise UsageError(f"no capacity by {by!r}; there are: {', '.join(_KINDS)}")
    with opened(workspace) as network:
        devices = names(network, limit)
        ports = network.store.ports(devices)
        since = (today() - timedelta(days=days - 1)).isoformat()
        seen = lit(network.store.days(since, devices))
        groups = _groups(network, ports, by)
    found = count(ports, seen, groups)
    rows(({name: getattr(one, name) for name in _COLUMNS} for one in found), _COLUMNS, output)


def _groups(
    network: Network, ports: Iterable[Port], by: str
) -> Mapping[tuple[str, str], list[str]]:
    """Return the groups of each port; ports of no provider are a group too.

    Ports of devices that are not in the inventory any more have none.
    """
    providers: dict[str, list[str]] = {}
    if by == "provider":
        for one in network.store.subscriptions():
            if one.provider not in providers.setdefault(one.outlet, []):
                providers[one.outlet].append(one.provider)
    found: dict[tuple[str, str], list[str]] = {}
    for port in ports:
        device = network.inventory.devices.get(port.device)
        if device is None:
            continue
        if by == "provider":
            found[port.device, port.name] = providers.get(port.outlet or "") or [_NOBODY]
        else:
            found[port.device, port.name] = [getattr(device, by)]
    return found
