"""Real programs on loopback: Prometheus, VictoriaMetrics, snmp_exporter; and how to ask them."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from time import monotonic, sleep
from typing import Any, TypeVar
from urllib.parse import urlencode

import pytest

PATIENCE = 90.0
"""Seconds until what should come is given up; nothing here is ever asserted at once."""
Found = TypeVar("Found")
Labels = frozenset[tuple[str, str]]


def program(name: str, package: str) -> str:
    """Return the path of a program; its absence is a failure, never a skip."""
    path = shutil.which(name)
    if path is None:
        pytest.fail(f"{name} is missing: apt-get install {package}")
    return path


def free_port() -> int:
    """Return a port of loopback that nobody listened at just now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def until(ask: Callable[[], Found | None], what: str) -> Found:
    """Ask until the answer is true, and return it."""
    end = monotonic() + PATIENCE
    while monotonic() < end:
        found = ask()
        if found:
            return found
        sleep(0.1)
    pytest.fail(f"did not come: {what}")


@dataclass(frozen=True)
class Server:
    """A program that listens at `port` of loopback."""

    port: int

    def get(self, path: str, **query: str) -> tuple[int, str]:
        """Return status and text of a page; 0 if nobody answers."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", f"{path}?{urlencode(query)}" if query else path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except (OSError, HTTPException):
            return 0, ""
        finally:
            connection.close()

    def accepting(self, types: str, path: str) -> str | None:
        """Return the content type of a page for somebody who would take `types`."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", path, headers={"Accept": types})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.getheader("Content-Type")

    def query(self, expression: str) -> dict[Labels, float]:
        """Return what a PromQL expression is now, by labels."""
        status, text = self.get("/api/v1/query", query=expression)
        assert status == 200, text
        found = json.loads(text)["data"]["result"]
        return {frozenset(one["metric"].items()): float(one["value"][1]) for one in found}

    def shows(self, expression: str) -> dict[Labels, float]:
        """Return what a PromQL expression is, once it is anything."""
        return until(lambda: self.query(expression), expression)

    def comes_to(self, expression: str, value: float) -> None:
        """Return when an expression has one value, and it is `value`."""
        until(lambda: self.value(expression) == value, f"{expression} as {value:.0f}")

    def ends(self, expression: str) -> None:
        """Return when an expression has no value any more."""
        until(lambda: not self.query(expression), f"the end of {expression}")

    def value(self, expression: str) -> float | None:
        """Return the only value of an expression, None if there is none."""
        found = self.query(expression)
        assert len(found) <= 1, found
        return next(iter(found.values()), None)


@contextmanager
def running(command: Sequence[str], folder: Path, port: int, ready: str) -> Iterator[Server]:
    """Run a program that listens at `port` until the end; it is ready when `ready` answers."""
    log = folder / f"{Path(command[0]).name}-{port}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603 - programs of Debian's, our arguments
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=out
        )
    server = Server(port)
    try:
        until(lambda: process.poll() is not None or server.get(ready)[0] == 200, command[0])
        assert process.poll() is None, log.read_text(encoding="utf-8")
        yield server
    finally:
        process.terminate()
        process.wait()


@contextmanager
def prometheus(folder: Path, jobs: Sequence[dict[str, Any]]) -> Iterator[Server]:
    """Run a Prometheus that scrapes `jobs` every second."""
    port = free_port()
    settings = {"global": {"scrape_interval": "1s"}, "scrape_configs": list(jobs)}
    file = folder / "prometheus.yml"
    file.write_text(json.dumps(settings), encoding="utf-8")
    command = (
        program("prometheus", "prometheus"),
        f"--config.file={file}",
        f"--storage.tsdb.path={folder / 'prometheus'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=warn",
    )
    with running(command, folder, port, "/-/ready") as server:
        yield server


@contextmanager
def victoria_metrics(folder: Path) -> Iterator[Server]:
    """Run a VictoriaMetrics, in which a sample can be seen at once."""
    port = free_port()
    command = (
        program("victoria-metrics", "victoria-metrics"),
        f"-httpListenAddr=127.0.0.1:{port}",
        f"-storageDataPath={folder / 'victoria'}",
        "-retentionPeriod=1",
        "-search.latencyOffset=0s",
    )
    with running(command, folder, port, "/health") as server:
        yield server
