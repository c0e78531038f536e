"""The transaction kind: one script a channel, its status and its complaints, and the timed commit.

The device is an OVSDB in memory; tests/integration/openvswitch has the same on the real one.
"""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from automation.devices import Session, TimedCommit
from automation.devices.transaction import whole
from automation.errors import Busy, DeviceError, Lost, NotAuthorised, Refused, Stale
from automation.model import Output, Stanza, StanzaState
from tests.integration.devices.bench import Bench
from tests.integration.devices.desk import NO_SHELL, Desk
from tests.integration.devices.fake import Rack, Then

pytestmark = pytest.mark.integration

A, U, X = StanzaState.APPLIED, StanzaState.UNTOUCHED, StanzaState.UNKNOWN
DENIED = Output(1, "", 'ovsdb-client: failed to connect to "unix:x" (Permission denied)\n')
DEAD = Output(1, "host sw1\n", "ovs-ofctl: br0 is not a bridge or a socket\n")


def stanza(line: str, undo: str) -> Stanza:
    return Stanza("ports", "", (line,), "", (undo,), subject=" ".join(undo.split()[:2]))


PARK = (
    stanza("port swp1 vlan_mode=access tag=4094 protected=true", "port swp1"),
    stanza("port swp2 vlan_mode=access tag=4094 protected=true", "port swp2"),
)
TIER = (stanza("port swp1 vlan_mode=access tag=7 down=100M up=50M", "port swp1"),)


@pytest.fixture
def desk(rack: Rack, tmp_path: Path) -> Iterator[Desk]:
    """A switch, and sessions to it that are closed in the end."""
    one = Desk(rack, tmp_path)
    one.listen()
    yield one
    for session in one.opened:
        session.close()


def plain(name: str) -> str:
    raise AssertionError(f"nothing here holds the secret {name}")


def configured(session: Session, stanzas: Sequence[Stanza]) -> tuple[StanzaState, ...]:
    sent = session.configure(stanzas, plain)
    assert sent.refusal is None
    return sent.states


def timed(session: Session) -> TimedCommit:
    assert session.timed is not None
    return session.timed


def test_read_change_and_read_again_are_a_script_each(desk: Desk) -> None:
    session = desk.session()
    assert session.fetch() == desk.switch.running()
    assert configured(session, PARK) == (A, A)
    session.save()
    assert "port swp2 vlan_mode=access tag=4094 protected=true\n" in session.fetch()
    assert desk.commands == ["sh"] * 3
    assert len(desk.scripts) == 3


def test_a_change_without_a_read_before_it_reads_first(desk: Desk) -> None:
    assert configured(desk.session(), PARK) == (A, A)
    assert len(desk.scripts) == 2


def test_what_changes_nothing_is_not_sent(desk: Desk) -> None:
    session = desk.session()
    assert session.configure((), plain).states == ()
    assert session.configure(PARK, plain, stop=lambda: True).states == (U, U)
    assert desk.scripts == []


def test_a_command_is_read(desk: Desk) -> None:
    assert desk.session().read("ovs-vsctl show") == "ovs-vsctl show was read\n"


@pytest.mark.parametrize(
    ("answer", "error", "why"),
    [
        (DENIED, NotAuthorised, "Permission denied"),
        (DEAD, Refused, "'reading the configuration' was refused: ovs-ofctl: br0"),
        (Output(0, "", "a word\n"), Refused, "a word"),
        (Output(7, "", ""), Refused, "it ended with status 7 and said nothing"),
        (Output(0, "Last login: today\n", ""), DeviceError, "reading the configuration"),
        (NO_SHELL, Refused, "the device gave no shell: This account is currently not available"),
        (Then.DROP, Lost, "the device cut the session off"),
    ],
)
def test_what_cannot_be_read(
    desk: Desk, answer: Output | Then, error: type[DeviceError], why: str
) -> None:
    session = desk.session()
    desk.instead = [answer]
    with pytest.raises(error, match=why):
        session.fetch()
    with pytest.raises(Lost, match="the session is closed"):
        session.fetch()


def test_a_device_that_hangs_is_left_at_the_deadline(desk: Desk) -> None:
    session = desk.session(seconds=1)
    desk.instead = [Then.HANG]
    with pytest.raises(Lost, match="was not done within"):
        session.fetch()


def test_a_session_that_is_cut_during_a_change_does_not_know_how_it_ended(desk: Desk) -> None:
    session = desk.session()
    session.fetch()
    desk.instead = [Then.DROP]
    with pytest.raises(Lost) as lost:
        session.configure(PARK, plain)
    assert lost.value.states == (X, X)
    assert "tag=4094" in desk.switch.running()


@pytest.mark.parametrize(
    ("answer", "states", "text"),
    [
        (Output(0, '[{},{},{"error":"timed out"}]', ""), None, "port swp1 has moved meanwhile"),
        (Output(0, '[{},{},{},{},{},{},{},{},{"error":"I/O error"}]', ""), (U, U), "I/O error"),
        (Output(142, "[{}]\n", ""), (X, X), "it ended with status 142 and said nothing"),
        (Output(1, "[{}]\n", "committed, but …"), (X, X), "committed, but …"),
    ],
)
def test_what_a_device_makes_of_a_change(
    desk: Desk, answer: Output, states: tuple[StanzaState, ...] | None, text: str
) -> None:
    session = desk.session()
    session.fetch()
    desk.instead = [answer]
    if states is None:
        with pytest.raises(Stale, match=f"{text}; nothing was changed"):
            session.configure(PARK, plain)
        return
    sent = session.configure(PARK, plain)
    assert sent.refusal is not None
    assert (sent.states, sent.refusal.text) == (states, text)
    with pytest.raises(Lost, match="closed"):
        session.fetch()


def test_a_login_that_may_read_and_not_write(desk: Desk) -> None:
    session = desk.session()
    session.fetch()
    desk.instead = [DENIED]
    with pytest.raises(NotAuthorised, match="Permission denied"):
        session.configure(PARK, plain)


def test_a_line_that_cannot_be_carried_out_is_not_sent(desk: Desk) -> None:
    session = desk.session()
    bad = stanza("port swp2 colour=blue", "port swp2")
    sent = session.configure((PARK[0], bad), plain)
    assert sent.refusal is not None
    assert (sent.states, sent.refusal.line, sent.refusal.stanza) == ((U, U), bad.lines[0], 1)
    assert len(desk.scripts) == 1


def test_a_line_that_moved_after_the_plan_is_stale(desk: Desk) -> None:
    desk.switch.database.named("Port", "swp1")["tag"] = 9
    with pytest.raises(Stale, match="port swp1 has moved"):
        desk.session().configure(PARK, plain)


def test_a_timed_commit_is_confirmed_over_another_session(desk: Desk) -> None:
    session = desk.session()
    name = timed(session).arm(59.6)
    assert configured(session, TIER) == (A,)
    verb, _, *clock, barred, port = shlex.split(desk.scripts[-1].splitlines()[-1])
    assert (verb, clock, barred, port) == ("pv_change", ["60", name], "", "swp1")
    with pytest.raises(Busy, match=r"a timed commit waits on the device \(ports: 1; over in 360 s"):
        desk.session().configure(PARK, plain)
    session = desk.session()
    assert timed(session).confirm(name)
    assert not timed(session).confirm(name)
    assert configured(session, PARK[1:]) == (A,)
    assert "down=100M up=50M" in desk.switch.running()


def test_beside_a_dead_timed_commit_nothing_is_changed(desk: Desk) -> None:
    session = desk.session()
    name = timed(session).arm(60)
    assert configured(session, TIER) == (A,)
    desk.switch.boot = "another"
    session = desk.session()
    pending = timed(session).pending
    assert pending is not None
    assert pending.token == name
    with pytest.raises(Busy, match="ports: 1; the device was restarted before that"):
        session.configure(PARK, plain)
    timed(desk.session()).revert(name)
    assert configured(desk.session(), PARK) == (A, A)


def test_a_timed_commit_is_taken_back(desk: Desk) -> None:
    session, before = desk.session(), desk.switch.running()
    name = timed(session).arm(60)
    assert configured(session, TIER) == (A,)
    timed(session).revert(name)
    assert session.fetch() == before
    timed(session).revert(name)
    assert configured(session, PARK) == (A, A)


@pytest.mark.parametrize("answer", [Output(0, "[]", ""), Output(1, "", "no socket\n"), Then.DROP])
def test_a_confirmation_that_nobody_answers_is_no_yes(desk: Desk, answer: Output | Then) -> None:
    session = desk.session()
    name = timed(session).arm(60)
    configured(session, TIER)
    desk.instead = [None, answer]
    with pytest.raises(DeviceError, match="whether its record is ended is not known"):
        timed(session).confirm(name)


def test_a_confirmation_that_the_database_refuses_is_a_no(desk: Desk) -> None:
    session = desk.session()
    name = timed(session).arm(60)
    configured(session, TIER)
    desk.instead = [None, Output(0, '[{"error":"constraint violation"}]', "")]
    with pytest.raises(Refused, match="constraint violation"):
        timed(session).confirm(name)


def test_a_clock_that_is_faster_than_the_confirmation_is_no_yes(desk: Desk) -> None:
    session, before = desk.session(), desk.switch.running()
    name = timed(session).arm(60)
    configured(session, TIER)
    desk.ring_before_the_confirmation()
    assert not timed(session).confirm(name)
    assert session.fetch() == before


def test_an_end_that_does_not_come_is_a_refusal(desk: Desk) -> None:
    session = desk.session()
    name = timed(session).arm(60)
    configured(session, TIER)
    desk.instead = [None, Output(0, "[]", "")]
    with pytest.raises(Refused, match="the timed commit still waits"):
        timed(session).revert(name)


def test_an_armed_clock_is_for_the_next_change_alone(desk: Desk) -> None:
    session = desk.session()
    timed(session).arm(60)
    session.configure((), plain)
    assert configured(session, TIER) == (A,)
    assert desk.switch.snapshot().pending is None
    assert not timed(session).survives_reboot


def mark(desk: Desk) -> str:
    """Return the mark of the switch's last fence."""
    root = desk.switch.database.tables["Open_vSwitch"][desk.switch.root]
    return str(dict(root["external_ids"][1]).get("portvakt-fence", ""))


def fenced(session: Session) -> None:
    assert session.fence is not None
    session.fence()


def lost(desk: Desk) -> str:
    """Send a change whose session is cut before the device comes to it; return what runs."""
    session = desk.session()
    before = session.fetch()
    desk.instead = [Then.STALL]
    with pytest.raises(Lost):
        session.configure(PARK, plain)
    return before


def test_a_change_whose_session_was_lost_lands_late(desk: Desk) -> None:
    before = lost(desk)
    assert desk.session().fetch() == before
    desk.let_go()
    assert "tag=4094" in desk.switch.running()


def test_it_does_not_when_it_was_fenced_off_before_the_read(desk: Desk) -> None:
    before, session = lost(desk), desk.session()
    fenced(session)
    assert session.fetch() == before
    assert "timed out" in desk.let_go().out
    assert desk.switch.running() == before
    assert configured(session, PARK) == (A, A)  # the mark is read with the rest


def test_a_change_of_others_that_a_fence_holds_up_is_told_so(desk: Desk) -> None:
    session, first = desk.session(), mark(desk)
    session.fetch()
    fenced(desk.session())
    second = mark(desk)
    assert len({first, second}) == 2
    with pytest.raises(Stale, match=r"a lost change was settled meanwhile.*; nothing was changed"):
        session.configure(PARK, plain)
    fenced(desk.session())
    assert mark(desk) not in (first, second)


def test_after_a_fence_the_same_session_reads_before_it_changes(desk: Desk) -> None:
    session = desk.session()
    session.fetch()
    fenced(session)
    assert configured(session, PARK) == (A, A)


def test_a_timed_commit_is_ended_whatever_the_mark(desk: Desk) -> None:
    session, before = desk.session(), desk.switch.running()
    name = timed(session).arm(60)
    assert configured(session, TIER) == (A,)
    fenced(session)
    timed(session).revert(name)
    assert session.fetch() == before
    assert mark(desk)


@pytest.mark.parametrize(
    ("answer", "error", "why"),
    [
        (DENIED, NotAuthorised, "Permission denied"),
        (Output(1, "", "I/O error\n"), Refused, "'fencing off what may be on its way' was refused"),
        (Output(0, '[{"error":"I/O error"},null,null]\n', ""), Refused, "I/O error"),
        (Output(0, "", ""), Refused, "did not answer"),
        (Then.DROP, Lost, "cut the session off"),
        (Then.STALL, Lost, "cut the session off"),
    ],
)
def test_a_fence_that_may_not_stand_is_none(
    desk: Desk, answer: Output | Then, error: type[DeviceError], why: str
) -> None:
    session = desk.session()
    desk.instead = [answer]
    with pytest.raises(error, match=why):
        fenced(session)
    with pytest.raises(Lost, match="closed"):
        session.fetch()


@pytest.mark.parametrize(
    ("answer", "adrift"),
    [
        (Output(142, "", ""), True),
        (Output(1, "[{}]\n", "committed, but …"), False),
        (Output(0, '[{"error":"I/O error"}]', ""), False),
    ],
)
def test_what_the_database_did_not_answer_may_be_on_its_way(
    desk: Desk, answer: Output, adrift: bool
) -> None:
    session = desk.session()
    session.fetch()
    desk.instead = [answer]
    assert session.configure(PARK, plain).adrift is adrift


def test_lines_and_candidates_have_no_timed_commit_and_no_fence(bench: Bench) -> None:
    session, _ = bench.session()
    assert session.timed is None
    assert session.fence is None


def test_a_shell_does_nothing_of_a_script_that_was_cut_on_its_way(tmp_path: Path) -> None:
    done = tmp_path / "done"
    text = whole(f"word='a\nb'\ntouch {done} second")
    for end in range(len(text)):
        ended = subprocess.run(["/bin/sh"], input=text[:end].encode(), cwd=tmp_path, check=False)
        assert done.exists() == (ended.returncode == 0 and end == len(text) - 1), text[:end]
