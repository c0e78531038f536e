"""Read what agents count, make rates of it and keep both.

The one task that is not nornir's: a thread a device would cost more than the devices do.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from automation import platforms
from automation.counters import Extras, Rates, held, rates, with_usual
from automation.credentials import Credentials
from automation.model import Device
from automation.snmp import Limits, Polled, Poller, Shards, Target
from automation.store import Store
from automation.tasks.keeping import Keeping
from automation.tasks.refusals import Refusals
from automation.workspace import PollSettings


@dataclass(frozen=True, slots=True)
class DevicePoll:
    """How one device ended in one cycle; without `polled.sample` there are no `rates`.

    `extras` were read in this cycle or in one before; without a sample, and where they are so old
    that they no longer hold, there are none.
    """

    device: Device
    polled: Polled
    rates: Rates | None
    extras: Extras | None

    def missing(self) -> Iterator[tuple[str, str]]:
        """Yield each port of the inventory that was not read, and why."""
        if self.polled.sample is None:
            for port in (*self.device.model.access, *self.device.model.uplinks):
                yield port, self.polled.error
        else:
            yield from self.polled.faults.items()


class Polling:
    """Polls devices, cycle after cycle; a context manager that closes what it opened."""

    def __init__(
        self,
        devices: Sequence[Device],
        credentials: Credentials,
        store: Store,
        settings: PollSettings,
        shards: int = 1,
        *,
        inventory: Collection[str],
        all_now: bool = False,
        again: bool = False,
    ) -> None:
        """Poll `devices` with `shards` processes; `all_now` reads extras before they are due.

        `again` leaves nobody out who turned us down a short while ago. `inventory` names all
        devices there are: what was read of others is let go of.

        Raises:
            CredentialError: what a device is asked with cannot be resolved.
        """
        self._devices = tuple(devices)
        self._settings = settings
        names = [device.name for device in self._devices]
        self._keeping = Keeping(store, names, settings, inventory)
        self._extras = dict(store.extras(names))
        targets = [_target(device, credentials) for device in self._devices]
        self._refusals = Refusals(store, {one.device: one.login for one in targets}, again=again)
        limits = Limits(
            timeout=settings.timeout,
            tries=settings.tries,
            deadline=settings.deadline,
            in_flight=settings.in_flight,
            varbinds=settings.varbinds,
            interval=settings.interval,
        )
        known = {} if all_now else self._extras
        extras_at = {device: extras.at for device, extras in known.items() if not extras.late}
        self._poller: Poller | Shards = (
            Poller(targets, limits, self._keeping.samples, extras_at)
            if shards == 1
            else Shards(targets, limits, self._keeping.samples, shards, extras_at)
        )

    def __enter__(self) -> Self:
        """Return the polling itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the sockets, end the processes; keep what still waits, and the days so far."""
        self._poller.close()
        self._keeping.end()

    @property
    def fault(self) -> str:
        """Why the store does not have all that was read; "" when it has."""
        return self._keeping.fault

    @property
    def refusals_fault(self) -> str:
        """Why the store does not have all who turned us down; "" when it has."""
        return self._refusals.fault

    @property
    def refusals_unread(self) -> str:
        """Why the store was not asked who turned others down; "" when it was."""
        return self._refusals.unread

    @property
    def has_died(self) -> bool:
        """Whether one of several processes has died: its devices are not read any more."""
        return isinstance(self._poller, Shards) and self._poller.has_died

    def cycle(self) -> tuple[DevicePoll, ...]:
        """Read every device once and keep what it counts; return how each ended.

        What the store does not take is kept with the next cycle; `fault` says why.
        """
        found = self.look()
        self._keeping.keep(
            tuple(one.polled.sample for one in found if one.polled.sample),
            tuple(one.rates for one in found if one.rates),
            tuple(one.extras for one in found if one.extras and one.polled.extras),
        )
        return found

    def look(self) -> tuple[DevicePoll, ...]:
        """Read every device once and keep nothing of it: a poller may be at work meanwhile.

        Only who turned us down is kept, so that no other process tries the login as well.
        """
        found = self._poller.cycle(self._refusals.known())
        self._refusals.keep(found)
        return tuple(
            DevicePoll(device, polled, self._rates(polled), self._held(polled))
            for device, polled in zip(self._devices, found, strict=True)
        )

    def _held(self, polled: Polled) -> Extras | None:
        """Return the extras that a device's sample may be shown with."""
        device, sample = polled.device, polled.sample
        if sample is None:
            return None
        if polled.extras is not None:
            before = self._extras.get(device)
            self._extras[device] = with_usual(before, polled.extras, sample.up())
        return held(self._extras.get(device), sample.at, self._settings.interval)

    def _rates(self, polled: Polled) -> Rates | None:
        if polled.sample is None:
            return None
        return rates(self._keeping.samples.get(polled.device), polled.sample)


def _target(device: Device, credentials: Credentials) -> Target:
    platform = platforms.get(device.platform)
    return Target(
        device.name,
        device.address,
        device.snmp_port,
        credentials.snmp(device.snmp),
        (*device.model.access, *device.model.uplinks),
        platform.abbreviations,
        platform.mibs,
    )


def interval_ends(now: float, interval: int) -> float:
    """Return when the interval that `now` lies in ends; both are Unix time."""
    return (now // interval + 1) * interval
