"""Named configuration sessions of EOS: a copy of running, its diff, commit and abort."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from datetime import timedelta

from automation.lab.events import Event
from automation.lab.faults import FaultKind
from automation.lab.switch import Cli, Pending, Switch
from automation.lab.tree import NOT_HERE, Said

Args = Mapping[str, str]
MOST_PENDING = 5
_LIFE = timedelta(hours=24)
"""After which EOS discards what was not committed: arista.com/um-eos, "Configure Session"."""
_FULL = "Maximum number of pending sessions has been reached\n"
_DENIED = "% Authorization denied for command 'configure'\n"


def terminal(cli: Cli, _: Args) -> Said:
    """Enter configuration mode on running itself."""
    if _barred(cli):
        return _DENIED
    cli.configure(cli.switch.config)
    return ""


def enter(cli: Cli, args: Args) -> Said:
    """Enter a session: a new copy of running, or one that was left pending."""
    if _barred(cli):
        return _DENIED
    switch = cli.switch
    _discard_old(switch)
    name = args.get("name") or f"sess-{switch.counts.sessions}"
    locked = switch.fault is not None and switch.fault.kind is FaultKind.LOCKED
    if name not in switch.pending:
        if locked or len(switch.pending) >= MOST_PENDING:
            return _FULL
        switch.pending[name] = Pending(switch.config.copy(), switch.clock())
    cli.configure(switch.pending[name].config, name)
    return ""


def _discard_old(switch: Switch) -> None:
    now = switch.clock()
    for name in [name for name, one in switch.pending.items() if one.since + _LIFE < now]:
        del switch.pending[name]


def _barred(cli: Cli) -> bool:
    fault = cli.switch.fault
    return fault is not None and fault.kind is FaultKind.AUTHORISE


def commit(cli: Cli, args: Args) -> Said:
    """Make a session's copy the running configuration, whatever that has become since."""
    name = args.get("name") or cli.session
    if name not in cli.switch.pending:
        return NOT_HERE
    cli.switch.config = cli.switch.pending.pop(name).config
    cli.switch.watch(Event.LINKS)
    cli.leave()
    return ""


def abort(cli: Cli, args: Args) -> Said:
    """Throw a session away."""
    name = args.get("name") or cli.session
    if name not in cli.switch.pending:
        return NOT_HERE
    del cli.switch.pending[name]
    cli.leave()
    return ""


def clean(cli: Cli, _: Args) -> Said:
    """Start the session anew from the factory's configuration: the way to replace all."""
    if not cli.session:
        return NOT_HERE
    fresh = cli.switch.os.factory(cli.switch.identity)
    cli.switch.pending[cli.session] = Pending(fresh, cli.switch.clock())
    cli.path = [fresh]
    return ""


def diffs(cli: Cli, args: Args) -> Said:
    """Return the unified diff from running to a session's copy; nothing when there is none."""
    name = args.get("name") or cli.session
    if name not in cli.switch.pending:
        return NOT_HERE
    switch = cli.switch
    after = switch.os.running(switch, switch.pending[name].config).splitlines()
    lines = difflib.unified_diff(
        switch.running().splitlines(),
        after,
        "system:/running-config",
        f"session:/{name}-session-config",
        lineterm="",
    )
    return "".join(f"{line}\n" for line in lines)


def show(cli: Cli, args: Args) -> Said:
    """Return a session's copy as it would run."""
    name = args.get("name") or cli.session
    if name not in cli.switch.pending:
        return NOT_HERE
    return cli.switch.os.running(cli.switch, cli.switch.pending[name].config)


def overview(cli: Cli, _: Args) -> Said:
    """Return the table of sessions."""
    _discard_old(cli.switch)
    rows = "".join(f"  {name:<16} pending\n" for name in cli.switch.pending)
    return (
        "Maximum number of completed sessions: 1\n"
        f"Maximum number of pending sessions: {MOST_PENDING}\n"
        "Merge on commit is disabled\n"
        "Autosave to startup-config on commit is disabled\n\n"
        "  Name             State           User       Terminal    PID\n"
        "  ---------------- --------------- ---------- ----------- ---\n" + rows
    )
