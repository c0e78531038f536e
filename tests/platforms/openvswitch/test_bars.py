"""What a port cannot have now waits; whose VLAN it is in, and who is kept from it, does not."""

from __future__ import annotations

import shlex

import pytest

from automation.drift import Engine
from automation.model import (
    Deferred,
    Device,
    DeviceRole,
    Drift,
    IntendedConfig,
    Platform,
    Verdict,
)
from automation.platforms.openvswitch import PLATFORM
from automation.platforms.openvswitch.bars import attainable, reasons, spelled
from automation.platforms.openvswitch.change import change
from automation.platforms.openvswitch.snapshot import Snapshot
from tests.platforms.openvswitch.sample import SAMPLE
from tests.platforms.openvswitch.switch import OvsSwitch, carried_out

WANTED = "port swp1 vlan_mode=access tag=1102 protected=true down=50M up=50M dhcp_guard=on"
METER = "up: meter 1 is not ours"
DEVICE = Device("sw", "mkb", DeviceRole.ACCESS, "s", "openvswitch", SAMPLE.model, "192.0.2.1")


def compared(running: str) -> Drift:
    intended = IntendedConfig("sw", {"ports": f"{WANTED}\n"}, "t")
    return Engine(PLATFORM).compare(DEVICE, f"hostname sw\n{running}\n", intended)


@pytest.mark.parametrize(
    "found",
    [
        "port swp1",
        "port swp1 vlan_mode=access tag=1101 protected=true down=50M dhcp_guard=on",
        "port swp1 vlan_mode=access tag=1102 down=50M dhcp_guard=on",
        "port swp1 vlan_mode=trunk up=none/100M",
    ],
)
def test_a_vlan_and_isolation_never_wait_for_a_meter(found: str) -> None:
    drift = compared(f'{found} bars="{METER}"')
    (stanza,) = drift.stanzas
    (line,) = stanza.lines
    kept = " up=none/100M" if "none/" in found else ""
    assert line == WANTED.replace(" up=50M", kept)
    assert stanza.undo == (found,)
    assert drift.deferred == (Deferred("port swp1", "up=50M", "meter 1 is not ours", lacking=True),)
    after = compared(f'{line} bars="{METER}"')
    assert (after.stanzas, after.base, after.deferred) == ((), drift.target, drift.deferred)
    assert after.verdicts["ports"] is Verdict.DRIFTED
    assert compared(line).deferred == ()


@pytest.mark.parametrize(
    ("running", "bars", "words", "late"),
    [
        ("", METER, "down=50M dhcp_guard=on", ["up=50M"]),
        ("up=50M", METER, "down=50M up=50M dhcp_guard=on", []),
        ("up=none/9M", METER, "down=50M up=none/9M dhcp_guard=on", ["up=50M"]),
        ("up=other/none", METER, "down=50M dhcp_guard=on", ["up=50M"]),
        ("up=other/9M", METER, "down=50M up=none/9M dhcp_guard=on", ["up=50M"]),
        ("down=9M", "down: no", "down=9M up=50M dhcp_guard=on", ["down=50M"]),
        ("down=other/9M", "down: no", "down=other/9M up=50M dhcp_guard=on", ["down=50M"]),
        ("qos=x", "down: no", "qos=x up=50M dhcp_guard=on", ["down=50M"]),
        ("qos=x", METER, "down=50M dhcp_guard=on", ["up=50M"]),
        ("dhcp_guard=none/other", "dhcp_guard: no", "down=50M up=50M", ["dhcp_guard=on"]),
        ("", "up down: a; dhcp_guard: b; up: c", "", ["up=50M down=50M", "dhcp_guard=on"]),
    ],
)
def test_barred_words_are_as_they_run_now(
    running: str, bars: str, words: str, late: list[str]
) -> None:
    base = "port swp1 vlan_mode=access tag=1102 protected=true"
    found = f"port swp1 {running}".strip()
    line, deferred = attainable(WANTED, found, bars)
    assert line == f"{base} {words}".strip()
    assert [one.line for one in deferred] == late
    assert attainable(line, found, bars) == (line, ())


def test_a_word_that_is_to_go_is_never_barred() -> None:
    parked = "port swp1 vlan_mode=access tag=999 protected=true"
    assert attainable(parked, WANTED, "down up dhcp_guard: no") == (parked, ())


def test_a_platform_that_does_not_say_what_is_attainable_gets_all_of_a_line() -> None:
    plain = Platform(PLATFORM.name, PLATFORM.roles, PLATFORM.grammar, PLATFORM.control)
    intended = IntendedConfig("sw", {"ports": f"{WANTED}\n"}, "t")
    drift = Engine(plain).compare(DEVICE, f'port swp1 bars="{METER}"\n', intended)
    assert ([one.lines for one in drift.stanzas], drift.deferred) == ([(WANTED,)], ())


def test_what_is_written_is_read_and_the_first_reason_counts() -> None:
    text = spelled([("down", "no queue"), ("up dhcp_guard", "no number"), ("down", "a bond")])
    assert text == "down: no queue; up dhcp_guard: no number; down: a bond"
    assert reasons(text) == {"down": "no queue", "up": "no number", "dhcp_guard": "no number"}
    assert reasons(spelled([])) == {}


def test_the_switch_is_told_what_its_ports_are_known_not_to_have() -> None:
    """A meter that it remembers and cannot make must not undo what else the port gets."""
    one = OvsSwitch("sw")
    assert carried_out(one, compared("port swp1").stanzas) == []
    one.forget()
    one.meters[1] = 7
    shown = one.fetched()
    seen = Snapshot.of(type(shown)(0, shown.out.replace("burst_size=1", "burst_size=7"), ""))
    line = str(seen.line("swp1"))
    assert " up=none/50M dhcp_guard=none/on bars=" in line
    drift = compared(line)
    made = change(seen, drift.stanzas, None)
    assert " up=none/50M dhcp_guard=on" in made.steps[0].line
    assert shlex.split(made.script.splitlines()[-1])[4:] == ["up swp1", "swp1"]
