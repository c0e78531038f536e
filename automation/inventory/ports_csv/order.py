"""The service part of a line: who delivers what, how fast, from when to when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from automation.inventory.document import names
from automation.inventory.ports_csv.text import COLUMNS, Line
from automation.model import Catalogue, SubscriptionState

_PART: Final = COLUMNS[4:]
_NEEDED: Final = COLUMNS[4:9]
"""What a row with a service fills; `to` may stay empty."""
_STATES: Final = frozenset(SubscriptionState)


@dataclass(frozen=True, slots=True)
class Order:
    """One service; its VLAN is decided later, for the device as a whole."""

    service: str
    provider: str
    tier: str
    state: SubscriptionState
    start: date
    end: date | None


def order_of(line: Line, catalogue: Catalogue) -> Order | list[str] | None:
    """Return the service part of `line`, what is wrong with it, or None where there is none."""
    service, provider, tier, state, start, end = line.cells[4:]
    if not service:
        filled = line.filled(_PART)
        if not filled or filled == ["state"]:
            return None
        return [f"{', '.join(filled)} without a service; expected all of it or nothing"]
    wrong = [*_empty(line), *_unknown(line, catalogue), *_undated(start, end)]
    begins = _date(start)
    if wrong or begins is None:
        return wrong
    return Order(service, provider, tier, SubscriptionState(state), begins, _date(end))


def _empty(line: Line) -> Iterator[str]:
    filled = line.filled(_NEEDED)
    if len(filled) < len(_NEEDED):
        empty = ", ".join(column for column in _NEEDED if column not in filled)
        yield f"{empty} empty; expected it filled on a row with a service"


def _unknown(line: Line, catalogue: Catalogue) -> Iterator[str]:
    """Yield what the catalogue does not have; an empty cell is said elsewhere."""
    service, provider, tier, state = line.cells[4:8]
    if service not in catalogue.services:
        yield f"unknown service {service!r}; there are: {names(catalogue.services)}"
    if provider and provider not in catalogue.providers:
        yield f"unknown provider {provider!r}; there are: {names(catalogue.providers)}"
    elif provider and service in catalogue.services and (service, provider) not in catalogue.offers:
        offering = [who for what, who in catalogue.offers if what == service]
        yield f"{provider} does not offer {service}; expected one of {names(offering)}"
    if tier and tier not in catalogue.tiers:
        yield f"unknown tier {tier!r}; there are: {names(catalogue.tiers)}"
    if state and state not in _STATES:
        yield f"state {state!r} with a service; expected {' or '.join(SubscriptionState)}"


def _undated(start: str, end: str) -> Iterator[str]:
    for column, text in (("from", start), ("to", end)):
        if text and _date(text) is None:
            yield f"{column}: {text!r} is no date; expected YYYY-MM-DD"
    begins, ends = _date(start), _date(end)
    if begins and ends and ends <= begins:
        yield f"to {end} is not after from {start}; expected a later day (it is the first without)"


@lru_cache(maxsize=4096)
def _date(text: str) -> date | None:
    """Return the day, or None; only YYYY-MM-DD, of all that ISO 8601 allows."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None
