"""What a customer receives is read from the kernel: the database only says what it should be."""

from __future__ import annotations

import pytest

from tests.integration.openvswitch.rig import Rig, wait_for
from tests.integration.openvswitch.test_change import (
    carried_out,
    compared,
    only,
    port_line,
    provisioned,
)
from tests.integration.openvswitch.test_meters import hooked, number
from tests.integration.openvswitch.test_timed import running

pytestmark = pytest.mark.openvswitch


def taken_away(rig: Rig, port: str = "swp1") -> None:
    rig.tc("qdisc", "del", "dev", port, "root")


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
    made = only(rig, swp5="customer", swp6="customer")
    drift = compared(made, session.fetch())
    (late,) = drift.deferred
    assert (late.header, late.line) == ("port swp5", "down=100M")
    assert late.why == "the kernel has no queue for a port of type patch"
    assert carried_out(session, drift.stanzas).refusal is None
    now = running(rig)
    assert "tag=1101 protected=true" in port_line(now, "swp5")
    assert " down=" not in port_line(now, "swp5")
    assert " down=100M" in port_line(now, "swp6")
    assert compared(made, now).stanzas == ()
    rig.hook()


def test_a_queue_that_the_kernel_does_not_make_is_told_of_its_port(rig: Rig) -> None:
    """The port became one of another kind after it was looked at."""
    provisioned(rig, only(rig, swp5="customer", swp6="customer")).close()
    peer = ("add-port", "br0", "there", "--", "set", "interface", "there", "type=patch")
    ours = ("--", "set", "interface", "swp5", "type=patch", "options:peer=there")
    rig.vsctl(*peer, "options:peer=swp5", *ours)
    rig.tc("qdisc", "del", "dev", "swp5", "root")
    why = "swp5: the kernel has no queue for it, so nothing limits what it receives"
    assert hooked(rig) == f"{why}\n"
    now = running(rig)
    assert "down=none/100M" in port_line(now, "swp5")
    assert " down=100M" in port_line(now, "swp6")
    parked = compared(only(rig, swp5="iot_gateway"), now)
    assert carried_out(rig.session(), parked.stanzas).refusal is None


def row_of(rig: Rig, column: str) -> str:
    return rig.vsctl("get", "port", "swp1", column)


def test_a_queue_that_was_taken_is_given_back_whatever_the_daemon_does(rig: Rig) -> None:
    """The daemon does not follow in time; the commit that gives the queue back goes out anyway."""
    session = provisioned(rig, only(rig, swp1="customer", swp2="customer"))
    before = session.fetch()
    queue = row_of(rig, "qos")
    taken_away(rig)
    rig.lag_once()
    said = hooked(rig, first=rig.folder / "bin", status=1)
    assert said.startswith("swp1: its queue was to be made anew: committed, but the switch daemon")
    assert (row_of(rig, "qos"), "portvakt-queue" in row_of(rig, "external_ids")) == (queue, False)
    rig.hook()
    assert running(rig) == before


def test_a_queue_that_is_not_made_anew_keeps_no_other_port_from_its_own(rig: Rig) -> None:
    provisioned(rig, only(rig, swp1="customer", swp2="customer", swp9="customer")).close()
    before = running(rig)
    rig.run("ovs-vsctl", "--no-wait", "set", "interface", "swp9", "type=nonsense")
    wait_for(lambda: number(rig, "swp9") == "-1", "the daemon to give the port up")
    taken_away(rig)
    taken_away(rig, "swp2")
    rig.lag_once()
    first, second, *_ = hooked(rig, first=rig.folder / "bin", status=1).splitlines()
    assert first == "swp9: it has no OpenFlow number, so it is neither metered nor guarded"
    assert second.startswith("swp1: its queue was to be made anew: committed, but the switch")
    assert port_line(running(rig), "swp2") == port_line(before, "swp2")


def test_a_daemon_that_follows_at_no_port_is_waited_for_at_two_and_the_others_are_named(
    rig: Rig,
) -> None:
    provisioned(rig, only(rig, swp1="customer", swp2="customer", swp3="customer")).close()
    before = running(rig)
    for port in ("swp1", "swp2", "swp3"):
        taken_away(rig, port)
    rig.lag()
    said = hooked(rig, first=rig.folder / "bin", status=1).splitlines()
    anew = [line.split(":")[0] for line in said if "was to be made anew" in line]
    assert anew == ["swp1", "swp2"]
    assert said[-1] == "swp3: the kernel has no queue for it, so nothing limits what it receives"
    rig.hook()
    assert running(rig) == before


def cut_between(rig: Rig) -> None:
    """Leave behind what somebody does who takes a queue away and is killed then."""
    note = ("set", "port", "swp1", f"external_ids:portvakt-queue={row_of(rig, 'qos')}")
    rig.vsctl(*note, "--", "clear", "port", "swp1", "qos")


def test_a_queue_that_a_killed_shell_had_taken_comes_back_with_the_boot_hook(rig: Rig) -> None:
    session = provisioned(rig, only(rig, swp1="customer", swp2="customer"))
    before = session.fetch()
    cut_between(rig)
    assert running(rig) == before.replace("down=100M", "down=none/100M", 1)
    rig.hook()
    assert running(rig) == before
    assert "portvakt-queue" not in row_of(rig, "external_ids")


@pytest.mark.parametrize(("case", "queues"), [("customer", 1), ("parked", 0)])
def test_a_queue_that_a_killed_shell_had_taken_is_drift(rig: Rig, case: str, queues: int) -> None:
    session = provisioned(rig, only(rig, swp1="customer"))
    cut_between(rig)
    made = only(rig, swp1=case)
    assert carried_out(session, compared(made, session.fetch()).stanzas).refusal is None
    assert compared(made, session.fetch()).stanzas == ()
    assert "portvakt-queue" not in row_of(rig, "external_ids")
    assert len(rig.vsctl("--bare", "--columns=_uuid", "list", "QoS").split()) == queues
    rig.hook()
    assert compared(made, session.fetch()).stanzas == ()


def test_a_switch_without_queues_needs_no_tc(rig: Rig) -> None:
    (rig.folder / "sbin" / "tc").write_text("#!/bin/sh\nexit 1\n")
    assert port_line(running(rig), "swp1") == "port swp1"
