"""Read what agents count, make rates of it and keep both.

The one task that is not nornir's: a thread a device would cost more than the devices do.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic, time
from types import TracebackType
from typing import Final, Self

from automation import platforms
from automation.counters import Column, Day, Extras, Rates, held, rates, with_rates, with_usual
from automation.credentials import Credentials
from automation.model import Device
from automation.snmp import Limits, Polled, Poller, Shards, Target
from automation.store import Cycle, Store
from automation.workspace import PollSettings

_DAYS_EVERY: Final = 3600.0
"""Seconds between two writings of daily totals; a killed poller loses that much of them."""
_FORGOTTEN: Final = 86_400.0
"""Seconds without a reading after which a device that left the inventory is let go of."""


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
    ) -> None:
        """Poll `devices` with `shards` processes; `all_now` reads extras before they are due.

        `inventory` names all devices there are: what was read of others is let go of.

        Raises:
            CredentialError: what a device is asked with cannot be resolved.
        """
        self._devices = tuple(devices)
        self._store = store
        self._inventory = inventory
        self._settings = settings
        names = [device.name for device in self._devices]
        self._before = dict(store.samples(names))
        self._extras = dict(store.extras(names))
        self._days = _today(store, names)
        self._unwritten: set[str] = set()
        self._written = monotonic()
        targets = [_target(device, credentials) for device in self._devices]
        limits = Limits(
            timeout=settings.timeout,
            tries=settings.tries,
            deadline=settings.deadline,
            in_flight=settings.in_flight,
            varbinds=settings.varbinds,
        )
        known = {} if all_now else self._extras
        extras_at = {device: extras.at for device, extras in known.items()}
        self._poller: Poller | Shards = (
            Poller(targets, limits, self._before, extras_at)
            if shards == 1
            else Shards(targets, limits, self._before, shards, extras_at)
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
        """Keep what is left of the days; close the sockets, end the processes."""
        self._poller.close()
        if self._unwritten:
            self._write_days()

    def cycle(self) -> tuple[DevicePoll, ...]:
        """Read every device once and keep what it counts; return how each ended."""
        found = self.look()
        self._keep(found)
        return found

    def look(self) -> tuple[DevicePoll, ...]:
        """Read every device once and keep nothing: a poller may be at work meanwhile."""
        return tuple(
            DevicePoll(device, polled, self._rates(polled), self._held(polled))
            for device, polled in zip(self._devices, self._poller.cycle(), strict=True)
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
        return rates(self._before.get(polled.device), polled.sample)

    def _keep(self, found: Sequence[DevicePoll]) -> None:
        samples = tuple(one.polled.sample for one in found if one.polled.sample)
        counted = tuple(one.rates for one in found if one.rates)
        days = []
        for sample, each in zip(samples, counted, strict=True):
            day = self._day(sample.device, sample.at, each)
            days.append(with_rates(day, each, sample.columns[Column.OPER]))
        self._days.update({day.device: day for day in days})
        self._unwritten.update(day.device for day in days)
        extras = tuple(one.extras for one in found if one.extras and one.polled.extras)
        self._store.record_cycle(
            Cycle(samples, counted, extras, self._before, self._settings.interval)
        )
        self._before.update({sample.device: sample for sample in samples})
        if monotonic() - self._written > _DAYS_EVERY:
            self._write_days()

    def _write_days(self) -> None:
        self._store.record_days(self._due_days(), self._oldest())
        self._store.forget_polls(self._inventory, time() - _FORGOTTEN)

    def _due_days(self) -> list[Day]:
        """Return the days that are to be written, and take note that they are."""
        due = [self._days[device] for device in sorted(self._unwritten)]
        self._unwritten.clear()
        self._written = monotonic()
        return due

    def _oldest(self) -> str:
        today = datetime.now().astimezone().date()
        return (today - timedelta(days=self._settings.days)).isoformat()

    def _day(self, device: str, at: float, counted: Rates) -> Day:
        """Return the day of `device` so far; a new one after midnight, local time."""
        name = datetime.fromtimestamp(at).astimezone().date().isoformat()
        day = self._days.get(device)
        if day and day.day == name:
            return day
        if day and device in self._unwritten:
            self._store.record_days([day], self._oldest())
        return Day.empty(device, name, counted.ports)


def _today(store: Store, devices: Sequence[str]) -> dict[str, Day]:
    today = datetime.now().astimezone().date().isoformat()
    return {day.device: day for day in store.days(today, devices)}


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
