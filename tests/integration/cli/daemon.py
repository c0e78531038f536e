"""The poller as a process, what it says, and the page that it serves."""

from __future__ import annotations

import re
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from time import monotonic, sleep

import pytest

from tests.integration.cli.twin import COMMAND, environment

_PLACE = re.compile(r"metrics at http://127\.0\.0\.1:(\d+)/metrics")
_PATIENCE = 60.0


@dataclass
class Daemon:
    """A poller that runs."""

    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)

    def text(self) -> str:
        """Return what it has said."""
        return "".join(list(self.said))

    def until(self, text: str, count: int = 1) -> None:
        """Wait until it has said `text` so many times; fail when that takes too long."""
        self.wait(lambda: self.text().count(text) >= count, text)

    def wait(self, done: Callable[[], object], what: str) -> None:
        """Wait until `done`."""
        end = monotonic() + _PATIENCE
        while not done():
            if monotonic() > end or self.process.poll() is not None:
                pytest.fail(f"did not come: {what}; said:\n{self.text()}")
            sleep(0.02)

    def page(self) -> str:
        """Return /metrics."""
        self.until("metrics at")
        found = _PLACE.search(self.text())
        assert found is not None
        connection = HTTPConnection("127.0.0.1", int(found[1]), timeout=30)
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
        connection.close()
        return text

    def ended(self) -> int:
        """Return how it ended, once it has."""
        try:
            code = self.process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            pytest.fail(f"did not end; said:\n{self.text()}")
        return code


@contextmanager
def daemon(folder: Path, *arguments: str, **variables: str) -> Iterator[Daemon]:
    """Run `portvakt poll run` in a session of its own."""
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [*COMMAND, "-w", str(folder), "poll", "run", *arguments],
        env={**environment(), "PYTHONPATH": str(Path(__file__).parents[3]), **variables},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    found = Daemon(process)
    assert process.stderr is not None
    reader = threading.Thread(target=lambda lines: found.said.extend(lines), args=(process.stderr,))
    reader.start()
    try:
        yield found
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        reader.join()
        process.stderr.close()
