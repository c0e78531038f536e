"""A real switch a test module, and one that a test may break."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.integration.openvswitch.rig import Rig, missing


@contextmanager
def _standing(folder: Path) -> Iterator[Rig]:
    if lacking := missing():
        packages = "openvswitch-switch openssh-server iproute2"
        pytest.fail(f"missing: {', '.join(lacking)}: apt-get install {packages}")
    rig = Rig(folder)
    try:
        rig.up()
        yield rig
    finally:
        rig.down()


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    """A switch with 52 ports as they come."""
    with _standing(tmp_path) as one:
        yield one
