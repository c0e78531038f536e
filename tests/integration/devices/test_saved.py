"""What is saved is read, on a device that says more than it did."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from automation.errors import Lost, SaveFailed
from automation.model import Startup
from tests.integration.devices.bench import Bench, cli
from tests.integration.devices.fake import RUNNING, Part, Script, Then

pytestmark = pytest.mark.integration

ASKED, MARK = "show startup-config", "! startup-config"
PLATFORM = cli(startup=Startup(ASKED, MARK, (r"!.*", r"Building .*", r"Current .*", r"end")))
SAVED = RUNNING.encode()
UNSEEN = "the device says that it saved, and does not show what"


def script(*said: Part) -> Script:
    return Script(aside={ASKED: said})


def test_what_is_saved_is_read_over_the_same_connection(bench: Bench) -> None:
    session, switch = bench.session(script(f"{MARK}\n".encode(), SAVED), PLATFORM)
    session.fetch()
    assert session.save() == ""
    assert (switch.lines.count("show running-config"), switch.connections) == (1, 1)
    assert session.fetch() == RUNNING


def test_without_a_read_before_it_what_runs_is_read_first(bench: Bench) -> None:
    session, switch = bench.session(script(f"{MARK}\n".encode(), SAVED), PLATFORM)
    assert session.save() == ""
    assert switch.lines.count("show running-config") == 1


@pytest.mark.parametrize("saved", [b"", SAVED[:-20], SAVED + b"no ip routing\n"])
def test_a_device_that_saved_something_else_did_not_save_and_may_be_asked_again(
    bench: Bench, saved: bytes
) -> None:
    session, switch = bench.session(script(f"{MARK}\n".encode(), saved), PLATFORM)
    with pytest.raises(SaveFailed, match=r"shows otherwise: \d+ lines are saved and \d+ run; the"):
        session.save()
    switch.aside[ASKED] = [f"{MARK}\n".encode(), SAVED]
    assert session.save() == ""


BOTH = RUNNING.replace("end\n", "no ip routing\nend\n")
"""What runs once somebody else has entered a line."""


def test_what_somebody_else_entered_before_the_save_is_saved_and_no_fault(bench: Bench) -> None:
    session, switch = bench.session(script(f"{MARK}\n".encode(), BOTH.encode()), PLATFORM)
    assert session.fetch() == RUNNING
    switch.running = BOTH
    assert session.save() == ""
    assert switch.lines.count("show running-config") == 2


def test_what_somebody_else_entered_does_not_hide_what_is_not_saved(bench: Bench) -> None:
    session, switch = bench.session(script(f"{MARK}\n".encode(), SAVED[:-20]), PLATFORM)
    session.fetch()
    switch.running = BOTH
    with pytest.raises(SaveFailed, match="3 lines are saved and 5 run; the first 3 are the same"):
        session.save()


@pytest.mark.parametrize(
    "aside",
    [
        {},
        {ASKED: []},
        {ASKED: [b"\nHello, this is FRRouting (version 8.4.4).\n"]},
    ],
    ids=["no channel", "nothing", "something else"],
)
def test_of_one_that_does_not_show_it_that_is_said(
    bench: Bench, aside: dict[str, Sequence[Part]]
) -> None:
    session, _ = bench.session(Script(aside=aside), PLATFORM)
    assert session.save() == UNSEEN
    assert session.fetch() == RUNNING


@pytest.mark.parametrize(
    ("said", "ends", "words"),
    [
        (b"", (2, b"login.sh: cannot open it: Permission denied\n"), "cannot open it: Permission"),
        (
            SAVED[:20],
            (1, b"cat: read error: Input/output error\n"),
            "read error: Input/output error",
        ),
        (SAVED, (1, b""), "it ended with status 1 and said nothing"),
    ],
)
def test_of_a_login_that_may_not_see_it_that_is_said_with_the_reason(
    bench: Bench, said: bytes, ends: tuple[int, bytes], words: str
) -> None:
    """What came of it before it broke off is no configuration, and no proof of a bad save."""
    asked = Script(aside={ASKED: [f"{MARK}\n".encode(), said]}, ends=ends)
    session, _ = bench.session(asked, PLATFORM)
    caution = session.save()
    assert caution.startswith(f"{UNSEEN}: ")
    assert words in caution


def test_what_a_whole_answer_complains_of_beside_it_is_no_matter(bench: Bench) -> None:
    asked = Script(aside={ASKED: [f"{MARK}\n".encode(), SAVED]}, ends=(0, b"Welcome\n"))
    session, _ = bench.session(asked, PLATFORM)
    assert session.save() == ""


@pytest.mark.parametrize(("end", "why"), [(Then.DROP, "cut"), (Then.HANG, "within its 2 s")])
def test_a_session_that_ends_while_it_is_read(bench: Bench, end: Then, why: str) -> None:
    session, _ = bench.session(script(f"{MARK}\n".encode(), 0.05, end), PLATFORM, seconds=2)
    with pytest.raises(Lost, match=why):
        session.save()
    with pytest.raises(Lost, match="closed"):
        session.fetch()


def test_other_platforms_are_not_asked(bench: Bench) -> None:
    session, switch = bench.session()
    assert session.save() == ""
    assert "show running-config" not in switch.lines
