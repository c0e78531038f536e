"""An OVSDB and an OpenFlow table in memory, after their specifications; for judges.

RFC 7047 sections 3.2 and 5, and the parts of ovs-vswitchd.conf.db(5) that say what a Port is. It
shares nothing with the product: tests/integration/openvswitch holds the two against the real ones.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

Json = Any
Row = dict[str, Json]

EMPTY = ["set", []]
NO_MAP = ["map", []]
DEFAULTS: dict[str, Row] = {
    "Port": {
        "vlan_mode": EMPTY,
        "tag": EMPTY,
        "trunks": EMPTY,
        "protected": False,
        "qos": EMPTY,
        "external_ids": NO_MAP,
    },
    "QoS": {"type": "", "other_config": NO_MAP, "queues": NO_MAP, "external_ids": NO_MAP},
}
MODES = {"access", "trunk", "native-tagged", "native-untagged", "dot1q-tunnel"}


class Fault(Exception):
    """An operation that fails: the error's name, and its details."""

    def __init__(self, error: str, details: str) -> None:
        super().__init__(error)
        self.result = {"details": details, "error": error}


def plain(value: Json) -> Json:
    """Return a column as something that can be compared, whatever its order (section 5.1)."""
    if isinstance(value, list | tuple) and value and value[0] in ("set", "map"):
        kind, members = value
        found = frozenset(
            tuple(map(plain, one)) if kind == "map" else plain(one) for one in members
        )
        return kind, found
    if isinstance(value, list | tuple):
        return tuple(value)
    return "set", frozenset({value}) if not isinstance(value, bool) else value


@dataclass
class Database:
    """Tables of rows by uuid."""

    tables: dict[str, dict[str, Row]] = field(
        default_factory=lambda: {
            name: {} for name in ("Open_vSwitch", "Port", "QoS", "Interface", "Bridge")
        }
    )
    made: int = 0

    def add(self, table: str, row: Row) -> str:
        """Put a row in, with the columns' defaults."""
        self.made += 1
        name = str(UUID(int=self.made))
        self.tables[table][name] = {**copy.deepcopy(DEFAULTS.get(table, {})), **row}
        return name

    def named(self, table: str, name: str) -> Row:
        """Return the row with that name."""
        (row,) = (row for row in self.tables[table].values() if row["name"] == name)
        return row

    def transact(self, params: list[Json]) -> list[Json]:
        """Carry out the operations, all or none (section 4.1.3)."""
        before = copy.deepcopy(self.tables)
        results: list[Json] = []
        symbols: dict[str, str] = {}
        try:
            for operation in params[1:]:
                results.append(self._operation(operation, symbols))
            self._check()
        except Fault as fault:
            self.tables = before
            results += [fault.result, *[None] * (len(params) - len(results) - 2)]
        return results

    def _operation(self, body: Row, symbols: dict[str, str]) -> Json:
        if body["op"] in ("comment", "commit"):
            return {}
        if body["op"] == "insert":
            row = {name: _resolved(value, symbols) for name, value in body["row"].items()}
            symbols[body["uuid-name"]] = self.add(body["table"], row)
            return {"uuid": ["uuid", symbols[body["uuid-name"]]]}
        rows = dict(self._where(body["table"], body["where"]))
        if body["op"] == "select":
            return {"rows": [_shown(name, row, body["columns"]) for name, row in rows.items()]}
        if body["op"] == "wait":
            self._wait(body, rows)
            return {}
        for name, row in rows.items():
            self._changed(body, name, row, symbols)
        return {"count": len(rows)}

    def _changed(self, body: Row, name: str, row: Row, symbols: dict[str, str]) -> None:
        if body["op"] == "delete":
            del self.tables[body["table"]][name]
        elif body["op"] == "update":
            row |= {column: _resolved(value, symbols) for column, value in body["row"].items()}
        else:
            assert body["op"] == "mutate"
            for column, mutator, value in body["mutations"]:
                row[column] = _mutated(row[column], mutator, value)

    def _where(self, table: str, where: list[Json]) -> Iterator[tuple[str, Row]]:
        for name, row in self.tables[table].items():
            if all(_holds({"_uuid": ["uuid", name], **row}, *clause) for clause in where):
                yield name, row

    def _wait(self, body: Row, rows: dict[str, Row]) -> None:
        columns = body["columns"]
        has = {tuple(plain(row.get(column)) for column in columns) for row in rows.values()}
        wants = {tuple(plain(row[column]) for column in columns) for row in body["rows"]}
        assert body["timeout"] == 0
        if (has == wants) != (body["until"] == "=="):
            raise Fault("timed out", '"where" clause test failed')

    def _check(self) -> None:
        """Hold what a commit must not break: values, and references (section 3.2)."""
        for row in self.tables["Port"].values():
            for tag in (*_members(row["tag"]), *_members(row["trunks"])):
                if not 0 <= tag <= 4095:
                    raise Fault(
                        "constraint violation", f"{tag} is not in the valid range 0 to 4095"
                    )
            if set(_members(row["vlan_mode"])) - MODES:
                raise Fault("constraint violation", f"{row['vlan_mode']} is not allowed")
            for _, name in map(tuple, _members(row["qos"])):
                if name not in self.tables["QoS"]:
                    raise Fault("referential integrity violation", f"there is no QoS row {name}")


def _members(value: Json) -> list[Json]:
    if isinstance(value, list | tuple) and value and value[0] == "set":
        return list(value[1])
    return [value]


def _resolved(value: Json, symbols: dict[str, str]) -> Json:
    """Return a value with the name of a row made in this transaction in its place."""
    if isinstance(value, list | tuple) and value and value[0] == "named-uuid":
        return ["uuid", symbols[value[1]]]
    return value


def _holds(row: Row, column: str, function: str, value: Json) -> bool:
    if function == "==":
        return bool(plain(row[column]) == plain(value))
    assert function == "includes"
    return {tuple(pair) for pair in value[1]} <= {tuple(pair) for pair in row[column][1]}


def _mutated(value: Json, mutator: str, by: Json) -> Json:
    if mutator == "+=":
        return value + by
    pairs = dict(map(tuple, value[1]))
    if mutator == "delete":
        return ["map", [[key, kept] for key, kept in pairs.items() if key not in by[1]]]
    assert mutator == "insert"
    return ["map", [[key, kept] for key, kept in {**dict(map(tuple, by[1])), **pairs}.items()]]


def _shown(name: str, row: Row, columns: list[str]) -> Row:
    return {column: ["uuid", name] if column == "_uuid" else row[column] for column in columns}
