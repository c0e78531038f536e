"""What the catalogue says of a service."""

from __future__ import annotations

import pytest

from automation.model import Catalogue, Service

CATALOGUE = Catalogue(
    providers={},
    services={
        "care": Service("care", tagged=True, welfare=True),
        "internet": Service("internet", tagged=False),
    },
    offers={},
    tiers={},
)


@pytest.mark.parametrize(
    ("service", "is_welfare"), [("care", True), ("internet", False), ("renamed since", True)]
)
def test_a_service_that_nobody_knows_may_be_welfare(service: str, is_welfare: bool) -> None:
    assert CATALOGUE.is_welfare(service) is is_welfare
