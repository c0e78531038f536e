"""A lab that is polled every ten seconds, and its metrics on a page of loopback."""

from __future__ import annotations

import json
import re
import subprocess
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.integration.cli.twin import COMMAND, Twin, environment, twin_in
from tests.integration.metrics.programs import Server, prometheus, until

PLACE = re.compile(r"metrics at http://127\.0\.0\.1:(\d+)/metrics")
SETTINGS = "[poll]\ninterval = 10\ntimeout_ms = 300\ndeadline = 4\n"
IOS, VRP, V3 = "city-acc-001", "city-acc-002", "mkb-acc-001"


@dataclass(frozen=True)
class Polled:
    """A lab with a poller that runs, and the page that it serves."""

    twin: Twin
    page: Server
    said: list[str]

    def truth(self) -> Mapping[str, Any]:
        """Return what every agent should say."""
        file = self.twin.folder / "truth.json"
        assert self.twin.portvakt("lab", "truth", "--out", file).returncode == 0
        found: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))["devices"]
        return found

    def cycles(self) -> int:
        """Return how many cycles have ended."""
        return sum("devices," in line for line in list(self.said))

    def a_whole_cycle(self) -> None:
        """Return when a cycle that began after the call has ended."""
        after = self.cycles() + 2
        until(lambda: self.cycles() >= after, "the next cycle")


@pytest.fixture(scope="module")
def polled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Polled]:
    with twin_in(tmp_path_factory.mktemp("metrics") / "lab") as twin:
        twin.edit(IOS, "lldp run")  # out of the box it is not: IOS would have no neighbours
        with (twin.folder / "portvakt.toml").open("a", encoding="utf-8") as settings:
            settings.write(SETTINGS)
        poller = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [*COMMAND, "-w", str(twin.folder), "poll", "run", "--listen", "0"],
            env={**environment(), "PYTHONPATH": str(Path(__file__).parents[3])},
            stderr=subprocess.PIPE,
            text=True,
        )
        said: list[str] = []
        assert poller.stderr is not None
        reader = threading.Thread(target=lambda lines: said.extend(lines), args=(poller.stderr,))
        reader.start()
        try:
            place = until(lambda: PLACE.search("\n".join(said)), "the page")
            until(lambda: any("devices," in line for line in said), "the first cycle")
            yield Polled(twin, Server(int(place[1])), said)
        finally:
            poller.terminate()
            assert poller.wait() == 0, said
            reader.join()
            poller.stderr.close()


@pytest.fixture(scope="module")
def scraped(polled: Polled, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A Prometheus with a job that was written for snmp_exporter, and one for the whole."""
    page = f"127.0.0.1:{polled.page.port}"
    devices = sorted(polled.truth())
    jobs = (
        {
            "job_name": "snmp",
            "metrics_path": "/snmp",
            "params": {"module": ["if_mib"]},
            "static_configs": [{"targets": devices}],
            "relabel_configs": [
                {"source_labels": ["__address__"], "target_label": "__param_target"},
                {"source_labels": ["__param_target"], "target_label": "instance"},
                {"target_label": "__address__", "replacement": page},
            ],
        },
        {
            "job_name": "portvakt",
            "honor_labels": True,
            "params": {"timestamps": ["1"]},
            "static_configs": [{"targets": [page]}],
        },
    )
    with prometheus(tmp_path_factory.mktemp("prometheus"), jobs) as server:
        yield server
