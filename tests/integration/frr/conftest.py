"""A real router for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.frr.rig import Router, missing
from tests.platforms.frr.sample import SAMPLE


@pytest.fixture
def router(tmp_path: Path) -> Iterator[Router]:
    """A router with all ports of the sample's model, and nothing configured."""
    if lacking := missing():
        pytest.fail(f"missing: {', '.join(lacking)}: apt-get install frr iproute2")
    one = Router(tmp_path, (*SAMPLE.model.access, *SAMPLE.model.uplinks))
    one.up()
    try:
        yield one
    finally:
        one.down()
