"""docs/monitoring.md, followed to the letter: from an empty folder to a panel, and as a service."""

from __future__ import annotations

import configparser
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from automation import lab
from tests.integration.cli.twin import environment
from tests.integration.metrics.programs import Server, free_port, program, until
from tests.integration.metrics.test_documents import DASHBOARD, DOCS, INSTALLED, YAML

pytestmark = pytest.mark.prometheus

TEXT = (DOCS / "monitoring.md").read_text(encoding="utf-8")
STEPS = TEXT[TEXT.index("## From nothing to a panel") : TEXT.index("## As a service")]
SERVICE = TEXT[TEXT.index("## As a service") : TEXT.index("## Prometheus\n")]
BLOCK = re.compile(r"^ {3}```sh\n(.*?)^ {3}```", re.MULTILINE | re.DOTALL)
RULES = re.compile(r"^ {3}```yaml\n {3}(rule_files: .*?)\n {3}```", re.MULTILINE)
SECURE = 2.0
"""What systemd-analyze may find exposed, of 10."""
BIN = Path(sys.executable).parent
TOGETHER = {**environment(), "PATH": f"{BIN}:{os.environ['PATH']}"}


class Walk:
    """Somebody who types what is written, in a folder that was empty."""

    def __init__(self, folder: Path, running: ExitStack) -> None:
        self.folder = folder
        self.page, self.prometheus = free_port(), free_port()
        self._running = running

    def types(self, line: str) -> None:
        """Type a line; what does not end stays."""
        line = line.replace("9116", str(self.page))
        if line.startswith("cd net"):
            self.folder /= "net"
        elif line.startswith("portvakt poll run"):
            self._starts(line)
            until(lambda: Server(self.page).get("/metrics")[0] == 200, "the page")
        elif line.startswith("prometheus "):
            self._starts(f"{line} --web.listen-address=127.0.0.1:{self.prometheus}")
        else:
            done = self._runs(line)
            assert done.returncode == 0, (line, done.stdout, done.stderr)

    def _runs(self, line: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - what we tell people to type
            ["/bin/sh", "-c", line],
            cwd=self.folder,
            env=TOGETHER,
            capture_output=True,
            text=True,
            check=False,
        )

    def _starts(self, line: str) -> None:
        process = subprocess.Popen(  # noqa: S603 - what we tell people to type
            ["/bin/sh", "-c", f"exec {line}"],
            cwd=self.folder,
            env=TOGETHER,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._running.callback(process.wait)
        self._running.callback(process.terminate)

    def writes_settings(self, way: int) -> None:
        """Write the `prometheus.yml` that is described, but scrape every second."""
        (line,) = RULES.findall(STEPS)
        jobs = re.sub(r"(scrape_\w+): \d+[sm]", r"\1: 1s", YAML.findall(TEXT)[way])
        text = f"{line}\n{jobs}".replace("9116", str(self.page))
        (self.folder / "prometheus.yml").write_text(text, encoding="utf-8")


@pytest.fixture
def running() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.mark.parametrize("way", [0, 1], ids=["instead of snmp_exporter", "all in one"])
def test_every_line_works_and_ends_in_a_panel(tmp_path: Path, running: ExitStack, way: int) -> None:
    program("prometheus", "prometheus")
    walk = Walk(tmp_path, running)
    running.callback(lambda: lab.down(tmp_path / "net"))
    lines = [line.strip() for block in BLOCK.findall(STEPS) for line in block.splitlines()]
    assert len(lines) == 12
    for line in lines:
        if line.startswith("promtool"):
            walk.writes_settings(way)
        walk.types(line)
    server = Server(walk.prometheus)
    until(lambda: server.get("/-/ready")[0] == 200, "Prometheus")
    for panel in DASHBOARD["panels"]:
        if panel["title"] in ("Switches read", "Ports up", "Last cycle"):
            server.shows(panel["targets"][0]["expr"].replace("$instance", ".*"))
    until(lambda: '"type":"alerting"' in server.get("/api/v1/rules")[1], "the rules")


def test_the_units_are_where_it_is_said() -> None:
    (line,) = re.findall(r'^cd "\$\((.*)\)"$', SERVICE, re.MULTILINE)
    (copied,) = re.findall(r"^cp (\S+) /etc/systemd/system/$", SERVICE, re.MULTILINE)
    command = line.replace(INSTALLED.replace("bin/portvakt", "bin/python"), sys.executable)
    done = subprocess.run(  # noqa: S603 - what we tell people to type
        ["/bin/sh", "-c", command], cwd="/", capture_output=True, text=True, check=False
    )
    assert (Path(done.stdout.strip()) / copied).is_file(), done.stderr


@pytest.mark.parametrize("unit", sorted(path.name for path in (DOCS / "systemd").glob("*.service")))
def test_a_service_has_what_it_needs_and_no_more(tmp_path: Path, unit: str) -> None:
    text = (DOCS / "systemd" / unit).read_text(encoding="utf-8")
    found = configparser.ConfigParser(strict=False, interpolation=None)
    found.optionxform = str  # type: ignore[assignment,method-assign]  # its own idiom
    found.read_string(text)
    assert found["Service"]["EnvironmentFile"] == "-/etc/portvakt/env"
    assert "/etc/portvakt/env" in SERVICE
    for path in found["Service"]["ReadWritePaths"].split():
        assert path in SERVICE, "it says who makes the folder"
    file = tmp_path / unit
    file.write_text(text.replace(INSTALLED, sys.executable), encoding="utf-8")
    analyzed = subprocess.run(  # noqa: S603 - systemd's own
        [program("systemd-analyze", "systemd"), "security", "--offline=true", str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    exposed = re.search(r"exposure level for \S+: ([\d.]+)", analyzed.stdout)
    assert exposed, analyzed.stderr
    assert float(exposed[1]) <= SECURE


def test_a_cycle_from_the_timer_may_take_its_time() -> None:
    text = (DOCS / "systemd" / "portvakt-poll-once.service").read_text(encoding="utf-8")
    (seconds,) = re.findall(r"^TimeoutStartSec=(\d+)$", text, re.MULTILINE)
    assert int(seconds) > 300, "longer than the longest deadline: nothing is stored before the end"
