"""Which ports an agent has, under which numbers; and what they are called, how fast they are."""

from __future__ import annotations

from array import array
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import partial
from typing import Final

from gufo.snmp import ValueType

from automation.counters import Labels, Layout
from automation.errors import BadAgent
from automation.snmp import oids
from automation.snmp.link import Link, Walk
from automation.snmp.repair import LACKING, Repair
from automation.snmp.target import Target

NO_INTERFACE: Final = "the device has no interface of this name"
NOT_FOUND: Final = "the last walk of the device's names, within the hour, found none for this port"
"""What to say of a port that an earlier process did not find."""
STEPS: Final = (20, 5, 1)
"""Rows that a walk asks for at a time, and what it is tried with when rows are missing."""
_ROWS_AT_A_TIME: Final = 10
_LABELS: Final = (oids.NAME, oids.ALIAS, oids.HIGH_SPEED, oids.DISCONTINUITY)
_FEWEST: Final = 64
_MEGA: Final = 1_000_000
_NO_SPEED: Final = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Found:
    """The ports of an agent; `faults` are ports that cannot be polled, and why."""

    layout: Layout
    faults: Mapping[str, str]
    warning: str = ""


async def discover(
    link: Link, target: Target, number: int, changed: int | None, steps: Sequence[int] = STEPS
) -> Found:
    """Walk the names of the agent's interfaces and return its ports.

    `number` is ifNumber, 0 where the agent has none. A walk that is not whole is walked again in
    the next of `steps`, where that may bring more.

    Raises:
        BadAgent: the agent repeats itself, goes back or does not end, or names no interface.
    """
    most = max(4 * number, _FEWEST) if number else 16 * _FEWEST
    is_whole = partial(_is_whole, target, number)
    walk = await stepped(partial(_names, link, most), is_whole, steps)
    names = _named(walk)
    if not names:
        raise BadAgent("the agent names no interface (ifName, ifDescr)")
    cut = "" if is_whole(walk) else walk.cut
    types, types_cut = await _types(link, most, steps, names.keys())
    rows = sorted(
        (index, name)
        for index, name in names.items()
        if types.get(index) in oids.PORT_TYPES or target.full_name(name) in target.ports
    )
    return _found(target, rows, number, len(names), changed, cut or types_cut)


async def stepped(
    walk: Callable[[int], Awaitable[Walk]],
    is_whole: Callable[[Walk], bool],
    steps: Sequence[int] = STEPS,
) -> Walk:
    """Return the first walk that `is_whole`, in ever smaller `steps`; else the longest.

    A step is only tried where it may bring more than those before.
    """
    found = Walk({})
    for repetitions in steps:
        one = await walk(repetitions)
        if is_whole(one):
            return one
        found = max(one, found, key=lambda each: len(each.rows))
        if not found.may_bring_more:
            break
    return found


def _is_whole(target: Target, number: int, walk: Walk) -> bool:
    """Whether a walk of names has all of them.

    One that was cut has if it gave as many as `number` says, and all of the inventory. Too few
    for `number` alone is no sign: some agents count link aggregates that are not there.
    """
    names = _named(walk)
    known = {target.full_name(name) for name in names.values()}
    if walk.cut:
        return 0 < number <= len(names) and known.issuperset(target.ports)
    return len(names) >= number or known.issuperset(target.ports or ("",))


async def _types(
    link: Link, most: int, steps: Sequence[int], indexes: Set[int]
) -> tuple[Mapping[int, ValueType], str]:
    """Return ifType by ifIndex; and why it was cut, where some of `indexes` have none."""

    def is_whole(walk: Walk) -> bool:
        return _by_index(walk.rows).keys() >= indexes

    walk = await stepped(partial(link.walk, oids.TYPE, most), is_whole, steps)
    cut = f"that of types, {walk.cut}" if walk.cut and not is_whole(walk) else ""
    return _by_index(walk.rows), cut


async def _names(link: Link, most: int, repetitions: int) -> Walk:
    """Return the rows of ifName, or of ifDescr from agents older than ifXTable."""
    cut = ""
    for column in (oids.NAME, oids.DESCRIPTION):
        walk = await link.walk(column, most, repetitions)
        cut = cut or walk.cut
        if _by_index(walk.rows):
            return walk
    return Walk({}, cut)


def _named(walk: Walk) -> dict[int, str]:
    """Return names by ifIndex; what is no octets is none."""
    rows = _by_index(walk.rows)
    return {index: text(name) for index, name in rows.items() if isinstance(name, bytes)}


def _octets(value: ValueType) -> str:
    """Return a name or a description: octets (DisplayString), and nothing for anything else."""
    return text(value) if isinstance(value, bytes) else ""


def _by_index(rows: Mapping[str, ValueType]) -> dict[int, ValueType]:
    return {int(index): value for index, value in rows.items() if "." not in index}


def text(value: ValueType) -> str:
    """Return octets from a device as text; what is not UTF-8 or not printable shows as such."""
    plain = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return "".join(one if one.isprintable() else "\ufffd" for one in plain)


def _found(
    target: Target,
    rows: Sequence[tuple[int, str]],
    number: int,
    walked: int,
    changed: int | None,
    why: str,
) -> Found:
    """Return the ports in `rows`, of `walked` names; `why` says why there may be more of them."""
    by_port: dict[str, list[tuple[int, str]]] = {}
    for index, name in rows:
        by_port.setdefault(target.full_name(name), []).append((index, name))
    faults = {
        port: f"ifIndex {' and '.join(str(index) for index, _ in same)} have one name, {port}"
        for port, same in by_port.items()
        if len(same) > 1
    }
    good = [(port, *same[0]) for port, same in by_port.items() if port not in faults]
    missing = [port for port in target.ports if port not in by_port]
    faults.update(dict.fromkeys(missing, NO_INTERFACE))
    cut = bool(why) or (bool(missing) and (walked < number or not number))
    says = f"ifNumber says {number}" if number else "the agent has no ifNumber to count them by"
    warning = f"the walk of names gave {walked} rows, {says}" if cut else ""
    warning += f"; cut: {why}" if why else ""
    ports, indexes, if_names = zip(*good, strict=True) if good else ((), (), ())
    layout = Layout(tuple(ports), tuple(if_names), tuple(indexes), changed=changed, cut=cut)
    return Found(layout, faults, warning)


async def labels(
    repair: Repair, layout: Layout, at: float, rows: Iterable[int], old: Labels | None
) -> Labels | None:
    """Read descriptions, speeds and discontinuities of `rows`; the others stay as in `old`.

    None if one of the numbers has another name by now. Where ifHighSpeed is 0 or missing, ifSpeed
    is asked: below 1 Mbit/s, or an old agent. What an agent cannot say now stays as it was.
    """
    aliases = list(old.aliases) if old else [""] * len(layout.ports)
    speeds = array("Q", old.speeds if old else [0] * len(layout.ports))
    fresh = array("Q", old.discontinuities if old else [0] * len(layout.ports))
    for some in tens(list(rows)):
        columns = {row: [f"{one}.{layout.indexes[row]}" for one in _LABELS] for row in some}
        found = await repair.get([name for names in columns.values() for name in names])
        found |= {name: None for name, why in repair.reasons.items() if why == LACKING}
        for row, (name, alias, speed, began) in columns.items():
            if _octets(found.get(name)) not in ("", layout.if_names[row]):
                return None
            aliases[row] = _octets(found.get(alias, aliases[row].encode()))
            speeds[row] = number(found[speed]) * _MEGA if speed in found else speeds[row]
            fresh[row] = number(found.get(began, fresh[row]))
        slow = {f"{oids.SPEED}.{layout.indexes[row]}": row for row in some if not speeds[row]}
        for name, value in (await repair.get(list(slow))).items():
            speeds[slow[name]] = number(value) % _NO_SPEED
    return Labels(at, tuple(aliases), speeds, fresh)


def number(value: ValueType) -> int:
    """Return a value that has to be a whole number from 0 up, of 32 bits; 0 for anything else."""
    return value if oids.is_clock(value) else 0


def tens(rows: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield rows ten at a time: as many as one answer holds what is said of them."""
    for start in range(0, len(rows), _ROWS_AT_A_TIME):
        yield rows[start : start + _ROWS_AT_A_TIME]


async def same_names(repair: Repair, layout: Layout, rows: Sequence[int]) -> set[int] | None:
    """Return those of `rows` whose numbers have the names that they had when they were walked.

    None if one has another name; one whose name cannot be read is neither.
    """
    names = {row: f"{oids.NAME}.{layout.indexes[row]}" for row in rows}
    found = await repair.get(list(names.values()))
    if all(repair.reasons.get(name) == LACKING for name in names.values()):
        # An agent older than ifXTable: it was walked by its descriptions.
        names = {row: f"{oids.DESCRIPTION}.{layout.indexes[row]}" for row in rows}
        found = await repair.get(list(names.values()))
    read = {row: text(name) for row in rows if isinstance(name := found.get(names[row]), bytes)}
    is_same = all(name == layout.if_names[row] for row, name in read.items())
    return set(read) if is_same else None
