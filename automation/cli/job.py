"""`portvakt job`: what was applied, by whom, and how each device ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from automation.cli import options

if TYPE_CHECKING:
    from automation.model import JobDeviceRow, JobRow

_JOB = ("job", "plan", "playbook", "who", "begun", "ended", "state", "outcomes")
_DEVICE = ("device", "estate", "outcome", "lines", "ports", "saved", "seconds", "why", "line")

Last = Annotated[
    int,
    typer.Option("--last", metavar="N", min=1, envvar="PORTVAKT_LAST", help="So many, newest."),
]
Number = Annotated[int, typer.Argument(metavar="JOB", help="A job's number.")]


def commands() -> typer.Typer:
    """Return the commands of this group."""
    app = typer.Typer(no_args_is_help=True, help="The journal of what was applied.")
    app.command("list", epilog="Example: portvakt job list --last 5")(list_)
    app.command("show", epilog="Example: portvakt job show 12 -D")(show)
    return app


def list_(
    last: Last = 20,
    output: options.Output = options.Format.TABLE,
    workspace: options.Workspace = None,
    verbose: options.Verbose = False,
) -> None:
    """List the last jobs, newest first."""
    from automation.cli.holding import tell_lost
    from automation.cli.opening import opened
    from automation.cli.output import rows

    with opened(workspace) as network:
        tell_lost(network)
        jobs = network.store.jobs(last)
    rows([_job(job, short=output is options.Format.TABLE) for job in jobs], _JOB, output)


def show(
    number: Number,
    diff: options.Diff = False,
    output: options.Output = options.Format.TABLE,
    workspace: options.Workspace = None,
    verbose: options.Verbose = False,
) -> None:
    """Show one job: how each device ended; with -D its lines and its rollback."""
    from automation.cli.holding import tell_lost
    from automation.cli.opening import opened
    from automation.cli.output import fields, record, rows

    with opened(workspace) as network:
        tell_lost(network)
        job = network.store.job(number)
    devices = [_device(device, diff=diff) for device in job.devices]
    if output is options.Format.JSON:
        record({**_job(job), "devices": devices}, output, "")
        return
    if output is options.Format.TABLE:
        record({}, output, fields(_job(job)) + "\n")
    rows(devices, _DEVICE, output)
    if diff and output is options.Format.TABLE:
        _lines(job)


def _job(job: JobRow, *, short: bool = False) -> dict[str, object]:
    outcomes = {outcome.value: count for outcome, count in job.outcomes.items() if count}
    return {
        "job": job.id,
        "plan": job.plan[:12] if short else job.plan,
        "playbook": job.playbook,
        "who": str(job.owner),
        "begun": job.begun,
        "ended": job.ended,
        "state": job.state.value,
        "planned": job.planned,
        "outcomes": {**outcomes, **({"open": job.open} if job.open else {})},
    }


def _device(row: JobDeviceRow, *, diff: bool) -> dict[str, object]:
    from automation.cli.recap import result_row
    from automation.model import DeviceResult, Outcome

    found = result_row(row.result or DeviceResult(row.device, row.estate, Outcome.UNKNOWN))
    found |= {"begun": row.begun, "ended": row.ended}
    if row.result is None:
        found["outcome"] = "open"
    if diff:
        own = row.result.diff if row.result else ""
        found |= {"send": list(row.lines), "rollback": list(row.rollback), "diff": own}
    return found


def _lines(job: JobRow) -> None:
    from automation.cli.change_text import own_diff
    from automation.cli.output import write

    for device in job.devices:
        write(f"\n{device.device}:", strong=True)
        write("\n".join(f"  {line}" for line in device.lines))
        write("rollback:")
        write("\n".join(f"  {line}" for line in device.rollback))
        if device.result and device.result.diff:
            write(own_diff(device.result))
