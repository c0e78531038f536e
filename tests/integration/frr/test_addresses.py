"""Addresses of one subnet fall together in Linux. The kernel is the judge, not FRR's word."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from automation.model import DeviceIntent, RoutedInterface, sent_lines
from tests.integration.frr.rig import Router
from tests.integration.frr.test_circular import assert_in_force, compared, made_for, settled, undone
from tests.platforms.frr.sample import ROUTING

pytestmark = [pytest.mark.integration, pytest.mark.frr]
SECONDS = 10.0


def with_addresses(*addresses: str) -> DeviceIntent:
    """Return an intent in which eth2 has these addresses."""
    others = (one for one in ROUTING.interfaces if one.name != "eth2")
    return made_for(
        replace(ROUTING, interfaces=(*others, RoutedInterface("eth2", addresses, area=0)))
    )


def addresses(router: Router) -> set[str]:
    """Return the addresses that the kernel has at eth2."""
    found = (one.split() for one in router.addresses())
    return {address for port, address in found if port == "eth2"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (["10.9.2.1/29"], ["10.9.2.2/29"]),
        (["10.9.2.1/29", "10.9.2.2/29"], ["10.9.2.2/29"]),
        (["10.9.2.1/29", "10.9.2.2/29"], ["10.9.2.3/29", "10.9.2.2/29"]),
        (["10.9.2.1/29", "10.9.2.2/29", "10.9.7.1/30"], ["10.9.2.2/29", "10.9.7.2/30"]),
        (["10.9.2.1/29"], ["10.9.2.1/30"]),
        (["10.9.2.1/29"], ["10.9.7.1/29"]),
    ],
)
@pytest.mark.parametrize("promotes", ["0", "1"])
def test_the_kernel_has_every_address_after_a_change_and_after_its_undo(
    router: Router, before: list[str], after: list[str], promotes: str
) -> None:
    promote = "/proc/sys/net/ipv4/conf/eth2/promote_secondaries"
    router.inside("sh", "-c", f"echo {promotes} >{promote}")
    settled(with_addresses(*before), router)
    drift = compared(with_addresses(*after), router)
    assert router.send(drift.stanzas) == []
    assert compared(with_addresses(*after), router).stanzas == ()
    assert addresses(router) == set(after)
    assert router.send(undone(drift.stanzas)) == []
    assert compared(with_addresses(*before), router).stanzas == ()
    assert addresses(router) == set(before)
    assert all(stanza.interrupts for stanza in drift.stanzas)


def test_the_other_order_leaves_none_and_the_configuration_does_not_say_so(router: Router) -> None:
    """This is what the mark is for. Were it to pass one day, the rule could go."""
    router.inside("sh", "-c", "echo 0 >/proc/sys/net/ipv4/conf/eth2/promote_secondaries")
    settled(with_addresses("10.9.2.1/29"), router)
    router.type("interface eth2", "ip address 10.9.2.2/29", "no ip address 10.9.2.1/29")
    assert "ip address 10.9.2.2/29" in router.running()
    assert addresses(router) == set()
    drift = settled(with_addresses("10.9.2.2/29"), router)
    (stanza,) = drift.stanzas
    assert sent_lines(stanza) == ("interface eth2", " ip address 10.9.2.2/29")
    assert not stanza.interrupts


def test_an_address_that_somebody_took_from_the_kernel_is_drift_and_comes_back(
    router: Router,
) -> None:
    settled(made_for(ROUTING), router)
    running = router.running()
    router.inside("ip", "addr", "del", "10.9.2.1/30", "dev", "eth2")
    router.inside("ip", "addr", "flush", "dev", "lo", "scope", "global")
    assert router.running() == running
    drift = settled(made_for(ROUTING), router)
    assert [sent_lines(one) for one in drift.stanzas] == [
        ("interface lo", " ip address 203.0.113.2/32"),
        ("interface eth2", " ip address 10.9.2.1/30"),
    ]


def test_one_that_is_configured_in_vain_can_be_taken_away(router: Router) -> None:
    settled(made_for(ROUTING), router)
    router.type("interface eth2", "ip address 10.9.7.1/30")
    router.inside("ip", "addr", "del", "10.9.7.1/30", "dev", "eth2")
    (stanza,) = settled(made_for(ROUTING), router).stanzas
    assert stanza.lines == ("no ip address 10.9.7.1/30",)
    assert not stanza.interrupts


def test_a_shut_interface_lacks_nothing(router: Router) -> None:
    """FRR gives a shut interface its addresses when it is opened."""
    router.type("interface eth2", "shutdown", "ip address 10.9.7.1/30")
    assert addresses(router) == set()
    assert router.fetched() == router.running()
    router.type("interface eth2", "no shutdown")
    assert router.fetched() == router.running()
    assert_in_force(router)


def test_ospf_goes_on_with_the_address_that_came(router: Router) -> None:
    settled(with_addresses("10.9.2.1/29"), router)
    settled(with_addresses("10.9.2.2/29"), router)
    end = time.monotonic() + SECONDS
    while "Internet Address 10.9.2.2/29" not in (
        said := router.enter("show ip ospf interface eth2")
    ):
        assert time.monotonic() < end, said
        time.sleep(0.1)
    assert "Area 0.0.0.0" in said
    assert "OSPF not enabled" not in said
