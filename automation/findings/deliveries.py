"""Whom a trouble hits: outlets, services and providers behind a port or a device."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from automation.model import Port, Subscription, SubscriptionState


@dataclass(frozen=True, slots=True)
class Impact:
    """What is not delivered.

    `welfare` are the outlets with a welfare service, `outlets` counts all. `services` counts
    outlets by service and then provider, welfare services first.
    """

    outlets: int = 0
    welfare: tuple[str, ...] = ()
    services: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def providers(self) -> tuple[str, ...]:
        """The providers that are hit, by name."""
        return tuple(sorted({name for counts in self.services.values() for name in counts}))


class Deliveries:
    """What is delivered on the ports of some devices on one day."""

    def __init__(
        self,
        ports: Iterable[Port],
        subscriptions: Iterable[Subscription],
        is_welfare: Callable[[str], bool],
        today: date,
    ) -> None:
        """Take rows from the store; `is_welfare` says it of a service by its name."""
        self._is_welfare = is_welfare
        services: dict[str, list[Subscription]] = defaultdict(list)
        for one in subscriptions:
            if _is_delivered(one, today):
                services[one.outlet].append(one)
        self._at: dict[str, dict[str, list[Subscription]]] = defaultdict(dict)
        for port in ports:
            if port.outlet in services:
                self._at[port.device][port.name] = services[port.outlet]

    def impact(self, devices: Collection[str], ports: Collection[tuple[str, str]]) -> Impact:
        """Return what is not delivered while `devices` are cut off and `ports` are down."""
        hit = [found for name in sorted(devices) for found in self._at.get(name, {}).values()]
        for device, port in sorted(set(ports)):
            if device not in devices and port in self._at.get(device, {}):
                hit.append(self._at[device][port])
        every = [one for found in hit for one in found]
        welfare = sorted({one.outlet for one in every if self._is_welfare(one.service)})
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        for one in every:
            counts[one.service][one.provider] += 1
        order = sorted(counts, key=lambda name: (not self._is_welfare(name), name))
        services = {name: dict(sorted(counts[name].items())) for name in order}
        return Impact(len(hit), tuple(welfare), services)


def _is_delivered(one: Subscription, today: date) -> bool:
    begun = one.start <= today and (one.end is None or today < one.end)
    return one.state is SubscriptionState.ACTIVE and begun
