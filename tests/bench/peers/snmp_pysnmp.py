"""pysnmp by its cheapest idiom: v1arch, GETBULK of all columns at a time, no MIB lookup. A worker.

Five devices at a time: with more in flight its one socket loses answers of this size.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from pysnmp.hlapi.v1arch.asyncio import (
    CommunityData,
    ObjectIdentity,
    ObjectType,
    SnmpDispatcher,
    UdpTransportTarget,
    bulk_cmd,
)

from tests.bench.serving import Work, serve

_REPETITIONS = 25
_IN_FLIGHT = 5


def prepare(job: dict[str, Any]) -> Work:
    """Return the work: `job` has agents (host, port, rows), community and columns."""
    return lambda tag: asyncio.run(_all(job["agents"], job["community"], job["columns"]))


async def _all(agents: Sequence[Any], community: str, columns: Sequence[str]) -> None:
    gate = asyncio.Semaphore(_IN_FLIGHT)
    dispatcher = SnmpDispatcher()

    async def one(host: str, port: int, rows: int) -> None:
        async with gate:
            target = await UdpTransportTarget.create((host, port), timeout=10, retries=2)
            found = await _walk(dispatcher, CommunityData(community), target, columns)
        if found < rows * len(columns):
            raise AssertionError(f"{host}: {found} values, expected {rows * len(columns)}")

    await asyncio.gather(*(one(*agent) for agent in agents))
    dispatcher.close()


async def _walk(dispatcher: Any, community: Any, target: Any, columns: Sequence[str]) -> int:  # noqa: ANN401 - untyped library
    """Return how many values stand below `columns`, each converted to a number."""
    roots = [tuple(map(int, oid.split("."))) for oid in columns]
    names: list[tuple[int, ...]] = list(roots)
    values: dict[tuple[int, ...], int] = {}
    walked: set[int] = set()
    while len(walked) < len(roots):
        asked = [ObjectType(ObjectIdentity(name)) for name in names]
        error, status, _, rows = await bulk_cmd(
            dispatcher, community, target, 0, _REPETITIONS, *asked, lookupMib=False
        )
        if error or status:
            raise AssertionError(str(error or status))
        for at, (name, value) in enumerate(rows):
            column = at % len(roots)
            here = tuple(name)
            if here[: len(roots[column])] == roots[column]:
                values[here] = int(value)
                names[column] = here
            else:
                walked.add(column)
    return len(values)


if __name__ == "__main__":
    serve(prepare)
