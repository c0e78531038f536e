"""Select, plan, and apply in waves: the only caller of `tasks.apply`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Final

from automation.errors import PortvaktError
from automation.model import (
    GOOD_OUTCOMES,
    Change,
    Device,
    DeviceResult,
    Outcome,
    Owner,
    Plan,
    Recap,
    StanzaState,
)
from automation.playbook.fleet import Fleet
from automation.playbook.plan_file import sealed
from automation.playbook.progress import Progress, Silent
from automation.playbook.schema import Playbook
from automation.playbook.waves import Wave, waves
from automation.store import Store
from automation.tasks.apply import apply
from automation.tasks.endings import Applied
from automation.tasks.plan import Planned, plan
from automation.tasks.reach import Reach
from automation.tasks.subject import Subject
from automation.tasks.verify import verify

_CLOCKS_DIFFER: Final = 60.0
"""Seconds by which the clocks of two machines that run Portvakt may differ."""


@dataclass(frozen=True, slots=True)
class Planning:
    """A plan, and what planning found on each device: the drift that the plan mends."""

    plan: Plan
    found: Mapping[str, Planned]


@dataclass(frozen=True, slots=True)
class JobReport:
    """How a plan went: the job's number in the journal, a result a device, and the recap."""

    job: int
    plan: str
    results: tuple[DeviceResult, ...]
    recap: Recap
    fault: str = ""
    """What could not be written down at the end; the results stand all the same."""


@dataclass(frozen=True, slots=True)
class Rollout:
    """Plans and applies over a fleet. `subjects` are the devices that have an intent."""

    fleet: Fleet
    subjects: Mapping[str, Subject]
    reach: Reach
    store: Store
    progress: Progress = field(default_factory=Silent)

    def plan(
        self,
        playbook: Playbook,
        selection: str,
        devices: Sequence[Device],
        now: datetime,
        life: timedelta,
    ) -> Planning:
        """Read and compare `devices`, and write down what would mend them; sends nothing."""
        names = [device.name for device in devices if device.name in self.subjects]
        found: dict[str, Planned] = {}

        def done(name: str, value: object) -> None:
            found[name] = value if isinstance(value, Planned) else _own_fault(name, value)
            self.progress.planned(found[name])

        self.progress.planning(len(names))
        self.fleet.run(plan, names, done, subjects=self.subjects, reach=self.reach)
        self.store.record_verified(one.verified for one in found.values() if one.verified)
        changes = tuple(one.change for one in map(found.get, names) if one and one.change)
        made = Plan(
            id="",
            playbook=playbook.name,
            features=playbook.features,
            selection=selection,
            created=now.isoformat(timespec="seconds"),
            expires=(now + life).isoformat(timespec="seconds"),
            waves=playbook.waves,
            stop=playbook.stop.at(sum(1 for change in changes if change.pending)),
            estates=playbook.estates,
            verify=playbook.verify,
            changes=changes,
            faults=tuple(_faults(devices, found, self.subjects)),
        )
        return Planning(sealed(made), found)

    def apply(self, planned: Plan, owner: Owner, *, fresh: bool = False) -> JobReport:
        """Apply a plan: exactly its lines, in waves, one estate after the other.

        `fresh` says that the plan was made a moment ago by this same run, so that devices with
        nothing to do need not be read again.
        """
        job = self.store.begin_job(planned, owner)
        run = _Run(self, planned, job)
        try:
            run.idle(fresh=fresh)
            for wave in waves(planned.changes, planned.waves, planned.estates):
                run.wave(wave)
        finally:
            fault = run.close()
        results = tuple(run.results[name] for name in sorted(run.results))
        total = len(planned.changes) + len(planned.faults)
        return JobReport(job, planned.id, results, Recap.of(total, results), fault)


@dataclass(slots=True)
class _Run:
    """One application of a plan under way."""

    rollout: Rollout
    plan: Plan
    job: int
    results: dict[str, DeviceResult] = field(default_factory=dict)
    written: set[str] = field(default_factory=set)
    read: dict[str, str] = field(default_factory=dict)
    bad: int = 0
    forgotten: str = ""

    def __post_init__(self) -> None:
        self.results = {fault.device: fault for fault in self.plan.faults}

    def begin_device(self, change: Change) -> None:
        """Write the change down before its first line."""
        self.rollout.store.begin_device(self.job, change)

    def end_device(self, result: DeviceResult) -> None:
        """Write down how it ended."""
        self.rollout.store.end_device(self.job, result)
        self.written.add(result.device)

    def close(self) -> str:
        """Write down what the journal does not have yet; return why that could not be done."""
        rest = [result for name, result in self.results.items() if name not in self.written]
        try:
            self.rollout.store.end_devices(self.job, rest)
            self.rollout.store.end_job(self.job)
        except PortvaktError as error:
            return str(error)
        return self.forgotten

    def idle(self, *, fresh: bool) -> None:
        """End the devices that have nothing to do: known to be so, or read again to see it."""
        changes = {change.device: change for change in self.plan.changes if not change.pending}
        if fresh:
            for change in changes.values():
                ports = len(self.rollout.subjects[change.device].intent.ports)
                self._end(
                    DeviceResult(
                        change.device,
                        change.estate,
                        Outcome.UNCHANGED,
                        ports_unchanged=ports,
                        deferred=len(change.deferred),
                    )
                )
            return
        self._apply(changes)

    def wave(self, wave: Wave) -> None:
        """Claim the devices of one wave, apply it, and pass it through its gate."""
        self.rollout.progress.wave(wave)
        changes = self._claimed(wave)
        try:
            self._wave(changes)
        finally:
            self._release(changes)

    def _wave(self, changes: Mapping[str, Change]) -> None:
        self._apply(changes)
        changed = {
            name: change
            for name, change in changes.items()
            if self.results[name].outcome is Outcome.CHANGED and change.stanzas
        }
        if self.plan.verify and changed:
            self._verify(changed)

    def _claimed(self, wave: Wave) -> Mapping[str, Change]:
        """Return the changes whose devices are ours now; end those that somebody else writes to."""
        changes = {change.device: change for change in wave.changes}
        if not self.rollout.reach.may_begin():
            return changes  # nothing will be sent
        held: Mapping[str, object]
        try:
            held = self.rollout.store.claim(self.job, changes, self._until(len(changes)))
        except PortvaktError as error:
            held = dict.fromkeys(changes, error)
        for name in held:
            change = changes.pop(name)
            why = f"nothing was sent: {held[name]}"
            ports = len(change.ports)
            self._end(DeviceResult(name, change.estate, Outcome.REFUSED, why, ports=ports))
        return changes

    def _until(self, devices: int) -> datetime:
        """Return when a wave of so many devices is over, however slow each of them is.

        Each may take its deadline twice: for its change, and at the gate.
        """
        rounds = ceil(devices / self.rollout.fleet.forks)
        seconds = 2 * rounds * self.rollout.reach.deadline + _CLOCKS_DIFFER
        return datetime.now(UTC) + timedelta(seconds=seconds)

    def _release(self, changes: Mapping[str, Change]) -> None:
        """Let go of the devices of a wave; where that fails the claims end by themselves."""
        try:
            self.rollout.store.release(self.job, changes)
        except PortvaktError as error:
            self.forgotten = str(error)

    def _apply(self, changes: Mapping[str, Change]) -> None:
        def done(name: str, value: object) -> None:
            if not isinstance(value, Applied):
                value = Applied(_unknown(changes[name], value))
            self._remember(name, value)
            self._end(value.result)

        rollout = self.rollout
        known = {name for name in changes if name in rollout.fleet.inventory.devices}
        for name in changes.keys() - known:
            self._end(_gone(changes[name]))
            self.end_device(self.results[name])
        rollout.fleet.run(
            apply,
            known,
            done,
            changes=changes,
            subjects=rollout.subjects,
            reach=rollout.reach,
            journal=self,
        )

    def _verify(self, changes: Mapping[str, Change]) -> None:
        """Read the wave's devices anew; one that differs now did not end well after all."""

        def done(name: str, value: object) -> None:
            result = value.result if isinstance(value, Applied) else _unknown(changes[name], value)
            if result.outcome is not Outcome.UNCHANGED:
                before = self.results[name]
                why = "; ".join(filter(None, (result.why, before.why)))
                self._end(replace(before, outcome=result.outcome, why=why))
                self.end_device(self.results[name])

        rollout = self.rollout
        rollout.fleet.run(
            verify,
            changes,
            done,
            changes=changes,
            subjects=rollout.subjects,
            reach=rollout.reach,
            read=self.read,
        )

    def _remember(self, name: str, applied: Applied) -> None:
        """Keep what the next run may trust; where that fails it only has to look again."""
        if applied.verified:
            self.read[name] = applied.verified.running
        try:
            if applied.verified:
                self.rollout.store.record_verified([applied.verified])
            if applied.secrets:
                self.rollout.store.record_secrets(name, applied.secrets)
        except PortvaktError as error:
            self.forgotten = str(error)

    def _end(self, result: DeviceResult) -> None:
        """Count a device, and stop new ones once the stop rule is met."""
        self.results[result.device] = result
        self.rollout.progress.ended(result)
        self.bad += result.outcome not in GOOD_OUTCOMES
        if self.bad >= self.plan.stop:
            self.rollout.reach.halt.set()


def _faults(
    devices: Sequence[Device], found: Mapping[str, Planned], subjects: Mapping[str, Subject]
) -> list[DeviceResult]:
    """Return the selected devices that have no change in the plan, and why."""
    faults: list[DeviceResult] = []
    for device in devices:
        one = found.get(device.name)
        if one is None:
            why = "it has no intent: no port of it is in the store; import its ports"
            faults.append(DeviceResult(device.name, device.estate, Outcome.UNKNOWN, why))
        elif one.outcome is not None:
            ports = len(subjects[device.name].intent.ports)
            faults.append(
                DeviceResult(device.name, device.estate, one.outcome, one.why, ports=ports)
            )
    return faults


def _own_fault(name: str, value: object) -> Planned:
    return Planned(name, outcome=Outcome.UNKNOWN, why=f"our own fault while planning: {value!r}")


def _gone(change: Change) -> DeviceResult:
    """Return the ending of a device that the inventory no longer has."""
    why = "the device is no longer in the inventory; plan again"
    return DeviceResult(change.device, change.estate, Outcome.STALE, why, ports=len(change.ports))


def _unknown(change: Change, value: object) -> DeviceResult:
    """Return the ending of a device whose task raised what it should have returned."""
    return DeviceResult(
        change.device,
        change.estate,
        Outcome.UNKNOWN,
        f"our own fault: {value!r}; read the device before anything else",
        states=(StanzaState.UNKNOWN,) * len(change.stanzas),
        ports=len(change.ports),
    )
