"""The nouns that change by the hour and live in the store: ports and subscriptions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from automation.model.words import PortRole, PortState, Standing, SubscriptionState

_NUMBERS: Final = re.compile(r"([0-9]+)")


@dataclass(frozen=True, slots=True)
class Port:
    """One port outside the model's uplink range. `name` is the device's own full name."""

    device: str
    name: str
    role: PortRole
    state: PortState
    outlet: str | None = None
    cpe: str | None = None


@dataclass(frozen=True, slots=True)
class Subscription:
    """One service on an outlet.

    `vlan` is the service VLAN on the network side (from the offer, or allocated from its 1:1
    pool at import); `tagged` says whether the customer's side carries its tag.
    """

    outlet: str
    service: str
    provider: str
    vlan: int
    tagged: bool
    tier: str
    state: SubscriptionState
    start: date
    end: date | None = None

    def standing(self, day: date) -> Standing:
        """Return what it comes to on `day`: `start` is its first day, `end` the first without."""
        if self.end is not None and self.end <= day:
            return Standing.ENDED
        if self.start > day:
            return Standing.FUTURE
        suspended = self.state is SubscriptionState.SUSPENDED
        return Standing.SUSPENDED if suspended else Standing.DELIVERED


def natural_key(name: str) -> tuple[str | int, ...]:
    """Return a sort key that counts as people do: `1/0/2` stands before `1/0/10`.

    Text and numbers alternate, text first, so keys of any two names can be compared.
    """
    return tuple(
        int(part) if index % 2 else part for index, part in enumerate(_NUMBERS.split(name))
    )
