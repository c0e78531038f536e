"""The lab that the tests share, and what one test needs of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reallab.by_hand import ByHand
from tests.reallab.lab import Lab, standing
from tests.reallab.topology import SMALL

MARK = "pvtest"


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """A small lab for all tests; it fails, and never skips, where it cannot stand."""
    with standing(SMALL, MARK) as one:
        yield one


@pytest.fixture(scope="session")
def workspace(lab: Lab) -> Path:
    """The Portvakt workspace of the lab."""
    return lab.place.workspace


@pytest.fixture
def by_hand(lab: Lab) -> Iterator[ByHand]:
    """Somebody at the switches' own command line; what he configured is parked afterwards."""
    with ByHand.at(lab) as somebody:
        yield somebody
