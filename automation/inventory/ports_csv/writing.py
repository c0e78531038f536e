"""Rows of the store as the canonical file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from automation.inventory.ports_csv.row import default_state
from automation.inventory.ports_csv.text import COLUMNS
from automation.model import Port, PortState, Subscription, SubscriptionState, natural_key


def write(ports: Iterable[Port], subscriptions: Iterable[Subscription]) -> str:
    """Return the CSV text of `ports` with their outlets' subscriptions.

    Sorted by device, then as people count ports, then by service; `;` and LF; nothing is
    quoted, for no cell can hold a separator. A port without service has six empty cells, save
    for a state that its role does not imply.
    """
    services: dict[str, list[Subscription]] = defaultdict(list)
    for one in subscriptions:
        services[one.outlet].append(one)
    ordered = sorted(ports, key=lambda port: (port.device, natural_key(port.name)))
    rows = (row for port in ordered for row in _rows(port, services.get(port.outlet or "", [])))
    return "".join(f"{';'.join(row)}\n" for row in (COLUMNS, *rows))


def _rows(port: Port, subscriptions: list[Subscription]) -> Iterator[tuple[str, ...]]:
    place = (port.device, port.name, port.role.value, port.outlet or "")
    if not subscriptions:
        state = "" if port.state is default_state(port.role) else port.state.value
        yield (*place, "", "", "", state, "", "")
    for one in sorted(subscriptions, key=lambda one: one.service):
        suspended = port.state is PortState.SUSPENDED
        yield (
            *place,
            one.service,
            one.provider,
            one.tier,
            SubscriptionState.SUSPENDED.value if suspended else one.state.value,
            one.start.isoformat(),
            one.end.isoformat() if one.end else "",
        )
