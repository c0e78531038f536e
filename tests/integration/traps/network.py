"""The network of these tests, as a receiver of traps knows it."""

from __future__ import annotations

from automation.model import Catalogue, Inventory, Policy, Service
from tests.unit.findings.samples import MODEL, NETWORK

POLICIES: dict[str, Policy] = {}
INVENTORY = Inventory(
    {one.name: one for one in NETWORK},
    {MODEL.name: MODEL},
    Catalogue(
        providers={}, tiers={}, services={"care": Service("care", True, welfare=True)}, offers={}
    ),
    {},
    POLICIES,
)
