"""A real Prometheus scrapes what the twin's agents count, and knows it as its own dashboards do."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import product
from pathlib import Path
from threading import Thread

import pytest

from automation.metrics.text import CONTENT_TYPE
from automation.playbook import Network
from automation.workspace import find
from tests.bench.peers import snmp_exporter
from tests.integration.metrics.conftest import IOS, V3, VRP, Polled
from tests.integration.metrics.programs import (
    Server,
    free_port,
    program,
    prometheus,
    running,
    until,
)

pytestmark = pytest.mark.prometheus

COUNTERS = {
    "in_octets": "ifHCInOctets",
    "out_octets": "ifHCOutOctets",
    "in_unicast": "ifHCInUcastPkts",
    "out_unicast": "ifHCOutUcastPkts",
    "in_multicast": "ifHCInMulticastPkts",
    "out_multicast": "ifHCOutMulticastPkts",
    "in_broadcast": "ifHCInBroadcastPkts",
    "out_broadcast": "ifHCOutBroadcastPkts",
    "in_errors": "ifInErrors",
    "out_errors": "ifOutErrors",
    "in_discards": "ifInDiscards",
    "out_discards": "ifOutDiscards",
}
LABELS = "label names should be written in 'snake_case' not 'camelCase'"
REMARKS = {
    'counter metrics should have "_total" suffix',
    "metric names should be written in 'snake_case' not 'camelCase'",
    LABELS,
}
"""What promtool has against every name that comes from a MIB, whoever exports it."""
ONLY_REMARKS = 3
"""How promtool ends with text that can be read and has remarks; 1: it cannot be read."""
LIGHT = "portvakt_port_light_received_dbm"
OLD = "city-acc-003"
OURS = ("portvakt_", "snmp_scrape_")


@pytest.fixture
def frozen(polled: Polled) -> Iterator[Polled]:
    """The lab with its counters held, read since."""
    assert polled.twin.portvakt("lab", "freeze").returncode == 0
    try:
        polled.a_whole_cycle()
        yield polled
    finally:
        assert polled.twin.portvakt("lab", "unfreeze").returncode == 0


def series(text: str) -> dict[str, tuple[frozenset[str], float]]:
    """Return the series of a page: labels and value by `name{labels}`, labels sorted."""
    found = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            name, _, rest = line.partition("{")
            labels, _, value = rest.rpartition("} ")
            pairs = frozenset(labels.split('",'))
            found[f"{name} {sorted(pairs)}"] = (pairs, float(value or name.partition(" ")[2]))
    return found


@pytest.mark.parametrize("job", ["snmp", "portvakt"])
def test_it_has_a_series_for_every_port(scraped: Server, polled: Polled, job: str) -> None:
    ports = len(polled.page.get("/metrics")[1].split("\nifOperStatus{")) - 1
    assert ports > 12 * 48
    scraped.comes_to(f'count(ifHCInOctets{{job="{job}"}})', ports)
    scraped.comes_to(f'count(count by (instance) (sysUpTime{{job="{job}"}}))', 12)


def test_counters_are_the_twins_own(frozen: Polled, scraped: Server) -> None:
    truth = frozen.truth()
    for job, device, if_name in product(("snmp", "portvakt"), (IOS, V3), ("Gi1/0/1", "Gi1/0/2")):
        there = truth[device]["interfaces"][if_name]
        where = f'job="{job}",instance="{device}",ifName="{if_name}"'
        for counter, name in COUNTERS.items():
            scraped.comes_to(f"{name}{{{where}}}", there["counters"][counter]["start"])
        assert scraped.value(f"ifOperStatus{{{where}}}") == (1 if there["oper"] else 2)
        assert scraped.value(f"ifHighSpeed{{{where}}}") == there["speed"]


def test_with_timestamps_a_rate_is_the_twins_rate(polled: Polled, scraped: Server) -> None:
    rates = {
        name: found["counters"]["in_octets"]["rate"]
        for name, found in polled.truth()[IOS]["interfaces"].items()
    }
    busiest = max(rates, key=rates.__getitem__)
    where = f'job="portvakt",instance="{IOS}",ifName="{busiest}"'

    def near() -> bool:
        found = scraped.value(f"rate(ifHCInOctets{{{where}}}[45s])")
        return found is not None and abs(found / rates[busiest] - 1) < 0.02

    until(near, f"the rate of {busiest}, {rates[busiest]} octets a second")


@pytest.mark.parametrize("device", [IOS, V3])
def test_a_dead_device_is_down_and_its_series_end(
    polled: Polled, scraped: Server, device: str
) -> None:
    of_it, alive = f'instance="{device}"', f'instance="{VRP}"'
    scraped.comes_to(f'up{{job="snmp",{of_it}}}', 1)
    with polled.twin.broken(device, "dead"):
        scraped.comes_to(f'up{{job="snmp",{of_it}}}', 0)
        scraped.ends(f'ifHCInOctets{{job="snmp",{of_it}}}')
        scraped.ends(f'{LIGHT}{{job="snmp",{of_it}}}')
        scraped.comes_to(f'portvakt_device_up{{job="portvakt",{of_it}}}', 0)
        assert scraped.value(f'up{{job="snmp",{alive}}}') == 1
        assert scraped.query(f'ifHCInOctets{{job="snmp",{alive}}}')
        status, why = polled.page.get("/snmp", target=device)
        assert status == 503
        assert why.startswith(f"{device}: ")
    scraped.shows(f'ifHCInOctets{{job="snmp",{of_it}}}')


def test_a_device_of_narrow_counters_has_their_old_names(polled: Polled, scraped: Server) -> None:
    of_it = f'job="snmp",instance="{OLD}"'
    with polled.twin.broken(OLD, "narrow"):
        scraped.shows(f"ifInOctets{{{of_it}}}")
        scraped.ends(f"ifHCInOctets{{{of_it}}}")
        unknown = f'portvakt_rates_unknown{{job="portvakt",instance="{OLD}",reason="width"}}'
        assert scraped.shows(unknown)


def remarks(text: str) -> Mapping[str, set[str]]:
    """Return what promtool has against a page, by the name of the metric."""
    done = subprocess.run(  # noqa: S603 - Debian's promtool
        [program("promtool", "prometheus"), "check", "metrics"],
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == ONLY_REMARKS, done.stderr
    found: dict[str, set[str]] = {}
    for line in (done.stdout + done.stderr).splitlines():
        name, _, remark = line.partition(" ")
        found.setdefault(name, set()).add(remark)
    return found


@pytest.mark.parametrize("page", ["/metrics", f"/snmp?target={IOS}"])
def test_promtool_has_nothing_against_it_but_the_names_of_the_mib(
    polled: Polled, page: str
) -> None:
    status, text = polled.page.get(page)
    assert (status, LIGHT in text) == (200, True)
    found = remarks(text)
    assert set().union(*found.values()) == REMARKS
    ours = {name: said for name, said in found.items() if name.startswith(OURS)}
    assert {name for name in ours if not name.startswith("portvakt_port_")} == set()
    assert {remark for said in ours.values() for remark in said} == {LABELS}


@pytest.fixture
def exporter(tmp_path: Path) -> Iterator[Server]:
    """snmp_exporter with the columns that we read."""
    settings = tmp_path / "snmp.yml"
    settings.write_text(snmp_exporter.config("lab-snmp-read", snmp_exporter.COLUMNS))
    port = free_port()
    path = program(snmp_exporter.PROGRAM, snmp_exporter.PROGRAM)
    with running(snmp_exporter.command(settings, port, path), tmp_path, port, "/") as server:
        yield server


def test_promtool_says_the_same_of_snmp_exporters_page(polled: Polled, exporter: Server) -> None:
    """What promtool remarks is the MIB's, whoever exports it: kind for kind, name for name."""
    status, text = exporter.get("/snmp", target=agent(polled, IOS), module="if_mib")
    assert status == 200, text
    theirs, ours = remarks(text), remarks(polled.page.get("/snmp", target=IOS)[1])
    assert set().union(*theirs.values()) == set().union(*ours.values())
    assert theirs.keys() == {*snmp_exporter.COLUMNS, "sysUpTime"}
    assert {name: ours[name] for name in theirs} == theirs


def test_snmp_exporter_says_the_same_of_the_same_agents(frozen: Polled, exporter: Server) -> None:
    """The peer as judge: each series of ours that comes from the MIB is one of its own."""
    for device in (IOS, VRP, V3):
        status, text = exporter.get("/snmp", target=agent(frozen, device), module="if_mib")
        assert status == 200, text
        theirs = series(text)
        found = series(frozen.page.get("/snmp", target=device)[1])
        ours = {name: one for name, one in found.items() if name.startswith("if")}
        assert len(ours) > 24 * len(snmp_exporter.COLUMNS)
        assert {name: one for name, one in ours.items() if theirs.get(name) != one} == {}


def agent(polled: Polled, device: str) -> str:
    """Return where the agent of a device listens, `address:port`."""
    with Network(find(polled.twin.folder, {})) as network:
        found = network.inventory.devices[device]
        return f"{found.address}:{found.snmp_port}"


@pytest.mark.parametrize(
    ("job", "page"), [("snmp", f"/snmp?target={IOS}"), ("portvakt", "/metrics")]
)
def test_prometheus_takes_every_line_of_a_page(
    polled: Polled, scraped: Server, job: str, page: str
) -> None:
    """A second parser: what it counts on a page is what stands there."""
    where = f'job="{job}",instance="{IOS}"' if job == "snmp" else f'job="{job}"'

    def all_of_it() -> bool:
        lines = [line for line in polled.page.get(page)[1].splitlines() if line[0] != "#"]
        return scraped.value(f"scrape_samples_scraped{{{where}}}") == len(lines) > 0

    until(all_of_it, f"a sample for every line of {page}")


class _Asked(HTTPServer):
    """Answers every scrape with `text` as our pages are answered; keeps what was accepted."""

    def __init__(self, text: str) -> None:
        super().__init__(("127.0.0.1", 0), _Asking)
        self.text = text
        self.accepted: set[str] = set()


class _Asking(BaseHTTPRequestHandler):
    server: _Asked

    def do_GET(self) -> None:
        self.server.accepted.add(str(self.headers["Accept"]))
        body = self.server.text.encode()
        self.send_response(200)
        self.send_header("Content-Type", CONTENT_TYPE)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def asked(text: str) -> Iterator[_Asked]:
    with _Asked(text) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def test_a_prometheus_that_asks_for_openmetrics_reads_what_it_gets(
    polled: Polled, tmp_path: Path
) -> None:
    """It prefers OpenMetrics, is answered in the text format, and goes by what it was answered."""
    text = polled.page.get("/snmp", target=IOS)[1]
    with asked(text) as server:
        job = {
            "job_name": "snmp",
            "static_configs": [{"targets": [f"127.0.0.1:{server.server_port}"]}],
        }
        with prometheus(tmp_path, (job,)) as one:
            one.comes_to("up", 1)
            one.comes_to("scrape_samples_scraped", len(series(text)))
    (accepted,) = server.accepted
    assert accepted.startswith("application/openmetrics-text")
    assert polled.page.accepting(accepted, f"/snmp?target={IOS}") == CONTENT_TYPE
