"""What a device shows of what it does is read beside what it was given, until it is at rest."""

from __future__ import annotations

from dataclasses import replace

import pytest

from automation import platforms
from automation.errors import DeviceError, Lost
from automation.model import Startup
from tests.integration.devices.bench import Bench, cli, plain, stanza
from tests.integration.devices.fake import Script

pytestmark = pytest.mark.integration

FRR = platforms.get("frr").cli
assert FRR.in_force is not None
HOW = replace(FRR.in_force, patience=0.3)
PLATFORM = cli(in_force=HOW, together=FRR.together)
RUNNING = """\
hostname sw1
interface eth1
 ip address 192.0.2.1/24
interface eth2
 ip address 198.51.100.1/24
end
"""
HEAD = "  Link ups:       0    last: (never)\n  vrf: default\n  index 2 metric 0 mtu 1500\n"
ONE = f"Interface eth1 is up, line protocol is up\n{HEAD}  inet 192.0.2.1/24\n"
NONE = f"{ONE}Interface eth2 is up, line protocol is up\n{HEAD}"
BOTH = f"{NONE}  inet 198.51.100.1/24 secondary\n"
MARKED = RUNNING.replace("198.51.100.1/24", "198.51.100.1/24 # not in force")


def script(first: str, later: str) -> Script:
    return Script(running=RUNNING, say={HOW.command: first}, later={HOW.command: later})


def test_an_address_that_goes_last_waits_for_the_one_that_came(bench: Bench) -> None:
    away, back = "no ip address 192.0.2.1/24", "ip address 198.51.100.2/24"
    session, switch = bench.session(Script(raw={back: []}), PLATFORM, seconds=2)
    with pytest.raises(Lost):
        session.configure([stanza("interface eth1", back, away)], plain)
    assert switch.lines[-1] == back


def test_what_is_in_force_is_as_it_was_given(bench: Bench) -> None:
    session, switch = bench.session(script(BOTH, NONE), PLATFORM)
    assert session.fetch() == RUNNING
    assert switch.lines.count(HOW.command) == 1


def test_what_is_under_way_is_waited_for(bench: Bench) -> None:
    session, switch = bench.session(script(NONE, BOTH), PLATFORM)
    assert session.fetch() == RUNNING
    assert switch.lines.count("show running-config") == 2


def test_what_does_not_come_is_marked(bench: Bench) -> None:
    session, switch = bench.session(script(NONE, NONE), PLATFORM)
    assert session.fetch() == MARKED
    assert switch.lines.count(HOW.command) > 1


def test_what_is_saved_is_compared_without_marks(bench: Bench) -> None:
    startup = Startup("show startup-config", "! startup-config", (r"!.*", r"end"))
    saved = f"{startup.mark}\n{RUNNING}".encode()
    switch = replace(script(NONE, NONE), aside={startup.command: [saved]})
    platform = cli(in_force=HOW, startup=startup)
    for fetched in (True, False):
        session, _ = bench.session(switch, platform)
        assert not fetched or session.fetch() == MARKED
        assert session.save() == ""


def test_an_unknown_shape_is_no_answer(bench: Bench) -> None:
    session, _ = bench.session(script(BOTH + "eth9 is gone\n" + HEAD, ""), PLATFORM)
    with pytest.raises(DeviceError, match="unknown shape"):
        session.fetch()
    with pytest.raises(Lost, match="closed"):
        session.fetch()


def test_what_may_end_the_way_to_the_device_is_not_waited_for(bench: Bench) -> None:
    """The device says nothing more after the first line, and has the second all the same."""
    away, back = "no ip address 192.0.2.1/24", "ip address 192.0.2.2/24"
    session, switch = bench.session(Script(raw={away: []}), PLATFORM, seconds=2)
    sent = session.configure([stanza("interface eth1", "description A", away, back)], plain)
    assert sent.refusal is not None
    assert sent.refusal.line == away
    assert switch.lines[-2:] == [away, back]
