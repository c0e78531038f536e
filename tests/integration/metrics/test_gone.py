"""What is gone is seen, with the scrape jobs of the documents: a switch, a store, the poller."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.cli.daemon import daemon
from tests.integration.cli.twin import Twin, twin_in
from tests.integration.metrics.programs import (
    Server,
    free_port,
    prometheus,
    until,
    victoria_metrics,
)
from tests.integration.metrics.test_documents import DASHBOARD, jobs_of_documents, rules

pytestmark = pytest.mark.prometheus

IOS = "city-acc-001"
SETTINGS = "[poll]\ninterval = 10\ntimeout_ms = 300\ndeadline = 4\n"
EXPRESSIONS = {rule["alert"]: rule["expr"] for rule in rules()}


@pytest.fixture
def twin(tmp_path: Path) -> Iterator[Twin]:
    with twin_in(tmp_path / "lab") as twin:
        with (twin.folder / "portvakt.toml").open("a", encoding="utf-8") as settings:
            settings.write(SETTINGS)
        yield twin


def panel(title: str) -> str:
    """Return the expression of a panel, for all switches."""
    (found,) = (one for one in DASHBOARD["panels"] if one["title"] == title)
    expression: str = found["targets"][0]["expr"]
    return expression.replace("$instance", ".*")


def followed(jobs: list[dict[str, Any]], devices: list[str], port: int) -> list[dict[str, Any]]:
    """Return jobs of the documents as somebody would change them: every second, our addresses."""
    text = json.dumps(jobs).replace("127.0.0.1:9116", f"127.0.0.1:{port}")
    found: list[dict[str, Any]] = json.loads(text)
    for job in found:
        job["scrape_interval"] = job["scrape_timeout"] = "1s"
        if job.get("metrics_path") == "/snmp":
            job["static_configs"] = [{"targets": devices}]
    return found


def names(twin: Twin) -> list[str]:
    """Return the switches of the lab."""
    return sorted(row["device"] for row in twin.portvakt("inventory", "list", "-o", "json").json)


def check_a_dead_switch(server: Server, twin: Twin) -> None:
    """Let a switch die: it is seen, and there once; before that no rule has anything to say.

    But for errors: the twin has ports with four a second, and two pushes are enough to see them.
    """
    server.comes_to(panel("Switches not read"), 0)
    server.comes_to("count(portvakt_device_info)", 12)
    for rule, expression in EXPRESSIONS.items():
        if rule != "PortErrors":
            server.ends(expression)
    with twin.broken(IOS, "dead"):
        server.comes_to(panel("Switches not read"), 1)
        (said,) = server.shows(EXPRESSIONS["SwitchNotRead"])
        assert dict(said)["instance"] == IOS
        server.comes_to("count(portvakt_device_info)", 12)
    server.ends(EXPRESSIONS["SwitchNotRead"])


def check_a_locked_store(server: Server, twin: Twin) -> None:
    (file,) = (twin.folder / ".portvakt").glob("*.db")
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    server.shows(EXPRESSIONS["PortvaktStoreFails"])
    other.close()
    server.ends(EXPRESSIONS["PortvaktStoreFails"])


@pytest.mark.parametrize("way", [0, 1], ids=["instead of snmp_exporter", "all in one"])
def test_the_jobs_of_the_documents_see_it(twin: Twin, tmp_path: Path, way: int) -> None:
    port = free_port()
    jobs = followed(jobs_of_documents()[way], names(twin), port)
    with daemon(twin.folder, "--listen", str(port)) as poller:
        poller.until("12 devices, 0 not read")
        with prometheus(tmp_path, jobs) as server:
            check_a_dead_switch(server, twin)
            check_a_locked_store(server, twin)
            assert server.value(panel("Last cycle")) is not None
            assert server.query(EXPRESSIONS["PortvaktPollerGone"]) == {}
            poller.process.kill()
            assert len(server.shows(EXPRESSIONS["PortvaktPollerGone"])) == 1
            unread = 12.0 if way == 0 else None  # each target is down; or nothing is known
            until(lambda: server.value(panel("Switches not read")) == unread, "the panel")
            assert server.query(EXPRESSIONS["SwitchNotRead"]) == {}


def test_a_push_tells_it_too(twin: Twin, tmp_path: Path) -> None:
    with victoria_metrics(tmp_path) as server:
        to = f"http://127.0.0.1:{server.port}/?extra_label=job=portvakt"
        with daemon(twin.folder, "--push", to) as poller:
            poller.until("12 devices, 0 not read")
            check_a_dead_switch(server, twin)
            check_a_locked_store(server, twin)
            assert server.value(panel("Last cycle")) is not None
            assert server.query(EXPRESSIONS["PortvaktPollerGone"]) == {}
