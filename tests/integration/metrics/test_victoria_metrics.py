"""A real VictoriaMetrics takes every series; it answers 204 also to what it drops."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from automation.metrics import Push
from tests.integration.cli.twin import Twin, twin_in
from tests.integration.metrics.programs import Server, until, victoria_metrics

pytestmark = pytest.mark.prometheus
INVALID = re.compile(r'^vm_rows_invalid_total\{type="prometheus"\} (\d+)', re.MULTILINE)


@pytest.fixture(scope="module")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twin]:
    with twin_in(tmp_path_factory.mktemp("pushed") / "lab") as one:
        yield one


@pytest.fixture
def victoria(tmp_path: Path) -> Iterator[Server]:
    with victoria_metrics(tmp_path) as server:
        yield server


def invalid(server: Server) -> int:
    """Return how many lines it could not read."""
    found = INVALID.search(server.get("/metrics")[1])
    return int(found[1]) if found else 0


def test_every_series_of_a_cycle_arrives(twin: Twin, victoria: Server, tmp_path: Path) -> None:
    to = ("--push", f"http://127.0.0.1:{victoria.port}/?extra_label=job=snmp")
    file = tmp_path / "portvakt.prom"
    done = twin.portvakt("poll", "once", *to, "--textfile", file)
    assert done.returncode == 0, done.stderr
    lines = [line for line in file.read_text().splitlines() if not line.startswith("#")]
    assert len(lines) > 12 * 48 * 17
    until(lambda: victoria.value('count({job="snmp"})') == len(lines), f"{len(lines)} series")
    assert invalid(victoria) == 0


def test_a_sample_has_the_time_of_its_reading(twin: Twin, victoria: Server) -> None:
    assert twin.portvakt("poll", "once").returncode == 0
    exported = twin.portvakt("poll", "export", "--timestamps", "-l", "city-acc-001").stdout
    found = re.search(r'^sysUpTime\{instance="city-acc-001"\} (\d+) (\d+)$', exported, re.MULTILINE)
    assert found
    done = twin.portvakt("poll", "export", "--push", f"http://127.0.0.1:{victoria.port}")
    assert done.returncode == 0, done.stderr
    name = 'sysUpTime{instance="city-acc-001"}'
    until(lambda: victoria.value(name) == float(found[1]), "the clock of a device")
    assert victoria.value(f"timestamp({name})") == pytest.approx(int(found[2]) / 1000, abs=1)


def test_the_test_would_see_a_line_that_is_dropped(victoria: Server) -> None:
    Push(f"http://127.0.0.1:{victoria.port}").send(("this is {no line\n",))
    until(lambda: invalid(victoria) == 1, "a line that it complains of")


def test_a_push_that_fails_is_said_and_the_rest_is_done(twin: Twin, tmp_path: Path) -> None:
    file = tmp_path / "portvakt.prom"
    done = twin.portvakt("poll", "once", "--push", "http://127.0.0.1:9", "--textfile", file)
    assert done.returncode == 1
    assert "http://127.0.0.1:9: " in done.stderr
    assert "sysUpTime" in file.read_text()
