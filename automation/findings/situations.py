"""Which findings are one and the same trouble, and which trouble comes first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from automation.findings.by_device import ByDevice
from automation.findings.deliveries import Deliveries, Impact
from automation.findings.hearing import flaps, is_current
from automation.findings.reading import SHUT
from automation.findings.topology import Cut, End, Topology, Wire
from automation.model import Finding, FindingKind, natural_key

_SETTLING: Final = 300.0
"""Seconds after a restart in which the ports that went down with it are part of it."""
_WITH_START: Final = 120.0
"""Seconds by which ports that go down with a restart are reported before or after it."""


class Trouble(StrEnum):
    """What is the matter, gravest first."""

    CUT_OFF = "cut off"
    """No way leads to these devices any more."""
    FLAPPING = "flapping"
    LINK_LOST = "link lost"
    """A link between devices has failed; another way is left."""
    POWER = "power"
    SENSOR = "sensor"
    RESTART = "restart"
    LOGIN = "login"
    DOWN = "down"
    SHUT = "shut"
    """A port that somebody has shut."""


@dataclass(frozen=True, slots=True)
class Situation:
    """One trouble, with all the findings that are only its consequences folded into it.

    `devices` are cut off, `ports` are those that are down. `since` and `last` are Unix time;
    `count` says how often it happened, `folded` how many findings it stands for.
    """

    trouble: Trouble
    device: str
    subject: str
    since: float
    last: float
    count: int
    detail: str = ""
    folded: int = 1
    devices: tuple[str, ...] = ()
    ports: tuple[End, ...] = ()
    impact: Impact = field(default_factory=Impact)

    @property
    def touched(self) -> frozenset[str]:
        """The devices whose outlets may be hit."""
        return frozenset(self.devices) | {device for device, _ in self.ports}

    @property
    def key(self) -> tuple[Trouble, str, str]:
        """What tells one trouble from another while it lasts."""
        return self.trouble, self.device, self.subject


_Belongs = Callable[[Finding], bool]


def situations(
    findings: Iterable[Finding], topology: Topology, now: float, quiet: float
) -> tuple[Situation, ...]:
    """Return what is the matter now, without whom it hits.

    Each current finding ends in exactly one situation.
    """
    left = ByDevice(one for one in findings if is_current(one, now, quiet))
    found: list[Situation] = []
    down = {(one.device, one.subject) for one in left if _is_down(one)}
    for cut in topology.cuts(down):
        ends = {device for wire in cut.failed for device in _devices(wire)}
        found.append(_cut(cut, _taken(left, cut.devices | ends, _part_of(cut))))
    for wire in _links(left, topology):
        found.append(_link(wire, _taken(left, _devices(wire), _ends(wire)), topology, now, quiet))
    for restart in [one for one in left if one.kind is FindingKind.RESTART]:
        folded = _taken(left, [restart.device], _with_start(restart, now))
        found.append(_restart(restart, folded))
    found.extend(_single(one, now, quiet) for one in left)
    return tuple(found)


def ranked(found: Iterable[Situation], deliveries: Deliveries) -> tuple[Situation, ...]:
    """Return situations with whom they hit: welfare first, then by outlets, then by gravity."""
    order = list(Trouble)
    known = [replace(one, impact=deliveries.impact(one.devices, one.ports)) for one in found]

    def place(one: Situation) -> tuple[object, ...]:
        impact, gravity = one.impact, order.index(one.trouble)
        hit = (-len(impact.welfare), -impact.outlets)
        return *hit, gravity, one.device, natural_key(one.subject)

    return tuple(sorted(known, key=place))


def _is_down(one: Finding) -> bool:
    return one.kind is FindingKind.LINK and one.is_open


def _taken(left: ByDevice, devices: Iterable[str], belongs: _Belongs) -> list[Finding]:
    """Take the findings of `devices` that belong together out of `left`, and return them."""
    taken = [one for device in devices for one in left.of(device) if belongs(one)]
    for one in taken:
        left.take(one)
    return taken


def _devices(wire: Wire) -> set[str]:
    """Return the devices of the inventory that a link ends at."""
    return {end[0] for end in (wire.lower, wire.upper) if end}


def _part_of(cut: Cut) -> _Belongs:
    """Return what is a consequence of a cut: all its devices say, and the failed links' ends."""
    ends = {end for wire in cut.failed for end in (wire.lower, wire.upper)}

    def belongs(one: Finding) -> bool:
        on_link = one.kind is FindingKind.LINK and (one.device, one.subject) in ends
        return one.device in cut.devices or on_link

    return belongs


def _cut(cut: Cut, folded: Sequence[Finding]) -> Situation:
    """Return a cut; it began when the last of the ways to it failed."""
    ends = {end for wire in cut.failed for end in (wire.lower, wire.upper)}
    causes = [one for one in folded if (one.device, one.subject) in ends and _is_down(one)]
    device, subject = min(wire.lower for wire in cut.failed)
    began = max(one.last for one in causes)
    return Situation(
        Trouble.CUT_OFF,
        device,
        subject,
        began,
        began,
        max(one.count for one in causes),
        ", ".join(_way(wire) for wire in cut.failed) + " down",
        len(folded),
        tuple(sorted(cut.devices, key=lambda name: (name != device, name))),
    )


def _way(wire: Wire) -> str:
    above = "" if wire.upper is None else f" to {' '.join(wire.upper)}"
    return f"{' '.join(wire.lower)}{above}"


def _links(left: ByDevice, topology: Topology) -> list[Wire]:
    """Return each link between devices that has a finding at one of its ends, once."""
    wires: dict[Wire, None] = {}
    for one in left:
        wire = topology.wire((one.device, one.subject))
        if wire is not None and one.kind is FindingKind.LINK:
            wires[wire] = None
    return list(wires)


def _ends(wire: Wire) -> _Belongs:
    ends = (wire.lower, wire.upper)
    return lambda one: one.kind is FindingKind.LINK and (one.device, one.subject) in ends


def _link(
    wire: Wire, folded: Sequence[Finding], topology: Topology, now: float, quiet: float
) -> Situation:
    """Return a link that has failed while another way is left, or that comes and goes.

    What flaps hits all that would be cut off if it stayed down.
    """
    flapping = any(flaps(one, now, quiet) for one in folded)
    behind = topology.cuts([wire.lower]) if flapping else ()
    return Situation(
        Trouble.FLAPPING if flapping else Trouble.LINK_LOST,
        *wire.lower,
        min(one.first if flapping else one.last for one in folded),
        max(one.last for one in folded),
        max(one.count for one in folded),
        _way(wire),
        len(folded),
        tuple(sorted(name for cut in behind for name in cut.devices)),
    )


def _with_start(restart: Finding, now: float) -> _Belongs:
    """Return what of a device is its restart, or a port that went down with that."""
    settling = now - restart.last <= _SETTLING

    def belongs(one: Finding) -> bool:
        together = abs(one.last - restart.last) <= _WITH_START
        return one is restart or (settling and together and _is_down(one))

    return belongs


def _restart(restart: Finding, folded: Sequence[Finding]) -> Situation:
    ports = tuple((one.device, one.subject) for one in folded if _is_down(one))
    return replace(_plain(Trouble.RESTART, restart), folded=len(folded), ports=tuple(sorted(ports)))


def _single(one: Finding, now: float, quiet: float) -> Situation:
    """Return a finding that stands for itself."""
    if one.kind is not FindingKind.LINK:
        return _plain(Trouble(one.kind.value), one)
    port = ((one.device, one.subject),)
    if flaps(one, now, quiet):
        return replace(_plain(Trouble.FLAPPING, one), ports=port)
    trouble = Trouble.SHUT if one.detail == SHUT else Trouble.DOWN
    return replace(_plain(trouble, one), since=one.last, ports=port)


def _plain(trouble: Trouble, one: Finding) -> Situation:
    return Situation(trouble, one.device, one.subject, one.first, one.last, one.count, one.detail)
