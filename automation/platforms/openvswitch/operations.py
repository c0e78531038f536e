"""The operations of one OVSDB transaction (RFC 7047, section 5.2). Pure.

Operations are carried out in order and are in force together, or not at all. A long list of
trunks stands in a transaction once, however many ports carry it: the ports are marked, the list
goes to all that have the mark, and the mark is gone before anybody can see it.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from automation.model import Timer
from automation.platforms.openvswitch.line import OTHER, PortLine, bits
from automation.platforms.openvswitch.record import COMMIT, RECORD, SINCE, UNDO, UNTIL, until
from automation.platforms.openvswitch.snapshot import (
    FENCE,
    GUARD,
    OUTLET,
    OWNER,
    QUEUE,
    UP,
    Json,
    Snapshot,
    uuids,
)

DATABASE: Final = "Open_vSwitch"
_OWNED: Final = ("vlan_mode", "tag", "trunks", "protected", "qos", "external_ids")
_EMPTY: Final = ("set", ())
_LONG: Final = 16
"""From so many trunks on a list that several ports carry is sent once."""
_MARK: Final = "portvakt-same"

Groups: TypeAlias = Mapping[frozenset[int], str]
"""Long lists of trunks that several ports carry, each with the mark of those ports."""


@dataclass(frozen=True, slots=True)
class Step:
    """A port on its way from one line to another; `stanza` is the index of the stanza it is."""

    stanza: int
    line: str
    old: PortLine
    new: PortLine


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a transaction, and the index of the stanza that it is for."""

    body: Json
    stanza: int | None = None

    @property
    def waits(self) -> bool:
        """Whether its failing means that something has moved."""
        return bool(self.body["op"] == "wait")


def guards(seen: Snapshot, steps: Sequence[Step]) -> Iterator[Operation]:
    """Yield the waits: for our own record as it was read, for each port, and for its queue.

    The record, in which the mark of a fence stands, is asked for first: what it was instead is then
    in the answer of a transaction that it holds up, and nothing but a wait fails before the ports'.
    """
    root = {"external_ids": seen.root["external_ids"]}
    yield Operation({"op": "select", "table": DATABASE, "where": [], "columns": [*root]})
    yield Operation(_wait(DATABASE, [], root))
    groups = _groups(step.old.trunks for step in steps)
    for step in steps:
        row = seen.ports[step.old.name]
        once = step.old.trunks in groups
        owned = {name: row[name] for name in _OWNED if not (once and name == "trunks")}
        yield Operation(_wait("Port", _named(step.old.name), owned), step.stanza)
        for one in uuids(row["qos"]):
            queue = {name: seen.qos[one][name] for name in ("type", "other_config", "queues")}
            yield Operation(_wait("QoS", [["_uuid", "==", ["uuid", one]]], queue), step.stanza)
    for step in steps:
        if step.old.trunks in groups:
            mark = [[_MARK, groups[step.old.trunks]]]
            yield Operation(_noted("Port", _named(step.old.name), ["insert", ["map", mark]]))
    yield from _once(groups, lambda where, trunks: _wait("Port", where, {"trunks": trunks}))


def sets(steps: Sequence[Step]) -> Iterator[Operation]:
    """Yield what makes each port as its new line says; a queue of ours that it had goes."""
    groups = _groups(step.new.trunks for step in steps)
    for step in steps:
        mark = groups.get(step.new.trunks)
        row, keys = _columns(step.new, with_trunks=mark is None), [OUTLET, UP, GUARD]
        if (step.old.down, step.old.qos) != (step.new.down, step.new.qos):
            yield from _queues(step)
            row["qos"] = _queue(step)
            keys.append(QUEUE)
        where = _named(step.new.name)
        update = {"op": "update", "table": "Port", "where": where, "row": row}
        yield Operation(update, step.stanza)
        kept = _remembered(step.new) + ([[_MARK, mark]] if mark else [])
        gone = ["delete", ["set", keys]]
        changes = [gone, ["insert", ["map", kept]]] if kept else [gone]
        yield Operation(_noted("Port", where, *changes), step.stanza)
    yield from _once(
        groups,
        lambda where, trunks: {
            "op": "update",
            "table": "Port",
            "where": where,
            "row": {"trunks": trunks},
        },
    )


def armed(seen: Snapshot, steps: Sequence[Step], timer: Timer) -> Operation:
    """Return what writes the way back down beside the change, in the same transaction.

    What was left of another's record goes first: to insert a key that is there changes nothing.
    """
    back = [Step(step.stanza, "", step.new, step.old) for step in steps]
    undo = text((*unarmed(timer.token), *sets(back), *ends()))
    packed = base64.b64encode(_gzip(undo)).decode()
    record = [
        [COMMIT, timer.token],
        [UNDO, packed],
        [SINCE, f"ports: {len(steps)}"],
        [UNTIL, until(seen.boot, seen.uptime, timer.seconds)],
    ]
    changes = ["delete", ["set", [*RECORD]]], ["insert", ["map", record]]
    return Operation(_noted(DATABASE, [], *changes))


def unarmed(token: str) -> Iterator[Operation]:
    """Yield what ends the pending commit `token`, if it is still that one that waits."""
    where = _includes(COMMIT, token)
    # Any column will do: what counts is that the one row is found.
    found = {"op": "wait", "timeout": 0, "table": DATABASE, "where": where, "until": "!="}
    yield Operation({**found, "columns": ["db_version"], "rows": []})
    yield Operation(_noted(DATABASE, [], ["delete", ["set", [*RECORD]]]))


def kept(token: str) -> Iterator[Operation]:
    """Yield what keeps the pending commit `token`."""
    yield from unarmed(token)
    yield from _durable("portvakt: confirmed")


def fenced(mark: str) -> Iterator[Operation]:
    """Yield what sets the mark of a fence; a map's key has to go before it has another value."""
    changes = ["delete", ["set", [FENCE]]], ["insert", ["map", [[FENCE, mark]]]]
    yield Operation(_noted(DATABASE, [], *changes))
    yield from _durable("portvakt: fenced")


def ends() -> Iterator[Operation]:
    """Yield what ends every transaction: a number that the daemon repeats when it is done.

    The answer comes when it is on disk, so there is nothing to save later.
    """
    counted = [["next_cfg", "+=", 1]]
    yield Operation({"op": "mutate", "table": DATABASE, "where": [], "mutations": counted})
    yield Operation({"op": "select", "table": DATABASE, "where": [], "columns": ["next_cfg"]})
    yield from _durable("portvakt")


def _durable(why: str) -> Iterator[Operation]:
    """Yield what lets the database answer only when all is on its disk; its log says why."""
    yield Operation({"op": "comment", "comment": why})
    yield Operation({"op": "commit", "durable": True})


def text(operations: Iterable[Operation]) -> str:
    """Return the parameters of the request as JSON."""
    return json.dumps([DATABASE, *(one.body for one in operations)], separators=(",", ":"))


def _columns(new: PortLine, *, with_trunks: bool) -> dict[str, Json]:
    row: dict[str, Json] = {
        "vlan_mode": new.vlan_mode or _EMPTY,
        "tag": _EMPTY if new.tag is None else new.tag,
        "protected": new.protected,
    }
    return {**row, "trunks": _set(new.trunks)} if with_trunks else row


def _queues(step: Step) -> Iterator[Operation]:
    """Yield what takes the port's old queue away, if it is ours, and makes the new one."""
    new = step.new
    where = _includes(OWNER, new.name)
    yield Operation({"op": "delete", "table": "QoS", "where": where}, step.stanza)
    if new.down.kept:
        row = {
            "type": "linux-htb",
            "other_config": ["map", [["max-rate", str(bits(new.down.kept))]]],
            "external_ids": ["map", [[OWNER, new.name]]],
        }
        name = f"q{step.stanza}"
        body = {"op": "insert", "table": "QoS", "uuid-name": name, "row": row}
        yield Operation(body, step.stanza)


def _queue(step: Step) -> Json:
    """Return what the port's column refers to: our new queue, somebody else's, or none."""
    if step.new.down.kept:
        return ["named-uuid", f"q{step.stanza}"]
    return ["uuid", step.new.qos] if step.new.qos else _EMPTY


def _remembered(new: PortLine) -> list[list[str]]:
    """Return what the port's row remembers, as pairs; what we cannot read is not put back."""
    up, guard = ("" if one.kept == OTHER else one.kept for one in (new.up, new.dhcp_guard))
    pairs = ((OUTLET, new.outlet), (UP, str(bits(up) // 1000) if up else ""), (GUARD, guard))
    return [[key, value] for key, value in pairs if value]


def _groups(lists: Iterable[frozenset[int]]) -> Groups:
    counted = Counter(one for one in lists if len(one) >= _LONG)
    shared = (trunks for trunks, ports in counted.items() if ports > 1)
    return {trunks: str(number) for number, trunks in enumerate(shared)}


def _once(groups: Groups, body: Callable[[Json, Json], Json]) -> Iterator[Operation]:
    """Yield an operation on all ports with a mark, and what takes the mark away."""
    for trunks, mark in groups.items():
        where = _includes(_MARK, mark)
        yield Operation(body(where, _set(trunks)))
        yield Operation(_noted("Port", where, ["delete", ["set", [_MARK]]]))


def _noted(table: str, where: Json, *changes: Json) -> Json:
    mutations = [["external_ids", *change] for change in changes]
    return {"op": "mutate", "table": table, "where": where, "mutations": mutations}


def _wait(table: str, where: Json, row: Json) -> Json:
    """Return a wait without patience: it fails where the row is another one, or none."""
    found = {"op": "wait", "timeout": 0, "table": table, "where": where}
    return {**found, "columns": sorted(row), "until": "==", "rows": [row]}


def _named(name: str) -> Json:
    return [["name", "==", name]]


def _includes(key: str, value: str) -> Json:
    return [["external_ids", "includes", ["map", [[key, value]]]]]


def _set(ids: Iterable[int]) -> Json:
    return ["set", sorted(ids)]


def _gzip(said: str) -> bytes:
    """Return `said` as gzip(1) unpacks it, the same bytes for the same text."""
    packer = zlib.compressobj(9, wbits=31)
    return packer.compress(said.encode()) + packer.flush()
