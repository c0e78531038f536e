"""Plan, change and read back on a real Open vSwitch over a real OpenSSH."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from automation.devices import Session
from automation.drift import Drift, Engine, Seen
from automation.errors import NotAuthorised, Refused, Stale
from automation.model import DeviceIntent, Sent, Stanza, StanzaState, Verdict
from tests.integration.openvswitch.rig import PLATFORM, Rig
from tests.platforms.cases import cases, intent
from tests.platforms.test_circular import one_of_each, rendered, undone

pytestmark = pytest.mark.openvswitch
ENGINE = Engine(PLATFORM)


def wanted(rig: Rig, shift: int = 0) -> DeviceIntent:
    """Return an intent for every port of the switch."""
    return replace(one_of_each("openvswitch", shift), device=rig.device)


def only(rig: Rig, **ports: str) -> DeviceIntent:
    """Return an intent for these ports alone, each as the case of that name."""
    known = {case.name: case.port for case in cases("openvswitch")}
    chosen = [replace(known[case], name=port) for port, case in ports.items()]
    return replace(intent("openvswitch", chosen), device=rig.device)


def compared(made: DeviceIntent, running: str) -> Drift:
    return ENGINE.compare(made.device, running, rendered(made), Seen(trust=True))


def carried_out(session: Session, stanzas: Sequence[Stanza]) -> Sent:
    return session.configure(stanzas, lambda name: name)


def provisioned(rig: Rig, made: DeviceIntent) -> Session:
    """Bring the switch to the intent, and return the session that did it."""
    session = rig.session()
    sent = carried_out(session, compared(made, session.fetch()).stanzas)
    assert sent.refusal is None
    return session


def port_line(text: str, name: str) -> str:
    (line,) = (line for line in text.splitlines() if line.split(" ")[:2] == ["port", name])
    return line


def bond(rig: Rig) -> None:
    """Make two uplinks one port, whose name comes before those of all others."""
    gone = ("del-port", "swp51", "--", "del-port", "swp52")
    rig.vsctl(*gone, "--", "add-bond", "br0", "bond0", "swp51", "swp52")


def test_from_bootstrapped_to_intended_and_back(rig: Rig) -> None:
    made, session = wanted(rig), rig.session()
    before = session.fetch()
    drift = compared(made, before)
    sent = carried_out(session, drift.stanzas)
    assert (sent.refusal, set(sent.states)) == (None, {StanzaState.APPLIED})
    again = compared(made, session.fetch())
    assert again.stanzas == ()
    assert again.base == drift.target
    assert set(again.verdicts.values()) == {Verdict.IN_SYNC}
    assert carried_out(session, undone(drift.stanzas)).refusal is None
    assert session.fetch() == before
    assert rig.vsctl("--bare", "--columns=_uuid", "list", "QoS") == ""
    assert "meter=" not in rig.run("ovs-ofctl", "-O", "OpenFlow14", "dump-meters", "br0")


@pytest.mark.parametrize("shift", [1, 5, 11])
def test_from_every_role_to_another_and_back(rig: Rig, shift: int) -> None:
    session = provisioned(rig, wanted(rig))
    before = session.fetch()
    second = wanted(rig, shift)
    drift = compared(second, before)
    assert carried_out(session, drift.stanzas).refusal is None
    assert compared(second, session.fetch()).stanzas == ()
    assert carried_out(session, undone(drift.stanzas)).refusal is None
    assert session.fetch() == before


def test_a_transaction_that_is_refused_changes_nothing(rig: Rig) -> None:
    session = rig.session()
    before = session.fetch()
    good = Stanza("ports", "", ("port swp1 vlan_mode=access tag=7",), "", ("port swp1",))
    nowhere = "port swp2 qos=00000000-0000-4000-8000-000000000000"
    sent = carried_out(session, [good, replace(good, lines=(nowhere,), undo=("port swp2",))])
    assert sent.states == (StanzaState.UNTOUCHED,) * 2
    assert sent.refusal is not None
    assert "referential integrity violation" in sent.refusal.text
    assert rig.session().fetch() == before


@pytest.mark.parametrize(
    ("words", "stale"),
    [
        ("set port swp1 tag=1102", True),
        ("set port swp1 protected=false", True),
        ("clear port swp1 qos", True),
        ("set port swp1 external_ids:outlet=X", True),
        ("set qos {queue} other_config:max-rate=7", True),
        ("del-port swp1", True),
        ("set port swp1 other_config:priority-tags=never", False),
        ("set port swp2 tag=1102", False),
    ],
)
def test_what_moved_after_it_was_read_is_not_overwritten(rig: Rig, words: str, stale: bool) -> None:
    session = provisioned(rig, only(rig, swp1="customer"))
    drift = compared(only(rig, swp1="parked"), session.fetch())
    queue = rig.vsctl("get", "port", "swp1", "qos")
    rig.vsctl(*words.format(queue=queue).split())
    before = rig.session().fetch()
    if stale:
        with pytest.raises(Stale, match="port swp1 has moved"):
            carried_out(session, drift.stanzas)
        assert rig.session().fetch() == before
    else:
        assert carried_out(session, drift.stanzas).refusal is None


def test_a_thousand_vlans_on_every_port_are_one_transaction(rig: Rig) -> None:
    names = (*rig.device.model.access, *rig.device.model.uplinks)
    session, before = rig.session(), rig.session().fetch()
    for low in (2000, 3000):
        line = f"vlan_mode=trunk trunks={low}-{low + 999}"
        text = session.fetch()
        old = {name: port_line(text, name) for name in names}
        stanzas = [
            Stanza("ports", "", (f"port {name} {line}",), "", (old[name],), subject=f"port {name}")
            for name in names
        ]
        sent = carried_out(session, stanzas)
        assert (sent.refusal, set(sent.states)) == (None, {StanzaState.APPLIED})
        text = session.fetch()
        assert [port_line(text, name) for name in names] == [
            f"port {name} {line}" for name in names
        ]
    rig.vsctl("set", "port", "swp7", "trunks=9")
    with pytest.raises(Stale):
        carried_out(session, undone(stanzas))
    rig.vsctl("set", "port", "swp7", f"trunks={','.join(map(str, range(3000, 4000)))}")
    session = rig.session()
    last = [
        replace(one, undo=one.lines, lines=(f"port {name}",))
        for one, name in zip(stanzas, names, strict=True)
    ]
    timed = session.timed
    assert timed is not None
    name = timed.arm(600)
    assert carried_out(session, last).refusal is None
    assert session.fetch() == before
    timed.revert(name)
    assert port_line(session.fetch(), "swp52") == f"port swp52 {line}"
    assert "portvakt-same" not in rig.vsctl("list", "port")


def test_queues_of_replaced_tiers_go_and_others_stay(rig: Rig) -> None:
    by_hand = rig.vsctl("set", "port", "swp9", "qos=@q", "--", "--id=@q", "create", "qos", "type=x")
    session = provisioned(rig, only(rig, swp1="customer", swp2="customer"))
    for case in ("customer_two", "customer_welfare", "customer", "parked"):
        drift = compared(only(rig, swp1=case), session.fetch())
        assert carried_out(session, drift.stanzas).refusal is None
        left = rig.vsctl("--bare", "--columns=external_ids", "list", "qos").split()
        assert sorted(left) == ["portvakt=swp1"] * (case != "parked") + ["portvakt=swp2"]
    assert rig.vsctl("get", "port", "swp9", "qos") == by_hand


def test_a_queue_of_somebody_else_is_drift_and_comes_back(rig: Rig) -> None:
    by_hand = rig.vsctl("set", "port", "swp1", "qos=@q", "--", "--id=@q", "create", "qos", "type=x")
    session, made = rig.session(), only(rig, swp1="customer")
    before = session.fetch()
    assert port_line(before, "swp1") == f"port swp1 qos={by_hand}"
    drift = compared(made, before)
    assert carried_out(session, drift.stanzas).refusal is None
    assert compared(made, session.fetch()).stanzas == ()
    assert carried_out(session, undone(drift.stanzas)).refusal is None
    assert session.fetch() == before


def test_what_a_restart_of_the_daemon_loses_is_drift_and_is_mended(rig: Rig) -> None:
    made = only(rig, swp1="customer")
    provisioned(rig, made).close()
    rig.stop_daemon()
    rig.start_daemon()
    session = rig.session()
    drift = compared(made, session.fetch())
    (lost,) = drift.stanzas
    assert lost.undo[0].endswith("down=100M up=none/100M dhcp_guard=none/on")
    assert carried_out(session, drift.stanzas).refusal is None
    assert compared(made, session.fetch()).stanzas == ()


def test_the_boot_hook_puts_back_what_a_restart_loses(rig: Rig) -> None:
    provisioned(rig, wanted(rig)).close()
    rig.stop_daemon()
    rig.start_daemon()
    rig.hook()
    assert compared(wanted(rig), rig.session().fetch()).stanzas == ()


def test_an_interface_that_goes_wrong_is_a_refusal_after_the_commit(rig: Rig) -> None:
    session = rig.session()
    drift = compared(only(rig, swp1="parked"), session.fetch())
    rig.run("ovs-vsctl", "--no-wait", "set", "interface", "swp1", "type=nonsense")
    sent = carried_out(session, drift.stanzas)
    assert sent.refusal is not None
    assert sent.refusal.text.startswith("swp1: could not open network device swp1 (")
    assert sent.states == (StanzaState.UNKNOWN,)


def test_a_member_of_a_bond_that_goes_wrong_is_one_too(rig: Rig) -> None:
    bond(rig)
    session = rig.session()
    before = port_line(session.fetch(), "bond0")
    rig.run("ovs-vsctl", "--no-wait", "set", "interface", "swp52", "type=nonsense")
    trunk = "port bond0 vlan_mode=trunk trunks=7"
    sent = carried_out(session, [Stanza("uplinks", "", (trunk,), "", (before,))])
    assert sent.refusal is not None
    assert sent.refusal.text.startswith("swp52: could not open network device swp52 (")


def test_a_login_without_rights_is_told_so(rig: Rig) -> None:
    session = rig.session()
    session.fetch()
    rig.deny("ovsdb-client")
    with pytest.raises(NotAuthorised, match="Permission denied"):
        session.fetch()


def test_a_right_that_is_missing_after_the_commit_does_not_make_it_nothing(rig: Rig) -> None:
    session = rig.session()
    drift = compared(only(rig, swp1="customer"), session.fetch())
    rig.deny("ovs-ofctl")
    sent = carried_out(session, drift.stanzas)
    assert sent.refusal is not None
    assert "Permission denied" in sent.refusal.text
    assert sent.states == (StanzaState.UNKNOWN,)
    assert rig.vsctl("get", "port", "swp1", "tag") == "1101"


def test_a_switch_whose_daemon_is_dead_cannot_be_read(rig: Rig) -> None:
    session = rig.session()
    rig.stop_daemon()
    with pytest.raises(Refused, match="br0"):
        session.fetch()


def test_a_command_that_fails_is_refused_with_its_words(rig: Rig) -> None:
    assert rig.session().read("ovs-vsctl list-br") == "br0\n"
    with pytest.raises(Refused, match="no row"):
        rig.session().read("ovs-vsctl get port nosuch tag")
