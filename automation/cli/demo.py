"""`portvakt demo`: all of it on the twin, in a temporary folder."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import typer

from automation.cli import inventory, lab, options, plan, run

if TYPE_CHECKING:
    from automation.model import Port

_PLAYBOOK = "provision-access"
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_ISOLATION = "switchport protected"
"""What keeps two customers of an IOS switch apart, and what the demo takes away by hand."""


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo", epilog="Example: portvakt demo")(demo)


def demo(verbose: options.Verbose = False) -> None:
    """Show all of it on a small twin: provision, run again, mend.

    The twin is stopped at the end, also after an error. It takes half a minute, in a
    temporary folder, on loopback only.
    """
    lab.installed()
    ending = _Ending()
    with ending.heard(), _place(ending) as place, _twin(place / "lab", ending) as folder:
        _tour(folder, verbose=verbose)
    typer.echo("\nThe twin is stopped, and its folder is gone.")


class _Ending:
    """What ends a program ends the demo as Ctrl-C does: once, and not while it puts things away.

    A hangup that the caller ignores, as nohup does, stays ignored.
    """

    def __init__(self) -> None:
        self._deaf = False
        self._late = False

    @contextmanager
    def heard(self) -> Iterator[None]:
        """Let signals end the block."""
        before = {one: signal.getsignal(one) for one in _SIGNALS}
        for one, handler in before.items():
            if handler is not signal.SIG_IGN:
                signal.signal(one, self._told)
        try:
            yield
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)

    @contextmanager
    def put_off(self) -> Iterator[None]:
        """Let signals wait for the end of the block; who presses Ctrl-C twice is heard once."""
        before, self._deaf = self._deaf, True
        try:
            yield
        finally:
            self._deaf = before
            if self._late and not before:
                self._told(signal.SIGINT, None)

    def _told(self, number: int, frame: FrameType | None) -> None:
        if self._deaf:
            self._late = True
            return
        self._deaf = True
        raise KeyboardInterrupt


@contextmanager
def _place(ending: _Ending) -> Iterator[Path]:
    """Make a folder for a while."""
    from shutil import rmtree
    from tempfile import mkdtemp

    place = None
    try:
        with ending.put_off():
            place = Path(mkdtemp(prefix="portvakt-demo-"))
        yield place
    finally:
        with ending.put_off():
            if place is not None:
                rmtree(place)


@contextmanager
def _twin(folder: Path, ending: _Ending) -> Iterator[Path]:
    """Start a lab of demo scale; stop it whatever happens meanwhile."""
    from automation.lab import down, exists

    typer.echo("A twin: 12 access switches of two estates, at factory default, over real SSH.")
    try:
        typer.echo(lab.told(lab.start(folder, "demo")))
        yield folder
    finally:
        with ending.put_off():
            if exists(folder):
                down(folder)


def _tour(folder: Path, *, verbose: bool) -> None:
    """Walk through what Portvakt does, a step at a time."""

    def carry_out() -> None:
        run.run(_PLAYBOOK, yes=True, workspace=folder, verbose=verbose)

    _step("Who and where: inventory check", lambda: inventory.check(workspace=folder))
    _rows(folder)
    _step(
        f"What would be done: run {_PLAYBOOK} -C",
        lambda: run.run(_PLAYBOOK, check=True, workspace=folder, verbose=verbose),
    )
    _step(f"Done, in waves, each device read back: run {_PLAYBOOK}", carry_out)
    _step(f"Once more; nothing is left to do: run {_PLAYBOOK}", carry_out)
    port = _tampered(folder)
    _step(
        f"Somebody takes away the isolation of a customer by hand, on {port.device} {port.name}.\n"
        f"What is wrong, and nothing else: plan -l {port.device} -D",
        lambda: plan.plan(
            _PLAYBOOK, limit=port.device, diff=True, workspace=folder, verbose=verbose
        ),
    )
    _exactly(folder, port)
    _step(f"Mended: run {_PLAYBOOK}", carry_out)
    _step("All as it should be: run verify", lambda: run.run("verify", workspace=folder))


def _step(title: str, command: Callable[[], None]) -> None:
    """Say what comes, do it, and go on only if it ended as asked."""
    typer.echo(f"\n{title}\n")
    try:
        command()
    except typer.Exit as end:
        if end.exit_code:
            raise


def _rows(folder: Path) -> None:
    """Say how many ports of each role there are."""
    from collections import Counter

    from automation.cli.opening import opened

    with opened(folder) as network:
        roles = Counter(port.role.value for port in network.store.ports())
    said = ", ".join(f"{count} {role}" for role, count in roles.most_common())
    typer.echo(f"{roles.total()} ports: {said}")


def _tampered(folder: Path) -> Port:
    """Change a customer's port on a switch by hand, and return its row."""
    from automation.cli.opening import opened
    from automation.errors import PortvaktError
    from automation.lab import edit
    from automation.model import PortRole, PortState

    with opened(folder) as network:
        devices = network.select("platform=cisco_ios,role=access")
        ports = network.store.ports([devices[0].name])
    port = next(
        one for one in ports if (one.role, one.state) == (PortRole.CUSTOMER, PortState.ACTIVE)
    )
    said = edit(folder, port.device, [f"interface {port.name}", f"no {_ISOLATION}"])
    if any(said):
        raise PortvaktError(f"the demo went wrong: {port.device} said {said}")
    return port


def _exactly(folder: Path, port: Port) -> None:
    """Hold the demo to its word: the plan is that one line of that one port."""
    from automation.cli.opening import opened
    from automation.cli.operation import How, planned
    from automation.cli.reporting import Form
    from automation.errors import PortvaktError

    with opened(folder) as network:
        how = How(Form(options.Format.TABLE))
        _, made = planned(network, network.playbook(_PLAYBOOK), port.device, how)
    lines = [change.lines for change in made.changes]
    if lines != [(f"interface {port.name}", f" {_ISOLATION}")]:
        raise PortvaktError(f"the demo went wrong: expected one line, the plan is {lines}")
