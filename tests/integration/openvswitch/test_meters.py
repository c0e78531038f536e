"""What OpenFlow holds: made for every port that has it to itself, and nobody else's is touched."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from automation.model import Stanza, StanzaState
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


def hooked(rig: Rig, first: Path = Path("/bin"), status: int = 3) -> str:
    """Run the boot hook, which comes to no good end; return what it says.

    It looks for programs in `first` before all else, and its `status` is 3 where nothing of what is
    wrong is a matter of time.
    """
    done = subprocess.run(
        ["/bin/sh", "-s", "boot"],
        env={**rig.environment, "PATH": f"{first}:{rig.environment['PATH']}"},
        input=LIBRARY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status
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
    assert any("portvakt-boot" in note for note in notes(rig))  # a commit would be taken back
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


def test_a_port_that_the_daemon_does_not_come_to_is_a_matter_of_time(rig: Rig) -> None:
    provisioned(rig, only(rig, swp1="customer")).close()
    restarted(rig)
    rig.vsctl("--no-wait", "clear", "interface", "swp1", "ofport")
    rig.lag("ofport!=[]")
    said = hooked(rig, first=rig.folder / "bin", status=1)
    assert said == "swp1: it has no OpenFlow number, so it is neither metered nor guarded\n"


def foreign(rig: Rig) -> tuple[str, str]:
    """Return all meters, and the flows that are not ours, less what counts on."""
    flows = openflow(rig, "--no-stats", "dump-flows", "br0", "cookie=0x1/-1")
    return openflow(rig, "dump-meters", "br0"), flows


def test_a_meter_that_somebody_elses_flow_leads_to_stays_and_so_does_the_flow(rig: Rig) -> None:
    """It looks like ours, so only the switch can tell; the other port has its own meanwhile."""
    at = number(rig, "swp5")
    openflow(rig, "add-meter", "br0", f"meter={at},{KBITS}")
    openflow(rig, "add-flow", "br0", f"cookie=0x1,priority=50,ip,actions=meter:{at},normal")
    before = foreign(rig)
    rig.hook()
    session = provisioned(rig, only(rig, swp5="parked"))
    assert foreign(rig) == before
    drift = compared(only(rig, swp6="customer", swp5="customer"), session.fetch())
    sent = carried_out(session, drift.stanzas)
    assert sent.refusal is not None
    assert sent.refusal.line.startswith("port swp5 ")
    assert sent.refusal.text == f"swp5: meter {at} of br0, whose number it needs, is not ours"
    assert "up=none/100M dhcp_guard=on" in port_line(running(rig), "swp5")
    assert "up=100M dhcp_guard=on" in port_line(running(rig), "swp6")
    openflow(rig, "del-meter", "br0", f"meter={number(rig, 'swp6')}")
    assert foreign(rig) == before


def test_a_meter_unlike_ours_stays_and_the_tier_of_its_port_alone_waits(rig: Rig) -> None:
    at = number(rig, "swp5")
    openflow(rig, "add-meter", "br0", f"meter={at},kbps,band=type=drop,rate=7")
    before = foreign(rig)
    rig.hook()
    session = provisioned(rig, only(rig, swp5="parked"))
    drift = compared(only(rig, swp5="customer", swp6="customer"), session.fetch())
    (late,) = drift.deferred
    assert (late.header, late.line) == ("port swp5", "up=100M")
    assert late.why == f"meter {at}, whose number it needs, is not ours"
    assert carried_out(session, drift.stanzas).refusal is None
    now = session.fetch()
    assert "tag=1101 protected=true" in port_line(now, "swp5")
    assert "down=100M dhcp_guard=on bars=" in port_line(now, "swp5")
    openflow(rig, "del-meter", "br0", f"meter={number(rig, 'swp6')}")
    assert foreign(rig) == before
    openflow(rig, "del-meter", "br0", f"meter={at}")
    again = compared(only(rig, swp5="customer"), session.fetch())
    assert [stanza.subject for stanza in again.stanzas] == ["port swp5"]


def test_a_meter_that_a_restart_lost_and_somebody_took_holds_up_nothing_else(rig: Rig) -> None:
    """The row remembers a tier that the switch cannot make: its guard is mended all the same."""
    made = only(rig, swp5="customer")
    session = provisioned(rig, made)
    at = number(rig, "swp5")
    restarted(rig)
    openflow(rig, "add-meter", "br0", f"meter={at},kbps,band=type=drop,rate=7")
    rig.vsctl("set", "port", "swp5", "tag=1102", "protected=false")
    drift = compared(made, session.fetch())
    assert [late.line for late in drift.deferred] == ["up=100M"]
    assert carried_out(session, drift.stanzas).refusal is None
    now = port_line(session.fetch(), "swp5")
    assert "tag=1101 protected=true" in now
    assert "down=100M up=none/100M dhcp_guard=on bars=" in now
    again = compared(made, session.fetch())
    assert (again.stanzas, again.base) == ((), drift.target)


def test_a_tier_on_a_bond_is_refused_before_anything_is_sent(rig: Rig) -> None:
    """Each of its interfaces would have the whole rate, and the switch counts no queue of its."""
    bond(rig)
    session = rig.session()
    before = session.fetch()
    line = "port bond0 vlan_mode=trunk trunks=10,20 down=100M"
    made = Stanza("uplinks", "", (line,), "", (port_line(before, "bond0"),), subject="port bond0")
    sent = carried_out(session, [made])
    assert sent.refusal is not None
    assert sent.refusal.text.startswith("not sent: a bond has neither a queue nor")
    assert set(sent.states) == {StanzaState.UNTOUCHED}
    assert running(rig) == before
    rig.hook()


def test_a_port_of_a_fake_bridge_is_metered_where_the_bridge_is(rig: Rig) -> None:
    rig.vsctl("add-br", "vlan10", "br0", "10")
    rig.vsctl("del-port", "swp5", "--", "add-port", "vlan10", "swp5")
    made = only(rig, swp5="customer", swp6="customer")
    session = provisioned(rig, made)
    before = session.fetch()
    assert "down=100M up=100M dhcp_guard=on" in port_line(before, "swp5")
    assert compared(made, before).stanzas == ()
    restarted(rig)
    assert "up=none/100M" in port_line(running(rig), "swp5")
    rig.hook()
    assert running(rig) == before


def test_a_module_that_is_broken_holds_up_its_own_port_alone(rig: Rig) -> None:
    made = only(rig, swp1="customer", swp2="parked")
    session = provisioned(rig, made)
    rig.run("ovs-vsctl", "--no-wait", "set", "interface", "swp1", "type=nonsense")
    wait_for(lambda: number(rig, "swp1") == "-1", "the daemon to give the port up")
    drift = compared(only(rig, swp1="customer", swp2="customer"), session.fetch())
    assert [stanza.subject for stanza in drift.stanzas] == ["port swp2"]
    assert carried_out(session, drift.stanzas).refusal is None
    (late,) = (one for one in compared(made, session.fetch()).deferred if one.line)
    assert late.line.endswith("up=100M dhcp_guard=on")
    assert late.why.startswith("it has no OpenFlow number")
    other = compared(only(rig, swp1="customer_welfare"), session.fetch())
    assert carried_out(session, other.stanzas).refusal is None
    assert "up=none/100M dhcp_guard=none/on" in port_line(session.fetch(), "swp1")
    assert "vlan_mode=native-untagged" in port_line(session.fetch(), "swp1")
    parked = compared(only(rig, swp1="parked"), session.fetch()).stanzas
    assert carried_out(session, parked).refusal is None


def test_what_is_taken_back_is_done_whatever_another_port_lacks(rig: Rig) -> None:
    session = provisioned(rig, only(rig, swp1="customer", swp2="customer", swp9="customer"))
    rig.run("ovs-vsctl", "--no-wait", "set", "interface", "swp9", "type=nonsense")
    wait_for(lambda: number(rig, "swp9") == "-1", "the daemon to give the port up")
    before = session.fetch()
    name = timed(session).arm(600)
    stanzas = compared(only(rig, swp1="customer_welfare", swp2="parked"), before).stanzas
    assert carried_out(session, stanzas).refusal is None
    said = timed(rig.session()).revert(name)
    assert said.startswith("it is taken back, but: swp9: it has no OpenFlow number")
    assert running(rig) == before
    assert notes(rig) == []


def test_a_dead_commit_is_taken_back_and_the_hook_noted_whatever_a_port_lacks(rig: Rig) -> None:
    session = provisioned(rig, only(rig, swp1="customer", swp9="customer"))
    before = session.fetch()
    timed(session).arm(600)
    stanzas = compared(only(rig, swp1="parked"), before).stanzas
    assert carried_out(session, stanzas).refusal is None
    rig.crash()
    rig.boot()
    rig.run("ovs-vsctl", "--no-wait", "set", "interface", "swp9", "type=nonsense")
    wait_for(lambda: number(rig, "swp9") == "-1", "the daemon to give the port up")
    assert hooked(rig).startswith("swp9: it has no OpenFlow number")
    assert [note for note in notes(rig) if "portvakt-commit" in note] == []
    assert any("portvakt-boot" in note for note in notes(rig))
    assert port_line(running(rig), "swp1") == port_line(before, "swp1")


def test_a_flow_of_somebody_else_on_our_meter_outlives_our_own(rig: Rig) -> None:
    session = provisioned(rig, only(rig, swp5="customer"))
    at = number(rig, "swp5")
    openflow(rig, "add-flow", "br0", f"cookie=0x1,priority=50,ip,actions=meter:{at},normal")
    stanzas = compared(only(rig, swp5="parked"), session.fetch()).stanzas
    assert carried_out(session, stanzas).refusal is None
    assert f"meter:{at}" in openflow(rig, "dump-flows", "br0", "cookie=0x1/-1")
    assert "up=" not in port_line(session.fetch(), "swp5")


def test_a_meter_whose_flow_a_cut_shell_never_made_is_ours(rig: Rig) -> None:
    at = number(rig, "swp5")
    openflow(rig, "add-meter", "br0", f"meter={at},{KBITS}")
    session = provisioned(rig, only(rig, swp5="customer"))
    assert "up=100M" in port_line(session.fetch(), "swp5")
    openflow(rig, "del-flows", "br0", "cookie=0x706f727476616b74/-1")
    session = rig.session()
    stanzas = compared(only(rig, swp5="parked"), session.fetch()).stanzas
    assert carried_out(session, stanzas).refusal is None
    assert f"meter={at} " not in openflow(rig, "dump-meters", "br0")
