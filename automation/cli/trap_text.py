"""Findings and troubles as rows and as lines."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Final

from automation.cli import output
from automation.cli.options import Format
from automation.findings import Impact, Situation, Topology
from automation.model import Rejected
from automation.playbook import Network
from automation.tasks.traps import current_situations

_COLUMNS: Final = (
    *("since", "trouble", "device", "subject", "count", "folded"),
    *("devices", "welfare", "outlets", "services", "detail"),
)
_HISTORY: Final = (
    *("first", "last", "state", "kind", "device", "subject", "count", "repeats", "detail"),
)
_REJECTED: Final = ("last", "source", "why", "count", "first")
Row = dict[str, object]


def write_situations(network: Network, chosen: Collection[str] | None, form: Format) -> None:
    """Write what is the matter now, worst first; to programs with every name."""
    now, quiet = time.time(), network.workspace.settings.trap.quiet
    found = current_situations(
        network.inventory,
        network.store,
        network.store.findings(now - quiet),
        Topology(network.inventory.devices.values()),
        now,
        quiet,
    )
    wanted = [one for one in found if chosen is None or _names(one) & set(chosen)]
    short = form in (Format.TABLE, Format.CSV)
    output.rows([_counted(one) if short else _whole(one) for one in wanted], _COLUMNS, form)


def _names(one: Situation) -> set[str]:
    return {one.device, *one.devices}


def _whole(one: Situation) -> Row:
    impact = one.impact
    return {
        "trouble": one.trouble.value,
        "device": one.device,
        "subject": one.subject,
        "since": _at(one.since),
        "last": _at(one.last),
        "count": one.count,
        "folded": one.folded,
        "detail": one.detail,
        "devices": list(one.devices),
        "ports": [{"device": device, "port": port} for device, port in one.ports],
        "outlets": impact.outlets,
        "welfare": list(impact.welfare),
        "services": impact.services,
        "providers": list(impact.providers),
    }


def _counted(one: Situation) -> Row:
    impact = one.impact
    return {
        **_whole(one),
        "devices": len(one.devices) or None,
        "welfare": len(impact.welfare) or None,
        "outlets": impact.outlets or None,
        "services": _services(impact),
    }


def _services(impact: Impact) -> str:
    """Return services by provider as people read them: `care trygghet 3, internet nordlys 20`."""
    return ", ".join(
        f"{service} {provider} {count}"
        for service, counts in impact.services.items()
        for provider, count in counts.items()
    )


def write_history(network: Network, chosen: Collection[str] | None, form: Format) -> None:
    """Write every finding that is kept, the latest first."""
    found = [
        one for one in reversed(network.store.findings()) if chosen is None or one.device in chosen
    ]
    rows = [
        {
            **asdict(one),
            "kind": one.kind.value,
            "first": _at(one.first),
            "last": _at(one.last),
            "state": "open" if one.is_open else "over",
        }
        for one in found
    ]
    output.rows(rows, _HISTORY, form)


def write_rejected(network: Network, form: Format) -> None:
    """Write what was not believed, most often first."""
    rows: list[Mapping[str, object]] = [
        {**asdict(one), "first": _at(one.first), "last": _at(one.last)}
        for one in network.store.rejected()
    ]
    output.rows(rows, _REJECTED, form)


def line(one: Situation) -> str:
    """Return a trouble as one line of a log."""
    impact = one.impact
    words = [f"{one.trouble.value}: {one.device} {one.subject}".rstrip()]
    if one.count > 1:
        words.append(f"{one.count} times")
    if one.detail:
        words.append(one.detail)
    if one.devices:
        words.append(f"{len(one.devices)} devices")
    if impact.outlets:
        welfare = f"{len(impact.welfare)} of them with welfare: " if impact.welfare else ""
        words.append(f"{impact.outlets} outlets, {welfare}{_services(impact)}")
    if one.folded > 1:
        words.append(f"{one.folded} findings in one")
    return "; ".join(words)


def rejected_line(one: Rejected, count: int) -> str:
    """Return what was not believed, `count` times by now, as one line of a log."""
    return f"not believed: {count} from {one.source}: {one.why}"


def _at(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).astimezone().isoformat(timespec="seconds")
