"""Receive what devices report, keep what it means, and say what is the matter.

Like polling no task of nornir's: devices come to us.
"""

from __future__ import annotations

import math
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from automation import platforms
from automation.counters import Column, Sample
from automation.credentials import Credentials
from automation.errors import PortvaktError
from automation.findings import (
    STANDARD,
    ByDevice,
    Deliveries,
    Note,
    PortNames,
    Situation,
    Topology,
    heard,
    is_current,
    ranked,
    read,
    situations,
)
from automation.findings.seen import Reading, ended, named
from automation.model import Device, Finding, Inventory, Notification, Rejected
from automation.snmp.traps import Heard, Identity, Receiver, Stop
from automation.store import Store
from automation.tasks.senders import Directory
from automation.workspace import TrapSettings, Workspace

_UP: Final = 1
_HUNDREDTHS: Final = 100
_FRESH: Final = 60.0
"""Seconds between two looks at what the poller has read."""
_AGAIN: Final = 5.0
"""Seconds between two such looks at a device that has started since the poller read it."""
_SETTLE: Final = 3.0
"""Seconds that a trouble lasts before it is told: its consequences and its cause come together."""
_ODD: Final = 64
"""Subjects of a device, beside its ports, that findings are kept of: it may send what it likes."""
ODD: Final = "too many different subjects"
UNREAD: Final = "it does not say which port it is about"
_OURS: Final = "our own fault: {kind} in {function} ({file}:{line})"
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class News:
    """What has changed since it was last told.

    `begun` are new troubles and those that happened again, worst first; `over` are gone. `own`
    has our own faults by the reason that what they cost was `rejected` for. `fault` is why
    nothing can be kept at present; `is_well` says that it can again.
    """

    begun: tuple[Situation, ...] = ()
    over: tuple[Situation, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    own: Mapping[str, Exception] = field(default_factory=dict)
    fault: str = ""
    is_well: bool = False


Tell = Callable[[News], None]


@dataclass(slots=True)
class _Turn:
    """What becomes of what was heard; none of it counts before it is kept.

    `own` are our own faults, by the reason in `rejected`.
    """

    changed: ByDevice = field(default_factory=ByDevice)
    rejected: list[Rejected] = field(default_factory=list)
    own: dict[str, Exception] = field(default_factory=dict)

    @contextmanager
    def costs(self, device: str, at: float) -> Iterator[None]:
        """Let what a device says cost that alone, whatever it makes us do; it is said and counted.

        A store, a disk or a memory that fails is nobody's word: it costs what it always does.
        """
        try:
            yield
        except (PortvaktError, OSError, MemoryError):
            raise
        except Exception as error:  # noqa: BLE001 - one device's word must not end all the others'
            why = _ours(error)
            self.own[why] = error
            self.rejected.append(Rejected(device, why, 1, at, at))


class Trapping:
    """Keeps findings: what the store holds at first, then what is heard."""

    def __init__(
        self, inventory: Inventory, store: Store, settings: TrapSettings, tell: Tell
    ) -> None:
        """Go on from what `store` knows."""
        self._inventory = inventory
        self._store = store
        self._settings = settings
        self._tell = tell
        self._rules = {
            name: {**STANDARD, **{rule.oid: rule for rule in platform.traps}}
            for name, platform in platforms.every().items()
        }
        now = time.time()
        self._known = ByDevice(store.findings(now - settings.quiet))
        self._topology = Topology(inventory.devices.values())
        self._ports: dict[str, PortNames] = {}
        self._ports_at: dict[str, float] = {}
        """When the names of a device's ports were read here.

        What is waited for goes by the steady clock, as this does: the other may be set back.
        """
        self._looked = -math.inf
        self._told = {one.key: one for one in self._now(now)}
        self._unsettled: float | None = None
        self._fault = ""

    @property
    def current(self) -> tuple[Situation, ...]:
        """What was the matter when it was last told."""
        return tuple(self._told.values())

    def take(self, found: Heard) -> None:
        """Keep what was heard; once this returns, no restart loses it.

        Raises:
            PortvaktError: the store failed; nothing is kept, and all may be given again.
        """
        turn = _Turn()
        try:
            self._keep(found, turn)
        except PortvaktError as error:
            self._fail(error)
            raise
        for one in turn.changed:
            self._known.put(one)
        if turn.rejected:
            self._tell(News(rejected=tuple(turn.rejected), own=turn.own))
        now = time.monotonic()
        if turn.changed and self._unsettled is None:
            self._unsettled = now
        if self._unsettled is not None and now - self._unsettled >= _SETTLE:
            self._announce()

    def _keep(self, found: Heard, turn: _Turn) -> None:
        """Note in `turn` what was heard and what was not believed, and keep it."""
        turn.rejected.extend(found.rejected)
        now = time.time()
        self._look(now, turn)
        for notification in found.notifications:
            with turn.costs(notification.device, notification.at):
                self._hear(notification, turn)
        kept = [one for one in turn.changed if one.count]
        if kept or turn.rejected:
            oldest = now - timedelta(days=self._settings.days).total_seconds()
            self._store.record_heard(kept, tuple(turn.rejected), oldest)
            self._recover()

    def _recover(self) -> None:
        """Tell that a fault is over."""
        if self._fault:
            self._fault = ""
            self._tell(News(is_well=True))

    def _fail(self, error: PortvaktError) -> None:
        """Tell of a fault when it begins; it is tried again several times a second."""
        if str(error) != self._fault:
            self._fault = str(error)
            self._tell(News(fault=self._fault))

    def _hear(self, notification: Notification, turn: _Turn) -> None:
        """Note in `turn` what becomes of a finding, or why the notification says nothing."""
        device = self._inventory.devices[notification.device]
        rules = self._rules[device.platform]
        note = read(notification, rules, self._names(device))
        if note is not None and self._may_know_more(note):
            del self._ports[device.name]
            note = read(notification, rules, self._names(device))
        why = ""
        if note is None:
            known = notification.oid in rules
            why = UNREAD if known else f"no rule for {notification.oid}"[:_LONGEST]
        else:
            current = self._current(note, turn)
            if current is None and self._is_odd(device, note.subject, turn):
                why = ODD
            else:
                turn.changed.put(heard(current, note, self._settings.quiet))
        if why:
            turn.rejected.append(Rejected(device.name, why, 1, notification.at, notification.at))

    def _current(self, note: Note, turn: _Turn) -> Finding | None:
        """Return what is known of the subject of a note."""
        key = (note.device, note.subject, note.kind)
        return turn.changed.get(key) or self._known.get(key)

    def _may_know_more(self, note: Note) -> bool:
        """Whether the poller may have read a device's ports since it started, and we have not."""
        names, looked = self._ports[note.device], self._ports_at[note.device]
        outdated = note.booted is not None and names.read_at < note.booted
        return outdated and time.monotonic() - looked > _AGAIN

    def _is_odd(self, device: Device, subject: str, turn: _Turn) -> bool:
        """Whether a device has named more subjects than it can have."""
        if subject in self._names(device).names:
            return False
        there = {one.key for held in (self._known, turn.changed) for one in held.of(device.name)}
        return len(there) >= len(self._names(device).names) + _ODD

    def _names(self, device: Device) -> PortNames:
        """Return what is known of a device's ports, read anew every minute or after its start."""
        if device.name not in self._ports:
            sample = self._store.samples([device.name]).get(device.name)
            self._ports[device.name] = _port_names(device, sample)
            self._ports_at[device.name] = time.monotonic()
        return self._ports[device.name]

    def _look(self, now: float, turn: _Turn) -> None:
        """Note in `turn` what the poller saw end; forget what is long over at `now`, Unix time."""
        looked = time.monotonic()
        if looked - self._looked < _FRESH:
            return
        self._looked = looked
        self._ports = {}
        if self._unsettled is None:
            self._unsettled = looked  # what ends by time alone is told too
        quiet = self._settings.quiet
        self._known = ByDevice(
            one for one in self._known if is_current(one, now, quiet) or now - one.last <= quiet
        )
        down = {one.device for one in self._known if one.is_open}
        for sample in self._store.samples(down).values() if down else ():
            with turn.costs(sample.device, now):
                self._compare(_reading(sample), turn)

    def _compare(self, reading: Reading, turn: _Turn) -> None:
        """Note in `turn` what a device's reading says of its open findings."""
        for one in self._known.of(reading.device):
            with turn.costs(one.device, reading.at):
                self._end(one, reading, turn)

    def _end(self, one: Finding, reading: Reading, turn: _Turn) -> None:
        """Note in `turn` that a finding is over, and what it is of from now on."""
        after = ended(one, reading)
        if after is None:
            return
        turn.changed.put(after)
        if note := named(one, reading):
            current = self._current(note, turn)
            turn.changed.put(heard(current, note, self._settings.quiet))

    def _now(self, now: float) -> tuple[Situation, ...]:
        """Return what is the matter now and whom it hits, worst first."""
        return current_situations(
            self._inventory, self._store, self._known, self._topology, now, self._settings.quiet
        )

    def _announce(self) -> None:
        """Tell what has changed; what cannot be found out now is told the next time."""
        try:
            found = {one.key: one for one in self._now(time.time())}
        except PortvaktError as error:
            self._fail(error)
            return
        self._recover()
        self._unsettled = None
        begun = tuple(one for key, one in found.items() if _is_news(one, self._told.get(key)))
        over = tuple(one for key, one in self._told.items() if key not in found)
        self._told = found
        if begun or over:
            self._tell(News(begun, over))


def _ours(error: Exception) -> str:
    """Return where we went wrong, without the error's own words: a device may have chosen them."""
    at = traceback.extract_tb(error.__traceback__)[-1]
    kind, file = type(error).__name__, Path(at.filename).name
    return _OURS.format(kind=kind, function=at.name, file=file, line=at.lineno)[:_LONGEST]


def _is_news(one: Situation, before: Situation | None) -> bool:
    """Whether a trouble is new, or worse: told again each time it has happened twice as often."""
    if before is None or set(one.devices) - set(before.devices):
        return True
    return one.count.bit_length() > before.count.bit_length()


def _reading(sample: Sample) -> Reading:
    layout = sample.layout
    is_up = [state == _UP for state in sample.columns[Column.OPER]]
    return Reading(
        sample.device,
        sample.at,
        sample.at - min(sample.uptimes, default=0) / _HUNDREDTHS,
        dict(zip(layout.ports, is_up, strict=True)),
        dict(zip(layout.indexes, layout.ports, strict=True)),
    )


def _port_names(device: Device, sample: Sample | None) -> PortNames:
    names = frozenset((*device.model.access, *device.model.uplinks))
    abbreviations = platforms.get(device.platform).abbreviations
    if sample is None:
        return PortNames(names, abbreviations)
    indexes = dict(zip(sample.layout.indexes, sample.layout.ports, strict=True))
    return PortNames(names, abbreviations, indexes, sample.at)


def current_situations(
    inventory: Inventory,
    store: Store,
    findings: Iterable[Finding],
    topology: Topology,
    now: float,
    quiet: float,
) -> tuple[Situation, ...]:
    """Return what is the matter at `now` (Unix time) and whom it hits, worst first.

    Findings of devices that are no longer in the inventory are left out.
    """
    known = (one for one in findings if one.device in inventory.devices)
    found = situations(known, topology, now, quiet)
    touched = {device for one in found for device in one.touched}
    deliveries = Deliveries(
        store.ports(touched) if touched else (),
        store.subscriptions(devices=touched) if touched else (),
        inventory.catalogue.is_welfare,
        datetime.fromtimestamp(now).astimezone().date(),
    )
    return ranked(found, deliveries)


def receiver(
    directory: Directory, inventory: Inventory, credentials: Credentials, workspace: Workspace
) -> tuple[Receiver, Identity]:
    """Return what receives the traps of a workspace, and who it is to those who send informs.

    Raises:
        CredentialError: a login cannot be resolved, or cannot be told from another.
        CannotListen, UsageError: we cannot listen where we are to.
    """
    settings = workspace.settings.trap
    names = sorted({device.snmp for device in inventory.devices.values()} | set(settings.logins))
    logins = [credentials.snmp(name) for name in names]
    identity = Identity.next(workspace.trap_engine)
    found = Receiver(settings.listen, directory.senders(), logins, identity, settings.rate)
    return found, identity


def serve(trapping: Trapping, receiving: Receiver, stop: Stop) -> int:
    """Receive until `stop` is set; return how many notifications the store would not take."""
    return receiving.run(trapping.take, stop)
