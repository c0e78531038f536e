"""Which findings are one trouble, and which trouble comes first."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date

import pytest

from automation.findings import Deliveries, Situation, Topology, Trouble, ranked, situations
from automation.model import (
    Finding,
    FindingKind,
    Port,
    PortRole,
    PortState,
    Subscription,
    SubscriptionState,
)
from tests.unit.findings.samples import NETWORK, NOW, QUIET, is_welfare, link

TOPOLOGY = Topology(NETWORK)


def found(*findings: Finding) -> tuple[Situation, ...]:
    return situations(findings, TOPOLOGY, NOW, QUIET)


def event(name: str, kind: FindingKind, ago: float, count: int = 1) -> Finding:
    return Finding(name, "", kind, False, NOW - ago, NOW - ago, count=count)


def test_no_findings_no_trouble() -> None:
    assert found() == ()
    assert found(link("acc-1", "Gi1/0/1", is_open=False)) == ()


def test_forty_eight_alarms_behind_an_uplink_are_one() -> None:
    ports = [link("acc-1", f"Gi1/0/{n}", last=NOW - 70 + n) for n in range(1, 49)]
    uplink = link("tra-1", "Gi1/0/1", last=NOW - 30)
    (one,) = found(*ports, uplink)
    assert (one.trouble, one.device, one.subject) == (Trouble.CUT_OFF, "acc-1", "Te1/0/1")
    assert (one.folded, one.devices, one.since) == (49, ("acc-1",), NOW - 30)
    assert one.detail == "acc-1 Te1/0/1 to tra-1 Gi1/0/1 down"


def test_a_transport_switch_is_one_with_all_below_it() -> None:
    (one,) = found(
        link("core-1", "Gi1/0/1"),
        link("tra-1", "Te1/0/1"),
        link("tra-1", "Gi1/0/2"),
        event("acc-2", FindingKind.LOGIN, 5),
    )
    assert (one.device, one.folded) == ("tra-1", 4)
    assert one.devices == ("tra-1", "acc-1", "acc-2")


def test_an_uplink_to_outside_of_the_inventory_cuts_off_too() -> None:
    (one,) = found(link("far-1", "Te1/0/1", count=2))
    assert (one.trouble, one.detail, one.count) == (Trouble.CUT_OFF, "far-1 Te1/0/1 down", 2)


def test_both_ends_of_a_lost_link_are_one_trouble_that_hits_nobody() -> None:
    (one,) = found(link("tra-2", "Te1/0/1", last=NOW - 9), link("core-1", "Gi1/0/2"))
    assert (one.trouble, one.device, one.folded) == (Trouble.LINK_LOST, "tra-2", 2)
    assert (one.devices, one.since, one.last) == ((), NOW - 60, NOW - 9)


def test_a_flapping_uplink_is_one_with_a_count_and_all_behind_it() -> None:
    (one,) = found(
        link("acc-1", "Te1/0/1", is_open=False, count=7), link("tra-1", "Gi1/0/1", is_open=False)
    )
    assert (one.trouble, one.count, one.devices) == (Trouble.FLAPPING, 7, ("acc-1",))
    assert one.since == NOW - 660


def test_a_flapping_port_is_one_with_a_count() -> None:
    (one,) = found(link("acc-1", "Gi1/0/7", count=40))
    assert (one.trouble, one.count, one.folded) == (Trouble.FLAPPING, 40, 1)
    assert one.ports == (("acc-1", "Gi1/0/7"),)


@pytest.mark.parametrize(
    ("ago", "port_ago", "troubles"),
    [
        (20, 10, {Trouble.RESTART}),
        (20, 100, {Trouble.RESTART}),
        (20, 150, {Trouble.RESTART, Trouble.DOWN}),
        # a port that has not come back long after the restart is a trouble of its own
        (301, 290, {Trouble.RESTART, Trouble.DOWN}),
    ],
)
def test_ports_that_go_down_with_a_restart_are_part_of_it(
    ago: float, port_ago: float, troubles: set[Trouble]
) -> None:
    restart = event("acc-1", FindingKind.RESTART, ago)
    result = found(
        restart, link("acc-1", "Gi1/0/7", last=NOW - port_ago), event("acc-1", FindingKind.LOGIN, 5)
    )
    assert {one.trouble for one in result} == troubles | {Trouble.LOGIN}


def test_a_restart_does_not_take_another_devices_ports() -> None:
    result = found(event("acc-1", FindingKind.RESTART, 20), link("acc-2", "Gi1/0/7", last=NOW - 20))
    assert [one.trouble for one in result] == [Trouble.RESTART, Trouble.DOWN]


@pytest.mark.parametrize(
    ("finding", "trouble"),
    [
        (link("acc-1", "Gi1/0/7"), Trouble.DOWN),
        (link("acc-1", "Gi1/0/7", detail="shut"), Trouble.SHUT),
        (Finding("acc-1", "PoE 1.5", FindingKind.POWER, True, 0, 0), Trouble.POWER),
        (Finding("acc-1", "Te1/0/1", FindingKind.SENSOR, True, 0, 0), Trouble.SENSOR),
        (event("acc-1", FindingKind.LOGIN, 5), Trouble.LOGIN),
    ],
)
def test_what_stands_for_itself(finding: Finding, trouble: Trouble) -> None:
    (one,) = found(finding)
    assert (one.trouble, one.folded) == (trouble, 1)


def test_every_current_finding_is_told_exactly_once() -> None:
    findings = [
        *(link(name, f"Gi1/0/{n}") for name in ("acc-1", "acc-2", "tra-2") for n in range(10, 20)),
        link("tra-1", "Gi1/0/1"),
        link("tra-2", "Te1/0/2"),
        event("acc-2", FindingKind.RESTART, 30),
        event("tra-2", FindingKind.LOGIN, 30),
        link("acc-3", "Te1/0/1", count=5),
    ]
    assert sum(one.folded for one in found(*findings)) == len(findings)


def test_welfare_comes_first_then_outlets_then_gravity() -> None:
    ports = [
        Port("acc-1", "Gi1/0/1", PortRole.CUSTOMER, PortState.ACTIVE, "C-1"),
        Port("acc-1", "Gi1/0/2", PortRole.CUSTOMER, PortState.ACTIVE, "C-2"),
        Port("acc-4", "Gi1/0/1", PortRole.CUSTOMER, PortState.ACTIVE, "C-3"),
    ]
    day = date(2025, 1, 1)
    active = SubscriptionState.ACTIVE
    services = [
        Subscription("C-1", "internet", "nordlys", 1101, False, "t100", active, day),
        Subscription("C-2", "internet", "nordlys", 1101, False, "t100", active, day),
        Subscription("C-3", "care", "trygghet", 1401, True, "t100", active, day),
    ]
    deliveries = Deliveries(ports, services, is_welfare, date(2026, 1, 1))
    order = ranked(
        found(
            event("core-2", FindingKind.LOGIN, 5),
            link("far-1", "Te1/0/1"),
            link("acc-1", "Te1/0/1"),
            link("acc-4", "Gi1/0/1"),
        ),
        deliveries,
    )
    assert [(one.trouble, one.device) for one in order] == [
        (Trouble.DOWN, "acc-4"),
        (Trouble.CUT_OFF, "acc-1"),
        (Trouble.CUT_OFF, "far-1"),
        (Trouble.LOGIN, "core-2"),
    ]
    assert order[0].impact.welfare == ("C-3",)
    assert order[1].impact.outlets == 2
    assert order[1].key == (Trouble.CUT_OFF, "acc-1", "Te1/0/1")
    assert order[0].touched == {"acc-4"}


def test_a_restart_of_a_city_looks_at_each_device_for_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # By its name the package has the function of that name, not the module.
    module = sys.modules["automation.findings.situations"]
    asked: list[Finding] = []

    def counted(restart: Finding, now: float) -> Callable[[Finding], bool]:
        belongs: Callable[[Finding], bool] = with_start(restart, now)

        def ask(one: Finding) -> bool:
            asked.append(one)
            return belongs(one)

        return ask

    with_start = module._with_start
    monkeypatch.setattr(module, "_with_start", counted)
    city = [f"sw-{n}" for n in range(50)]
    restarts = [event(name, FindingKind.RESTART, 60) for name in city]
    ports = [link(name, f"Gi1/0/{n}") for name in city for n in range(1, 11)]
    assert len(found(*restarts, *ports)) == len(city)
    assert len(asked) == len(restarts) + len(ports)
