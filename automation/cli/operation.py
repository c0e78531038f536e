"""Planning and applying, as `plan`, `apply` and `run` share it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import typer

from automation.cli.asking import INTERRUPTED, go_on
from automation.cli.change_text import lacking, summary
from automation.cli.holding import owner
from automation.cli.interrupt import stopping
from automation.cli.opening import limited, today
from automation.cli.options import EVERY_DEVICE
from automation.cli.progress import watching
from automation.cli.reporting import Ending, Form, show_ending, show_lines, show_plan
from automation.cli.text import plain
from automation.errors import PlanError, UsageError
from automation.model import Change, Device, DeviceResult, Outcome, Plan, Recap, sent_lines
from automation.playbook import Network, Playbook, Rollout

NOT_WELL = 3
OWN_FAULT = 1


@dataclass(frozen=True, slots=True)
class How:
    """How results are written, whether to ask, and how much to say."""

    form: Form
    yes: bool = False
    verbose: bool = False


def planned(network: Network, playbook: Playbook, limit: str, how: How) -> tuple[Rollout, Plan]:
    """Read and compare the devices that both the playbook and `limit` select; sends nothing.

    An interrupt ends the command: what is half read is no plan.
    """
    devices = limited(_selected(network, playbook), limit)
    selection = playbook.select if limit == EVERY_DEVICE else f"{playbook.select} and {limit}"
    life = timedelta(seconds=network.workspace.settings.plan_expiry)
    with watching(verbose=how.verbose) as watcher, stopping(network.stop):
        rollout = network.rollout(devices, playbook.features, today(), watcher)
        planning = rollout.plan(playbook, selection, devices, datetime.now(UTC), life)
    if network.stop.is_set():
        typer.echo("Interrupted while reading; nothing was sent.", err=True)
        raise typer.Exit(INTERRUPTED)
    return rollout, planning.plan


def _selected(network: Network, playbook: Playbook) -> tuple[Device, ...]:
    """Return the devices of a playbook; where there are none, say that it is the playbook's."""
    try:
        return network.select(playbook.select)
    except UsageError as error:
        said = str(error).replace("limit ", "its own select ", 1)
        raise UsageError(f"{playbook.selected_at}: {said}") from error


def rollout_for(network: Network, plan: Plan) -> Rollout:
    """Return a rollout over the devices of a saved plan that the inventory still has."""
    known = network.inventory.devices
    devices = [known[change.device] for change in plan.changes if change.device in known]
    return network.rollout(devices, plan.features, today())


def text_of(file: Path) -> str:
    """Return the text of a plan's file; PlanError if it cannot be read."""
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise PlanError(f"{file}: the plan cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise PlanError(f"{file}: the plan cannot be read: {error}") from error


def look(network: Network, playbook: Playbook, limit: str, how: How, *, check: bool) -> int:
    """Plan and print, send nothing; return the exit code.

    With `check` the plan is the result, and pending changes are as asked. Without it the
    playbook only verifies, and a device that differs has failed.
    """
    rollout, plan = planned(network, playbook, limit, how)
    if check and playbook.change:
        show_plan(plan, how.form)
        return NOT_WELL if plan.faults else 0
    recap, results = verified(rollout, plan)
    show_lines(plan, how.form)
    show_ending(Ending(playbook.name, plan, recap, results), how.form)
    return 0 if recap.good else NOT_WELL


def carry_out(network: Network, rollout: Rollout, plan: Plan, how: How, *, fresh: bool) -> int:
    """Show what a plan would touch, ask, apply it, print how it went; return the exit code."""
    typer.echo(plain(summary(plan)), err=True)
    show_lines(plan, how.form)
    if any(change.pending for change in plan.changes):
        go_on(f"Apply this plan to {network.workspace.root}?", how.yes)
    with watching(verbose=how.verbose) as watcher:
        watcher.applying(plan)
        who = owner(network.workspace)
        with stopping(network.stop):
            report = replace(rollout, progress=watcher).apply(plan, who, fresh=fresh)
    stopped = _who_stopped(rollout)
    results = _with_what_lacks(plan, report.results)
    show_ending(Ending(plan.playbook, plan, report.recap, results, report.job, stopped), how.form)
    if report.fault:
        typer.echo(plain(f"The journal is not complete: {report.fault}"), err=True)
        return OWN_FAULT
    if network.stop.is_set():
        return INTERRUPTED
    return 0 if report.recap.good else NOT_WELL


def _with_what_lacks(plan: Plan, results: tuple[DeviceResult, ...]) -> tuple[DeviceResult, ...]:
    """Say of devices that ended well what they still do not do of their intent, and why."""
    lacks = {change.device: lacking(change) for change in plan.changes}
    good = (Outcome.CHANGED, Outcome.UNCHANGED)
    return tuple(
        replace(one, why="; ".join([*([one.why] if one.why else []), *lacks.get(one.device, ())]))
        if one.outcome in good
        else one
        for one in results
    )


def _who_stopped(rollout: Rollout) -> str:
    """Return who kept devices from being begun: a person, or the stop rule."""
    if rollout.reach.stop.is_set():
        return "on request"
    return "by the stop rule" if rollout.reach.halt.is_set() else ""


def verified(rollout: Rollout, plan: Plan) -> tuple[Recap, tuple[DeviceResult, ...]]:
    """Return how a playbook that only verifies went: nothing is sent, a difference is a failure."""
    found = [_as_found(rollout, change) for change in plan.changes]
    results = tuple(sorted((*plan.faults, *found), key=lambda result: result.device))
    return Recap.of(len(results), results), results


def _as_found(rollout: Rollout, change: Change) -> DeviceResult:
    every = len(rollout.subjects[change.device].intent.ports)
    lacks = lacking(change)
    cautions = change.cautions if change.abandoned else ()
    first = sent_lines(change.stanzas[0])[:2] if change.stanzas else ()
    differs = [f"differs: {', '.join(line.strip() for line in first)}"] if first else []
    return DeviceResult(
        change.device,
        change.estate,
        Outcome.FAILED if change.stanzas or change.abandoned or lacks else Outcome.UNCHANGED,
        "; ".join((*differs, *cautions, *lacks)),
        ports=len(change.ports),
        ports_unchanged=every - len(change.ports),
        deferred=len(change.deferred),
    )
