"""What can be done to the lab on purpose, and that it is whole again afterwards."""

from __future__ import annotations

import pytest

from tests.reallab.by_hand import ByHand
from tests.reallab.lab import Lab
from tests.reallab.machine import inside, is_on, tried_inside
from tests.reallab.noc import ssh
from tests.reallab.probes.dhcp import lease
from tests.reallab.probes.faults import cut_off, full_disk, lose_power, regain_power
from tests.reallab.probes.truth import ports
from tests.reallab.topology import NORDLYS

pytestmark = pytest.mark.reallab
SWITCH = "city-acc-002"
BOOT_ID = "/proc/sys/kernel/random/boot_id"


def test_a_switch_that_loses_power_comes_back_with_its_configuration(
    lab: Lab, by_hand: ByHand
) -> None:
    by_hand.open_trunks()
    by_hand.access(SWITCH, "swp1", NORDLYS.vlan)
    before, boot = ports(lab, SWITCH), inside(lab.place, SWITCH, "cat", BOOT_ID)
    lose_power(lab, SWITCH)
    assert not is_on(lab.place, SWITCH)
    assert ssh(lab, SWITCH, "hostname").code == 255
    regain_power(lab, SWITCH)
    assert ports(lab, SWITCH) == before
    assert inside(lab.place, SWITCH, "cat", BOOT_ID) != boot
    assert ssh(lab, SWITCH, "hostname").code == 0
    assert lease(lab, "cpe-c")


def test_what_is_left_for_boot_is_run_at_boot(lab: Lab) -> None:
    hook = "printf '#!/bin/sh\\novs-vsctl get port swp1 tag >/run/seen\\n' >/etc/rc.local"
    inside(lab.place, SWITCH, "sh", "-c", f"{hook}; chmod +x /etc/rc.local")
    try:
        lose_power(lab, SWITCH)
        regain_power(lab, SWITCH)
        assert inside(lab.place, SWITCH, "cat", "/run/seen").strip() == "4094"
    finally:
        inside(lab.place, SWITCH, "rm", "/etc/rc.local")


def test_a_cut_management_cable_leaves_customers_alone(lab: Lab, by_hand: ByHand) -> None:
    by_hand.open_trunks()
    by_hand.access(SWITCH, "swp1", NORDLYS.vlan)
    with cut_off(lab, SWITCH):
        assert ssh(lab, SWITCH, "hostname").code == 255
        assert lease(lab, "cpe-c")
    assert ssh(lab, SWITCH, "hostname").code == 0


def test_a_full_disk_refuses_a_transaction(lab: Lab) -> None:
    change = ("ovs-vsctl", "--timeout=5", "set", "port", "swp2", "external_ids:outlet=")
    with full_disk(lab, SWITCH):
        done = tried_inside(lab.place, SWITCH, *change[:-1], f"{change[-1]}{'x' * 8000}")
        assert done.code != 0
    assert ports(lab, SWITCH)["swp2"].external_ids == {}
