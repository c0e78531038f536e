"""Good rows against each other and against the store: outlets, VLANs, then values."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from automation.inventory.ports_csv.order import Order
from automation.inventory.ports_csv.row import Row
from automation.inventory.ports_csv.vlans import Allocation, Want, Wanted
from automation.model import Catalogue, Port, PortState, Subscription, SubscriptionState

Place = tuple[str, str]
"""(device, port name)."""
Rows = Mapping[Place, Sequence[Row]]
Said = tuple[int, str]
"""(line, what is wrong there)."""


@dataclass(frozen=True, slots=True)
class Stored:
    """The rows in the store now, by the keys that an import asks for."""

    ports: Mapping[Place, Port]
    places: Mapping[str, Place]
    subscriptions: Mapping[Wanted, Subscription]

    @classmethod
    def of(cls, ports: Iterable[Port], subscriptions: Iterable[Subscription]) -> Stored:
        """Index the rows of the store."""
        found = {(port.device, port.name): port for port in ports}
        return cls(
            found,
            {port.outlet: place for place, port in found.items() if port.outlet},
            {(one.outlet, one.service): one for one in subscriptions},
        )


@dataclass(frozen=True, slots=True)
class Merged:
    """What is to be written, and what kept other rows out."""

    ports: tuple[Port, ...]
    subscriptions: tuple[Subscription, ...]
    faults: tuple[Said, ...]


def merge(grouped: Rows, bad: Collection[Place], catalogue: Catalogue, stored: Stored) -> Merged:
    """Return the values of all ports that neither are in `bad` nor get in each other's way.

    A port that is left out keeps its row in the store, and with it its outlet; so leaving one
    out can stand in the way of the next. That is repeated until nothing more falls out.
    """
    faults: list[Said] = []
    out = {*bad, *_shared_outlets(grouped, faults)}
    while True:
        good = {place: rows for place, rows in grouped.items() if place not in out}
        fallen = _taken_outlets(good, out, stored, faults)
        if not fallen:
            vlans = _vlans(good, catalogue, stored)
            fallen = _exhausted(good, vlans, faults)
            if not fallen:
                return _values(good, vlans, catalogue, stored, faults)
        out |= fallen


def _shared_outlets(grouped: Rows, faults: list[Said]) -> set[Place]:
    """Return the ports of this file that name an outlet of another one of this file."""
    first: dict[str, Row] = {}
    found: set[Place] = set()
    for place, (row, *_) in grouped.items():
        if row.outlet is None:
            continue
        other = first.setdefault(row.outlet, row)
        if other is not row:
            where = f"{other.device} {other.port} on line {other.line}"
            faults.append(
                (row.line, f"outlet {row.outlet} stands on {where} too; expected one port")
            )
            found |= {place, (other.device, other.port)}
    return found


def _taken_outlets(
    good: Rows, out: Collection[Place], stored: Stored, faults: list[Said]
) -> set[Place]:
    """Return the ports whose outlet the store has on a port that it keeps as it is."""
    found: set[Place] = set()
    for place, (row, *_) in good.items():
        other = stored.places.get(row.outlet) if row.outlet else None
        if other is None or other == place or other in good:
            continue
        why = "whose rows here are faulty" if other in out else "which this file leaves alone"
        what = f"outlet {row.outlet} stands on {' '.join(other)} in the store, {why}"
        faults.append((row.line, f"{what}; expected one port"))
        found.add(place)
    return found


def _vlans(good: Rows, catalogue: Catalogue, stored: Stored) -> dict[Wanted, int | None]:
    """Return the VLAN of each service in `good`."""
    homes = {outlet: device for outlet, (device, _) in stored.places.items()}
    staying = (
        (place[0], one.vlan)
        for one in stored.subscriptions.values()
        if (place := stored.places.get(one.outlet)) and place not in good
    )
    allocation = Allocation(catalogue, stored.subscriptions, homes, staying)
    return allocation.vlans(
        Want(row.device, row.outlet, row.order.service, row.order.provider)
        for rows in good.values()
        for row in rows
        if row.order and row.outlet
    )


def _exhausted(good: Rows, vlans: Mapping[Wanted, int | None], faults: list[Said]) -> set[Place]:
    """Return the ports that a 1:1 pool has no VLAN left for."""
    found: set[Place] = set()
    for place, rows in good.items():
        for row in rows:
            if row.order and row.outlet and vlans[row.outlet, row.order.service] is None:
                who = f"{row.order.provider}'s {row.order.service}"
                what = f"the VLAN pool of {who} is exhausted on {row.device}"
                faults.append((row.line, f"{what}; expected a larger pool in services.yaml"))
                found.add(place)
    return found


def _values(
    good: Rows,
    vlans: Mapping[Wanted, int | None],
    catalogue: Catalogue,
    stored: Stored,
    faults: list[Said],
) -> Merged:
    ports: list[Port] = []
    subscriptions: list[Subscription] = []
    for place, rows in good.items():
        port = _port(rows, stored.ports.get(place))
        ports.append(port)
        for row in rows:
            if row.order and row.outlet:
                key = row.outlet, row.order.service
                state = _state(row.order.state, port, stored.subscriptions.get(key))
                tagged = catalogue.services[row.order.service].tagged
                subscriptions.append(
                    _subscription(row.outlet, row.order, vlans[key], tagged, state)
                )
    return Merged(tuple(ports), tuple(subscriptions), tuple(faults))


def _port(rows: Sequence[Row], old: Port | None) -> Port:
    """Return the port's row; what stands behind the outlet (`cpe`) stays with the outlet."""
    first = rows[0]
    states = {row.order.state for row in rows if row.order}
    state = first.state or (
        PortState.SUSPENDED if states == {SubscriptionState.SUSPENDED} else PortState.ACTIVE
    )
    cpe = old.cpe if old and old.outlet == first.outlet else None
    return Port(first.device, first.port, first.role, state, first.outlet, cpe)


def _state(written: SubscriptionState, port: Port, old: Subscription | None) -> SubscriptionState:
    """Return a subscription's state; below a suspended port it keeps its own.

    The file shows what is delivered: `suspended` on every row of a suspended port. Read back
    unchanged, it must not suspend the subscriptions themselves, or resuming would forget them.
    """
    return old.state if old and port.state is PortState.SUSPENDED else written


def _subscription(
    outlet: str, order: Order, vlan: int | None, tagged: bool, state: SubscriptionState
) -> Subscription:
    assert vlan is not None  # noqa: S101 - ports without a VLAN have been left out
    return Subscription(
        outlet=outlet,
        service=order.service,
        provider=order.provider,
        vlan=vlan,
        tagged=tagged,
        tier=order.tier,
        state=state,
        start=order.start,
        end=order.end,
    )
