"""Whom a trouble hits."""

from __future__ import annotations

from datetime import date

import pytest

from automation.findings import Deliveries, Impact
from automation.model import Port, PortRole, PortState, Subscription, SubscriptionState
from tests.unit.findings.samples import is_welfare

TODAY = date(2026, 11, 23)


def port(device: str, name: str, outlet: str | None) -> Port:
    return Port(device, name, PortRole.CUSTOMER, PortState.ACTIVE, outlet)


def subscription(
    outlet: str,
    service: str,
    provider: str,
    state: str = "active",
    start: date = date(2025, 1, 1),
    end: date | None = None,
) -> Subscription:
    return Subscription(
        outlet, service, provider, 1101, False, "t100", SubscriptionState(state), start, end
    )


DELIVERIES = Deliveries(
    [
        port("acc-1", "Gi1/0/1", "C-1"),
        port("acc-1", "Gi1/0/2", "C-2"),
        port("acc-1", "Gi1/0/3", "C-3"),
        port("acc-1", "Gi1/0/4", None),
        port("acc-2", "Gi1/0/1", "C-4"),
        port("acc-2", "Gi1/0/2", "C-5"),
        port("acc-2", "Gi1/0/3", "C-6"),
    ],
    [
        subscription("C-1", "internet", "nordlys"),
        subscription("C-1", "care", "trygghet"),
        subscription("C-2", "internet", "sundet"),
        subscription("C-3", "internet", "sundet", state="suspended"),
        subscription("C-4", "internet", "nordlys"),
        subscription("C-5", "internet", "nordlys", start=date(2026, 11, 24)),
        subscription("C-6", "internet", "nordlys", end=date(2026, 11, 23)),
        subscription("C-9", "internet", "nordlys"),
    ],
    is_welfare,
    TODAY,
)


@pytest.mark.parametrize(
    ("devices", "ports", "impact"),
    [
        ([], [], Impact()),
        ([], [("acc-1", "Gi1/0/4"), ("acc-9", "Gi1/0/1")], Impact()),
        ([], [("acc-1", "Gi1/0/2")], Impact(1, (), {"internet": {"sundet": 1}})),
        (
            ["acc-1"],
            [("acc-1", "Gi1/0/2")],
            Impact(2, ("C-1",), {"care": {"trygghet": 1}, "internet": {"nordlys": 1, "sundet": 1}}),
        ),
        (
            ["acc-1", "acc-2"],
            [],
            Impact(3, ("C-1",), {"care": {"trygghet": 1}, "internet": {"nordlys": 2, "sundet": 1}}),
        ),
        (
            [],
            [("acc-2", "Gi1/0/1"), ("acc-2", "Gi1/0/1")],
            Impact(1, (), {"internet": {"nordlys": 1}}),
        ),
    ],
)
def test_impact(devices: list[str], ports: list[tuple[str, str]], impact: Impact) -> None:
    found = DELIVERIES.impact(devices, ports)
    assert found == impact
    assert list(found.services) == list(impact.services)  # welfare first


def test_providers_are_named_once() -> None:
    found = DELIVERIES.impact(["acc-1", "acc-2"], [])
    assert found.providers == ("nordlys", "sundet", "trygghet")
