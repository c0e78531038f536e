"""A small invented network: a core, a transport switch, three access switches, one apart."""

from __future__ import annotations

from collections.abc import Mapping

from automation.findings import Note
from automation.model import (
    Device,
    DeviceModel,
    DeviceRole,
    Finding,
    FindingKind,
    Link,
    Signal,
)

NOW = 1_000_000.0
QUIET = 900.0
MODEL = DeviceModel(
    "m4", "cisco_ios", tuple(f"Gi1/0/{n}" for n in range(1, 49)), ("Te1/0/1", "Te1/0/2")
)


def device(name: str, role: str, links: Mapping[str, str] | None = None, more: int = 0) -> Device:
    """Return a device with its links, and `more` uplinks that end outside."""
    ends = {port: Link(*end.split()) for port, end in (links or {}).items()}
    uplinks = (*ends, *MODEL.uplinks[len(ends) : len(ends) + more])
    return Device(
        name,
        "city",
        DeviceRole(role),
        "varvet",
        "cisco_ios",
        MODEL,
        "192.0.2.1",
        uplinks=uplinks,
        links=ends,
    )


NETWORK = (
    device("core-1", "core"),
    device("core-2", "core"),
    device("tra-1", "transport", {"Te1/0/1": "core-1 Gi1/0/1"}),
    device("tra-2", "transport", {"Te1/0/1": "core-1 Gi1/0/2", "Te1/0/2": "core-2 Gi1/0/2"}),
    device("acc-1", "access", {"Te1/0/1": "tra-1 Gi1/0/1"}),
    device("acc-2", "access", {"Te1/0/1": "tra-1 Gi1/0/2"}),
    device("acc-3", "access", {"Te1/0/1": "tra-1 Gi1/0/3", "Te1/0/2": "tra-2 Gi1/0/3"}),
    device("acc-4", "access", {"Te1/0/1": "tra-2 Gi1/0/4"}),
    device("far-1", "access", more=1),
)


def is_welfare(service: str) -> bool:
    """Whether a service is the one that somebody's safety hangs on."""
    return service == "care"


def link(
    name: str,
    port: str,
    *,
    is_open: bool = True,
    last: float = NOW - 60,
    count: int = 1,
    detail: str = "",
) -> Finding:
    """Return a finding of a port."""
    first = last if count == 1 else last - 600
    return Finding(name, port, FindingKind.LINK, is_open, first, last, count=count, detail=detail)


def note(
    signal: Signal,
    at: float,
    *,
    kind: FindingKind = FindingKind.LINK,
    clock: int | None = None,
    booted: float | None = None,
    detail: str = "",
) -> Note:
    """Return a note of a port, or of the device where its kind is another."""
    subject = "Gi1/0/1" if kind is FindingKind.LINK else ""
    return Note("acc-1", subject, kind, signal, at, clock, booted, detail)
