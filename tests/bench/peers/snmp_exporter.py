"""`prometheus-snmp-exporter`, run as a program: the exporter whose place we take.

Debian ships it without its snmp.yml, for licence reasons; this writes the part that is asked for,
as its generator would (version 0.21: a module has its own version and community).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

PROGRAM: Final = "prometheus-snmp-exporter"
_IF: Final = "1.3.6.1.2.1.2.2.1"
_IFX: Final = "1.3.6.1.2.1.31.1.1.1"
COLUMNS: Final[Mapping[str, str]] = {
    "ifHCInOctets": f"{_IFX}.6",
    "ifHCOutOctets": f"{_IFX}.10",
    "ifHCInUcastPkts": f"{_IFX}.7",
    "ifHCOutUcastPkts": f"{_IFX}.11",
    "ifHCInMulticastPkts": f"{_IFX}.8",
    "ifHCOutMulticastPkts": f"{_IFX}.12",
    "ifHCInBroadcastPkts": f"{_IFX}.9",
    "ifHCOutBroadcastPkts": f"{_IFX}.13",
    "ifInErrors": f"{_IF}.14",
    "ifOutErrors": f"{_IF}.20",
    "ifInDiscards": f"{_IF}.13",
    "ifOutDiscards": f"{_IF}.19",
    "ifAdminStatus": f"{_IF}.7",
    "ifOperStatus": f"{_IF}.8",
    "ifLastChange": f"{_IF}.9",
    "ifHighSpeed": f"{_IFX}.15",
    "ifSpeed": f"{_IF}.5",
}
"""Columns of module `if_mib`, by the name that it gives them."""
_LOOKUPS: Final[Mapping[str, str]] = {
    "ifAlias": f"{_IFX}.18",
    "ifDescr": f"{_IF}.2",
    "ifName": f"{_IFX}.1",
}
_UPTIME: Final = "1.3.6.1.2.1.1.3"
_GAUGES: Final = frozenset(
    {"ifAdminStatus", "ifOperStatus", "ifLastChange", "ifHighSpeed", "ifSpeed"}
)


def config(community: str, columns: Iterable[str], *, labels: bool = True) -> str:
    """Return an snmp.yml with a module `if_mib` of `columns`; `labels` as if_mib looks them up.

    JSON is YAML too.
    """
    lookups = [
        {"labels": ["ifIndex"], "labelname": name, "oid": oid, "type": "DisplayString"}
        for name, oid in (_LOOKUPS.items() if labels else ())
    ]
    metrics: list[dict[str, Any]] = [
        {
            "name": name,
            "oid": COLUMNS[name],
            "type": "gauge" if name in _GAUGES else "counter",
            "help": name,
            "indexes": [{"labelname": "ifIndex", "type": "gauge"}],
            "lookups": lookups,
        }
        for name in columns
    ]
    walk = [metric["oid"] for metric in metrics] + [entry["oid"] for entry in lookups]
    uptime = {"name": "sysUpTime", "oid": _UPTIME, "type": "gauge", "help": "sysUpTime"}
    module = {
        "walk": sorted(walk),
        "get": [f"{_UPTIME}.0"],
        "metrics": [uptime, *metrics],
        "version": 2,
        "max_repetitions": 25,
        "retries": 1,
        "timeout": "5s",
        "auth": {"community": community},
    }
    return json.dumps({"if_mib": module}, indent=1)


def command(settings: Path, port: int, program: str = PROGRAM) -> Sequence[str]:
    """Return the command line that serves on loopback."""
    return (
        program,
        f"--config.file={settings}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=warn",
        "--no-snmp.wrap-large-counters",  # else modulo 2^53, as its README says
    )
