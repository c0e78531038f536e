"""Reading and writing the rows of the city in SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from automation.inventory import ports_csv
from automation.model import Verified
from automation.store import Store
from tests.bench import paper_city
from tests.bench.bench import Setting
from tests.bench.harness import Timed, in_turns
from tests.bench.report import Finding, compared


def store(setting: Setting) -> Iterator[Finding]:
    """Measure whole-city reads and writes of the store, and the CSV import before it."""
    with paper_city.city() as folder, paper_city.opened(folder) as network:
        own, inventory = network.store, network.inventory
        ports, subscriptions = own.ports(), own.subscriptions()
        text = (folder / "ports.csv").read_bytes()
        verified = [Verified(name, "1", "2", "3", "4") for name in inventory.devices]
        work = [
            Timed("opening it", lambda: _open(network.workspace.store_url)),
            Timed(f"reading {len(ports)} ports", own.ports),
            Timed(f"reading {len(subscriptions)} subscriptions", own.subscriptions),
            Timed(
                "checking the CSV of all",
                lambda: ports_csv.read(text, "ports.csv", inventory, ports, subscriptions),
            ),
            Timed(
                "writing all ports and subscriptions", lambda: own.write_ports(ports, subscriptions)
            ),
            Timed(f"writing {len(verified)} verified", lambda: own.record_verified(verified)),
            Timed(f"reading {len(verified)} verified", own.verified),
        ]
        measured = in_turns(work, setting.runs)
    yield compared("store", "SQLite, WAL, one transaction each.", "city", measured, [])


def _open(url: str, base: Path | None = None) -> None:
    Store.open(url, base).close()
