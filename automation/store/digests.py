"""What was last verified on each device, as digests."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, delete, insert, select

from automation.model import Verified
from automation.store.rows import chunks
from automation.store.tables import SECRET_DIGEST, VERIFIED


def verified(connection: Connection, devices: Collection[str] | None) -> dict[str, Verified]:
    """Return the comparisons of `devices`, or of all, by device."""
    found = {row.device: Verified(*row) for row in connection.execute(select(VERIFIED))}
    return found if devices is None else {name: found[name] for name in devices if name in found}


def record_verified(connection: Connection, found: Sequence[Verified]) -> None:
    """Replace the comparisons of the devices in `found`; the last one of a device counts."""
    last = {one.device: one for one in found}
    for chunk in chunks(last):
        connection.execute(delete(VERIFIED).where(VERIFIED.c.device.in_(chunk)))
    values = [
        {
            "device": one.device,
            "engine": one.engine,
            "intent": one.intent,
            "templates": one.templates,
            "running": one.running,
        }
        for one in last.values()
    ]
    if values:
        connection.execute(insert(VERIFIED), values)


def secrets(connection: Connection, devices: Collection[str] | None) -> dict[str, dict[str, str]]:
    """Return the digests of `devices`, or of all, by device and line."""
    table = SECRET_DIGEST
    found: dict[str, dict[str, str]] = {}
    for device, line, digest in connection.execute(
        select(table.c.device, table.c.line, table.c.digest)
    ):
        found.setdefault(device, {})[line] = digest
    return found if devices is None else {name: found[name] for name in devices if name in found}


def record_secrets(connection: Connection, device: str, digests: Mapping[str, str]) -> None:
    """Replace the digests of one device."""
    connection.execute(delete(SECRET_DIGEST).where(SECRET_DIGEST.c.device == device))
    values = [
        {"device": device, "line": line, "digest": digest} for line, digest in digests.items()
    ]
    if values:
        connection.execute(insert(SECRET_DIGEST), values)


def forget(connection: Connection, devices: Collection[str]) -> None:
    """Delete what was verified on `devices`."""
    for chunk in chunks(devices):
        for table in (VERIFIED, SECRET_DIGEST):
            connection.execute(delete(table).where(table.c.device.in_(chunk)))
