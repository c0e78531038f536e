"""Stanzas become one OVSDB transaction (RFC 7047, section 5.2). Pure.

It waits for what was read, without patience: if a port is no longer as it was, nothing happens.
It asks to be on disk before it is answered, so there is nothing to save later.
"""

from __future__ import annotations

import base64
import json
import shlex
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Final

from automation.errors import Refused, Stale
from automation.model import Judged, Output, Refusal, Stanza, Timer
from automation.platforms.openvswitch.line import Held, PortLine, bits
from automation.platforms.openvswitch.snapshot import (
    COMMIT,
    GUARD,
    OUTLET,
    OWNER,
    SINCE,
    UNDO,
    UP,
    Json,
    Snapshot,
    members,
    uuids,
)

LIBRARY: Final = (files(__package__) / "switch.sh").read_text(encoding="utf-8")
DATABASE: Final = "Open_vSwitch"
_LONGEST: Final = 131_000
"""Linux takes 131,072 bytes in one argument of a program (execve(2), MAX_ARG_STRLEN)."""
_OWNED: Final = ("vlan_mode", "tag", "trunks", "protected", "qos", "external_ids")
_EMPTY: Final = ("set", ())


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


@dataclass(frozen=True, slots=True)
class OvsWork:
    """A change as it goes to the switch."""

    script: str
    operations: tuple[Operation, ...]
    steps: tuple[Step, ...]
    errors: frozenset[str] = field(default_factory=frozenset)

    def judge(self, output: Output) -> Judged:
        """Say what became of it: the transaction's answer first, then all that followed it."""
        reply, _, rest = output.out.partition("\n")
        try:
            results = json.loads(reply)
            fault = next(
                (at, one)
                for at, one in enumerate(results)
                if isinstance(one, dict) and "error" in one
            )
        except StopIteration:
            return Judged(True, self._aftermath(output, rest))
        except (ValueError, TypeError):
            return Judged(True, self._refusal(None, output.complaint or "it did not answer"))
        return self._turned_down(*fault)

    def _turned_down(self, at: int, result: Json) -> Judged:
        text = f"{result['error']}: {result.get('details', '')}".strip(": ")
        operation = self.operations[at] if at < len(self.operations) else None
        if operation is not None and operation.waits:
            return Judged(False, stale=f"{self._named(operation.stanza)} has moved meanwhile")
        stanza = operation.stanza if operation else None
        return Judged(False, self._refusal(stanza, text))

    def _aftermath(self, output: Output, rest: str) -> Refusal | None:
        """Return what went wrong after the commit: in OpenFlow, or at a port's interface."""
        if text := output.complaint:
            return self._refusal(None, text)
        try:
            rows = json.loads(rest)[0]["rows"]
        except (ValueError, LookupError, TypeError):
            return self._refusal(None, "the switch did not say how its interfaces are")
        for step in self.steps:
            for row in rows:
                new = [one for one in members(row["error"]) if one not in self.errors]
                if new and row["name"] == step.new.name:
                    return self._refusal(step.stanza, f"{row['name']}: {new[0]}")
        return None

    def _refusal(self, stanza: int | None, text: str) -> Refusal:
        step = next((one for one in self.steps if one.stanza == stanza), self.steps[0])
        return Refusal(step.line, text, step.stanza)

    def _named(self, stanza: int | None) -> str:
        step = next((one for one in self.steps if one.stanza == stanza), None)
        return step.old.key if step else "the switch's own record"


def change(seen: Snapshot, stanzas: Sequence[Stanza], timer: Timer | None) -> OvsWork:
    """Return the one transaction that carries `stanzas` out, guarded by what was `seen`.

    Raises:
        Stale: A port is not, in `seen`, what its stanza takes it for.
        Refused: A line cannot be carried out, or the transaction is too long for the switch.
    """
    steps = tuple(_step(seen, at, stanza) for at, stanza in enumerate(stanzas))
    forward = [*_guards(seen, steps), *(one for step in steps for one in _sets(step))]
    forward += _armed(seen, steps, timer) if timer else []
    operations = (*forward, *_ends())
    text = _json(operations)
    if len(text) > _LONGEST:
        why = f"the transaction has {len(text)} bytes, and a program takes {_LONGEST}"
        raise Refused(steps[0].line, why)
    names = [step.new.name for step in steps if _flows_differ(step)]
    call = ["pv_change", text, str(timer.seconds) if timer else "", timer.token if timer else ""]
    script = _script(*call, *names)
    errors = frozenset(text for step in steps for text in seen.errors(step.new.name))
    return OvsWork(script, operations, steps, errors)


def confirm(token: str) -> str:
    """Return the script that keeps a pending commit."""
    return _script("pv_transact", _json([*_unarmed(token), *_ends()]))


def revert(token: str) -> str:
    """Return the script that takes a pending commit back now."""
    return _script("pv_undo", token)


def _script(*words: str) -> str:
    """Return the switch's library with one call of it; no shell splits or expands a word."""
    return f'pv_library={shlex.quote(LIBRARY)}\neval "$pv_library"\n{shlex.join(words)}\n'


def _step(seen: Snapshot, at: int, stanza: Stanza) -> Step:
    """Read a stanza; what it undoes to must be what was seen."""
    try:
        (line,), (undo,) = stanza.lines, stanza.undo
        old, new = PortLine.parse(undo), PortLine.parse(line)
    except ValueError as error:
        shown = stanza.lines[0] if stanza.lines else stanza.subject
        raise Refused(shown, f"not sent: {error}") from error
    if old.key != new.key or new.up.live == "other" or new.dhcp_guard.live == "other":
        raise Refused(line, "not sent: it is not something that can be set")
    if old.name not in seen.ports or seen.line(old.name) != old:
        raise Stale(f"{old.key} has moved since it was read")
    return Step(at, line, old, new)


def _guards(seen: Snapshot, steps: Sequence[Step]) -> Iterator[Operation]:
    """Yield the waits: for each port as it was read, for its queue, and for our own record."""
    yield Operation(_wait(DATABASE, [], {"external_ids": seen.root["external_ids"]}))
    for step in steps:
        row = seen.ports[step.old.name]
        owned = {column: row[column] for column in _OWNED}
        yield Operation(_wait("Port", _named(step.old.name), owned), step.stanza)
        for one in uuids(row["qos"]):
            queue = {name: seen.qos[one][name] for name in ("type", "other_config", "queues")}
            yield Operation(_wait("QoS", [["_uuid", "==", ["uuid", one]]], queue), step.stanza)


def _sets(step: Step) -> Iterator[Operation]:
    """Yield what makes a port as its new line says; a queue of ours that it had goes."""
    new = step.new
    row: dict[str, Json] = {
        "vlan_mode": new.vlan_mode or _EMPTY,
        "tag": _EMPTY if new.tag is None else new.tag,
        "trunks": ["set", sorted(new.trunks)],
        "protected": new.protected,
    }
    if (step.old.down, step.old.qos) != (new.down, new.qos):
        mine = ["external_ids", "includes", ["map", [[OWNER, new.name]]]]
        yield Operation({"op": "delete", "table": "QoS", "where": [mine]}, step.stanza)
        row["qos"] = ["uuid", new.qos] if new.qos else _EMPTY
        if new.down:
            row["qos"] = ["named-uuid", f"q{step.stanza}"]
            yield Operation(_queue(f"q{step.stanza}", new), step.stanza)
    where = _named(new.name)
    yield Operation({"op": "update", "table": "Port", "where": where, "row": row}, step.stanza)
    notes: list[Json] = [["external_ids", "delete", ["set", [OUTLET, UP, GUARD]]]]
    kept = _remembered(new)
    notes += [["external_ids", "insert", ["map", kept]]] if kept else []
    body = {"op": "mutate", "table": "Port", "where": where, "mutations": notes}
    yield Operation(body, step.stanza)


def _queue(name: str, new: PortLine) -> Json:
    """Return the insertion of a plain HTB queue, with whose it is."""
    limits = [["max-rate", str(bits(new.down))]]
    row = {
        "type": "linux-htb",
        "other_config": ["map", limits],
        "external_ids": ["map", [[OWNER, new.name]]],
    }
    return {"op": "insert", "table": "QoS", "uuid-name": name, "row": row}


def _remembered(new: PortLine) -> list[list[str]]:
    """Return what the port's row remembers, as pairs."""
    up = str(bits(new.up.kept) // 1000) if new.up.kept else ""
    pairs = ((OUTLET, new.outlet), (UP, up), (GUARD, new.dhcp_guard.kept))
    return [[key, value] for key, value in pairs if value]


def _armed(seen: Snapshot, steps: Sequence[Step], timer: Timer) -> list[Operation]:
    """Return what writes the way back down beside the change, in the same transaction."""
    back = [Step(step.stanza, "", step.new, step.old) for step in steps]
    undo = [*_unarmed(timer.token), *(one for step in back for one in _sets(step)), *_ends()]
    packed = base64.b64encode(_gzip(_json(undo))).decode()
    record = [[COMMIT, timer.token], [UNDO, packed], [SINCE, f"{len(steps)} ports"]]
    mutation = ["external_ids", "insert", ["map", record]]
    return [Operation({"op": "mutate", "table": DATABASE, "where": [], "mutations": [mutation]})]


def _unarmed(token: str) -> Iterator[Operation]:
    """Yield what ends the pending commit `token`, if it is still that one that waits."""
    where = [["external_ids", "includes", ["map", [[COMMIT, token]]]]]
    gone = [["external_ids", "delete", ["set", [COMMIT, UNDO, SINCE]]]]
    # `where` must find the switch's one row, whatever its columns say: so any column will do.
    found = {
        "op": "wait",
        "timeout": 0,
        "table": DATABASE,
        "where": where,
        "columns": ["db_version"],
    }
    yield Operation({**found, "until": "!=", "rows": []})
    yield Operation({"op": "mutate", "table": DATABASE, "where": [], "mutations": gone})


def _ends() -> Iterator[Operation]:
    """Yield what ends every transaction: a number that the daemon repeats when it is done."""
    counted = [["next_cfg", "+=", 1]]
    yield Operation({"op": "mutate", "table": DATABASE, "where": [], "mutations": counted})
    yield Operation({"op": "select", "table": DATABASE, "where": [], "columns": ["next_cfg"]})
    yield Operation({"op": "comment", "comment": "portvakt"})
    yield Operation({"op": "commit", "durable": True})


def _wait(table: str, where: Json, row: Json) -> Json:
    found = {"op": "wait", "timeout": 0, "table": table, "where": where}
    return {**found, "columns": sorted(row), "until": "==", "rows": [row]}


def _named(name: str) -> Json:
    return [["name", "==", name]]


def _json(operations: Sequence[Operation]) -> str:
    return json.dumps([DATABASE, *(one.body for one in operations)], separators=(",", ":"))


def _gzip(text: str) -> bytes:
    """Return `text` as gzip(1) unpacks it, the same bytes for the same text."""
    packer = zlib.compressobj(9, wbits=31)
    return packer.compress(text.encode()) + packer.flush()


def _flows_differ(step: Step) -> bool:
    """Whether meter or flows have to be made anew."""
    return any(one.live != one.kept for one in _held(step.old)) or _held(step.old) != _held(
        step.new
    )


def _held(port: PortLine) -> tuple[Held, Held]:
    return port.up, port.dhcp_guard
