"""What OpenFlow holds: made for every port that has it to itself, and nobody else's is touched."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from automation.platforms.openvswitch.change import LIBRARY
from tests.integration.openvswitch.rig import Rig, wait_for
from tests.integration.openvswitch.test_change import (
    bond,
    carried_out,
    compared,
    only,
    port_line,
    provisioned,
)
from tests.integration.openvswitch.test_timed import notes, running, timed

pytestmark = pytest.mark.openvswitch
KBITS = "kbps,burst,band=type=drop,rate=8000,burst_size=2000"
"""A meter as we make them."""


def restarted(rig: Rig) -> None:
    rig.stop_daemon()
    rig.start_daemon()


def openflow(rig: Rig, *words: str) -> str:
    return rig.run("ovs-ofctl", "-O", "OpenFlow14", *words)


def number(rig: Rig, port: str) -> str:
    return rig.vsctl("get", "interface", port, "ofport")


def hooked(rig: Rig) -> str:
    """Run the boot hook, which does not come to a good end; return what it says."""
    done = subprocess.run(
        ["/bin/sh", "-s", "boot"],
        env=rig.environment,
        input=LIBRARY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    return done.stderr


def test_a_bond_takes_nothing_from_the_ports_after_it(rig: Rig) -> None:
    bond(rig)
    made = only(rig, swp1="customer", swp2="customer")
    provisioned(rig, made).close()
    before = running(rig)
    restarted(rig)
    rig.hook()
    assert running(rig) == before
    assert any("portvakt-boot" in note for note in notes(rig))


def test_what_a_timed_commit_took_away_beside_a_bond_comes_back_with_it(rig: Rig) -> None:
    bond(rig)
    session = provisioned(rig, only(rig, swp1="customer"))
    before = session.fetch()
    name = timed(session).arm(600)
    assert carried_out(session, compared(only(rig, swp1="parked"), before).stanzas).refusal is None
    timed(session).revert(name)
    assert session.fetch() == before


def test_a_port_without_a_number_is_named_and_the_others_have_theirs(rig: Rig) -> None:
    provisioned(rig, only(rig, swp1="customer", swp2="customer")).close()
    before = running(rig)
    rig.run("ovs-vsctl", "--no-wait", "set", "interface", "swp1", "type=nonsense")
    restarted(rig)
    assert hooked(rig) == (
        "swp1: it has no OpenFlow number, so it is neither metered nor guarded\n"
    )
    assert notes(rig) == []
    now = running(rig)
    assert port_line(now, "swp2") == port_line(before, "swp2")
    assert "up=none/100M dhcp_guard=none/on" in port_line(now, "swp1")


def test_a_port_that_the_daemon_has_not_come_to_yet_is_waited_for(rig: Rig) -> None:
    provisioned(rig, only(rig, swp1="customer")).close()
    before = running(rig)
    restarted(rig)
    rig.vsctl("--no-wait", "clear", "interface", "swp1", "ofport")
    with ThreadPoolExecutor(1) as aside:
        hook = aside.submit(rig.hook)
        wait_for(lambda: rig.asks("ofport!=[]"), "the hook's patience")
        rig.vsctl("set", "bridge", "br0", "other_config:x=y")  # now it comes to its ports
        hook.result()
    assert running(rig) == before
