"""The twin as a process: every device at its address, and a control socket to bend them.

`python -m automation.lab.server FOLDER JSON` detaches, and returns when every device listens.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import resource
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import asyncssh

from automation.lab.agent.agent import Agent
from automation.lab.agent.truth import truth
from automation.lab.agent.wire import Port
from automation.lab.agents import Agents, sink
from automation.lab.faults import Fault, FaultKind, Wording
from automation.lab.files import LabPlan, address, private_key, read_plan, read_state, write_state
from automation.lab.fleet import Systems, switch_of
from automation.lab.terminal import Pace
from automation.lab.values import Binding
from automation.lab.wire import Station

_LONGEST_FOLDER: Final = 80


class Lab:
    """A running lab: its stations by name, and what may be asked of it."""

    def __init__(
        self, plan: LabPlan, stations: Mapping[str, Station], agents: Mapping[str, Agent]
    ) -> None:
        """Hold the stations and agents of a plan."""
        self._plan = plan
        self._stations = stations
        self._agents = agents
        self.stopping = asyncio.Event()

    async def ask(self, request: Mapping[str, Any]) -> object:
        """Carry out one request of the control socket and return what is answered."""
        if "device" in request:
            return await self._ask_device(self._station(request["device"]), request)
        match request["do"]:
            case "who":
                return {"pid": os.getpid(), "devices": len(self._stations)}
            case "stop":
                self.stopping.set()
            case "counters":
                counts = {name: one.switch.counts for name, one in self._stations.items()}
                return {name: asdict(count) for name, count in counts.items()}
            case "truth":
                return {name: truth(self._agents[name]) for name in request["devices"]}
            case "freeze" | "unfreeze" as what:
                self._hold(held=what == "freeze")
            case "traps":
                self._send_traps(request["user"])
            case what:
                raise ValueError(f"the lab cannot {what!r}")
        return None

    def _hold(self, *, held: bool) -> None:
        for agent in self._agents.values():
            agent.device.hold(held=held)

    def _send_traps(self, user: str) -> None:
        sinks = (sink(self._plan.traps, user),)
        for agent in self._agents.values():
            agent.sinks = sinks

    async def _ask_device(self, station: Station, request: Mapping[str, Any]) -> object:
        switch = station.switch
        match request["do"]:
            case "running":
                return switch.running()
            case "startup":
                return switch.startup()
            case "edit":
                return switch.edit(request["lines"])
            case "bindings":
                return _bindings(station, request["rows"])
            case "reboot":
                station.cut_all()
                switch.reboot()
            case "break" | "mend":
                await _break(station, request.get("fault"))
                self._agents[request["device"]].strike(station.switch.fault)
            case what:
                raise ValueError(f"the lab cannot {what!r}")
        return None

    def _station(self, name: str) -> Station:
        if name not in self._stations:
            raise ValueError(f"no device {name!r} in this lab")
        return self._stations[name]


def _bindings(station: Station, rows: Sequence[Mapping[str, Any]] | None) -> object:
    """Give a device other DHCP bindings if there are any; return those it has."""
    if rows is not None:
        station.switch.bindings = tuple(Binding(**row) for row in rows)
    return [asdict(one) for one in station.switch.bindings]


async def _break(station: Station, raw: Mapping[str, Any] | None) -> None:
    """Give a device a fault, or take it away."""
    before = station.switch.fault
    fault = raw and Fault(
        FaultKind(raw["kind"]), raw["line"], raw["match"], Wording(raw["wording"]), raw["ms"]
    )
    station.switch.fault = fault or None
    kinds = {one.kind for one in (before, fault) if one}
    if kinds & {FaultKind.HOST_KEY, FaultKind.DEAD}:
        await _answer_otherwise(station)
    if kinds & {FaultKind.DEAD, FaultKind.RENUMBER} and fault:
        station.cut_all()
    if fault and fault.kind is FaultKind.RENUMBER:
        station.switch.reboot()


async def _answer_otherwise(station: Station) -> None:
    """Listen with another host key, not at all, or as ever: what the fault wants."""
    kind = station.switch.fault.kind if station.switch.fault else None
    await station.close()
    if kind is not FaultKind.DEAD:
        strange = kind is FaultKind.HOST_KEY
        await station.listen(asyncssh.generate_private_key("ssh-ed25519") if strange else None)


async def _serve_control(lab: Lab, path: Path) -> asyncio.AbstractServer:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = await reader.readline()
        try:
            answer = {"answer": await lab.ask(json.loads(line))} if line else {}
        except (ValueError, KeyError) as error:
            answer = {"error": str(error)}
        writer.write(json.dumps(answer).encode() + b"\n")
        await writer.drain()
        writer.close()

    return await asyncio.start_unix_server(talk, str(path), limit=2**24)


def _stations(plan: LabPlan, keys: Mapping[str, str], pace: Pace) -> dict[str, Station]:
    systems = Systems()
    stations = {}
    for index, device in enumerate(plan.fleet()):
        where = address(plan.network, index)
        key = asyncssh.import_private_key(private_key(keys[device.name]))
        stations[device.name] = Station(
            switch_of(device, where, systems), where, plan.port, key, pace
        )
    return stations


async def serve(folder: Path, pace: Pace, ready: int) -> None:
    """Serve the lab of `folder` until it is told to stop; a byte on `ready` says it is up."""
    state = read_state(folder)
    plan = read_plan(folder)
    stations = _stations(plan, state["keys"], pace)
    switches = {name: station.switch for name, station in stations.items()}
    agents = Agents(plan.seed, plan.traps).build(plan.fleet(), switches)
    for station in stations.values():
        await station.listen()
    ports = [Port(agent, stations[name].address, plan.port) for name, agent in agents.items()]
    gc.freeze()  # what a city is made of stays; looking through it again costs the sessions
    lab = Lab(plan, stations, agents)
    with tempfile.TemporaryDirectory(prefix="pv-lab-", dir=_short_folder()) as place:
        socket = Path(place) / "control"
        server = await _serve_control(lab, socket)
        write_state(folder, {**state, "pid": os.getpid(), "control": str(socket)})
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, lab.stopping.set)
        os.write(ready, b"\n")
        os.close(ready)
        await lab.stopping.wait()
        server.close()
        for port in ports:
            port.close()
        for station in stations.values():
            station.cut_all()
            await station.close()
        write_state(folder, {**read_state(folder), "pid": None, "control": None})


def _short_folder() -> str:
    """Return where a socket may lie: its whole path has room for 107 characters (unix(7))."""
    folder = tempfile.gettempdir()
    return folder if len(folder) < _LONGEST_FOLDER else "/tmp"  # noqa: S108 - a new 0700 folder in it


def _raise_limit() -> None:
    """Allow as many open files as the machine does: a device holds one, a session another."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _detach(folder: Path) -> int:
    """Go on in a process of its own; return the pipe on which it says that it is ready.

    The process that was started waits for that, and exits 0, or 1 when there is none. Whoever
    starts it gives it a session (`automation.lab.starting`), so that it outlives the terminal.
    """
    wait, ready = os.pipe()
    if os.fork():
        os.close(ready)
        os._exit(0 if os.read(wait, 1) else 1)
    os.close(wait)
    log = os.open(folder / ".portvakt" / "lab.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    return ready


def main(argv: list[str]) -> None:
    """Serve the lab of the folder `argv[0]` at the pace of the JSON `argv[1]`, detached."""
    folder = Path(argv[0])
    ready = _detach(folder)
    _raise_limit()
    asyncio.run(serve(folder, Pace(**json.loads(argv[1])), ready))


if __name__ == "__main__":
    main(sys.argv[1:])
