"""A timed commit: what nobody confirms the switch takes back, cut off, restarted or not."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from automation.devices import Session, TimedCommit
from automation.errors import Busy, Lost, Refused
from automation.model import Stanza, StanzaState
from tests.integration.openvswitch.rig import Rig, wait_for
from tests.integration.openvswitch.test_change import carried_out, compared, only, provisioned

pytestmark = pytest.mark.openvswitch
LONG, SOON, SHORT = 600, 6, 1
"""Seconds of a clock: never, after what a session asks for at once, and as good as now."""


def timed(session: Session) -> TimedCommit:
    assert session.timed is not None
    return session.timed


def change(rig: Rig, session: Session) -> tuple[Stanza, ...]:
    """Return what moves a customer with a tier to another service and tier."""
    return compared(only(rig, swp1="customer_welfare", swp2="parked"), session.fetch()).stanzas


def armed(rig: Rig, seconds: float) -> tuple[str, str, str]:
    """Send a change that waits, and cut the session; return its name, the text before and after."""
    session = provisioned(rig, only(rig, swp1="customer", swp2="customer"))
    before, stanzas = session.fetch(), change(rig, session)
    name = timed(session).arm(seconds)
    assert carried_out(session, stanzas).refusal is None
    after = session.fetch()
    assert after != before
    session.close()
    return name, before, after


def running(rig: Rig) -> str:
    session = rig.session()
    try:
        return session.fetch()
    finally:
        session.close()


def notes(rig: Rig) -> Sequence[str]:
    return [
        word
        for word in rig.vsctl("get", "Open_vSwitch", ".", "external_ids").split()
        if "portvakt" in word
    ]


def test_what_nobody_confirms_is_taken_back_with_its_queues_and_meters(rig: Rig) -> None:
    _, before, _ = armed(rig, SHORT)
    wait_for(lambda: running(rig) == before, "the way back")
    wait_for(lambda: not rig.clocks(), "the end of the clock")
    assert notes(rig) == []
    left = rig.vsctl("--bare", "--columns=external_ids", "list", "qos").split()
    assert sorted(left) == ["portvakt=swp1", "portvakt=swp2"]


def test_what_a_new_session_confirms_stays(rig: Rig) -> None:
    name, _, after = armed(rig, LONG)
    assert timed(rig.session()).confirm(name)
    assert notes(rig) == []
    rig.hook()
    assert running(rig) == after


def test_a_clock_that_rings_after_the_confirmation_does_nothing(rig: Rig) -> None:
    name, _, after = armed(rig, SOON)
    assert timed(rig.session()).confirm(name)
    wait_for(lambda: not rig.clocks(), "the end of the clock")
    assert running(rig) == after


def test_it_can_be_taken_back_at_once_and_only_once(rig: Rig) -> None:
    name, before, _ = armed(rig, LONG)
    session = rig.session()
    timed(session).revert(name)
    assert session.fetch() == before
    timed(session).revert(name)
    assert not timed(session).confirm(name)


def test_a_way_back_that_is_faster_than_the_confirmation_is_told(rig: Rig) -> None:
    name, before, _ = armed(rig, LONG)
    late, other = rig.session(), rig.session()
    rig.hold(word="portvakt: confirmed")
    with ThreadPoolExecutor(1) as aside:
        confirming = aside.submit(timed(late).confirm, name)
        rig.wait_for_what_is_held()
        timed(other).revert(name)
        rig.let_go()
        assert not confirming.result()
    assert late.fetch() == before


def test_a_clock_that_finds_no_database_goes_on_until_it_does(rig: Rig) -> None:
    _, before, _ = armed(rig, SHORT)
    with rig.database_away():
        assert rig.clocks()
    wait_for(lambda: running(rig) == before, "the way back")
    wait_for(lambda: not rig.clocks(), "the end of the clock")
    assert notes(rig) == []


def test_a_clock_that_the_database_refuses_goes_on_until_it_does_not(rig: Rig) -> None:
    rig.be_full_once()
    _, before, _ = armed(rig, SHORT)
    wait_for(lambda: running(rig) == before, "the way back")
    wait_for(lambda: not rig.clocks(), "the end of the clock")
    assert not list((rig.folder / "bin").iterdir())  # it was refused


def test_a_clock_that_fails_to_make_flows_goes_on_until_it_does_not(rig: Rig) -> None:
    _, before, _ = armed(rig, 5)
    rig.make_no_flows()
    wait_for(lambda: rig.failures() >= 3, "what it does not get done in three rounds")
    rig.mend()
    wait_for(lambda: running(rig) == before, "the way back")
    wait_for(lambda: not rig.clocks(), "the end of the clock")


def test_a_clock_does_not_go_on_for_what_a_port_cannot_have(rig: Rig) -> None:
    provisioned(rig, only(rig, swp9="customer")).close()
    rig.run("ovs-vsctl", "--no-wait", "set", "interface", "swp9", "type=nonsense")
    down = ("get", "interface", "swp9", "ofport")
    wait_for(lambda: rig.vsctl(*down) == "-1", "the daemon to give the port up")
    _, before, _ = armed(rig, SHORT)
    wait_for(lambda: running(rig) == before, "the way back")
    wait_for(lambda: not rig.clocks(), "the end of the clock")
    assert notes(rig) == []


def test_a_way_back_that_the_database_refuses_is_told_in_its_words(rig: Rig) -> None:
    name, before, after = armed(rig, LONG)
    rig.be_full_once()
    with pytest.raises(Refused, match=r"the way back was refused: .*no space left on device"):
        timed(rig.session()).revert(name)
    assert running(rig) == after
    timed(rig.session()).revert(name)
    assert running(rig) == before


def test_the_clock_counts_from_the_commit_however_late_that_comes(rig: Rig) -> None:
    session = provisioned(rig, only(rig, swp1="customer"))
    before, stanzas = session.fetch(), change(rig, session)
    timed(session).arm(SHORT)
    rig.hold()
    with ThreadPoolExecutor(1) as aside:
        changing = aside.submit(carried_out, session, stanzas)
        rig.wait_for_what_is_held()
        time.sleep(4 * SHORT)  # a clock that counted from here would have rung
        rig.let_go()
        assert changing.result().refusal is None
    wait_for(lambda: running(rig) == before, "the way back")
    assert notes(rig) == []


def test_a_timed_commit_that_comes_late_and_unheard_is_taken_back(rig: Rig) -> None:
    session = provisioned(rig, only(rig, swp1="customer"))
    before, stanzas = session.fetch(), change(rig, session)
    timed(session).arm(SHORT)
    rig.hold()
    with ThreadPoolExecutor(1) as aside:
        changing = aside.submit(carried_out, session, stanzas)
        rig.cut_what_is_held()
        with pytest.raises(Lost):
            changing.result()
    time.sleep(4 * SHORT)
    rig.let_go()
    wait_for(lambda: running(rig) == before, "the way back")
    assert notes(rig) == []


@pytest.mark.parametrize("program", ["setsid", "base64", "gzip"])
def test_a_switch_that_cannot_take_it_back_gets_no_change(rig: Rig, program: str) -> None:
    session = provisioned(rig, only(rig, swp1="customer"))
    before, stanzas = session.fetch(), change(rig, session)
    rig.uninstall(program)
    timed(session).arm(LONG)
    sent = carried_out(session, stanzas)
    assert sent.refusal is not None
    assert sent.refusal.text.startswith(f"the clock does not run: {program}: not found")
    assert set(sent.states) == {StanzaState.UNTOUCHED}
    assert not sent.adrift
    assert running(rig) == before
    assert (notes(rig), rig.clocks()) == ([], [])


def test_while_one_waits_nothing_else_is_changed(rig: Rig) -> None:
    name, _, after = armed(rig, LONG)
    session = rig.session()
    stanzas = compared(only(rig, swp3="parked"), session.fetch()).stanzas
    with pytest.raises(Busy, match="a timed commit waits"):
        carried_out(session, stanzas)
    assert running(rig) == after
    assert timed(rig.session()).confirm(name)
    assert carried_out(rig.session(), stanzas).refusal is None


def test_what_a_restart_without_a_hook_left_is_known_to_be_dead(rig: Rig) -> None:
    name, before, after = armed(rig, LONG)
    session = rig.session()
    pending = timed(session).pending
    assert pending is not None
    assert (pending.token, pending.abandoned) == (name, "")
    rig.crash()
    rig.boot()
    rig.another_kernel()
    session = rig.session()
    pending = timed(session).pending
    assert pending is not None
    assert (pending.token, pending.abandoned) == (name, "the device was restarted before that")
    with pytest.raises(Busy, match="restarted before that"):
        carried_out(session, change(rig, session))
    session = rig.session()
    timed(session).revert(name)
    assert session.fetch() == before != after
    assert notes(rig) == []


def test_a_way_back_that_is_lost_can_be_given_up_as_the_refusal_says(rig: Rig) -> None:
    name, _, after = armed(rig, LONG)
    rig.vsctl("remove", "Open_vSwitch", ".", "external_ids", "portvakt-undo")
    with pytest.raises(Refused, match=r"refused: it cannot be read; .* enters there: ") as refused:
        timed(rig.session()).revert(name)
    rig.run(*refused.value.text.rpartition("enters there: ")[2].split())
    session = rig.session()
    assert timed(session).pending is None
    assert session.fetch() == after
    assert carried_out(session, compared(only(rig, swp3="parked"), after).stanzas).refusal is None


def test_another_confirmation_keeps_nothing(rig: Rig) -> None:
    _, before, _ = armed(rig, 2)
    assert not timed(rig.session()).confirm("0123456789abcdef")
    wait_for(lambda: running(rig) == before, "the way back")


def test_a_restart_of_the_switch_takes_it_back_at_once(rig: Rig) -> None:
    rig.hook()
    assert timed(rig.session()).survives_reboot
    _, before, _ = armed(rig, LONG)
    rig.crash()
    rig.boot()
    rig.hook()
    assert running(rig) == before
    assert len(notes(rig)) == 1


def test_a_restart_of_the_daemon_alone_leaves_it_to_the_clock(rig: Rig) -> None:
    name, _, after = armed(rig, LONG)
    rig.stop_daemon()
    rig.start_daemon()
    rig.hook()
    assert running(rig) == after
    assert timed(rig.session()).confirm(name)


def test_without_a_boot_hook_nobody_promises_to_survive(rig: Rig) -> None:
    assert not timed(rig.session()).survives_reboot
    rig.hook()
    assert timed(rig.session()).survives_reboot


def test_a_refused_change_does_not_wait(rig: Rig) -> None:
    session = rig.session()
    session.fetch()
    timed(session).arm(LONG)
    nowhere = "port swp2 qos=00000000-0000-4000-8000-000000000000"
    sent = carried_out(session, [Stanza("ports", "", (nowhere,), "", ("port swp2",))])
    assert sent.refusal is not None
    assert notes(rig) == []
