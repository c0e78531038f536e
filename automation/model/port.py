"""The nouns that change by the hour and live in the store: ports and subscriptions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from automation.model.words import PortRole, PortState, SubscriptionState


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
