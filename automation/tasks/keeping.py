"""What a poller has read, until the store has it: a store that fails costs no cycle."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from time import monotonic, time
from typing import Final

from automation.counters import Column, Day, Extras, Rates, Sample, least_span, with_rates
from automation.errors import PortvaktError
from automation.store import Cycle, Store
from automation.workspace import PollSettings

_DAYS_EVERY: Final = 3600.0
"""Seconds between two writings of daily totals; a killed poller loses that much of them."""
_FORGOTTEN: Final = 86_400.0
"""Seconds without a reading after which a device that left the inventory is let go of."""
_WAITING: Final = 12
"""Cycles whose rates wait for a store that fails: an hour of them, a few megabytes of a city."""


class Keeping:
    """Keeps samples, rates, extras and daily totals of the devices `names`.

    What the store does not take waits and is offered again with the next cycle: of samples and
    extras the last, of rates those of an hour, of daily totals all.
    """

    def __init__(
        self,
        store: Store,
        names: Sequence[str],
        settings: PollSettings,
        inventory: Collection[str],
    ) -> None:
        """Go on from what `store` has; of devices not in `inventory` it is to let go."""
        self._store = store
        self._inventory = inventory
        self._settings = settings
        self._stored = dict(store.samples(names))
        self._samples: dict[str, Sample] = {}
        self._rates: deque[Sequence[Rates]] = deque(maxlen=_WAITING)
        self._extras: dict[str, Extras] = {}
        today = datetime.now().astimezone().date().isoformat()
        self._days = {day.device: day for day in store.days(today, names)}
        self._unwritten: set[str] = set()
        self._over: list[Day] = []
        self._written = monotonic()
        self.samples = dict(self._stored)
        self.fault = ""
        """Why the store does not have all that was read; "" when it has."""

    def keep(
        self, samples: Sequence[Sample], counted: Sequence[Rates], extras: Sequence[Extras]
    ) -> None:
        """Keep a cycle: `samples`, the rates that came with each, and the `extras` just read."""
        for sample, each in zip(samples, counted, strict=True):
            self._add_to_day(sample, each)
        self.samples.update({sample.device: sample for sample in samples})
        self._samples.update({sample.device: sample for sample in samples})
        self._rates.append(counted)
        self._extras.update({one.device: one for one in extras})
        self._write(days=bool(self._over) or monotonic() - self._written > _DAYS_EVERY)

    def end(self) -> None:
        """Keep what still waits, and the days so far."""
        self._write(days=True)

    def _write(self, *, days: bool) -> None:
        """Offer the store what waits, all in all twice: cycle and days are a transaction each."""
        self.fault = ""
        try:
            if self._rates or self._extras:
                self._write_cycle()
            if days and (self._unwritten or self._over):
                self._write_days()
        except PortvaktError as error:
            self.fault = str(error)

    def _write_cycle(self) -> None:
        samples = tuple(self._samples.values())
        counted = tuple(one for cycle in self._rates for one in cycle)
        extras = tuple(self._extras.values())
        interval = self._settings.interval
        self._store.record_cycle(Cycle(samples, counted, extras, self._stored, interval))
        self._stored.update(self._samples)
        self._samples.clear()
        self._rates.clear()
        self._extras.clear()

    def _write_days(self) -> None:
        due = [*self._over, *(self._days[device] for device in sorted(self._unwritten))]
        oldest = datetime.now().astimezone().date() - timedelta(days=self._settings.days)
        self._store.record_days(due, oldest.isoformat())
        self._store.forget_polls(self._inventory, time() - _FORGOTTEN)
        self._unwritten.clear()
        self._over.clear()
        self._written = monotonic()

    def _add_to_day(self, sample: Sample, counted: Rates) -> None:
        """Add rates to the day they belong to, by local time; the day before is then over."""
        device = sample.device
        name = datetime.fromtimestamp(sample.at).astimezone().date().isoformat()
        day = self._days.get(device)
        if day is None or day.day != name:
            if day is not None and device in self._unwritten:
                self._over.append(day)
            day = Day.empty(device, name, counted.ports)
        least = least_span(self._settings.interval)
        self._days[device] = with_rates(day, counted, sample.columns[Column.OPER], least)
        self._unwritten.add(device)
