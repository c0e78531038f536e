"""Read a device, compare it with its intent, and write down what would mend it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from nornir.core.task import Result, Task

from automation.devices import Session
from automation.drift import Drift, Seen
from automation.errors import DeviceError, PortvaktError
from automation.model import Change, Device, Outcome, Stanza, Verdict, Verified
from automation.parse import bindings, ports
from automation.tasks.endings import before_change
from automation.tasks.reach import Reach
from automation.tasks.subject import Subject
from automation.tasks.timed import cautions, standing


@dataclass(frozen=True, slots=True)
class Planned:
    """How planning one device ended: a change, maybe empty, or an outcome and why.

    `verified` is set when the device was found in sync. `drift` is None where the device was
    not compared: it could not be read, or its key was verified before.
    """

    device: str
    change: Change | None = None
    drift: Drift | None = None
    verified: Verified | None = None
    outcome: Outcome | None = None
    why: str = ""


def plan(task: Task, subjects: Mapping[str, Subject], reach: Reach) -> Result:
    """Plan the task's host; the result is a `Planned`."""
    subject = subjects[task.host.name]
    if not reach.may_begin():
        why = "the run was stopped before this device was read"
        return Result(task.host, Planned(subject.device.name, outcome=Outcome.SKIPPED, why=why))
    try:
        with reach.session(task, subject) as session:
            planned = planned_on(session, subject)
    except DeviceError as error:
        planned = Planned(subject.device.name, outcome=before_change(error), why=str(error))
    except PortvaktError as error:
        planned = Planned(subject.device.name, outcome=Outcome.REFUSED, why=str(error))
    return Result(host=task.host, result=planned)


def planned_on(session: Session, subject: Subject) -> Planned:
    """Plan over an open session.

    A device of which nothing was compared is `unknown`, never in sync.
    """
    if not subject.features:
        why = f"{subject.platform.name} has none of the features that were asked for"
        return Planned(subject.device.name, outcome=Outcome.UNKNOWN, why=why)
    running = session.fetch()
    key = subject.key(running)
    pending = standing(session)
    if key == subject.verified and pending is None:
        return Planned(subject.device.name, _change(subject, None), verified=key)
    drift, alone = compared(session, subject, running)
    if strange := _strange(subject, drift) or _absent(session, subject):
        return Planned(subject.device.name, drift=drift, outcome=Outcome.REFUSED, why=strange)
    told = (*cautions(session, subject, drift.stanzas), *_unmet(drift))
    change = _change(subject, drift, told)
    in_sync = all(drift.verdicts[name] is Verdict.IN_SYNC for name in subject.features)
    known = in_sync and not subject.unsaved
    change = replace(
        change,
        running=key.running if alone else "",
        abandoned=pending is not None and bool(pending.abandoned),
    )
    return Planned(subject.device.name, change, drift, key if known else None)


def compared(
    session: Session, subject: Subject, running: str, ready: frozenset[str] | None = None
) -> tuple[Drift, bool]:
    """Compare, and ask the device for DHCP bindings where the comparison hangs on them.

    With `ready` only those ports count as bound, whatever the device shows now. Returns as well
    whether the configuration alone decided.
    """
    drift = subject.compare(running, Seen(subject.secrets))
    if not any(late.needs_binding for late in drift.deferred):
        return drift, True
    bound = _bound(session, subject)
    counted = bound if ready is None else bound & ready
    return subject.compare(running, Seen(subject.secrets, counted)), False


def _bound(session: Session, subject: Subject) -> frozenset[str]:
    """Return the ports where the device shows a DHCP binding for each VLAN that they carry.

    A platform that cannot be asked has none.
    """
    command = subject.platform.bindings
    seen = bindings(subject.platform, session.read(command)) if command else frozenset()
    ports = (port for port in subject.intent.ports if port.vlans)
    return frozenset(
        port.name for port in ports if all((port.name, vlan) in seen for vlan in port.vlans)
    )


def _unmet(drift: Drift) -> Iterator[str]:
    """Yield a sentence for each line that is sent although the device shows it."""
    for one in drift.unmet:
        yield f"{one} is configured and not in force; it is entered again"


def _strange(subject: Subject, drift: Drift) -> str:
    """Say why the device is not the one that the inventory takes it for, or ""."""
    for stanza in drift.stanzas:
        if stanza.subject in subject.platform.grammar.identity:
            return _misnamed(subject.device, stanza)
    missing = [late.header for late in drift.deferred if late.strange]
    return _no_such(missing) if missing else ""


def _absent(session: Session, subject: Subject) -> str:
    """Say which of the model's ports the device has not, where its configuration cannot tell."""
    command = subject.platform.ports
    if command is None:
        return ""
    there = ports(subject.platform, session.read(command))
    names = [port.name for port in subject.intent.ports if port.name not in there]
    return _no_such(names) if names else ""


def _no_such(ports: list[str]) -> str:
    more = f" and {len(ports) - 1} more" if len(ports) > 1 else ""
    return f"it shows no {ports[0]!r}{more}: is it the model that the inventory says?"


def _misnamed(device: Device, stanza: Stanza) -> str:
    """Say what the device calls itself, and what to do about it."""
    ours = stanza.lines[-1]
    word = ours.split()[0]
    held = [line for line in stanza.undo if line.startswith(word)]
    theirs = f"says {held[-1]!r}" if held else "gives it no name"
    return (
        f"its configuration {theirs}, not {ours!r}: if another device stands at {device.address}, "
        f"correct the address of {device.name} in hosts.yaml; if it is this one, enter {ours!r} on "
        "it by hand; then plan again"
    )


def _change(subject: Subject, drift: Drift | None, cautions: tuple[str, ...] = ()) -> Change:
    stanzas = drift.stanzas if drift else ()
    return Change(
        device=subject.device.name,
        estate=subject.device.estate,
        platform=subject.device.platform,
        base=drift.base if drift else "",
        target=drift.target if drift else "",
        intent=subject.intent_digest,
        templates=subject.tools.templates.digest,
        stanzas=stanzas,
        deferred=drift.deferred if drift else (),
        ports=_ports(subject, stanzas),
        save=subject.unsaved,
        unmanaged=drift.unmanaged if drift else 0,
        cautions=cautions,
    )


def _ports(subject: Subject, stanzas: tuple[Stanza, ...]) -> tuple[str, ...]:
    """Return the ports that stanzas touch, in the device's order."""
    header = subject.platform.grammar.port_header
    touched = {stanza.subject for stanza in stanzas}
    return tuple(
        port.name for port in subject.intent.ports if header.format(name=port.name) in touched
    )
