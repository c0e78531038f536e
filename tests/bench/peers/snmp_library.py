"""gufo-snmp alone: the requests of a cycle, one after the other, and nothing made of the answers.

A worker. It is the floor under every poller that stands on this library: no concurrency, so it
would wait for a dead switch until all others were late; no clock, no reason, no rate, no store.
"""

from __future__ import annotations

from typing import Any

from gufo.snmp.sync.client import SnmpSession

from tests.bench.serving import Work, serve

_UPTIME = "1.3.6.1.2.1.1.3.0"
_TIMEOUT = 10.0


def prepare(job: dict[str, Any]) -> Work:
    """Return the work: `job` has agents (host, port, ifIndexes), community, columns and rows.

    `rows` is how many interfaces a request asks for; the agent's clock comes with each.
    """
    rows, columns = job["rows"], job["columns"]
    sessions = []
    for host, port, indexes in job["agents"]:
        session = SnmpSession(host, port, community=job["community"], timeout=_TIMEOUT)
        requests = [
            [_UPTIME, *(f"{oid}.{index}" for index in indexes[at : at + rows] for oid in columns)]
            for at in range(0, len(indexes), rows)
        ]
        sessions.append((session, requests))

    def read(tag: str) -> None:
        for session, requests in sessions:
            for names in requests:
                if len(session.get_many(names)) != len(names):
                    raise AssertionError("a value is missing")

    return read


if __name__ == "__main__":
    serve(prepare)
