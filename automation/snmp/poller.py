"""All agents of a network, once a cycle; asyncio does not leave this room."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from random import random
from time import monotonic, time
from types import MappingProxyType, TracebackType
from typing import Final, Self

import uvloop

from automation.counters import Extras, Sample
from automation.errors import DeviceError, LoginFailed
from automation.model import TurnedDown
from automation.snmp.guard import LoginGuard
from automation.snmp.head import Head
from automation.snmp.reader import Reader
from automation.snmp.target import Limits, Target

NEVER: Final[Mapping[str, float]] = MappingProxyType({})
NOBODY: Final[Mapping[str, TurnedDown]] = MappingProxyType({})
_PROBES: Final = 256
"""Devices that are asked for their clock at a time: one small datagram each."""
_SHARED: Final = "engine id {id} is also that of {others}; give each device its own"
_OURS: Final = "our own fault: {kind}: {fault}"
_TOO_SLOW: Final = "left out: it answers much slower than it used to"


@dataclass(frozen=True, slots=True)
class Polled:
    """How one device ended in one cycle.

    Without `sample` nothing is known of it and `error` says why. `extras` are there when it was
    their turn. `faults` are ports of the
    inventory that cannot be read at all, and why. `warning` is about a device that was read.
    `requests` counts what was sent, `seconds` what it took.
    """

    device: str
    sample: Sample | None = None
    extras: Extras | None = None
    error: str = ""
    faults: Mapping[str, str] = field(default_factory=dict)
    warning: str = ""
    requests: int = 0
    seconds: float = 0.0
    engine: bytes = b""
    """The engine id of a v3 agent."""
    refusal: TurnedDown | None = None
    """That it turned the login down now."""


class Poller:
    """Polls a set of agents, cycle after cycle; sessions, engines and names are kept.

    Not for use from several threads. Close it in the end.
    """

    def __init__(
        self,
        targets: Iterable[Target],
        limits: Limits,
        before: Mapping[str, Sample],
        extras_at: Mapping[str, float] = NEVER,
    ) -> None:
        """Poll `targets`; `before` has the last sample of each device, where there is one.

        `extras_at` has the Unix time at which a device's extras were last read.
        """
        self._readers = [
            Reader(one, limits, before.get(one.device), extras_at.get(one.device, 0.0))
            for one in targets
        ]
        self._limits = limits
        self._runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)

    def cycle(self, refused: Mapping[str, TurnedDown] = NOBODY) -> tuple[Polled, ...]:
        """Read every device once; return how each ended, in the order of the targets.

        `refused` has how each device turned its login down that last did so; those are left alone
        for a while.
        """
        with _undisturbed():
            return self._runner.run(self._cycle(refused))

    def close(self) -> None:
        """Close the sockets."""
        self._readers = []
        self._runner.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    async def _cycle(self, refused: Mapping[str, TurnedDown]) -> tuple[Polled, ...]:
        probing = asyncio.Semaphore(_PROBES)
        reading = asyncio.Semaphore(self._limits.in_flight)
        logins = {one.target.login.name for one in self._readers if one.target.login.is_v3}
        guards = {name: LoginGuard(name) for name in logins}
        for one in self._readers:
            one.door.refusal = refused.get(one.target.device)
        tasks = [
            asyncio.create_task(_polled(one, guards.get(one.target.login.name), probing, reading))
            for one in sorted(self._readers, key=_turn)
        ]
        found = {polled.device: polled for polled in await asyncio.gather(*tasks)}
        slower = sorted(one.pace.slower for one in self._readers if one.pace.slower)
        for one in self._readers:
            one.pace.end_cycle(slower[len(slower) // 2] if slower else 0.0)
        return told_apart([found[one.target.device] for one in self._readers])


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let no garbage be collected meanwhile.

    A cycle makes and drops a dictionary a request, none of them in a circle; looking through all
    that the process holds, at every so many of them, costs a fifteenth of the cycle.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _turn(reader: Reader) -> tuple[float, float]:
    """Return which readers begin first.

    Those that were dead wait out their silence while the others are read. Over v3 those that
    were read last prove the login for the others; chance decides among those that never were, or
    five bad ones would stand before all others for ever.
    """
    if reader.target.login.is_v3:
        return -reader.last, random()  # noqa: S311 - nothing secret hangs on it
    return float(reader.alive), 0.0


async def _polled(
    reader: Reader,
    guard: LoginGuard | None,
    probing: asyncio.Semaphore,
    reading: asyncio.Semaphore,
) -> Polled:
    """Return how one device ended; whatever it does, it ends."""
    device = reader.target.device
    if not reader.pace.may_begin():
        return Polled(device, error=_TOO_SLOW)
    if why := reader.door.left_out():
        return Polled(device, error=why)
    begun, sent, refused = monotonic(), reader.requests, reader.door.refusal
    sample, extras, error, warning = None, None, "", ""
    try:
        await reader.find()
        head = await _probed(reader, guard, probing)
        async with reading:
            begun = monotonic()
            sample = await reader.read(head, time())
            extras, warning = await _extras(reader, sample)
    except DeviceError as fault:
        error = str(fault)
    except Exception as fault:  # noqa: BLE001 - what one agent makes us do must not cost the others
        error = _OURS.format(kind=type(fault).__name__, fault=fault)
    reader.alive = sample is not None
    return Polled(
        device,
        sample,
        extras,
        error,
        reader.faults if sample else {},
        "; ".join(filter(None, (reader.warning, warning))),
        reader.requests - sent,
        monotonic() - begun,
        reader.engine if sample else b"",
        reader.door.refusal if reader.door.refusal is not refused else None,
    )


async def _extras(reader: Reader, sample: Sample) -> tuple[Extras | None, str]:
    """Return a device's extras, if it is their turn; a fault of ours costs only them."""
    try:
        return await reader.extras(sample), ""
    except Exception as fault:  # noqa: BLE001 - the sample stands, whatever its extras make us do
        why = _OURS.format(kind=type(fault).__name__, fault=fault)
        return reader.no_extras(sample, why), f"light, power and neighbours: {why}"


async def _probed(reader: Reader, guard: LoginGuard | None, probing: asyncio.Semaphore) -> Head:
    """Return a device's clock; the login is only tried as its guard allows."""
    watched = guard.watch(reader.target.device) if guard else nullcontext()
    try:
        async with watched as leave, probing:
            return await reader.probe(leave)
    except LoginFailed as error:
        raise LoginFailed(await reader.door.turned_down(error)) from error


def told_apart(found: Sequence[Polled]) -> tuple[Polled, ...]:
    """Return `found`, without what came from agents that share an engine id.

    The id is what tells one agent from another (RFC 3411, 5): two addresses with one id are one
    device, or two of which each may be taken for the other. What is left of one keeps its id: it
    may have been told apart from some only, and meet the others yet.
    """
    by_engine: dict[bytes, list[str]] = {}
    for one in found:
        if one.engine:
            by_engine.setdefault(one.engine, []).append(one.device)
    return tuple(
        _shared(one, others)
        if (others := [name for name in by_engine.get(one.engine, ()) if name != one.device])
        else one
        for one in found
    )


def _shared(one: Polled, others: Sequence[str]) -> Polled:
    """Return what is left of a reading whose engine id is also that of others: that it was made."""
    error = _SHARED.format(id=one.engine.hex(), others=", ".join(others))
    return replace(one, sample=None, extras=None, error=error, faults={}, warning="")
