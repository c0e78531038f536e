"""Starts a lab, stops it, and bends its devices from outside, over its control socket."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from automation.errors import PortvaktError, UsageError
from automation.lab.faults import Fault, FaultKind, Wording
from automation.lab.files import STATE, LabPlan, address, read_plan, read_state
from automation.lab.starting import PATIENCE, start
from automation.lab.terminal import Pace
from automation.lab.values import Binding, Counts

_AT_ONCE = 50
"""Devices whose truth is told in one go."""


@dataclass(frozen=True, slots=True)
class LabStatus:
    """Whether a lab runs, as which process, and where its devices answer."""

    running: bool
    pid: int | None
    scale: str
    devices: int
    network: str
    port: int


def exists(folder: Path) -> bool:
    """Whether a lab is written down in `folder`, running or not."""
    return (folder / STATE).is_file()


def up(
    folder: Path,
    latency_ms: float = 0,
    line_ms: float | None = None,
    save_ms: float | None = None,
) -> LabStatus:
    """Start the lab of `folder` in a process of its own; return when every device answers.

    `latency_ms` is a command's time; a configuration line takes a quarter of it and a save
    fifty times as long, unless `line_ms` and `save_ms` say otherwise.

    Raises:
        UsageError: it runs already, or could not be started; the message says why.
    """
    plan = read_plan(folder)
    if status(folder).running:
        raise UsageError(f"the lab in {folder} runs already; see: portvakt lab status")
    pace = Pace(
        latency_ms / 1000,
        (latency_ms / 4 if line_ms is None else line_ms) / 1000,
        (latency_ms * 50 if save_ms is None else save_ms) / 1000,
    )
    start(folder, pace)
    try:
        asyncio.run(_all_answer(plan))
    except BaseException:
        down(folder)
        raise
    return status(folder)


async def _all_answer(plan: LabPlan) -> None:
    """Return when every device has accepted a connection and greeted as an SSH server."""
    limit = asyncio.Semaphore(100)

    async def answers(index: int) -> None:
        async with limit:
            reader, writer = await asyncio.open_connection(address(plan.network, index), plan.port)
            greeting = await asyncio.wait_for(reader.readline(), PATIENCE)
            writer.close()
            if not greeting.startswith(b"SSH-"):
                raise PortvaktError(f"device {index} of the lab greets with {greeting!r}")

    await asyncio.gather(*(answers(index) for index in range(plan.devices)))


def status(folder: Path) -> LabStatus:
    """Return whether the lab of `folder` runs; it is asked, a process id proves nothing."""
    plan, state = read_plan(folder), read_state(folder)
    pid = None
    if state.get("control"):
        try:
            answer = _ask(folder, do="who")
            pid = answer["pid"] if answer["pid"] == state["pid"] else None
        except UsageError:
            pid = None
    return LabStatus(pid is not None, pid, plan.scale, plan.devices, plan.network, plan.port)


def down(folder: Path) -> None:
    """Stop the lab of `folder`, and only it; nothing is done when it does not run."""
    if not status(folder).running:
        return
    control = Path(read_state(folder)["control"])
    _ask(folder, do="stop")
    deadline = time.monotonic() + PATIENCE
    while control.exists():
        if time.monotonic() > deadline:
            raise PortvaktError(f"the lab in {folder} does not stop")
        time.sleep(0.01)


def break_device(folder: Path, device: str, fault: str, **args: str | int) -> None:
    """Give `device` a fault until it is mended; it replaces the one it has.

    `args` are those of `Fault`: `line`, `match`, `wording`, `ms`. docs/lab.md has the table.

    Raises:
        UsageError: no such device, fault, wording or argument.
    """
    _ask(folder, do="break", device=device, fault=asdict(_fault(fault, args)))


def _fault(kind: str, args: Mapping[str, Any]) -> Fault:
    if kind not in set(FaultKind):
        raise UsageError(f"no fault {kind!r}; there are: {', '.join(FaultKind)}")
    words = args.get("wording", Wording.INVALID)
    if words not in set(Wording):
        raise UsageError(f"no wording {words!r}; there are: {', '.join(Wording)}")
    if unknown := set(args) - {"line", "match", "wording", "ms"}:
        raise UsageError(f"a fault has no {', '.join(sorted(unknown))}")
    try:
        re.compile(args.get("match", ""))
    except re.error as error:
        raise UsageError(f"{args['match']!r} is no regular expression: {error}") from error
    return Fault(FaultKind(kind), **{**args, "wording": Wording(words)})


def mend(folder: Path, device: str) -> None:
    """Take the fault away from `device`."""
    _ask(folder, do="mend", device=device)


def truth(folder: Path) -> dict[str, Any]:
    """Return what every agent should say, by device: docs/lab.md has the shape."""
    names = [device.name for device in read_plan(folder).fleet()]
    told: dict[str, Any] = {}
    for at in range(0, len(names), _AT_ONCE):  # all at once would be 40 MB of the twin's memory
        told |= _ask(folder, do="truth", devices=names[at : at + _AT_ONCE])
    return told


def freeze(folder: Path) -> None:
    """Hold the counters of all devices where they stand; time goes on."""
    _ask(folder, do="freeze")


def unfreeze(folder: Path) -> None:
    """Let the counters go on from where they stand."""
    _ask(folder, do="unfreeze")


def traps_as(folder: Path, user: str = "") -> None:
    """Let all devices send traps over SNMPv3 as `user`; without one over v2c, as they begin.

    Raises:
        UsageError: there is no such user.
    """
    _ask(folder, do="traps", user=user)


def running(folder: Path, device: str) -> str:
    """Return the running configuration of `device`, without a session on it."""
    return str(_ask(folder, do="running", device=device))


def startup(folder: Path, device: str) -> str:
    """Return the startup configuration of `device`, without a session on it."""
    return str(_ask(folder, do="startup", device=device))


def edit(folder: Path, device: str, lines: Sequence[str]) -> list[str]:
    """Type configuration lines on `device` by hand; return what it said, faults aside."""
    return list(_ask(folder, do="edit", device=device, lines=list(lines)))


def bindings(
    folder: Path, device: str, instead: Sequence[Binding] | None = None
) -> tuple[Binding, ...]:
    """Return the DHCP bindings of `device`; with `instead` it has those from now on."""
    rows = None if instead is None else [asdict(one) for one in instead]
    return tuple(Binding(**row) for row in _ask(folder, do="bindings", device=device, rows=rows))


def reboot(folder: Path, device: str) -> None:
    """Pull the plug of `device`: sessions are cut, what was not saved is lost."""
    _ask(folder, do="reboot", device=device)


def counters(folder: Path) -> Mapping[str, Counts]:
    """Return what happened to each device since the lab was started."""
    answer: Mapping[str, Mapping[str, int]] = _ask(folder, do="counters")
    return {name: Counts(**counts) for name, counts in answer.items()}


def _ask(folder: Path, **request: object) -> Any:  # noqa: ANN401 - JSON
    """Ask the running lab; UsageError when it does not run, or cannot."""
    control = read_state(folder).get("control")
    if not control:
        raise UsageError(f"the lab in {folder} does not run; start it with: portvakt lab up")
    with socket.socket(socket.AF_UNIX) as line:
        try:
            line.connect(control)
        except OSError as error:
            raise UsageError(f"the lab in {folder} does not answer: {error}") from error
        line.sendall(json.dumps(request).encode() + b"\n")
        line.shutdown(socket.SHUT_WR)
        reply = json.loads(b"".join(_received(line)) or b"{}")
    if "error" in reply:
        raise UsageError(str(reply["error"]))
    return reply.get("answer")


def _received(line: socket.socket) -> Iterable[bytes]:
    while data := line.recv(65536):
        yield data
