"""Switches to talk to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.devices import fake
from tests.integration.devices.bench import Bench
from tests.integration.devices.job import Job


@pytest.fixture(scope="session")
def rack() -> Iterator[fake.Rack]:
    """An event loop with room for switches."""
    with fake.rack() as one:
        yield one


@pytest.fixture
def bench(rack: fake.Rack, tmp_path: Path) -> Iterator[Bench]:
    """A technician's bench: sets up switches and opens sessions to them."""
    with Bench(rack, tmp_path / "known_hosts") as one:
        yield one


@pytest.fixture
def job(rack: fake.Rack, tmp_path: Path) -> Job:
    """A workspace and its one device, which takes transactions, as it comes."""
    return Job(rack, tmp_path)
