"""Which VLAN each subscription gets: its offer's own, or a free one of the offer's pool."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from automation.model import Catalogue, Offer, Subscription

Wanted = tuple[str, str]
"""(outlet, service): what a VLAN is wanted for."""


@dataclass(frozen=True, slots=True)
class Want:
    """One service on an outlet of a device, as the file has it."""

    device: str
    outlet: str
    service: str
    provider: str


class Allocation:
    """VLANs of the subscriptions in a file; a pool is one a device, lowest free id first.

    An outlet that had a VLAN of the pool keeps it: first those that stay on their device, then
    those that move to one where it is free. Importing a file twice therefore changes nothing.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        existing: Mapping[Wanted, Subscription],
        homes: Mapping[str, str],
        staying: Iterable[tuple[str, int]],
    ) -> None:
        """Start from what is stored.

        Args:
            catalogue: the offers.
            existing: the stored subscriptions.
            homes: outlet -> the device that it stands on in the store.
            staying: (device, VLAN) of stored subscriptions that the file does not replace.
        """
        self._catalogue = catalogue
        self._existing = existing
        self._homes = homes
        self._used: dict[str, set[int]] = defaultdict(set)
        for device, vlan in staying:
            self._used[device].add(vlan)

    def vlans(self, wants: Iterable[Want]) -> dict[Wanted, int | None]:
        """Return the VLAN of each want; None where the pool of its offer is exhausted."""
        found: dict[Wanted, int | None] = {}
        pooled: list[tuple[Want, Offer]] = []
        for want in wants:
            offer = self._catalogue.offers[want.service, want.provider]
            found[want.outlet, want.service] = offer.vlan
            if offer.vlan is None:
                pooled.append((want, offer))
        for moved in (False, True):
            for want, offer in pooled:
                if (self._homes.get(want.outlet) != want.device) is moved:
                    found[want.outlet, want.service] = self._kept(want, offer)
        free: dict[tuple[str, str, str], Iterator[int]] = {}
        for want, offer in pooled:
            if found[want.outlet, want.service] is None:
                key = want.device, want.service, want.provider
                found[want.outlet, want.service] = next(
                    free.setdefault(key, self._free(want.device, offer)), None
                )
        return found

    def _kept(self, want: Want, offer: Offer) -> int | None:
        """Return the VLAN that the outlet has of this offer, if it is free on its device."""
        old = self._existing.get((want.outlet, want.service))
        if old is None or old.provider != want.provider or old.vlan not in _ids(offer):
            return None
        used = self._used[want.device]
        if old.vlan in used:
            return None
        used.add(old.vlan)
        return old.vlan

    def _free(self, device: str, offer: Offer) -> Iterator[int]:
        return (vlan for vlan in _ids(offer) if vlan not in self._used[device])


def _ids(offer: Offer) -> range:
    low, high = offer.pool or (1, 0)
    return range(low, high + 1)
