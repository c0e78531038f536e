"""The labs that the tests share, and what one test needs of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.reallab.by_hand import ByHand
from tests.reallab.lab import Lab, standing
from tests.reallab.operator import City, Operator, provisioned
from tests.reallab.probes.dhcp import Lease, lease
from tests.reallab.probes.traffic import pinging
from tests.reallab.probes.truth import real_thing
from tests.reallab.topology import NORDLYS, SMALL

_PROCESS = os.environ.get("PYTEST_XDIST_WORKER", "")
"""Where several processes share the tests (pytest -n), each has labs of its own."""
MARK = f"pvtest{_PROCESS}"
PROVISIONED = f"pvproof{_PROCESS}"


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


@pytest.fixture(scope="session")
def city() -> Iterator[City]:
    """A lab of its own for the proofs, provisioned once by the shipped playbooks."""
    with standing(SMALL, PROVISIONED) as one:
        yield provisioned(one)


@pytest.fixture
def proved_on(
    city: City, request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> None:
    """Say of a proof which real thing it ran on, by the thing's own word."""
    for mark in request.node.iter_markers("proof"):
        for platform in mark.args[1:]:
            record_property(f"proved_on:{platform}", real_thing(city.lab, platform))


@pytest.fixture
def neighbour(city: City) -> Iterator[Lease]:
    """A customer whom nothing concerns: he pings all the while and loses no packet."""
    own = lease(city.lab, "cpe-b")
    assert own is not None
    with pinging(city.lab, "cpe-b", NORDLYS.gateway("city")) as series:
        yield own
        assert series.stop().lost == ()


@pytest.fixture
def operator(city: City, neighbour: Lease, proved_on: None) -> Iterator[Operator]:
    """Somebody at the NOC; the ports that he changed are as they were, afterwards."""
    with Operator.at(city.lab) as somebody:
        yield somebody
