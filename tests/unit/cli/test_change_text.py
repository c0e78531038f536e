"""A plan as people read it: what it would touch, and line for line what is sent."""

from __future__ import annotations

from dataclasses import replace

from automation.cli.change_text import Counts, change_row, lacking, lines_of, summary
from automation.model import Deferred, DeviceResult, Outcome
from tests.unit.cli.samples import ISOLATED, KEY, MOVED, PORT, change, plan

LATE = Deferred(PORT, "ip verify source", "no DHCP binding", needs_binding=True)
AWAY = DeviceResult("sw9", "city", Outcome.UNREACHABLE, "no answer")


def test_counts_of_a_plan() -> None:
    made = plan(
        change("sw1", MOVED, KEY, deferred=(LATE,)),
        replace(change("sw2", ISOLATED, MOVED), unmanaged=3),
        replace(change("sw3"), unmanaged=2),
        faults=(AWAY,),
    )
    assert Counts.of(made) == Counts(
        devices=4,
        to_change=2,
        ports=2,
        lines=4 + 1 + 2 + 4,
        interrupted=2,
        deferred=1,
        irreversible=1,
        unplanned=1,
        unmanaged=5,
    )
    assert "  lines unmanaged      5 on 2 devices" in summary(made).splitlines()


def test_counts_of_a_plan_with_nothing_to_do() -> None:
    assert Counts.of(plan(change("sw1"))) == Counts(1, 0, 0, 0, 0, 0, 0, 0, 0)


def test_the_summary_names_the_plan_and_its_selection() -> None:
    head, *counts = summary(plan(change("sw1", ISOLATED))).splitlines()
    assert head == "plan 0123456789ab  provision-access  role=access"
    assert counts[0].split() == ["devices", "to", "change", "1", "of", "1"]
    assert len(counts) == 8


def test_what_to_know_of_many_devices_is_said_once() -> None:
    hook, dead = "nothing takes it back", "a dead commit"
    one, two, three = (replace(change(f"sw{at}"), cautions=(hook,)) for at in (1, 2, 3))
    made = plan(one, two, replace(three, cautions=(dead, hook), abandoned=True))
    assert summary(made).splitlines()[-2:] == [
        f"caution: sw1 and 2 more devices: {hook}",
        f"caution: sw3: {dead}",
    ]
    assert Counts.of(made).to_change == 1
    assert change_row(one, diff=False)["cautions"] == [hook]


def test_what_a_device_cannot_have_is_said_of_it_and_of_many_lines_a_few() -> None:
    lost = Deferred("port swp1", "up=50M", "meter 1 is not ours", lacking=True)
    dead = Deferred("port swp2", "", "no such device", lacking=True)
    one = change("sw1", deferred=(LATE, lost, dead))
    assert summary(plan(one)).splitlines()[-2:] == [
        "caution: sw1: port swp1 is left without up=50M: meter 1 is not ours",
        "caution: sw1: port swp2: no such device",
    ]
    assert lacking(change("sw1", deferred=(LATE,))) == ()
    many = lacking(change("sw1", deferred=(dead,) * 5))
    assert many == ("port swp2: no such device",) * 3 + ("so it is of 2 more; -D says which",)
    assert lacking(change("sw1", deferred=(dead,) * 3)) == many[:3]


def test_lines_are_those_that_are_sent_then_the_rollback() -> None:
    assert list(lines_of(change("sw1", KEY, ISOLATED, deferred=(LATE,)))) == [
        "sw1:",
        "  enable secret <secret:x>",
        f"  {PORT}",
        "   switchport protected",
        "rollback:",
        f"  {PORT}",
        "   no switchport protected",
        "irreversible:",
        "  enable secret <secret:x>",
        "deferred:",
        f"  {PORT}: ip verify source (no DHCP binding)",
    ]


def test_a_deferred_line_without_a_header_stands_alone() -> None:
    late = Deferred("", "no vlan 1101", "a port that is not ours is in it")
    *_, last = lines_of(change("sw1", ISOLATED, deferred=(late,)))
    assert last == "  no vlan 1101 (a port that is not ours is in it)"


def test_what_nobody_owns_is_counted_by_device() -> None:
    one = replace(change("sw1", ISOLATED), unmanaged=1)
    *_, last = lines_of(one)
    assert last == "unmanaged: 1 line that nobody here owns, left alone"
    assert change_row(one, diff=False)["unmanaged"] == 1


def test_json_has_the_lines_only_when_asked() -> None:
    one = change("sw1", MOVED)
    short, whole = change_row(one, diff=False), change_row(one, diff=True)
    assert "send" not in short
    assert (short["interrupts"], short["irreversible"], short["lines"]) == (True, False, 4)
    assert whole["send"] == list(one.lines)
    assert whole["rollback"] == list(one.rollback)
