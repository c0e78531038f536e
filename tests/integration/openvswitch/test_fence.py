"""A change whose session is lost before the database has it: fenced off, it changes nothing.

A program in the place of `ovsdb-client` holds the transaction back. Its session is cut and the
switch read over another; then the program goes on, on the switch, where nobody hears it any more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TypeVar

import pytest

from automation.devices import Session
from automation.errors import Busy, Lost, Stale
from automation.model import Stanza
from tests.integration.openvswitch.rig import Rig, wait_for
from tests.integration.openvswitch.test_change import (
    carried_out,
    compared,
    only,
    port_line,
    provisioned,
)
from tests.integration.openvswitch.test_command import bench
from tests.integration.openvswitch.test_timed import notes, running, timed
from tests.integration.openvswitch.workspace import OneSwitch

pytestmark = pytest.mark.openvswitch
__all__ = ["bench"]
T = TypeVar("T")


def cut_off(rig: Rig, work: Callable[[], T], *held: str) -> T:
    """Return what became of work whose session was cut while its transaction was held back."""
    rig.hold(*held)
    with ThreadPoolExecutor(1) as aside:
        cut = aside.submit(rig.cut_what_is_held)
        try:
            return work()
        finally:
            cut.result()


def lost(rig: Rig, armed: bool = False) -> tuple[str, Sequence[Stanza]]:
    """Lose the session of a change before the database has it; return what runs, and the change."""
    session = provisioned(rig, only(rig, swp1="customer"))
    before = session.fetch()
    stanzas = compared(only(rig, swp1="customer_welfare"), before).stanzas
    if armed:
        timed(session).arm(1)
    with pytest.raises(Lost):
        cut_off(rig, lambda: carried_out(session, stanzas))
    return before, stanzas


def fenced(session: Session) -> Session:
    assert session.fence is not None
    session.fence()
    return session


def test_without_a_fence_it_lands_after_it_was_read_to_be_untouched(rig: Rig) -> None:
    before, _ = lost(rig)
    assert running(rig) == before
    rig.let_go()
    assert running(rig) != before
    assert notes(rig) == []


def test_fenced_off_it_changes_nothing_and_the_next_does(rig: Rig) -> None:
    before, stanzas = lost(rig)
    session = fenced(rig.session())
    assert session.fetch() == before
    rig.let_go()
    assert running(rig) == before
    assert carried_out(session, stanzas).refusal is None
    assert running(rig) != before


def test_a_timed_commit_that_is_fenced_off_leaves_no_pending_one_and_no_clock(rig: Rig) -> None:
    before, stanzas = lost(rig, armed=True)
    session = fenced(rig.session())
    assert session.fetch() == before
    rig.let_go()
    wait_for(lambda: not rig.clocks(), "the end of the clock")
    assert running(rig) == before
    (mark,) = notes(rig)
    assert "portvakt-fence" in mark
    assert carried_out(session, stanzas).refusal is None


def test_a_fence_is_on_the_disk_and_another_replaces_it(rig: Rig) -> None:
    fenced(fenced(rig.session()))
    (mark,) = notes(rig)
    rig.crash()
    rig.boot()
    assert notes(rig) == [mark]
    fenced(rig.session())
    (other,) = notes(rig)
    assert other != mark


def test_a_run_of_another_workspace_is_told_of_the_fence(rig: Rig) -> None:
    session = rig.session()
    stanzas = compared(only(rig, swp1="customer"), session.fetch()).stanzas
    fenced(rig.session())
    with pytest.raises(Stale, match="a lost change was settled meanwhile, and all that was sent"):
        carried_out(session, stanzas)
    assert carried_out(rig.session(), stanzas).refusal is None


def test_flows_that_are_made_late_are_those_of_the_rows_as_they_are_by_then(rig: Rig) -> None:
    """A transaction that stood is undone meanwhile; its shell has read the rows long before."""
    session = rig.session()
    before = session.fetch()
    guard = Stanza("ports", "", ("port swp1 dhcp_guard=on",), "", ("port swp1",))
    with pytest.raises(Lost):
        cut_off(rig, lambda: carried_out(session, [guard]), "ovs-ofctl", "add-flows")
    session = fenced(rig.session())
    half = port_line(session.fetch(), "swp1")
    assert half == "port swp1 dhcp_guard=none/on"
    assert carried_out(session, [replace(guard, lines=guard.undo, undo=(half,))]).refusal is None
    assert session.fetch() == before
    rig.let_go()
    assert running(rig) == before


@pytest.mark.parametrize("end", ["confirmed", "reverted", "by its clock", "by the boot hook"])
def test_a_timed_commit_comes_to_its_end_whatever_the_mark(rig: Rig, end: str) -> None:
    session = provisioned(rig, only(rig, swp1="customer"))
    before = session.fetch()
    name = timed(session).arm(3 if end == "by its clock" else 600)
    change = compared(only(rig, swp1="customer_welfare"), before).stanzas
    assert carried_out(session, change).refusal is None
    after = session.fetch()
    fenced(session)
    with pytest.raises(Busy):
        carried_out(rig.session(), change)
    if end == "confirmed":
        timed(rig.session()).confirm(name)
    elif end == "reverted":
        timed(rig.session()).revert(name)
    elif end == "by the boot hook":
        rig.crash()
        rig.boot()
        rig.hook()
    else:
        wait_for(lambda: not rig.clocks(), "the end of the clock")
    assert running(rig) == (after if end == "confirmed" else before)
    assert [note.split("=")[0].strip("{") for note in notes(rig)][-1] == "portvakt-fence"


def test_a_run_says_untouched_of_what_can_come_no_more(bench: OneSwitch, rig: Rig) -> None:
    assert bench.run()["outcome"] == "changed"
    rig.vsctl("set", "port", "swp6", "tag=7")
    row = cut_off(rig, bench.run)
    assert (row["outcome"], row["states"]) == ("failed", ["untouched"])
    rig.let_go()
    assert port_line(running(rig), "swp6").startswith("port swp6 vlan_mode=access tag=7 ")
    assert bench.run()["outcome"] == "changed"
    assert bench.run()["outcome"] == "unchanged"
