"""What a customer receives is read from the kernel: the database only says what it should be."""

from __future__ import annotations

import pytest

from tests.integration.openvswitch.rig import Rig
from tests.integration.openvswitch.test_change import (
    carried_out,
    compared,
    only,
    port_line,
    provisioned,
)
from tests.integration.openvswitch.test_meters import hooked
from tests.integration.openvswitch.test_timed import notes, running

pytestmark = pytest.mark.openvswitch


def taken_away(rig: Rig) -> None:
    rig.tc("qdisc", "del", "dev", "swp1", "root")


def made_faster(rig: Rig) -> None:
    rate = ("htb", "rate", "900mbit", "ceil", "900mbit")
    rig.tc("class", "change", "dev", "swp1", "classid", "1:fffe", *rate)


def made_another(rig: Rig) -> None:
    taken_away(rig)
    rig.tc(
        "qdisc", "add", "dev", "swp1", "root", "tbf", "rate", "9mbit", "burst", "9k", "limit", "9k"
    )


def made_lopsided(rig: Rig) -> None:
    rate = ("htb", "rate", "100mbit", "ceil", "900mbit")
    rig.tc("class", "change", "dev", "swp1", "classid", "1:fffe", *rate)


@pytest.mark.parametrize(
    ("happens", "shown"),
    [
        (taken_away, "none/100M"),
        (made_faster, "900M/100M"),
        (made_another, "none/100M"),
        (made_lopsided, "other/100M"),
    ],
)
def test_a_queue_that_does_not_stand_is_drift_and_is_mended(
    rig: Rig, happens: object, shown: str
) -> None:
    made = only(rig, swp1="customer", swp2="customer")
    session = provisioned(rig, made)
    before = session.fetch()
    assert "down=100M" in port_line(before, "swp1")
    assert callable(happens)
    happens(rig)
    drift = compared(made, session.fetch())
    (lost,) = drift.stanzas
    assert f" down={shown} up=100M " in lost.undo[0]
    assert carried_out(session, drift.stanzas).refusal is None
    assert session.fetch() == before
    assert "rate 100Mbit ceil 100Mbit" in rig.tc("class", "show", "dev", "swp1")


def test_the_boot_hook_mends_a_queue_and_leaves_those_that_stand(rig: Rig) -> None:
    provisioned(rig, only(rig, swp1="customer", swp2="customer")).close()
    before, rows = running(rig), rig.vsctl("--columns=_uuid,qos", "list", "port", "swp1", "swp2")
    taken_away(rig)
    rig.hook()
    assert running(rig) == before
    assert rig.vsctl("--columns=_uuid,qos", "list", "port", "swp1", "swp2") == rows


def test_a_queue_of_somebody_else_is_not_made_for_him(rig: Rig) -> None:
    words = ("set", "port", "swp9", "qos=@q", "--", "--id=@q", "create", "qos")
    rig.vsctl(*words, "type=linux-htb", "other_config:max-rate=7000000")
    rig.tc("qdisc", "del", "dev", "swp9", "root")
    rig.hook()
    assert port_line(running(rig), "swp9") == "port swp9 down=none/7M"
    assert "htb" not in rig.tc("qdisc", "show", "dev", "swp9")


def test_a_port_for_which_there_can_be_no_queue_is_named(rig: Rig) -> None:
    """A patch port leads to another bridge, past the kernel."""
    peer = ("add-port", "br0", "there", "--", "set", "interface", "there", "type=patch")
    ours = ("--", "set", "interface", "swp5", "type=patch", "options:peer=there")
    rig.vsctl(*peer, "options:peer=swp5", *ours)
    session = rig.session()
    drift = compared(only(rig, swp5="customer", swp6="customer"), session.fetch())
    sent = carried_out(session, drift.stanzas)
    assert sent.refusal is not None
    why = "swp5: the kernel has no queue for it, so nothing limits what it receives"
    assert (sent.refusal.line.split()[1], sent.refusal.text) == ("swp5", why)
    now = running(rig)
    assert "down=none/100M" in port_line(now, "swp5")
    assert " down=100M" in port_line(now, "swp6")
    assert hooked(rig) == f"{why}\n"
    assert notes(rig) == []


def test_a_switch_without_queues_needs_no_tc(rig: Rig) -> None:
    (rig.folder / "sbin" / "tc").write_text("#!/bin/sh\nexit 1\n")
    assert port_line(running(rig), "swp1") == "port swp1"
